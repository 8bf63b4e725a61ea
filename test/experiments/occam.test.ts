import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { occam, occamDigits } from '../../lib/dist/experiments/occam';
import { RunStore } from '../../lib/dist/runs/runStore';

it('asks for each network once, and for what is named', () => {
  expect(occam.wanted({ preset: 'laptop', tables: null }).length).toBe(18);
  const asked = { preset: 'quick', tables: null, conditions: ['plain' as const], seeds: [2, 5] };
  expect(occam.wanted(asked).map(({ key }) => key.seed)).toEqual([2, 5]);
});

it('more digits hold the fewer; the test is the same for every predictivity', () => {
  const data = { predictivity: 0.9, digits: 40, testDigits: 30, seed: 3 };
  const [few, more] = [occamDigits({ ...data, digits: 20 }), occamDigits(data)];
  expect([...more.train.labels.slice(0, 20)]).toEqual([...few.train.labels]);
  expect(occamDigits({ ...data, predictivity: 0 }).test).toEqual(more.test);
});

it('gives a row for a network and for each of its exits, and every digit leaves once', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'occam-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rows = await occam.compute({
    preset: 'smoke',
    store: new RunStore({ folder: join(folder, 'runs') }),
    tables: folder,
  });
  expect(rows.filter(({ condition }) => condition === 'plain').map(({ exit }) => exit)).toEqual(['all']);
  const own = rows.filter(({ condition }) => condition === 'OccamNet');
  expect(own.map(({ exit }) => exit)).toEqual(['all', 'exit 0', 'exit 1', 'exit 2', 'exit 3']);
  const [all, ...exits] = own;
  expect(all.taken).toBe(1);
  expect(exits[0].taken).toBe(0);
  expect(exits.reduce((sum, { taken }) => sum + taken, 0)).toBeCloseTo(1, 12);
  for (const { by_digit, by_colour } of rows) expect(by_digit + by_colour).toBeLessThanOrEqual(1);
});
