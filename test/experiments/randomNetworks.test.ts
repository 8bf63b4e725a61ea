import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type RandomNetworkRow,
  type RandomNetworkSettings,
  randomNetworks,
  randomNetworksSchema,
} from '../../lib/dist/experiments/randomNetworks';
import { RunStore } from '../../lib/dist/runs/runStore';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'random-networks-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const usual = { task: 'digit', width: 60, digits: 1500, scale: 1, penalty: 0 } as const;
const place = (name: string) => ({
  preset: 'smoke',
  store: new RunStore({ folder: join(folder, name) }),
  tables: join(folder, name),
});

/** Runs of the smallest preset with other settings, in a store of their own. */
async function compute(name: string, change: object, runs: Partial<RandomNetworkRow>[]) {
  const rows: RandomNetworkRow[] = [];
  for (const own of runs) {
    const changed = (settings: RandomNetworkSettings) => ({ ...settings, ...usual, ...change, ...own });
    const [first] = randomNetworks.wanted({ ...place(name), panels: ['tasks'], change: changed });
    const one = { ...randomNetworks, wanted: () => [first] };
    rows.push(...(await one.compute(place(name))));
  }
  return rows;
}

it('asks for each run once, whichever panels it stands in', () => {
  const { length } = randomNetworks.wanted({ preset: 'laptop', tables: null });
  const all = ['widths', 'digits', 'tasks', 'penalties', 'scales'] as const;
  const single = all.flatMap((panel) => randomNetworks.wanted({ preset: 'laptop', panels: [panel], tables: null }));
  const keys = single.map(({ key }) => JSON.stringify(Object.entries(key).sort()));
  expect(new Set(keys).size).toBe(length);
  expect(keys.length).toBeGreaterThan(length);
  // 7 conditions at 5 widths; 5 at 4 more numbers of digits; 3 at 4 more tasks; 2 at 3 penalties; 5 at 2 more scales.
  expect(length).toBe(3 * (35 + 20 + 12 + 6 + 10));
});

it('trains what a condition says: counts, order of the accuracies, hard masks', async () => {
  const conditions = ['everything', 'readout', 'biases', 'unit mask', 'weight mask', 'unit mask, output bias'];
  const rows = await compute(
    'conditions',
    { steps: 150, testDigits: 1000 },
    conditions.map((condition) => ({ condition })),
  );
  const of = Object.fromEntries(rows.map((row) => [row.condition, row]));
  // 196 · 60 + 60 + 10 · 60 + 10 numbers in all.
  expect(rows.map(({ trained }) => trained)).toEqual([12_430, 610, 70, 60, 12_360, 70]);
  expect(of.everything.test_accuracy).toBeGreaterThan(0.8);
  expect(of.readout.test_accuracy).toBeGreaterThan(0.6);
  expect(of['weight mask'].test_accuracy).toBeGreaterThan(0.5);
  for (const name of ['biases', 'unit mask']) {
    expect(of[name].test_accuracy).toBeGreaterThan(0.12);
    expect(of[name].test_accuracy).toBeLessThan(of.readout.test_accuracy);
  }
  expect([of.everything.kept, of.readout.kept, of.biases.kept]).toEqual([null, null, null]);
  const kept = of['unit mask'].kept as number;
  expect(kept).toBeGreaterThan(5);
  expect(kept).toBeLessThan(55);
  // A unit that the mask removes is not in use, and the table says which.
  const bits = [...(of['unit mask'].units as string)].map((four) =>
    Number.parseInt(four, 16).toString(2).padStart(4, '0'),
  );
  expect(bits.join('')).toHaveLength(60);
  expect(bits.join('').replaceAll('0', '')).toHaveLength(of['unit mask'].used);
  expect(of['unit mask'].used).toBeLessThanOrEqual(kept);
  expect(of.everything.used).toBeGreaterThan(50);
  expect(randomNetworksSchema.read(join(folder, 'conditions'))).toHaveLength(6);
});

it('a penalty makes masks smaller, and every task is another one', async () => {
  const masked = { condition: 'unit mask' };
  const tasks = ['even or odd', 'five or more', 'shuffled pixels', 'quarter turn', 'half turn', 'mirrored'];
  const rows = await compute('tasks', { steps: 60, testDigits: 500 }, [
    masked,
    { ...masked, penalty: 3 },
    ...tasks.map((task) => ({ ...masked, task, condition: 'readout' })),
  ]);
  expect(rows[1].kept).toBeLessThan((rows[0].kept as number) / 2);
  const accuracies = rows.slice(2).map(({ test_accuracy }) => test_accuracy);
  for (const accuracy of accuracies.slice(0, 2)) expect(accuracy).toBeGreaterThan(0.6);
  for (const accuracy of accuracies.slice(2)) expect(accuracy).toBeGreaterThan(0.3);
  expect(new Set(accuracies.slice(2)).size).toBeGreaterThan(2);
});

it('does not know another preset or panel', () => {
  expect(() => randomNetworks.wanted({ preset: 'tiny' })).toThrow(
    'Unknown preset "tiny": use one of laptop, quick, smoke, paper.',
  );
  expect(() => randomNetworks.wanted({ preset: 'smoke', panels: ['width' as 'widths'] })).toThrow(
    'There is no panel "width": use some of widths, digits, tasks, penalties, scales.',
  );
});
