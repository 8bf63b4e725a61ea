import { expect, it } from 'vitest';
import { ADDITION_COMPLETION, additionCompletion } from '../../lib/dist/experiments/additionCompletion';
import {
  ADDITION_FORMAT_PARTS,
  type AdditionFormatsRow,
  additionFormats,
  additionFormatsStage,
  additionSums,
} from '../../lib/dist/experiments/additionFormats';
import { temporaryStore } from '../../lib/dist/runs/project';
import { carries, completionLaw, type Summands } from '../../lib/dist/tasks/addition';

const alone = { store: temporaryStore(), tables: null };
const { format: _, n: __, steps: ___, ...small } = ADDITION_FORMAT_PARTS.smoke[0];
const settings = { ...small, format: 'plain', n: 20, steps: 5, seed: 1 } as const;

it('sums to train on and to test on are apart, and fewer are among more', () => {
  const texts = (pairs: readonly Summands[]) => pairs.map(String);
  const [few, many] = [20, 900].map((n) => additionSums({ ...settings, n, test: 300 }));
  expect(many.train.slice(0, 20)).toEqual(few.train);
  expect(many.test).toEqual(few.test);
  expect(new Set(texts([...many.train, ...many.test])).size).toBe(1200);
  const balanced = additionSums({ ...settings, below: 1000, balanced: true, n: 400, test: 50 });
  expect(texts(balanced.test).filter((pair) => texts(balanced.train).includes(pair))).toEqual([]);
  expect([2, 3].map((of) => balanced.train.filter((pair) => carries(pair) === of).length)).toEqual([100, 100]);
  expect(() => additionSums({ ...settings, n: 9_990 })).toThrow('There are 10000 sums, too few for 9990');
});

it.each([
  ['plain', 'aligned'],
  ['reverse', 'packed'],
] as const)('%s, %s: a small model learns its few sums by heart, the same each time', async (format, arrangement) => {
  const learnt = {
    width: 32,
    layers: 1,
    steps: 300,
    n: 8,
    below: 10,
    context: 12,
    learningRate: 0.01,
    measurements: 3,
  };
  const own = { ...settings, ...learnt, format, arrangement, warmUp: 10 };
  const { result } = await additionFormatsStage.train(own, {} as never);
  expect(result.map((row: AdditionFormatsRow) => row.step)).toEqual([100, 200, 300]);
  const { train_accuracy, train_loss, characters, after_newline } = result[2];
  expect(train_accuracy).toBeGreaterThan(0.5);
  expect(train_loss).toBeLessThan(result[0].train_loss);
  if (arrangement === 'packed') expect(characters).toBe(300 * own.batch * 12);
  else expect(characters).toBeGreaterThan(300 * own.batch * 5); // "1+2=3" and its newline
  expect(typeof after_newline).toBe(arrangement === 'packed' ? 'number' : 'object');
  if (arrangement === 'aligned') expect((await additionFormatsStage.train(own, {} as never)).result).toEqual(result);
});

it('the smallest presets: rows of every measurement, each run once', async () => {
  const rows = await additionFormats.compute({ ...alone, preset: 'smoke', seeds: [1] });
  expect(rows.length).toBe(ADDITION_FORMAT_PARTS.smoke.reduce((sum, { format }) => sum + 2 * format.length, 0));
  expect(new Set(rows.map((row) => additionFormats.table.key.map((name) => row[name]).join())).size).toBe(rows.length);
  for (const preset of additionFormats.presets)
    for (const { settings: of } of additionFormats.wanted({ ...alone, preset, seeds: [4] }))
      expect([of.seed, 'store' in of, 'tables' in of]).toEqual([4, false, false]);
});

it('tables are complete about as often as the law says', async () => {
  const of = [{ numbers: 20, cells: [60, 75, 100, 400] }];
  const rows = await additionCompletion.compute({ ...alone, preset: 'laptop', of, seeds: [1, 2] });
  expect(rows.length).toBe(8);
  for (const { numbers, cells, complete, determined } of rows) {
    expect(Math.abs(complete - completionLaw(numbers, cells))).toBeLessThan(0.12); // 200 draws: 3 standard errors
    expect(determined).toBeGreaterThanOrEqual(complete);
    if (cells === 400) expect([complete, determined]).toEqual([1, 1]);
  }
  expect((await additionCompletion.compute({ ...alone, preset: 'smoke' })).length).toBe(
    ADDITION_COMPLETION.smoke.of[0].cells.length,
  );
});
