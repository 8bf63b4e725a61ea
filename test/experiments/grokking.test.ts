import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  GROKKING,
  type GrokkingSettings,
  grokking,
  grokkingStage,
  pairCount,
  pairExamples,
  splitPairs,
} from '../../lib/dist/experiments/grokking';
import { publishedGrokking } from '../../lib/dist/experiments/views/networks';
import { RunStore } from '../../lib/dist/runs/runStore';
import { type Found, isFound, Runner } from '../../lib/dist/runs/stage';

function temporary() {
  const folder = mkdtempSync(join(tmpdir(), 'grokking-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { store: new RunStore({ folder: join(folder, 'runs') }), tables: join(folder, 'tables') };
}

const rowOf = ({ inputs }: { inputs: Float32Array }, row: number, width: number) =>
  [...inputs.subarray(row * width, (row + 1) * width)].flatMap((value, i) => (value === 1 ? [i] : []));

it('a pair is two ones among 2M numbers, with its answer', () => {
  const pairs = pairExamples({ expression: 'a^2 + ab', modulus: 5 });
  expect([pairs.rows, pairs.inputs.length]).toEqual([25, 250]);
  expect(rowOf(pairs, 3 * 5 + 4, 10)).toEqual([3, 5 + 4]);
  expect(pairs.labels[3 * 5 + 4]).toBe((9 + 12) % 5);
});

it('training pairs and the others are all pairs; more of them hold the fewer', () => {
  const pairs = pairExamples({ expression: 'a + b', modulus: 7 });
  const namesOf = (part: typeof pairs) => Array.from({ length: part.rows }, (_, row) => rowOf(part, row, 14).join());
  const [few, most] = splitPairs(pairs, { n: 10, seed: 1 }).map(namesOf);
  expect([few.length, most.length, new Set([...few, ...most]).size]).toEqual([10, 39, 49]);
  expect(namesOf(splitPairs(pairs, { n: 20, seed: 1 })[0]).slice(0, 10)).toEqual(few);
  expect(namesOf(splitPairs(pairs, { n: 10, seed: 2 })[0])).not.toEqual(few);
  expect(() => splitPairs(pairs, { n: 49, seed: 1 })).toThrow('49 training pairs of 49: take at least 1, and leave');
});

it('every preset leaves pairs to test on, and asks for no run twice', () => {
  expect(pairCount(71, publishedGrokking().constant)).toBe(832);
  for (const preset of grokking.presets) {
    const runs = grokking.wanted({ preset, seeds: [1, 2], tables: null });
    expect(new Set(runs.map(({ settings }) => JSON.stringify(settings))).size).toBe(runs.length);
    for (const { settings } of runs) expect(settings.n).toBeLessThan(settings.modulus ** 2);
  }
  expect(GROKKING.paper.shared).toMatchObject({ hidden: 2048, weightDecay: 2e-4 });
});

const small: GrokkingSettings = {
  ...{ expression: 'a + b', modulus: 11, n: 100, hidden: 64, learningRate: 0.01, weightDecay: 2e-4 },
  ...{ epochs: 1500, measureEvery: 20, seed: 1 },
};

it('finds the rule of a sum from most pairs and stops there; from few it learns them by heart', async () => {
  const { store } = temporary();
  const runner = new Runner({ store });
  const run = async (settings: GrokkingSettings) => {
    const made = await runner.run(grokkingStage, settings);
    if (!made || !isFound(made)) throw new Error('not finished');
    return made as Found;
  };
  const { log, result } = await run(small);
  expect(result).toMatchObject({ train_accuracy: 1, test_accuracy: 1, best_test_accuracy: 1 });
  expect(result.solved_at_epoch).toBe(log[log.length - 1].step);
  expect(log.slice(0, -1).every(({ test_accuracy }) => test_accuracy <= 0.99)).toBe(true);
  const few = await run({ ...small, n: 30, epochs: 300 });
  expect(few.result).toMatchObject({ train_accuracy: 1, solved_at_epoch: null });
  expect(few.result.best_test_accuracy).toBeLessThan(0.3);
  expect(few.log.map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, i) => 20 * (i + 1)));
  expect(few.result.frequency_share).toBeLessThan(result.frequency_share);
}, 60_000);

it('makes a row of each run, once', async () => {
  const place = { ...temporary(), preset: 'smoke' };
  const rows = await grokking.compute(place);
  expect(rows.map(({ expression, learning_rate, n }) => [expression, learning_rate, n])).toEqual([
    ['a + b', 0.01, 24],
    ['a + b', 0.01, 44],
    ['a^2 + ab', 0.01, 24],
    ['a^2 + ab', 0.01, 44],
    ['a + b', 0.05, 24],
    ['a + b', 0.05, 44],
  ]);
  expect(rows.every(({ epochs_allowed, preset }) => epochs_allowed === 40 && preset === 'smoke')).toBe(true);
  expect(grokking.rowsOf(place)).toHaveLength(6);
  const grids = [{ ...GROKKING.smoke.border, expression: ['ab'] }];
  const [more] = await grokking.compute({ ...place, grids });
  expect(more).toMatchObject({ expression: 'ab', modulus: 7, multiplier: 1.75 });
  expect(grokking.rowsOf(place)).toHaveLength(8);
}, 60_000);
