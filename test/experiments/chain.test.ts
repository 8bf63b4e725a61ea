import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experiments, masks } from '../../lib/dist';
import { baseModel, configOf, trainBaseModel } from '../../lib/dist/experiments/baseModel';
import { dataEfficiencySchema, settingVariantsSchema } from '../../lib/dist/experiments/dataEfficiency';
import {
  type ChainSettings,
  CURVE_CONDITIONS,
  chainSettings,
  conditionTitle,
  type Preset,
  TRAINABLE_CONDITIONS,
} from '../../lib/dist/experiments/settings';
import { chainOf, discoverSubnetwork, subnetworksSchema } from '../../lib/dist/experiments/subnetworkDiscovery';
import { gpt2Init } from '../../lib/dist/models/gpt2';
import { loadGpt2 } from '../../lib/dist/models/gpt2File';
import { RunStore } from '../../lib/dist/runs/runStore';
import { defineExpression } from '../../lib/dist/tasks/expressions';
import { DISAMBIGUATION_SIZES } from '../../lib/dist/tasks/modularArithmetic';
import { seedFor } from '../../lib/dist/tasks/random';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';
import { bytesIn, watched } from './cutOff';
import { small } from './smallChain.cjs';

const { dataEfficiency, targets, untrained, variants } = experiments;
let folder: string;
let store: RunStore;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-'));
  store = new RunStore({ folder: join(folder, 'runs') });
});
afterAll(() => rmSync(folder, { recursive: true }));

const chain: ChainSettings = small(chainSettings());
/** The small chain's runs, with rows in a folder of the test's own. */
const place = (name: string) => ({ store, layers: [2], change: small, tables: join(folder, name) });

describe('chainSettings', () => {
  it('has the published values as its paper preset', () => {
    const paper = chainSettings({ layers: 12, seed: 3 });
    expect(paper.base).toMatchObject({
      layers: 12,
      rows: 200_000,
      batchSize: 50,
      learningRate: 5e-4,
      patience: 10,
      seed: 3,
    });
    expect(paper.discovery).toMatchObject({
      rows: 50_000,
      batchSize: 500,
      epochs: 50,
      lambda: 1e-7,
      finalTemperature: 100,
    });
    expect(paper.transfer).toMatchObject({ epochs: 100, batchSize: 50, learningRate: 2e-4, weightDecay: 0.01 });
    expect(paper.sizes).toEqual(DISAMBIGUATION_SIZES);
  });

  it('refuses an unknown preset in a sentence', () => {
    expect(() => chainSettings({ preset: 'fast' as Preset })).toThrow(
      'Unknown preset "fast": use one of paper, quick, tiny, smoke.',
    );
  });
});

describe('baseModel', () => {
  it('takes the first attempt that is not stuck, and tells of the others', async () => {
    const once = { ...chain.base, epochs: 1, stuckAfter: 1, solvedAccuracy: 1 };
    const accuracies: number[] = [];
    for (const attempt of [1, 2, 3, 4]) {
      const { result } = await trainBaseModel({ ...once, attempt }, { store });
      expect(result).toMatchObject({ stuck: true, solved_at_step: null });
      accuracies.push(result.eval_accuracy);
    }
    const best = Math.max(...accuracies);
    const { base, attempts } = await baseModel({ ...once, solvedAccuracy: best }, { store });
    expect(base.settings.attempt).toBe(accuracies.indexOf(best) + 1);
    expect(attempts.map(({ result }) => result.stuck)).toEqual([
      ...accuracies.slice(0, accuracies.indexOf(best)).map(() => true),
      false,
    ]);
  });

  it('says so when every attempt is stuck', async () => {
    const hopeless = { ...chain.base, rows: 100, epochs: 1, stuckAfter: 1, solvedAccuracy: 1 };
    await expect(baseModel(hopeless, { store })).rejects.toThrow('All 8 attempts at a base model of seed 1 got stuck');
  });

  it('keeps what was trained when it is interrupted, and stores nothing', async () => {
    const settings = { ...chain.base, seed: 77, epochs: 500, stuckAfter: 500, patience: 500 }; // minutes, if it did not stop
    const observer = {
      onStep: ({ step }: { step: number }) => {
        if (step === 13) process.kill(process.pid, 'SIGINT');
      },
    };
    const stopped = await trainBaseModel(settings, { store, observer });
    expect(stopped.id).toBeUndefined();
    expect(Object.keys(stopped.parameters)).toContain('transformer.h.1.mlp.c_fc.weight');
    expect(stopped.log.length).toBeLessThan(400);
    expect(store.find('base', settings)).toBeUndefined();
    expect(readdirSync(store.folder).filter((name) => name.startsWith('.partial-'))).toEqual([]);
  });
});

describe('a base model and a mask that were cut off', () => {
  it('go on after their last whole epoch, to the same bytes', async () => {
    const settings = { ...chain, base: { ...chain.base, seed: 78, epochs: 3, stuckAfter: 3 } };
    const discovery = { ...chain.discovery, epochs: 3 };
    const make = async (into: RunStore, cutIn?: number) => {
      const { observer, epochs } = watched(cutIn);
      const base = await trainBaseModel(settings.base, { store: into, observer });
      const mask = await discoverSubnetwork(base, discovery, { store: into, observer });
      return { epochs: [...epochs], ids: [base.id, mask.id] as string[] };
    };
    const undisturbed = new RunStore({ folder: join(folder, 'undisturbed') });
    const { ids } = await make(undisturbed);

    const cutOff = new RunStore({ folder: join(folder, 'cut off') });
    await expect(make(cutOff, 3)).rejects.toThrow('cut off');
    await trainBaseModel(settings.base, { store: cutOff });
    await expect(make(cutOff, 2)).rejects.toThrow('cut off');
    expect(readdirSync(cutOff.folder)).toEqual([`.checkpoint-${ids[1]}.safetensors`, ids[0]]);
    expect((await make(cutOff)).epochs).toEqual(['mask 2', 'mask 3']);
    expect(bytesIn(cutOff.folder)).toEqual(bytesIn(undisturbed.folder));
  });
});

describe('the chain', () => {
  it('goes from base to mask to rows', async () => {
    const rows = await dataEfficiency.compute(place('tables'));
    expect(rows.map((row) => [row.inherit_from, row.sampler])).toEqual(
      CURVE_CONDITIONS.map(({ inheritFrom, sampler }) => [inheritFrom, sampler ?? null]),
    );
    expect(dataEfficiencySchema.read(join(folder, 'tables'))).toHaveLength(rows.length);

    const made = await chainOf(chain, { store });
    if (!made) throw new Error('not finished');
    const { discovery } = made;
    expect(rows.filter(({ mask_run }) => mask_run === discovery.id)).toHaveLength(5);
    const { kept, total, layers } = discovery.result;
    expect(total).toBe(2 * 12 * 64 * 64);
    expect(kept).toBe(Object.values(layers).reduce((sum, kept) => sum + kept));
    expect(discovery.log.map(({ temperature }) => temperature)).toEqual([1, 100]); // released schedule, two epochs
    const transferred = store.list('transfer').map((run) => run.result<{ transferred_weights: number }>());
    // random, original, subnet, the described controls of the same size, the released ones of all but as many
    expect(transferred.map((result) => result.transferred_weights).sort((a, b) => a - b)).toEqual(
      [0, kept, kept, kept, total - kept, total - kept, total].sort((a, b) => a - b),
    );
  });

  it('has the control of a model that was never trained', async () => {
    const [row] = await untrained.compute(place('untrained'));
    const base = store.list('base').find(({ id }) => id === row.base_run);
    expect(base?.settings).toMatchObject({ epochs: 0 });
    expect(base?.result()).toMatchObject({ steps: 0, stuck: false, solved_at_step: null });
    const { parameters } = loadGpt2(base?.path as string);
    const start = tidied(() =>
      snapshot(gpt2Init(configOf(chain.base), seedFor(chain.base.seed, 'base initialisation 1'))),
    );
    expect(parameters).toEqual(start);
    const masks = subnetworksSchema.read(join(folder, 'untrained'));
    expect(new Set(masks.map(({ base, run }) => `${base} ${run}`))).toEqual(new Set([`untrained ${row.mask_run}`]));
    expect(dataEfficiencySchema.read(join(folder, 'untrained'))).toEqual([row]);
    expect(existsSync(join(folder, 'untrained/base-models.csv'))).toBe(false);
  });

  it('lets the transferred weights train where it is asked to, and keeps them where it is not', async () => {
    const conditions = ['subnetwork', TRAINABLE_CONDITIONS[0]];
    const rows = await dataEfficiency.compute({ ...place('trainable'), conditions });
    expect(rows.map(({ subnetwork }) => subnetwork)).toEqual(['frozen', 'trainable']);
    const digests = store
      .list('transfer')
      .filter(({ settings }) => (settings as { inheritFrom: string }).inheritFrom === 'subnet')
      .map((run) => run.result<{ weights_sha256: string }>().weights_sha256);
    expect(new Set(digests).size).toBe(2);
  });

  it('changes one setting at a time in a variant', async () => {
    const rows = await variants.compute(place('variants'));
    expect(rows.map((row) => row.inherit_from)).toEqual(['subnet', 'subnet', 'original', 'random']);
    const [described, uniform] = rows;
    expect(described.mask_run).not.toBe(uniform.mask_run);
    expect(described.base_run).toBe(uniform.base_run);
    expect(await variants.compute(place('variants'))).toEqual(rows);
    expect(settingVariantsSchema.read(join(folder, 'variants'))).toHaveLength(4);
  });

  it('trains on other targets, and tells what either selection of the model gives', async () => {
    const options = { ...place('targets'), targets: ['a^2', 'a + b'] as const, sizes: [20] };
    const rows = await targets.compute(options);
    expect(rows.map(({ target, inherit_from }) => `${target} ${inherit_from}`)).toEqual(
      ['a^2', 'a + b'].flatMap((target) => ['subnet', 'original', 'random'].map((from) => `${target} ${from}`)),
    );
    expect(targets.rowsOf(options)).toHaveLength(6);
    await expect(targets.compute({ ...options, sizes: [0] })).rejects.toThrow('needs at least one sample');
  });

  it('takes rows of the table for done, without their artefacts', async () => {
    const empty = new RunStore({ folder: join(folder, 'empty') });
    const file = join(folder, 'tables/data-efficiency.csv');
    const before = readFileSync(file, 'utf8');
    expect(await dataEfficiency.compute({ ...place('tables'), store: empty })).toHaveLength(CURVE_CONDITIONS.length);
    expect(existsSync(empty.folder)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('refuses a table that lacks a column, and leaves it alone', async () => {
    const file = join(folder, 'data-efficiency.csv');
    const text = 'inherit_from,n_layers\nrandom,2\n';
    writeFileSync(file, text);
    await expect(dataEfficiency.compute({ ...place('.') })).rejects.toThrow(/data-efficiency\.csv.*column/s);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('refuses impossible numbers of samples and unknown names before anything is trained', async () => {
    for (const size of [-1, 49 * 49 + 1]) {
      const asked = { ...place('none'), tables: null, sizes: [size] };
      await expect(dataEfficiency.compute(asked)).rejects.toThrow(/disambiguation samples/);
    }
    expect(() => dataEfficiency.wanted({ ...place('none'), conditions: ['subset'] })).toThrow(
      'There is no "subset" here: use some of subnet, original, random, subnet_sampled:described,',
    );
    const unknown = { ...chain, base: { ...chain.base, expression: 'a * b' } } as unknown as ChainSettings;
    await expect(chainOf(unknown, { store })).rejects.toThrow('Unknown expression "a * b"');
  });

  it("learns a polynomial of one's own, held against rivals of one's own, and leaves the tables of the paper alone", async () => {
    const own = {
      ...chain,
      base: { ...chain.base, expression: defineExpression('2ab + b^2 + a') },
      discovery: { ...chain.discovery, expression: defineExpression('2ab + b^2') },
    };
    const made = (await chainOf(own, { store, tables: join(folder, 'own') })) as NonNullable<
      Awaited<ReturnType<typeof chainOf>>
    >;
    expect(made.discovery.settings.expression).toBe('2ab + b^2');
    expect(readdirSync(join(folder, 'own')).filter((name) => name.endsWith('.csv'))).toEqual([]);
    const rivals = [defineExpression('4a^2'), defineExpression('4b^2')];
    const settings = { ...experiments.transferSettings(own, { inheritFrom: 'random' }, 5), rivals };
    const { log, result } = await experiments.transferRun(settings, { store });
    expect(Object.keys(log[0])).toEqual(expect.arrayContaining(['is 4a^2', 'is 4b^2']));
    expect(Object.keys(result.test_is_rival ?? {})).toEqual(rivals);
  });

  it("keeps a mask with functions of one's own out of the table, which cannot name it", async () => {
    const tables = join(folder, 'own-functions');
    const functions = masks.named({ temperature: (epoch, epochs, final) => final ** (epoch / epochs) });
    const made = await chainOf({ ...chain, discovery: { ...chain.discovery, functions } }, { store, tables });
    expect(made?.discovery.settings.functions).toBe(functions);
    expect(readdirSync(tables).filter((name) => name.endsWith('.csv'))).toEqual(['base-models.csv']);
  });

  it('calls every run by a name of its own, in the words of the charts', () => {
    const titles = [...CURVE_CONDITIONS, ...TRAINABLE_CONDITIONS].map(conditionTitle);
    expect(new Set(titles).size).toBe(titles.length);
    expect([titles[0], titles[4], titles[7]]).toEqual([
      'subnetwork',
      'sampled control, as released',
      'subnetwork, trainable',
    ]);
  });
});
