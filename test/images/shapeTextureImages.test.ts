import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../lib/dist/images/categories';
import { meanPool } from '../../lib/dist/images/meanPooling';
import { projectShapes } from '../../lib/dist/images/shapes';
import { shapeTextureImages } from '../../lib/dist/images/shapeTextureImages';
import { TEXTURES, textureTile } from '../../lib/dist/images/textures';

const kinds = ['plain', 'conflict', 'pooled', 'silhouette'] as const;

describe('the shapes of the project', () => {
  it('are six a category for training and two others for validation', () => {
    for (const [set, each] of [
      ['training', 6],
      ['validation', 2],
      ['all', 8],
    ] as const) {
      const shapes = projectShapes(set);
      for (const [label] of CATEGORIES.entries()) {
        expect(shapes.filter((shape) => shape.label === label)).toHaveLength(each);
      }
    }
    const names = projectShapes('all').map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('each cover something of their square and leave something', () => {
    for (const { name, field } of projectShapes('all')) {
      const covered = field.values.filter((distance) => distance > 0).length / field.values.length;
      expect([name, covered > 0.03 && covered < 0.62]).toEqual([name, true]);
    }
  });
});

describe('texture tiles', () => {
  it('are 16 different ones of mean 0, cut at two standard deviations', () => {
    const digests = TEXTURES.map((_, family) => {
      const { values, side } = textureTile(family);
      expect(values).toHaveLength(side * side);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      expect(Math.abs(mean)).toBeLessThan(0.06);
      expect(deviation).toBeGreaterThan(0.85);
      expect(deviation).toBeLessThan(1.01);
      expect(values.every((value) => Math.abs(value) <= 2)).toBe(true);
      return createHash('sha256').update(values).digest('hex');
    });
    expect(new Set(digests).size).toBe(CATEGORIES.length);
  });
});

describe('shapeTextureImages', () => {
  it('draws the same image whatever is drawn with it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 10 }),
        (kind, count, seed) => {
          const many = shapeTextureImages({ kind, count: 20, seed, size: 32 });
          const few = shapeTextureImages({ kind, count, seed, size: 32 });
          expect(few.images).toEqual(many.images.subarray(0, few.images.length));
          expect(few.masks).toEqual(many.masks.subarray(0, few.masks.length));
          expect([...few.shapes, ...few.textures]).toEqual([
            ...many.shapes.subarray(0, count),
            ...many.textures.subarray(0, count),
          ]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('draws other images for another seed', () => {
    const [a, b] = [1, 2].map((seed) => shapeTextureImages({ kind: 'plain', count: 1, seed }).images);
    expect(a).not.toEqual(b);
  });

  it('lets shape and texture agree in plain images and crosses every pair once in 240 conflict images', () => {
    const plain = shapeTextureImages({ kind: 'plain', count: 32, seed: 0, size: 16 });
    expect(plain.textures).toEqual(plain.shapes);
    const conflict = shapeTextureImages({ kind: 'conflict', count: 240, seed: 0, size: 16 });
    const pairs = Array.from(conflict.shapes, (shape, i) => `${shape} ${conflict.textures[i]}`);
    expect(new Set(pairs).size).toBe(240);
    expect(conflict.shapes.some((shape, i) => shape === conflict.textures[i])).toBe(false);
  });

  it('shows the same shape in the same place in every kind', () => {
    const [plain, ...others] = kinds.map((kind) => shapeTextureImages({ kind, count: 16, seed: 3 }));
    for (const other of others) {
      expect(other.masks).toEqual(plain.masks);
      expect(other.images).not.toEqual(plain.images);
    }
  });

  it('pools plain images through their exact masks', () => {
    const [plain, pooled] = (['plain', 'pooled'] as const).map((kind) =>
      shapeTextureImages({ kind, count: 3, seed: 9 }),
    );
    const pixels = 64 * 64;
    for (let i = 0; i < 3; i++) {
      const image = plain.images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
      const masks = [plain.masks.slice(i * pixels, (i + 1) * pixels)];
      const expected = meanPool({ image, height: 64, width: 64, masks });
      expect(pooled.images.subarray(i * pixels * 3, (i + 1) * pixels * 3)).toEqual(expected);
      expect(new Set(Array.from({ length: pixels }, (_, at) => expected.slice(at * 3, at * 3 + 3).join())).size).toBe(
        2,
      );
    }
  });

  it('has masks that are the dark part of the silhouette', () => {
    const { images, masks } = shapeTextureImages({ kind: 'silhouette', count: 16, seed: 5 });
    masks.forEach((inside, i) => {
      const grey = images[3 * i];
      if (inside ? grey > 128 : grey < 127) expect([i, inside, grey]).toBe('dark inside');
    });
  });

  it('has textures of the contrast that is asked for, and none at contrast 0', () => {
    const spread = (contrast: number) => {
      const options = { kind: 'plain', count: 64, seed: 2, noise: 0, contrast: [contrast, contrast] } as const;
      const { images, masks } = shapeTextureImages(options);
      const values = Array.from({ length: 64 }, (_, i) => {
        const inside: number[][] = [[], [], []];
        for (let at = i * 4096; at < (i + 1) * 4096; at++) {
          const around = [at, at - 64, at + 64, at - 1, at + 1, at - 65, at + 65, at - 63, at + 63];
          if (around.every((pixel) => masks[pixel] === 1))
            for (const c of [0, 1, 2]) inside[c].push(images[at * 3 + c]);
        }
        if (inside[0].length < 100) return undefined;
        const variance = inside.map((channel) => {
          const mean = channel.reduce((sum, value) => sum + value, 0) / channel.length;
          return channel.reduce((sum, value) => sum + (value - mean) ** 2, 0) / channel.length;
        });
        return Math.sqrt(variance.reduce((sum, value) => sum + value, 0)) / 255;
      }).filter((value): value is number => value !== undefined);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(spread(0)).toBeLessThan(0.005);
    expect(spread(0.2)).toBeGreaterThan(0.15);
    expect(spread(0.2)).toBeLessThan(0.21);
    expect(spread(0.1)).toBeLessThan(0.6 * spread(0.2));
  });

  it('refuses what cannot be drawn', () => {
    expect(() => shapeTextureImages({ kind: 'plain', count: -1, seed: 0 })).toThrow('number of images must be a whole');
    expect(() => shapeTextureImages({ kind: 'plain', count: 1, seed: 0, size: 2 })).toThrow(
      'size must be a whole number',
    );
    const shapes = projectShapes().filter(({ label }) => label !== 3);
    expect(() => shapeTextureImages({ kind: 'plain', count: 1, seed: 0, shapes })).toThrow('no shape for bird');
  });
});
