import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { baseStage } from '../../../lib/dist/experiments/baseModel';
import { chainSettings, maskSettings } from '../../../lib/dist/experiments/settings';
import { exportRuns } from '../../../lib/dist/experiments/sweep/exportRuns';
import { sweepPlan } from '../../../lib/dist/experiments/sweep/plan';
import { drawsOf, transferRows, transferSettings } from '../../../lib/dist/experiments/transfer';
import { canonicalJson, writeJson } from '../../../lib/dist/files/json';
import { RunStore } from '../../../lib/dist/runs/runStore';
import { readSafetensors } from '../../../lib/dist/tensorflow/safetensors';

let folder: string;
let store: RunStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  store = new RunStore({ folder: join(folder, 'runs') });
});
afterEach(() => rmSync(folder, { recursive: true }));

const smoke = { preset: 'smoke', layers: [2], sizes: [40] };
const planOf = (name: string, asked: object = smoke) =>
  sweepPlan(name, { ...asked, tables: folder, store } as Parameters<typeof sweepPlan>[1]);
const exported = (name: string) => JSON.parse(readFileSync(join(folder, 'out', `${name}.json`), 'utf8'));

it('writes each run with its settings, its rows and what it starts from', () => {
  expect(exportRuns(planOf('fig2'), join(folder, 'out'), store)).toBe(9);
  const runs = exported('fig2');
  const chain = chainSettings({ preset: 'smoke' });
  const mask = maskSettings(chain);
  const settings = transferSettings(chain, { inheritFrom: 'subnet', subnetwork: 'frozen' }, 40);
  const run = runs.find((one: { settings: string }) => one.settings === canonicalJson(settings));
  const [startsFrom, base] = [mask, chain.base].map(canonicalJson);
  expect(run).toMatchObject({ stage: 'transfer', startsFrom, base });
  expect(runs.find((one: { stage: string }) => one.stage === 'mask').startsFrom).toBe(canonicalJson(chain.base));

  const { tensors } = readSafetensors(join(folder, 'out', 'fig2.safetensors'));
  const rows = transferRows(settings, drawsOf(settings));
  for (const [name, own] of Object.entries({ ...rows, train: rows.data, data: undefined })) {
    if (own) expect([name, [...tensors[run.rows[name]].data]]).toEqual([name, [...own.tokens]]);
  }
  // Every condition of a seed and n trains on the same rows: they are written once.
  const training = new Set(
    runs
      .filter((one: { stage: string }) => one.stage === 'transfer')
      .map((one: { rows: { train: string } }) => one.rows.train),
  );
  expect(training.size).toBe(1);
});

it('takes along the stored runs that others start from', async () => {
  const { base } = chainSettings({ preset: 'smoke' });
  const result = { stuck: false, best_epoch: 1, steps: 1, eval_loss: 1, eval_accuracy: 1, solved_at_step: 1 };
  const { id } = await store.produce(baseStage.name, base, async (path) =>
    writeJson(join(path, 'result.json'), result),
  );
  exportRuns(planOf('fig2'), join(folder, 'out'), store);
  expect(exported('fig2').map(({ stage }: { stage: string }) => stage)).not.toContain('base');
  expect(readdirSync(join(folder, 'out', 'runs'))).toEqual([id]);
});

it('takes along stuck attempts, and leaves out what is made and lacks only its row', async () => {
  const { base } = chainSettings({ preset: 'smoke' });
  const stuck = { stuck: true, best_epoch: 1, steps: 1, eval_loss: 1, eval_accuracy: 0, solved_at_step: null };
  const { id } = await store.produce(baseStage.name, base, async (path) => writeJson(join(path, 'result.json'), stuck));
  const settings = transferSettings(chainSettings({ preset: 'smoke' }), { inheritFrom: 'random' }, 40);
  await store.produce('transfer', settings, async (path) => writeJson(join(path, 'result.json'), {}));
  const plan = planOf('fig2');
  expect(plan.jobs.flatMap(({ runs }) => runs).filter(({ stored }) => stored)).toHaveLength(1);
  expect(exportRuns(plan, join(folder, 'out'), store)).toBe(8);
  expect(exported('fig2').map((one: { settings: string }) => one.settings)).not.toContain(canonicalJson(settings));
  expect(readdirSync(join(folder, 'out', 'runs'))).toEqual([id]);
});

it('says so where an experiment is of another kind', () => {
  const others = planOf('bits', { preset: 'smoke' });
  expect(() => exportRuns(others, join(folder, 'out'), store)).toThrow(/^Only base models, masks and transfer runs/);
});
