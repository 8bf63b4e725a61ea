import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendRows,
  CURVE_CONDITIONS,
  chainSettings,
  dataEfficiencySchema,
  originOf,
  RunStore,
  runId,
  SWEEPS,
  type SweepPlan,
  sweepPlan,
  transferSettings,
} from '../../../lib/dist';

let folder: string;
let store: RunStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  store = new RunStore({ folder: join(folder, 'runs') });
});
afterEach(() => rmSync(folder, { recursive: true }));

const runsOf = (plan: SweepPlan) => plan.jobs.flatMap(({ runs }) => runs);

/** Puts a run into the store without training it. */
const pretend = (stage: string, settings: object, result: object) =>
  store.produce(stage, settings, async (path) => {
    const { writeJson } = await import('../../../lib/dist');
    writeJson(join(path, 'result.json'), result);
  });

describe('sweepPlan', () => {
  it('goes from the base model to the mask to the runs that need it, and has others begin at once', () => {
    const plan = sweepPlan({ sweep: 'fig2', layers: [2], tables: folder, store });
    const byId = new Map(plan.jobs.map((job) => [job.id, job]));
    const asked = runsOf(plan).filter(({ request }) => 'condition' in request);
    expect(asked).toHaveLength(17 * CURVE_CONDITIONS.length);
    expect(runsOf(plan)).toHaveLength(asked.length + 2);
    expect(new Set(runsOf(plan).map(({ name }) => name)).size).toBe(asked.length + 2);
    expect(byId.get('2-layers-seed-1-base')?.needs).toEqual([]);
    expect(byId.get('2-layers-seed-1-mask')?.needs).toEqual(['2-layers-seed-1-base']);
    const needed = {
      none: [],
      base: ['2-layers-seed-1-base'],
      mask: ['2-layers-seed-1-mask'],
      'untrained mask': ['?'],
    };
    for (const { needs, runs } of plan.jobs) {
      for (const { request } of runs) {
        if ('condition' in request) expect(needs).toEqual(needed[originOf(request.condition)]);
      }
    }
    // The base model holds up the most, and so begins first.
    const [first] = [...plan.jobs].sort((a, b) => b.priority - a.priority);
    expect(first.id).toBe('2-layers-seed-1-base');
    // 100 epochs of 1,000 rows and n more in batches of 50, over the 17 n.
    const subnet = asked.filter(({ name }) => name.startsWith('subnetwork, n'));
    expect(subnet.reduce((sum, { steps }) => sum + steps, 0)).toBe(88_800);
  });

  it('names every run as the store does, once it is known which attempt at the base model succeeds', async () => {
    const settings = chainSettings();
    const before = sweepPlan({ sweep: 'fig2', layers: [2], sizes: [40], tables: folder, store });
    const known = runsOf(before).filter(({ run }) => run !== null);
    expect(known.map(({ name, run }) => [name, run])).toEqual([
      [
        'random init, n = 40 (2 layers, seed 1)',
        runId('transfer', { ...settings.transfer, inheritFrom: 'random', n: 40 }),
      ],
    ]);

    const second = { ...settings.base, attempt: 2 };
    await pretend('base', settings.base, { stuck: true });
    await pretend('base', second, { stuck: false });
    const after = sweepPlan({ sweep: 'fig2', layers: [2], sizes: [40], tables: folder, store });
    expect(after.jobs.map(({ id }) => id)).not.toContain('2-layers-seed-1-base');
    const discovery = { ...settings.discovery, base: second };
    const [subnet] = CURVE_CONDITIONS;
    const startsFrom = { base: { settings: second }, discovery: { settings: discovery } };
    const of = transferSettings(settings, subnet, 40, startsFrom as Parameters<typeof transferSettings>[3]);
    const ids = new Map(runsOf(after).map(({ name, run }) => [name, run]));
    expect(ids.get('mask (2 layers, seed 1)')).toBe(runId('mask', discovery));
    expect(ids.get('subnetwork, n = 40 (2 layers, seed 1)')).toBe(runId('transfer', of));

    await pretend('mask', discovery, {});
    await pretend('transfer', of, {});
    const last = sweepPlan({ sweep: 'fig2', layers: [2], sizes: [40], tables: folder, store });
    expect(last.jobs.every(({ needs }) => needs.length === 0)).toBe(true);
    expect(
      runsOf(last)
        .filter(({ stored }) => stored)
        .map(({ name }) => name),
    ).toEqual(['subnetwork, n = 40 (2 layers, seed 1)']);
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
    appendRows(join(folder, 'data-efficiency.csv'), dataEfficiencySchema, rows);
    const plan = sweepPlan({ sweep: 'fig2', layers: [2], sizes: [0, 10], tables: folder, store });
    expect(plan.done).toBe(12);
    expect(
      runsOf(plan)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['random init, n = 0 (2 layers, seed 1)', 'random init, n = 10 (2 layers, seed 1)']);
    expect(
      runsOf(sweepPlan({ sweep: 'fig2', layers: [2], seeds: [1, 2], sizes: [0], tables: folder, store })),
    ).toHaveLength(1 + 2 + 7);
  });

  it('makes the conditions that are asked for, and only what those start from', () => {
    const plan = (conditions: string[]) =>
      runsOf(sweepPlan({ sweep: 'fig2', layers: [2], sizes: [40], conditions, tables: folder, store }))
        .map(({ name }) => name.replace(/,? \(.*/, ''))
        .sort();
    expect(plan(['random'])).toEqual(['random init, n = 40']);
    expect(plan(['subnet_sampled:released', 'original'])).toEqual([
      'base model',
      'full model, n = 40',
      'mask',
      'sampled control, as released, n = 40',
    ]);
    expect(plan(['subnet_sampled'])).toEqual([
      'base model',
      'mask',
      'sampled control, as described, n = 40',
      'sampled control, as released, n = 40',
    ]);
  });

  it('gives a variant of the mask a mask of its own, over the same base model', () => {
    const { jobs } = sweepPlan({ sweep: 'variants', layers: [2], sizes: [40], tables: folder, store });
    const masks = jobs.filter(({ id }) => id.includes('-mask') && !id.includes('variant'));
    expect(masks.map(({ id, needs }) => [id, needs])).toEqual([
      ['2-layers-seed-1-mask-described-temperature', ['2-layers-seed-1-base']],
      ['2-layers-seed-1-mask', ['2-layers-seed-1-base']],
    ]);
    expect(jobs.filter(({ id }) => id.endsWith('-base'))).toHaveLength(1);
    const changed = jobs.find(({ id }) => id.startsWith('2-layers-seed-1-variant-mask-described-temperature'));
    expect(changed?.needs).toEqual(['2-layers-seed-1-mask-described-temperature']);
  });

  it.each(Object.keys(SWEEPS))(
    'plans the sweep %s: plain JSON, jobs after those that they need, no name twice',
    (sweep) => {
      const plan = sweepPlan({ sweep, layers: [2, 12], seeds: [1, 2], sizes: [40], tables: folder, store });
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

  it('refuses an unknown sweep in a sentence', () => {
    expect(() => sweepPlan({ sweep: 'fig3', tables: folder, store })).toThrow(
      'Unknown sweep "fig3": use one of fig2, trainable, untrained, targets, variants.',
    );
  });
});
