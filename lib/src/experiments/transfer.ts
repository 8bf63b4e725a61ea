/** Stage 3: a new model learns "a^2 + ab" from ambiguous rows and few others (method section 1c; notebook 03). */
import { createHash } from 'node:crypto';
import { namedSubnetwork } from '../masking/own';
import { type Subnetwork, subnetworkSize } from '../masking/subnetwork';
import { sampleSubnetwork, transferSubnetwork } from '../masking/transfer';
import { gpt2Init, gpt2MaskedWeights, gpt2Shapes } from '../models/gpt2';
import type { Observer } from '../runs/observer';
import { runId } from '../runs/runStore';
import { type Found, type Made, Runner, type Stage, type Training, type Workshop } from '../runs/stage';
import {
  ambiguousRows,
  concatRows,
  disambiguationRows,
  EVALUATION_ROWS,
  type Rows,
  relabel,
  unambiguousRows,
} from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import { randomNormal } from '../tensorflow/dropout';
import { elementCount, type HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { type Batch, batchCount } from '../training/batches';
import { type EpochRecord, fitBatches, shuffledBatches } from '../training/fit';
import { accuracyOf } from '../training/languageModel';
import type { Trainer } from '../training/trainer';
import { type BaseModel, type BaseModelResult, baseStage, configOf } from './baseModel';
import { transferCost } from './cost';
import { evaluatorFor, trainerFor } from './machines';
import { type ChainSettings, type Condition, conditionTitle, originOf, type TransferSettings } from './settings';
import { type Discovery, maskStage } from './subnetworkDiscovery';

/** How a transfer run ended. Accuracies are shares of the test set's rows. */
export interface TransferResult {
  best_epoch: number;
  best_eval_accuracy: number;
  /** Of the best epoch's model, on fresh unambiguous rows. */
  test_accuracy: number;
  /** The same predictions, held against the two memorised alternatives. */
  test_is_2a2: number;
  test_is_2b2: number;
  /** And against the rivals of the settings, by name. */
  test_is_rival?: Record<string, number>;
  /** Of the same model, on the ambiguous rows that it was trained on. (Not after every epoch, as released: it selects nothing.) */
  ambiguous_accuracy: number;
  last_train_loss: number;
  /** Weights of the masked layers that came from the base model. */
  transferred_weights: number;
  /** SHA-256 of the best epoch's parameters: the weights themselves are not kept. */
  weights_sha256?: string;
  /** What trained it, where not the library; and what trained the base model that it starts from. */
  trained_with?: BaseModelResult['trained_with'];
  base_trained_with?: BaseModelResult['trained_with'];
}

export type Transfer = Made<TransferSettings, TransferResult>;

/**
 * Settings of the run of a condition and size in a chain.
 *
 * @param startsFrom the base model and mask that it starts from, where those are not the chain's first attempts.
 */
export function transferSettings(
  chain: ChainSettings,
  condition: Condition,
  n: number,
  { base = { settings: chain.base } }: { base?: { settings: ChainSettings['base'] } } = {},
): TransferSettings {
  return { ...chain.transfer, ...condition, ...originOf({ ...chain, base: base.settings }, condition), n };
}

/** The stages of the runs that transfer runs start from. */
export const TRANSFER_ORIGINS: { base: Stage; discovery: Stage } = { base: baseStage, discovery: maskStage };

export const transferStage: Stage<TransferSettings, TransferResult, object, TransferInputs> = {
  name: 'transfer',
  title: (settings) => `${conditionTitle(settings)}, n = ${settings.n}, seed ${settings.seed}`,
  measures: ({ expression, rivals = [] }) => ({
    unambiguous_accuracy: `predicts ${expression}`,
    ...(rivals.length === 0 && { is_2a2: 'predicts 2a^2', is_2b2: 'predicts 2b^2' }),
    ...Object.fromEntries(rivals.map((rival) => [`is ${rival}`, `predicts ${rival}`])),
  }),
  startsFrom: TRANSFER_ORIGINS,
  // Ambiguous rows: one for each number.
  cost: (settings) => transferCost(settings, settings.numbers + settings.n),
  train,
};

/** One transfer run: from the store, or trained now, with what its settings say that it starts from. */
export async function transferRun(settings: TransferSettings, workshop: Workshop): Promise<Transfer> {
  return (await new Runner(workshop).make(transferStage, settings)) as Transfer;
}

/** What every table of transfer runs says of a run's origin. */
export function originColumns({ settings: { base, discovery } }: Pick<Found<TransferSettings>, 'settings'>) {
  const trained = base ?? discovery?.base;
  return {
    base_run: trained ? runId('base', trained) : null,
    mask_run: discovery ? runId('mask', discovery) : null,
  };
}

/** Names a run in the purposes of its random draws: another text would be another run. */
export function drawsOf({ inheritFrom, sampler, subnetwork, n, seed }: TransferSettings): string {
  const manner = [sampler && `as ${sampler}`, subnetwork].filter(Boolean).join(', ');
  return `${inheritFrom}${manner ? ` (${manner})` : ''}, n = ${n}, seed ${seed}`;
}

async function train(settings: TransferSettings, { inputs, observer }: Training<TransferInputs>) {
  const { dropout, weightDecay, subnetwork: manner } = settings;
  const config = configOf(settings);
  const { parameters, subnetwork, transferred } = startingPoint(settings, inputs);
  const trainer = trainerFor({ config, dropout, weightDecay, freezable: true });
  const evaluator = evaluatorFor(config);
  const learned = await learnTarget(settings, {
    name: drawsOf(settings),
    trainer,
    start: [parameters, manner === 'frozen' ? subnetwork : undefined],
    step: (batch, step) => trainer.step(batch, step, settings.learningRate).loss,
    answers: (rows) => evaluator.predictions(trainer.parameters, rows),
    observer,
  });
  const { log, interrupted, ended } = learned;
  const result: TransferResult | undefined = ended && {
    ...ended.measured,
    transferred_weights: transferred,
    weights_sha256: digestOf(ended.kept),
    base_trained_with: (inputs.base ?? inputs.discovery?.base)?.result.trained_with,
  };
  return { log, interrupted, result };
}

/** A model that learns a target, however it is trained and asked. */
export interface Learner {
  /** Names the run in the purposes of its random draws. */
  name: string;
  trainer: Pick<Trainer<never>, 'start' | 'snapshot'>;
  /** The values that it starts from, and what of them stays as it is. */
  start: [HostTensors, Subnetwork?];
  /** The rows as it is trained on them: by default as they are. */
  written?: (rows: Rows) => Rows;
  /** The order of batches in an epoch, where it is no permutation of all rows. */
  batches?: (epoch: number, data: Rows, kinds: { ambiguous: number }) => Iterable<Batch>;
  step(batch: Batch, step: number): number;
  /** The model's answers to rows of the task. */
  answers(rows: Rows): Int32Array;
  /** Is told of the end of each epoch. */
  watch?: (epoch: number) => void;
  observer?: Observer;
}

/**
 * The rows of a transfer run: for one seed and n, every condition trains on the same, ambiguous ones first. Each is tested on rows of
 * its own, which `name` tells apart (released).
 */
export function transferRows({ expression, n, numbers, seed, disambiguation }: TransferRowsSettings, name: string) {
  const ambiguous = ambiguousRows({ expression, numbers });
  const unambiguous = (purpose: string) =>
    unambiguousRows({ expression, rows: EVALUATION_ROWS, numbers, seed, purpose });
  return {
    ambiguous,
    data: concatRows(ambiguous, disambiguationRows({ expression, n, seed, numbers, pool: disambiguation })),
    evaluation: unambiguous(`evaluation ${n}`),
    test: unambiguous(`test ${name}`),
  };
}
export type TransferRowsSettings = Pick<
  TransferSettings,
  'expression' | 'rivals' | 'n' | 'numbers' | 'seed' | 'disambiguation' | 'batchSize' | 'epochs'
>;

/** Trains a learner on the rows of a transfer run; the model of the best epoch is kept, and measured on test rows. */
export async function learnTarget(settings: TransferRowsSettings, learner: Learner) {
  const { n, seed, batchSize, epochs, rivals } = settings;
  const { name, trainer, start, written = (rows) => rows, answers } = learner;
  const { ambiguous, data, evaluation, test } = transferRows(settings, name);
  const rules = (rows: Rows) => ({ as2a2: relabel(rows, '2a^2'), as2b2: relabel(rows, '2b^2') });
  const { as2a2, as2b2 } = rules(evaluation);
  const asRivals = (rows: Rows, predictions: Int32Array, prefix = '') =>
    Object.fromEntries((rivals ?? []).map((rival) => [prefix + rival, accuracyOf(predictions, relabel(rows, rival))]));
  const rows = written(data);

  trainer.start(start[0], { seed: seedFor(seed, `transfer dropout ${name}`), frozen: start[1] });
  const { log, best, interrupted } = await fitBatches<Batch, HostTensors>({
    epochs,
    stepsPerEpoch: batchCount(rows.rows, batchSize),
    batches: (epoch) =>
      learner.batches?.(epoch, rows, { ambiguous: ambiguous.rows }) ??
      shuffledBatches(rows, batchSize, seedFor(seed, `transfer order ${n}`), epoch),
    step: learner.step,
    evaluate(epoch) {
      learner.watch?.(epoch);
      const predictions = answers(evaluation);
      return {
        unambiguous_accuracy: accuracyOf(predictions, evaluation),
        is_2a2: accuracyOf(predictions, as2a2),
        is_2b2: accuracyOf(predictions, as2b2),
        ...asRivals(evaluation, predictions, 'is '),
      };
    },
    better: (candidate, former) => candidate.unambiguous_accuracy >= former.unambiguous_accuracy,
    keep: () => trainer.snapshot(),
    ...learner.observer,
  });
  if (interrupted) return { log, interrupted, ended: undefined };
  const { kept, record } = best as { kept: HostTensors; record: EpochRecord };
  trainer.start(kept, { seed: 0 });
  const predictions = answers(test);
  const others = rules(test);
  const measured = {
    best_epoch: record.epoch,
    best_eval_accuracy: record.unambiguous_accuracy,
    test_accuracy: accuracyOf(predictions, test),
    test_is_2a2: accuracyOf(predictions, others.as2a2),
    test_is_2b2: accuracyOf(predictions, others.as2b2),
    ...(rivals && { test_is_rival: asRivals(test, predictions) }),
    ambiguous_accuracy: accuracyOf(answers(ambiguous), ambiguous),
    last_train_loss: log[log.length - 1].train_loss,
  };
  return { log, interrupted, ended: { kept, measured, test, predictions } };
}

/** SHA-256 of all values, in the order of their names. */
export function digestOf(values: HostTensors): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(values).sort()) hash.update(name).update(new Uint8Array(values[name].data.buffer));
  return hash.digest('hex');
}

/** The runs that the settings of a transfer run name: a base model, or a mask over one. */
export interface TransferInputs {
  base?: BaseModel;
  discovery?: Discovery & { base: BaseModel };
}

export interface StartingPoint {
  parameters: HostTensors;
  /** The weights that were transferred; undefined where all were, or none. */
  subnetwork?: Subnetwork;
  /** Weights of the masked layers that came from the base model. */
  transferred: number;
}

/** The parameters that a run's condition starts from, and the subnetwork that it transfers. */
export function startingPoint(settings: TransferSettings, inputs: TransferInputs): StartingPoint {
  const { inheritFrom, sampler, seed, n, mask } = settings;
  const { discovery, base = discovery?.base } = inputs;
  const config = configOf(settings);
  if (inheritFrom === 'random') {
    const parameters = tidied(() => snapshot(gpt2Init(config, seedFor(seed, `transfer initialisation ${n}`))));
    return { parameters, transferred: 0 };
  }
  if (!base) throw new Error(`The condition "${inheritFrom}" needs a base model.`);
  if (inheritFrom === 'original') {
    const shapes = gpt2Shapes(config);
    const sizes = gpt2MaskedWeights(config).map((name) => elementCount(shapes[name]));
    return { parameters: base.parameters, transferred: sizes.reduce((sum, size) => sum + size, 0) };
  }
  if (!discovery) throw new Error(`The condition "${inheritFrom}" needs a discovered subnetwork.`);
  const subnetwork = inheritFrom.startsWith('subnet_sampled')
    ? sampleSubnetwork(discovery.subnetwork, {
        // Drawn anew for every n, as in the released code.
        seed: seedFor(seed, `sampled subnetwork ${n}`),
        as: sampler as 'described' | 'released',
        from: inheritFrom === 'subnet_sampled' ? 'anywhere' : 'complement',
      })
    : mask
      ? namedSubnetwork(mask)
      : discovery.subnetwork;
  return {
    parameters: transferSubnetwork({ base: base.parameters, subnetwork, fresh: freshWeights(settings) }),
    subnetwork,
    transferred: subnetworkSize(subnetwork),
  };
}

/** New weights for the masked layers: normal with deviation 0.02, the residual projections too (released-code item 5). */
export function freshWeights(settings: TransferSettings): HostTensors {
  const config = configOf(settings);
  const shapes = gpt2Shapes(config);
  const seed = seedFor(settings.seed, `fresh weights ${settings.n}`);
  return tidied(() =>
    snapshot(
      Object.fromEntries(
        gpt2MaskedWeights(config).map((name, stream) => [name, randomNormal(shapes[name], seed, stream, 0.02)]),
      ),
    ),
  );
}
