import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guidance, guidedLayersSchema } from '../../lib/dist/experiments/guidance';
import { RunStore } from '../../lib/dist/runs/runStore';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guidance-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('asks for a network alone once, and for each guide with its weights, ends and students', () => {
  const runs = guidance.wanted({ preset: 'laptop', tables: null });
  expect(new Set(runs.map(({ key }) => JSON.stringify(key))).size).toBe(runs.length);
  // alone and two guides; two that end early; two at two other weights; three other students, each alone and with two guides.
  expect(runs.length).toBe(3 * (3 + 2 + 4 + 9));
  const wide = runs.find(({ key }) => key.student === 'wide');
  expect(wide?.settings).toMatchObject({ digits: 500, teacher: { digits: 500 } });
  expect(() => guidance.wanted({ preset: 'paper' })).toThrow('use one of laptop, quick, smoke');
});

it('a guide pulls its layers, and one whose weight ends at once is no guide', { timeout: 60_000 }, async () => {
  const place = { preset: 'smoke', store: new RunStore({ folder: join(folder, 'runs') }), tables: folder };
  const rows = async (guide: string, change: object) => {
    const [wanted] = guidance
      .wanted({
        ...place,
        panels: ['guides'],
        change: (own) => ({ ...own, digits: 400, steps: 60, measureEvery: 30, ...change }),
      })
      .filter(({ key }) => key.guide === guide);
    const one = { ...guidance, wanted: () => [wanted] };
    return one.compute(place);
  };
  const alone = await rows('none', {});
  const ended = await rows('untrained', { until: 0 });
  const pulled = await rows('untrained', { alpha: 10 });
  expect(alone.map(({ step }) => step)).toEqual([30, 60]);
  const layersOf = (run: string) =>
    guidedLayersSchema.read(folder).filter((row) => row.run === run && row.beside === 'untrained');
  const last = (run: string) => layersOf(run).find(({ layer }) => layer === 'average')!;
  expect(layersOf(pulled[0].run)).toHaveLength(3);
  expect(last(pulled[0].run).after).toBeGreaterThan(last(alone[0].run).after);
  expect(ended[1].test_accuracy).toBeCloseTo(alone[1].test_accuracy, 6);
  expect(ended[1].train_loss).toBeCloseTo(alone[1].train_loss, 4);
});
