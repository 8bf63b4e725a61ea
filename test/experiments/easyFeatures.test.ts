import { describe, expect, it } from 'vitest';
import {
  featureBatches,
  REPRESENTED_VARIANCE,
  representedVariance,
  SHORTCUT_BIAS,
  shortcutBias,
} from '../../lib/dist/experiments';
import { temporaryStore } from '../../lib/dist/runs';
import { easyAndHard } from '../../lib/dist/tasks/twoCues';

const observer = {};

it('the features: the first input, and the product of the next', () => {
  const { inputs, features } = easyAndHard({ rows: 300, parity: 3, width: 6, seed: 1 });
  for (let row = 0; row < 300; row++) {
    const own = inputs.subarray(6 * row, 6 * row + 6);
    expect(features[row]).toEqual([own[0], own[1] * own[2] * own[3]]);
  }
  expect(Math.abs(features.reduce((sum, [easy, hard]) => sum + easy * hard, 0))).toBeLessThan(60);
  expect(() => easyAndHard({ rows: 1, parity: 6, width: 6, seed: 1 })).toThrow(
    'A parity of 6 inputs beside the easy one needs more than the 6 that there are.',
  );
  const data = easyAndHard({ rows: 10, parity: 2, width: 4, seed: 2 });
  const batches = [...featureBatches(data, 4, [1, 1])];
  expect(batches.map(({ rows }) => rows)).toEqual([4, 4]);
  expect([...batches[1].inputs]).toEqual([...data.inputs.subarray(16, 32)]);
});

describe('the shortcut bias of networks', () => {
  it('grows with availability behind a ReLU, and not in a linear network', async () => {
    const asked = { preset: 'quick', tables: null, store: temporaryStore(), observer, seeds: [1] };
    const models = SHORTCUT_BIAS.quick.grids[0].models.slice(0, 2);
    const rows = await shortcutBias.compute({ ...asked, models });
    expect(rows.map(({ hidden, availability }) => [hidden, availability])).toEqual([
      ['linear', 1],
      ['linear', 8],
      ['relu', 1],
      ['relu', 8],
    ]);
    const biases = rows.map((row) => row.reliance - row.optimal_reliance);
    expect(Math.abs(biases[1] - biases[0])).toBeLessThan(0.03);
    expect(biases[3] - biases[2]).toBeGreaterThan(0.08);
    for (const row of rows) {
      expect(row.optimal_reliance).toBe(rows[0].optimal_reliance);
      expect(row.shortcut_share).toBeCloseTo((row.reliance + 1) / 2, 12);
      for (const share of [row.train_accuracy, row.validation_accuracy, row.optimal_accuracy])
        expect(share).toBeGreaterThan(0.88);
    }
  }, 60_000);

  it('asks for every network once', () => {
    for (const preset of Object.keys(SHORTCUT_BIAS)) {
      const keys = shortcutBias.wanted({ preset, tables: null }).map(({ key }) => JSON.stringify(key));
      expect(new Set(keys).size).toBe(keys.length);
    }
    const [own] = SHORTCUT_BIAS.laptop.grids[0].models;
    const one = { preset: 'laptop', tables: null, models: [own], rhos: [0.6], availabilities: [3], seeds: [9] };
    expect(shortcutBias.wanted(one).map(({ key }) => key)).toEqual([
      { ...own, rho_shortcut: 0.6, availability: 3, seed: 9 },
    ]);
  });
});

describe('what networks represent of two features', () => {
  it('is measured when both are learnt, and training ends', async () => {
    const { sizes } = REPRESENTED_VARIANCE.smoke;
    const wanted = representedVariance.wanted({ preset: 'smoke', tables: null });
    expect(wanted.map(({ settings }) => settings.epochs)).toEqual([sizes.epochs]);
    const store = temporaryStore();
    const [row] = await representedVariance.compute({ preset: 'smoke', tables: null, store, observer });
    expect(row).toMatchObject({ parity: 2, depth: 2, order: 'together', seed: 1, epochs: sizes.epochs });
    for (const share of [row.easy_accuracy, row.hard_accuracy]) expect(share).toBeGreaterThan(0.3);
    expect(row.easy_variance).toBeLessThan(1);
    expect(row.easy_variance).toBeGreaterThan(-0.1);
  });

  it('asks for every network once', () => {
    for (const preset of Object.keys(REPRESENTED_VARIANCE)) {
      const keys = representedVariance.wanted({ preset, tables: null }).map(({ key }) => JSON.stringify(key));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});
