import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../lib/dist/images/categories';
import { shapeTextureImages } from '../../lib/dist/images/shapeTextureImages';
import { stimulusShapes } from '../../lib/dist/images/stimuli';
import { TEXTURE_VS_SHAPE, textureVsShape } from '../support/textureVsShape';

describe.skipIf(!TEXTURE_VS_SHAPE)('the 160 silhouettes and edge drawings', () => {
  const covered = async (kind: 'silhouettes' | 'edges', folder: string) => {
    const shapes = await stimulusShapes(kind, { folder: textureVsShape(folder) });
    expect(shapes.map(({ label }) => label)).toEqual(CATEGORIES.flatMap((_, label) => new Array(10).fill(label)));
    const { masks } = shapeTextureImages({ kind: 'conflict', count: 160, seed: 0, shapes });
    return Array.from({ length: 160 }, (_, i) =>
      masks.subarray(i * 4096, (i + 1) * 4096).reduce((sum, value) => sum + value, 0),
    );
  };

  it('can be the shapes of the image generator: silhouettes filled, edges as bands', async () => {
    const silhouettes = await covered('silhouettes', 'stimuli/filled-silhouettes');
    const edges = await covered('edges', 'stimuli/edges');
    for (const pixels of [...silhouettes, ...edges]) expect(pixels > 100 && pixels < 3500).toBe(true);
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(edges)).toBeLessThan(sum(silhouettes));
  }, 60_000);
});
