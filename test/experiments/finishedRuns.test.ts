import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finishedBaseModels } from '../../lib/dist/experiments/baseModel';
import { chainSettings } from '../../lib/dist/experiments/settings';
import { writeCsv } from '../../lib/dist/files/csv';
import { writeJson } from '../../lib/dist/files/json';
import { RunStore } from '../../lib/dist/runs/runStore';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finished-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('lists every seed and attempt of the same settings in order, and nothing of other settings', async () => {
  const store = new RunStore({ folder });
  const { base } = chainSettings();
  const others = [{ ...base, layers: 4 }, chainSettings({ preset: 'quick' }).base];
  for (const settings of [{ ...base, seed: 10 }, { ...base, seed: 2, attempt: 2 }, { ...base, seed: 2 }, ...others]) {
    await store.produce('base', settings, async (run) => {
      writeCsv(join(run, 'log.csv'), [{ epoch: 1, step: 4000, train_loss: 2.9, eval_loss: 2.8, eval_accuracy: 0.25 }]);
      writeJson(join(run, 'result.json'), { stuck: settings.attempt === 1 });
    });
  }
  const found = finishedBaseModels(base, { store });
  expect(found.map(({ settings, result }) => [settings.seed, settings.attempt, result.stuck])).toEqual([
    [2, 1, true],
    [2, 2, false],
    [10, 1, true],
  ]);
  expect(found[0].log).toEqual([{ epoch: 1, step: 4000, train_loss: 2.9, eval_loss: 2.8, eval_accuracy: 0.25 }]);
  expect(found.map(({ id }) => store.find('base', { ...base, seed: 10 })?.id === id)).toEqual([false, false, true]);
});

it('comes with the base model of every mask that comes with the project: over another one a mask means nothing', () => {
  const store = new RunStore({ folder, readOnly: ['data/checkpoints'] });
  const masks = ['mask', 'image-mask'].flatMap((stage) => store.list(stage));
  expect(masks.length).toBeGreaterThan(0);
  const baseOf = ({ stage }: { stage: string }) => stage.replace('mask', 'base');
  const alone = masks.filter((run) => !store.find(baseOf(run), (run.settings as { base: object }).base));
  expect(alone.map(({ id }) => id)).toEqual([]);
});
