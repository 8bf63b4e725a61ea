import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  colouredEnvironments,
  digitMasksSchema,
  richFeatures,
  richRoundsSchema,
  synthesisRows,
} from '../../lib/dist/experiments/richFeatures';
import { RunStore } from '../../lib/dist/runs/runStore';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rich-features-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('asks for each run once, whichever panels it stands in', () => {
  const runs = richFeatures.wanted({ preset: 'laptop', tables: null });
  // 4 methods from 4 starts, 4 more λ of three methods, the oracle, two methods from two parts of a network; three seeds.
  expect(runs.length).toBe(3 * (16 + 12 + 1 + 4));
  expect(new Set(runs.map(({ key }) => JSON.stringify(key))).size).toBe(runs.length);
  for (const { settings } of runs) expect(settings.steps % settings.measureEvery).toBe(0);
  expect(() => richFeatures.wanted({ preset: 'tiny' })).toThrow('use one of laptop, quick, smoke, paper');
});

it('colours the same digits in every test environment, and other ones in each of those to train on', () => {
  const data = { digits: 600, testDigits: 400, labelNoise: 0.25, colourFlips: [0.1, 0.2], seed: 1 };
  const { train, test } = colouredEnvironments(data);
  expect(train.map(({ rows }) => rows)).toEqual([300, 300]);
  expect(test.map(({ shapes }) => [...shapes])).toEqual(Array(3).fill([...test[0].shapes]));
  const differing = (first: ArrayLike<number>, second: ArrayLike<number>) =>
    Array.from(first).filter((value, row) => value !== second[row]).length / first.length;
  // Shares of 300 and 400 draws: within five standard deviations.
  [0.1, 0.2].forEach((flip, i) => {
    expect(Math.abs(differing(train[i].colours, train[i].labels) - flip)).toBeLessThan(
      5 * Math.sqrt((flip * (1 - flip)) / 300),
    );
  });
  [0.9, 0.1, 0.5].forEach((flip, i) => {
    expect(Math.abs(differing(test[i].colours, test[i].labels) - flip)).toBeLessThan(
      5 * Math.sqrt((flip * (1 - flip)) / 400),
    );
    expect(Math.abs(differing(test[i].shapes, test[i].labels) - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / 400));
  });
  // Fewer digits are among the more.
  const fewer = colouredEnvironments({ ...data, digits: 100 }).train[0];
  expect([...fewer.shapes]).toEqual([...train[0].shapes.slice(0, 50)]);
});

it('takes half of the rows where rounds agree, and all where no row is of the other kind', () => {
  const right = [
    [1, 0, 1, 1, 0, 0],
    [1, 1, 1, 0, 0, 1],
  ];
  const rows = synthesisRows(right, (length, place) => place % length);
  expect(rows.slice(0, 3)).toEqual([0, 2, 4]);
  expect(rows.slice(3)).toEqual([1, 3, 5]);
  expect(synthesisRows([right[0], right[0]], (length) => length - 1)).toEqual(Array(6).fill(5));
});

it('learns the colour by ERM and mostly the shape behind frozen rich features', { timeout: 60_000 }, async () => {
  const place = { store: new RunStore({ folder: join(folder, 'runs') }), tables: folder };
  const change: Parameters<typeof richFeatures.compute>[0] = {
    change: (settings) => {
      const sizes = { digits: 1500, testDigits: 600, width: 24 };
      const features = settings.features && { ...settings.features, ...sizes, rounds: [51, 150], synthesis: 150 };
      return { ...settings, ...sizes, ...(features && { features }), steps: 150, measureEvery: 75 };
    },
  };
  const asked = { preset: 'smoke', panels: ['starts'] as const, methods: ['ERM', 'vREx'] as const };
  const rows = await richFeatures.compute({ ...place, ...asked, ...change, starts: ['RFC, frozen'] });
  const last = Object.fromEntries(rows.filter(({ step }) => step === 150).map((row) => [row.method, row]));
  expect(last.ERM.worst).toBeLessThan(0.4);
  expect(last.ERM.by_shape).toBeLessThan(0.4);
  expect(last.vREx.by_shape).toBeGreaterThan(last.ERM.by_shape + 0.2);
  const rounds = Object.fromEntries(richRoundsSchema.read(folder).map((row) => [row.network, row]));
  // The first round reads colour; the second what the first has wrong.
  expect(rounds['round 1'].by_shape).toBeLessThan(0.3);
  expect(rounds['round 2'].by_shape).toBeGreaterThan(rounds['round 1'].by_shape + 0.2);
});

it('finds a subnetwork that reads the shape by itself, and hands it over', { timeout: 60_000 }, async () => {
  const tables = join(folder, 'subnetworks');
  const place = { store: new RunStore({ folder: join(folder, 'runs') }), tables };
  const rows = await richFeatures.compute({
    ...place,
    preset: 'smoke',
    panels: ['subnetworks'],
    change: (settings) => {
      const sizes = { digits: 1500, testDigits: 600, width: 24 };
      const base = { ...settings.subnetwork!.base, ...sizes, rounds: [51, 150], synthesis: 150 };
      const subnetwork = { ...settings.subnetwork!, ...sizes, base, steps: 100 };
      return { ...settings, ...sizes, subnetwork, steps: 14, measureEvery: 14 };
    },
  });
  expect(new Set(rows.map(({ start, method }) => `${start}: ${method}`)).size).toBe(4);
  const [mask] = digitMasksSchema.read(tables);
  expect(mask.kept).toBeLessThan(0.4);
  expect(mask.by_shape).toBeGreaterThan(0.6);
  const after = (start: string) => rows.find((row) => row.start === start && row.method === 'vREx')!.by_shape;
  expect(after('digit subnetwork')).toBeGreaterThan(after('sampled control') + 0.1);
});
