import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experiments } from '../../lib/dist';
import { channelSettings } from '../../lib/dist/experiments/channels/channels';
import { CHANNEL_NAMES, channelLearner } from '../../lib/dist/experiments/channels/conditions';
import {
  answerProbabilities,
  softAnswers,
  subtaskSettings,
  subtaskStage,
} from '../../lib/dist/experiments/channels/subtask';
import { type ChainSettings, chainSettings } from '../../lib/dist/experiments/settings';
import { chainOf } from '../../lib/dist/experiments/subnetworkDiscovery';
import { transferRows } from '../../lib/dist/experiments/transfer';
import { gpt2MaskedWeights, gpt2Shapes } from '../../lib/dist/models/gpt2';
import { RunStore } from '../../lib/dist/runs/runStore';
import { Runner } from '../../lib/dist/runs/stage';
import { ridgeReadout } from '../../lib/dist/stats/linearFits';
import { answersOf, withStep } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import { elementCount } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf } from '../../lib/dist/tensorflow/variables';
import { blockFeatures } from '../../lib/dist/training/features';
import { small } from './smallChain.cjs';

const { channels, configOf, dataEfficiency, inherited, readouts } = experiments;
let folder: string;
let store: RunStore;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'channels-'));
  store = new RunStore({ folder: join(folder, 'runs') });
});
afterAll(() => rmSync(folder, { recursive: true }));

const chain: ChainSettings = small(chainSettings());
const config = configOf(chain.base);
const sizeOf = (chosen: (name: string) => boolean) =>
  Object.entries(gpt2Shapes(config))
    .filter(([name]) => chosen(name))
    .reduce((sum, [, shape]) => sum + elementCount(shape), 0);
const isMap = (name: string) => gpt2MaskedWeights(config).includes(name);
const place = () => ({ store, layers: [2], change: small, tables: join(folder, 'tables'), preset: 'tiny' });
const made = async () => {
  const { base, discovery } = (await chainOf(chain, { store }))!;
  return { base, discovery: { ...discovery, base } };
};

describe('channels', () => {
  it('ask for every condition, in the order of the table', () => {
    const wanted = channels.wanted({ preset: 'paper' });
    expect(wanted).toHaveLength(CHANNEL_NAMES.length * 6);
    expect([...new Set(wanted.map(({ key }) => key.condition))]).toEqual(CHANNEL_NAMES);
    const [guided] = channels.wanted({ conditions: ['guidance by the base'], alphas: [0.1, 10], sizes: [250] });
    expect(guided.key).toMatchObject({ alpha: 0.1, n_disambiguation: 250 });
    expect(guided.settings).toMatchObject({ alpha: 0.1, base: { expression: 'a + ab' } });
    expect(() => channels.wanted({ conditions: ['guidance'] })).toThrow('There is no "guidance" here: use some of');
  });

  it('give the three conditions of the curves the same answers as the transfer runs', async () => {
    const conditions = ['random init', 'full model', 'subnetwork'];
    const rows = await channels.compute({ ...place(), conditions });
    const transfers = await dataEfficiency.compute({ ...place(), conditions });
    const accuracies = (of: { test_accuracy: number; best_epoch: number }[]) =>
      of.map(({ test_accuracy, best_epoch }) => [test_accuracy, best_epoch]);
    expect(accuracies(rows)).toEqual(accuracies(transfers));
    const { kept } = (await made()).discovery.result;
    expect(rows.map(({ handed_over }) => handed_over)).toEqual([
      0,
      sizeOf(() => true),
      kept + sizeOf((name) => !isMap(name)),
    ]);
    for (const row of rows) {
      expect(row.conflicts).toBeGreaterThan(400);
      const shares = [row.conflict_right, row.conflict_2a2, row.conflict_2b2] as number[];
      expect(shares.reduce((sum, share) => sum + share)).toBeLessThanOrEqual(1 + 1e-12);
    }
    expect(rows).toHaveLength(3);
  });

  it('take from the base what they say, and the rest from the same draws as random init', async () => {
    const { base, discovery } = await made();
    const start = (condition: (typeof CHANNEL_NAMES)[number]) =>
      channelLearner(channelSettings(chain, condition, 5), { base, discovery }).start[0];
    const [random, embeddings, maps] = [start('random init'), start('embeddings only'), start('maps only')];
    for (const name of Object.keys(random)) {
      expect(embeddings[name].data === base.parameters[name].data).toBe(!isMap(name));
      expect(maps[name].data).toEqual(isMap(name) ? base.parameters[name].data : random[name].data);
    }
  });

  it('let ambiguous rows and others weigh the same, in as many steps', async () => {
    const { base, discovery } = await made();
    const settings = channelSettings(chain, 'full model, rows balanced', 5);
    const { data, ambiguous } = transferRows(settings, 'x');
    const { batches } = channelLearner(settings, { base, discovery });
    const all = [...batches!(1, data, { ambiguous: ambiguous.rows })];
    expect(all).toHaveLength(Math.ceil(data.rows / settings.batchSize));
    for (const { tokens, weights } of all) {
      const same = Array.from(weights, (_, row) => tokens[4 * row] === tokens[4 * row + 1]);
      expect(same.filter(Boolean)).toHaveLength(settings.batchSize / 2);
      expect(weights.every((weight) => weight === 1)).toBe(true);
    }
    const none = [...batches!(1, ambiguous, { ambiguous: ambiguous.rows })];
    const rows = none.flatMap(({ tokens, weights }) => [...weights].map((weight, i) => (weight ? tokens[4 * i] : -1)));
    expect(new Set(rows.filter((a) => a >= 0)).size).toBe(ambiguous.rows);
  });

  it('begin with exactly the answers of the readout, where it is put in first', async () => {
    const { base } = await made();
    const settings = channelSettings(chain, 'probe first', 5);
    const learner = channelLearner(settings, { base });
    learner.trainer.start(...learner.start);
    const { data, test } = transferRows(settings, 'x');
    const [own, seen] = tidied(() =>
      [data, test].map((rows) => blockFeatures(tensorsOf(base.parameters), rows, config)[1]),
    );
    const readout = ridgeReadout(own, answersOf(data), { classes: 7, strength: 1e-3 });
    const answers = readout.answers(seen);
    const same = learner.answers(test).filter((answer, row) => answer === answers[row]).length;
    expect(same).toBeGreaterThanOrEqual(test.rows - 2); // float32 against float64, where two scores are equal
    expect(new Set(answers).size).toBeGreaterThan(1);
  });

  it('write the step before the answer', () => {
    const { data } = transferRows(channelSettings(chain, 'step written out', 5), 'x');
    const { tokens, rows } = withStep(data, 'ab');
    expect(tokens).toHaveLength(5 * rows);
    for (const row of [0, 13, rows - 1]) {
      const [a, b, , step, answer] = tokens.subarray(5 * row, 5 * row + 5);
      expect([step, answer]).toEqual([(a * b) % 7, (a * a + a * b) % 7]);
    }
  });

  it('train through every channel, with rows that say what they started from', async () => {
    const conditions = ['step written out', 'guidance by the subnetwork', 'distilled subtask', 'subtask data'];
    const rows = await channels.compute({ ...place(), conditions });
    expect(rows.map(({ condition }) => condition)).toEqual(conditions);
    expect(rows.map(({ handed_over }) => handed_over)).toEqual([0, 0, 0, 0]);
    const [step, guided, distilled, labels] = rows;
    expect([step.base_run, guided.mask_run === null, guided.alpha]).toEqual([null, false, 1]);
    expect([distilled.mask_run === null, labels.mask_run]).toEqual([false, null]);
    expect(distilled.first_run).not.toBe(labels.first_run);
    // Three epochs teach nothing: the row says so.
    for (const row of [distilled, labels]) {
      expect(row.first_steps).toBe(
        Math.ceil(chain.base.rows / chain.base.batchSize) * Math.ceil(1.2 * chain.base.epochs),
      );
      expect(row.first_accuracy).toBeLessThan(0.9);
    }
    expect(await channels.compute({ ...place(), conditions })).toEqual(rows);
  });
});

describe('a first stage', () => {
  it('ends as soon as it has learned, and says that it has', async () => {
    const settings = { ...subtaskSettings(chain, 'labels'), until: 0.01 };
    const { result } = await new Runner({ store }).once(subtaskStage, settings);
    expect(result).toMatchObject({ learned: true, epochs: 1 });
    expect(subtaskSettings(chainSettings(), 'teacher')).toMatchObject({ epochs: 60, until: 0.99, rows: 200_000 });
  });

  it('learns a distribution over the answers', async () => {
    const { base } = await made();
    const { data } = transferRows(channelSettings(chain, 'random init', 5), 'x');
    const [rows, probabilities, flatter, loss] = tidied(() => {
      const parameters = tensorsOf(base.parameters);
      const own = answerProbabilities(parameters, data, config);
      const model = softAnswers(config);
      const batch = { tokens: data.tokens, weights: new Float32Array(data.rows).fill(1), targets: own };
      return [
        data.rows,
        own,
        answerProbabilities(parameters, data, config, { temperature: 5 }),
        model.loss(parameters, model.inputs(batch), {}).dataSync()[0],
      ] as const;
    });
    const entropyOf = (of: Float32Array) => of.reduce((sum, p) => sum - p * Math.log(p), 0) / rows;
    expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(rows, 3);
    expect(entropyOf(flatter)).toBeGreaterThan(entropyOf(probabilities));
    // The student's probabilities are over all tokens: those of the answers are smaller, and the loss is larger.
    expect(loss).toBeGreaterThan(entropyOf(probabilities));
    const best = tf.tidy(() => tf.tensor2d(probabilities, [rows, 7]).argMax(1).dataSync());
    expect(best).toHaveLength(rows);
  });
});

describe('readouts', () => {
  it('have a row for each feature, target, strength and n', async () => {
    const rows = await readouts.compute({ ...place(), sizes: [5, 20] });
    expect(rows).toHaveLength(2 * 3 * (2 * 3 + 3));
    const controls = rows.filter(({ target }) => target !== 'a^2 + ab');
    expect([...new Set(controls.map(({ features }) => features))].sort()).toEqual(['base', 'masked base']);
    const of = (features: string, n: number) =>
      rows.find((row) => row.features === features && row.n_disambiguation === n && row.strength === 0.1);
    expect(of('embeddings', 5)).not.toEqual(of('embeddings', 20));
    expect(new Set(rows.map(({ run }) => run)).size).toBe(1);
  });
});

describe('inherited features', () => {
  it('are those of the transfer run, looked at before and while it trains', async () => {
    const rows = await inherited.compute({ ...place(), sizes: [5] });
    expect(rows.map(({ condition, epoch }) => `${condition} ${epoch}`)).toEqual(
      ['full model', 'subnetwork'].flatMap((condition) => [0, 1, 2].map((epoch) => `${condition} ${epoch}`)),
    );
    const [run] = store
      .list('transfer')
      .filter(({ settings }) => (settings as { inheritFrom: string }).inheritFrom === 'original');
    const log = run.log() as unknown as { epoch: number; unambiguous_accuracy: number }[];
    expect(rows.slice(1, 3).map(({ answers }) => answers)).toEqual(log.map((epoch) => epoch.unambiguous_accuracy));
  });
});
