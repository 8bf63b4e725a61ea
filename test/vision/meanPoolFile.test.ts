import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage, writePng } from '../../lib/dist/vision/imageFile';
import { meanPoolFile } from '../../lib/dist/vision/meanPoolFile';
import { encodeRunLength } from '../../lib/dist/vision/runLength';

const folder = mkdtempSync(join(tmpdir(), 'mean-pool-'));
const path = join(folder, 'image.png');
const out = join(folder, 'pooled/image.png');
const [height, width] = [16, 20];
/** Left half dark with a pattern, right half bright with another. */
const values = Array.from({ length: height * width }, (_, i) => (i % width < 10 ? 20 + (i % 2) * 4 : 200 + (i % 3)));
const bright = values.filter((value) => value > 100);
const mean = Math.floor(bright.reduce((sum, value) => sum + value, 0) / bright.length);
beforeAll(() => writePng(path, { image: Uint8Array.from(values.flatMap((v) => [v, v, v])), height, width }));
afterAll(() => rmSync(folder, { recursive: true }));

describe('meanPoolFile', () => {
  it('pools through masks that Segment Anything wrote', async () => {
    const mask = Uint8Array.from(values, (value) => Number(value > 100));
    const segments = join(folder, 'masks.json');
    const segmentation = encodeRunLength({ mask, height, width }, { compressed: true });
    writeFileSync(segments, JSON.stringify([{ segmentation, area: 160 }]));
    await meanPoolFile({ path, out, segments });
    const pooled = await readImage(out);
    expect([pooled.height, pooled.width]).toEqual([height, width]);
    expect([...pooled.image]).toEqual(values.flatMap((value) => new Array(3).fill(value > 100 ? mean : 22)));
    expect(readdirSync(join(folder, 'pooled'))).toEqual(['image.png']);
    writeFileSync(segments, JSON.stringify([{ segmentation: { size: [2, 2], counts: [4] } }]));
    await expect(meanPoolFile({ path, out, segments })).rejects.toThrow('are of 2 x 2 pixels, and');
  });

  it('finds segments where there are none, at the size that is asked for', async () => {
    await meanPoolFile({ path, out, shorterSide: 16, scale: 300, sigma: 0, minSize: 5 });
    const { image } = await readImage(out);
    expect(new Set(image)).toEqual(new Set([22, mean]));
  });
});
