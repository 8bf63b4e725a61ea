import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { experiments } from '../../../lib/dist';
import { baseModelsSchema } from '../../../lib/dist/experiments/baseModel';
import { dataEfficiencySchema } from '../../../lib/dist/experiments/dataEfficiency';
import { type ChainSettings, CURVE_CONDITIONS, chainSettings } from '../../../lib/dist/experiments/settings';
import { type SweepPlan, sweepPlan } from '../../../lib/dist/experiments/sweep/plan';
import { transferSettings } from '../../../lib/dist/experiments/transfer';
import { writeJson } from '../../../lib/dist/files/json';
import { RunStore, runId } from '../../../lib/dist/runs/runStore';

let folder: string;
let store: RunStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  store = new RunStore({ folder: join(folder, 'runs') });
});
afterEach(() => rmSync(folder, { recursive: true }));

const runsOf = (plan: SweepPlan) => plan.jobs.flatMap(({ runs }) => runs);
const planned = (options: object, name = 'fig2') =>
  sweepPlan(name, { layers: [2], tables: folder, store, ...options } as Parameters<typeof sweepPlan>[1]);

/** Puts a run into the store without training it. */
const pretend = (stage: string, settings: object, result: object) =>
  store.produce(stage, settings, async (path) => writeJson(join(path, 'result.json'), result));

describe('sweepPlan', () => {
  it('goes from the base model to the mask to the runs that need it, and has others begin at once', () => {
    const plan = planned({});
    const byId = new Map(plan.jobs.map((job) => [job.id, job]));
    const asked = runsOf(plan).filter(({ stage }) => stage === 'transfer');
    expect(asked).toHaveLength(16 * CURVE_CONDITIONS.length);
    expect(runsOf(plan)).toHaveLength(asked.length + 2);
    expect(new Set(runsOf(plan).map(({ name }) => name)).size).toBe(asked.length + 2);
    expect(byId.get('2-layers-seed-1-base')?.needs).toEqual([]);
    expect(byId.get('2-layers-seed-1-mask')?.needs).toEqual(['2-layers-seed-1-base']);
    for (const { needs, runs } of plan.jobs) {
      for (const { stage, settings } of runs) {
        if (stage !== 'transfer') continue;
        const origin = 'discovery' in settings ? ['mask'] : 'base' in settings ? ['base'] : [];
        expect(needs).toEqual(origin.map((name) => `2-layers-seed-1-${name}`));
      }
    }
    // The base model holds up the most, and so begins first.
    const [first] = [...plan.jobs].sort((a, b) => b.priority - a.priority);
    expect(first.id).toBe('2-layers-seed-1-base');
    // 100 epochs of 1,000 rows and n more in batches of 50, over the 16 n (10,000 only at 12 layers, as published).
    const subnet = asked.filter(({ name }) => name.startsWith('subnetwork, n'));
    expect(subnet.reduce((sum, { steps }) => sum + steps, 0)).toBe(66_800);
  });

  it('names every run as the store does, once it is known which attempt at the base model succeeds', async () => {
    const settings = chainSettings();
    const known = runsOf(planned({ sizes: [40] })).filter(({ run }) => run !== null);
    expect(known.map(({ name, run }) => [name, run])).toEqual([
      [
        'random init, n = 40, seed 1 (2 layers)',
        runId('transfer', { ...settings.transfer, inheritFrom: 'random', n: 40 }),
      ],
    ]);

    const second = { ...settings.base, attempt: 2 };
    await pretend('base', settings.base, { stuck: true });
    await pretend('base', second, { stuck: false });
    const after = planned({ sizes: [40] });
    expect(after.jobs.map(({ id }) => id)).not.toContain('2-layers-seed-1-base');
    const discovery = { ...settings.discovery, base: second };
    const of = transferSettings(settings, CURVE_CONDITIONS[0], 40, { base: { settings: second } });
    expect(of.discovery).toEqual(discovery);
    const ids = new Map(runsOf(after).map(({ name, run }) => [name.replace(/, seed.*/, ''), run]));
    expect(ids.get('mask for "ab"')).toBe(runId('mask', discovery));
    expect(ids.get('subnetwork, n = 40')).toBe(runId('transfer', of));

    await pretend('mask', discovery, { layers: {} });
    await pretend('transfer', of, {});
    const last = planned({ sizes: [40] });
    expect(last.jobs.every(({ needs }) => needs.length === 0)).toBe(true);
    const stored = runsOf(last).filter(({ stored }) => stored);
    expect(stored.map(({ name }) => name)).toEqual(['subnetwork, n = 40, seed 1 (2 layers)']);
  });

  it('names a base model that is not as its row in the tables says', async () => {
    const { base } = chainSettings();
    const result = { stuck: false, best_epoch: 4, steps: 9, solved_at_step: 8, eval_loss: 0.5, eval_accuracy: 1 };
    await pretend('base', base, result);
    const row = {
      n_layers: 2,
      seed: 1,
      attempt: 1,
      run: runId('base', base),
      trained_with: 'tensorflow' as const,
      ...result,
    };
    baseModelsSchema.add(folder, [row]);
    expect(planned({ sizes: [40] }).differing).toEqual([]);
    rmSync(join(folder, 'base-models.csv'));
    baseModelsSchema.add(folder, [{ ...row, eval_loss: 0.25 }]);
    expect(planned({ sizes: [40] }).differing).toEqual([
      `${folder}/base-models.csv has other values for ${row.run} than the run in the store (1 rows): equal settings give equal bytes with one program (trained_with) on one kind of processor only.`,
    ]);
    expect(readFileSync(join(folder, 'base-models.csv'), 'utf8')).toContain('0.25');
  });

  it('plans nothing for rows that are in the tables, nor what only they need', () => {
    const rows = [0, 10].flatMap((n) =>
      CURVE_CONDITIONS.filter(({ inheritFrom }) => inheritFrom !== 'random').map(
        ({ inheritFrom, sampler, subnetwork }) => ({
          inherit_from: inheritFrom,
          sampler: sampler ?? null,
          subnetwork: subnetwork ?? null,
          n_layers: 2,
          n_disambiguation: n,
          seed: 1,
          test_accuracy: 0.5,
          best_epoch: 1,
          base_run: 'base-000000000000',
          mask_run: inheritFrom === 'original' ? null : 'mask-000000000000',
        }),
      ),
    );
    dataEfficiencySchema.add(folder, rows);
    const plan = planned({ sizes: [0, 10] });
    expect(plan.done).toBe(12);
    expect(
      runsOf(plan)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([0, 10].map((n) => `random init, n = ${n}, seed 1 (2 layers)`));
    expect(runsOf(planned({ seeds: [1, 2], sizes: [0] }))).toHaveLength(1 + 2 + 7);
  });

  it('makes the conditions that are asked for, and only what those start from', () => {
    const names = (conditions: string[]) =>
      runsOf(planned({ sizes: [40], conditions }))
        .map(({ name }) => name.replace(/, seed.*/, ''))
        .sort();
    expect(names(['random'])).toEqual(['random init, n = 40']);
    const sampled = (manner: string) => `sampled control, as ${manner}, n = 40`;
    const origin = ['base model', 'mask for "ab"'];
    expect(names(['subnet_sampled:released', 'original'])).toEqual(
      [...origin, 'full model, n = 40', sampled('released')].sort(),
    );
    expect(names(['subnet_sampled'])).toEqual([...origin, sampled('described'), sampled('released')].sort());
  });

  it('gives a variant of the mask a mask of its own, over the same base model', () => {
    const { jobs } = planned({ sizes: [40] }, 'variants');
    const masks = jobs.filter(({ runs }) => runs[0].stage === 'mask');
    expect(masks.map(({ needs }) => needs)).toEqual(masks.map(() => [jobs[0].id]));
    expect(new Set(masks.map(({ id }) => id)).size).toBe(2);
    expect(jobs.filter(({ runs }) => runs[0].stage === 'base')).toHaveLength(1);
  });

  it.each(Object.keys(experiments.EXPERIMENTS))(
    'plans the experiment %s: plain JSON, jobs after those that they need, no name twice',
    (name) => {
      const change = (chain: ChainSettings) => chain;
      const plan = planned({ layers: [2, 12], seeds: [1, 2], sizes: [40], change }, name);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      const seen = new Set<string>();
      for (const { id, needs } of plan.jobs) {
        expect(id).toMatch(/^[a-z0-9-]+$/);
        expect(seen.has(id)).toBe(false);
        for (const need of needs) expect(seen.has(need)).toBe(true);
        seen.add(id);
      }
      const names = runsOf(plan).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    },
  );

  it('refuses an unknown experiment in a sentence', () => {
    expect(() => planned({}, 'fig3')).toThrow('There is no experiment "fig3": use one of fig2, trainable, untrained,');
  });
});
