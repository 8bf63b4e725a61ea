import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { photographsOf } from '../../lib/dist/experiments/images/photographs';
import {
  IMAGE_SETS,
  ISOTROPIC_NETWORKS,
  imageSetsHere,
  isotropicExamples,
  isotropicNetworks,
  type NetworkName,
  siameseNetwork,
  sizeOf,
} from '../../lib/dist/experiments/isotropicNetworks';
import { RunStore } from '../../lib/dist/runs/runStore';
import { madeTinyImagenet } from './images/smallImages';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isotropic-networks-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('asks for each network on each set of images, whole seeds after each other', () => {
  const runs = isotropicNetworks.wanted({ preset: 'laptop', tables: null });
  expect(new Set(runs.map(({ key }) => JSON.stringify(key))).size).toBe(runs.length);
  expect(runs.length).toBe(3 * 3 * 9);
  expect(runs.map(({ key }) => key.seed)).toEqual(runs.map((_, i) => Math.floor(i / 27) + 1));
  expect(() => isotropicNetworks.wanted({ preset: 'paper' })).toThrow('use one of laptop, quick, smoke');
});

it('networks are of about one size in weights or in work, and all features but the pixels are as wide', () => {
  // 3 × 3 weights and a bias; 784 places.
  const { parameters, multiplications } = sizeOf('convolutional');
  const maps = [[1, 16], [16, 32], [32, 48], [48, 48]]; // biome-ignore format: from, to
  expect(parameters).toBe(maps.reduce((sum, [from, to]) => sum + 9 * from * to + 3 * to, 0));
  expect(multiplications).toBe(9 * (784 * 16 + 196 * 16 * 32 + 49 * 32 * 48 + 49 * 48 * 48));
  for (const name of Object.keys(ISOTROPIC_NETWORKS) as NetworkName[]) {
    const { net } = siameseNetwork(name);
    expect(net.shapes['projector.weight'][1]).toBe(name === 'pixels' ? 196 : 48);
    if (name === 'pixels') continue;
    const size = sizeOf(name);
    const near = (own: number, other: number) => own > 0.6 * other && own < 1.7 * other;
    expect(near(size.parameters, parameters) || near(size.multiplications, multiplications)).toBe(true);
  }
});

it('draws labels in no order, other pictures to test with', async () => {
  const { train, test } = await isotropicExamples({ images: 'silhouettes', unlabelled: 64, testImages: 32, seed: 1 });
  expect([train.rows, test.rows]).toEqual([64, 32]);
  expect([...train.labels].sort((a, b) => a - b)).toEqual([...Array(64).keys()].map((i) => Math.floor(i / 4)));
  expect([...train.labels.subarray(0, 16)]).not.toEqual([...Array(16).keys()]);
  expect(train.inputs.subarray(0, 784)).not.toEqual(test.inputs.subarray(0, 784));
  expect(Math.max(...train.inputs)).toBeLessThanOrEqual(1);
});

it('takes the middle of photographs in grey, where they are there', async () => {
  const asked = { images: 'photographs', unlabelled: 12, testImages: 8, seed: 1 } as const;
  vi.stubEnv('TINY_IMAGENET', join(folder, 'nowhere'));
  expect(imageSetsHere()).toEqual(['digits', 'silhouettes']);
  await expect(isotropicExamples(asked)).rejects.toThrow('npm run fetch-data -- tiny-imagenet');
  vi.stubEnv('TINY_IMAGENET', join(folder, 'tiny'));
  await madeTinyImagenet(join(folder, 'tiny'));
  expect(imageSetsHere()).toEqual(Object.keys(IMAGE_SETS));
  const { train, test } = await isotropicExamples(asked);
  expect([train.rows, test.rows]).toEqual([12, 8]);
  expect(Math.max(...train.labels, ...test.labels)).toBeLessThan(IMAGE_SETS.photographs);

  // The picture at row 5, column 9 of one of the photographs: the mean of four pixels of three colours.
  const all = await photographsOf('train', 'categories');
  const meanAt = (photograph: number) => {
    const values = [14, 15].flatMap((y) =>
      [22, 23].flatMap((x) => [0, 1, 2].map((c) => all.images[((photograph * 64 + y) * 64 + x) * 3 + c])),
    );
    return values.reduce((sum, value) => sum + value, 0) / 12 / 255;
  };
  const possible = [...Array(all.count).keys()].map(meanAt);
  const own = train.inputs[5 * 28 + 9];
  expect(Math.min(...possible.map((value) => Math.abs(value - own)))).toBeLessThan(1e-6);
  vi.unstubAllEnvs();
});

it('reads a network before and after it trains, and pixels once', { timeout: 60_000 }, async () => {
  const place = { preset: 'smoke', store: new RunStore({ folder: join(folder, 'runs') }), tables: folder };
  const rows = await isotropicNetworks.compute({
    ...place,
    images: ['digits'],
    networks: ['dense, as many weights', 'pixels'],
  });
  expect(rows.length).toBe((2 + 1) * 3 * 2); // 3 λ, n = 20 and 50
  const of = (network: string, features: string) =>
    rows.filter((row) => row.network === network && row.features === features);
  const [before, after] = ['untrained', 'trained'].map((features) => of('dense, as many weights', features));
  expect(of('pixels', 'trained')).toEqual([]);
  expect(before.map(({ n, strength }) => [n, strength])).toEqual(after.map(({ n, strength }) => [n, strength]));
  expect(after[0].spread).not.toBe(before[0].spread);
  expect(isotropicNetworks.wanted(place).filter((run) => run.rows.length > 0)).toHaveLength(2);
});
