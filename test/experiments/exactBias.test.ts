import { describe, expect, it } from 'vitest';
import { digitGeometry } from '../../lib/dist/experiments/digitGeometry';
import {
  BIAS_GRIDS,
  type BiasSettings,
  biasTask,
  exactBias,
  exactBiasStage,
} from '../../lib/dist/experiments/exactBias';
import { readDigits } from '../../lib/dist/images/digits';
import { temporaryStore } from '../../lib/dist/runs/project';

const sine: BiasSettings = {
  ...{ task: 'sine', hypotheses: 'RBF kernel', d: 3, n: 10, testPoints: 20, samples: 4000, target: 0.05, seed: 1 },
};
const resultOf = async (settings: BiasSettings) => (await exactBiasStage.train(settings, {} as never)).result!;

describe('draws of a task', () => {
  it('sine: of one direction, and the same for the same seed', () => {
    const { train, test } = biasTask({ ...sine, n: 50 });
    expect([train.x.length, test.x.length, train.x[0].length]).toEqual([50, 20, 3]);
    expect(biasTask({ ...sine, n: 50 })).toEqual({ train, test });
    expect(biasTask({ ...sine, n: 50, seed: 2 }).train.y).not.toEqual(train.y);
    // Three points tell the direction: arcsin y = w·x; it has length 1 and tells the others.
    const [a, b, c] = train.x;
    const det = (m: number[][]) =>
      m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
      m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
      m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    const angles = train.y.slice(0, 3).map(([y]) => Math.asin(y));
    const w = [0, 1, 2].map(
      (i) => det([a, b, c].map((row, k) => row.map((x, j) => (j === i ? angles[k] : x)))) / det([a, b, c]),
    );
    expect(Math.hypot(...w)).toBeCloseTo(1, 8);
    test.x.forEach((x, k) => {
      expect(Math.sin(x.reduce((sum, value, i) => sum + value * w[i], 0))).toBeCloseTo(test.y[k][0], 8);
    });
  });

  it('digits: those to train on stand where they stood, one-hot', () => {
    const { train, test } = biasTask({ ...sine, task: 'shifted digits', d: 196, n: 5, testPoints: 4 });
    const { pixels, rows } = readDigits('train');
    const ofDigit = (row: number) =>
      Array.from({ length: 196 }, (_, i) => pixels[row * 784 + 56 * Math.floor(i / 14) + 2 * (i % 14)] / 255);
    const first = train.x[0].map(Math.fround);
    const isSame = (row: number) => ofDigit(row).every((value, i) => Math.fround(value) === first[i]);
    expect(Array.from({ length: rows }, (_, row) => row).some(isSame)).toBe(true);
    expect([...train.y, ...test.y].map((y) => y.reduce((sum, one) => sum + one))).toEqual(Array(9).fill(1));
  });
});

it('the exact bits are those of the share of functions drawn', async () => {
  const { bits, successes, mean_error, train_error } = await resultOf(sine);
  const probability = 2 ** -bits!;
  expect(probability).toBeGreaterThan(0.01);
  const off = Math.abs(successes / sine.samples - probability);
  // 0.05 bits are what the saddlepoint may be off.
  expect(off).toBeLessThan(4 * Math.sqrt(probability / sine.samples) + 0.035 * probability);
  expect(mean_error).toBeGreaterThan(sine.target);
  expect(train_error).toBeNull();
  const easier = await resultOf({ ...sine, target: 0.1 });
  expect(easier.bits).toBeLessThan(bits!);
  expect(easier.fitted_bits).toBeLessThan((await resultOf({ ...sine, target: 0.01 })).fitted_bits);
});

it.each([
  ['dense networks', 'sine', 3],
  ['convolutional networks', 'shifted digits', 196],
] as const)('%s on %s learn side by side', async (hypotheses, task, d) => {
  const settings: BiasSettings = { ...sine, hypotheses, task, d, samples: 4 };
  const [before, after] = [await resultOf({ ...settings, steps: 1 }), await resultOf({ ...settings, steps: 120 })];
  expect(after.train_error).toBeLessThan(0.7 * before.train_error!);
  expect(after.error_variance).toBeGreaterThan(0);
  expect(after.bits).toBeNull();
  expect(await resultOf({ ...settings, steps: 120 })).toEqual(after);
});

it('every run has a key of its own, in every preset', () => {
  for (const preset of Object.keys(BIAS_GRIDS)) {
    const keys = [...exactBias.runs({ preset })].map(({ key }) => JSON.stringify(key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(4);
  }
});

it('rows of the smallest preset', async () => {
  const store = temporaryStore();
  const rows = await exactBias.compute({ preset: 'smoke', store, tables: null });
  expect(rows.length).toBe([...exactBias.runs({ preset: 'smoke' })].length);
  const [{ m, R, delta }] = await digitGeometry.compute({ preset: 'smoke', store, tables: null });
  expect(m).toBeGreaterThan(5);
  expect(delta).toBeLessThan(R);
});
