/** Stage 3: a new model learns "a^2 + ab" from ambiguous rows and few others (method section 1c; notebook 03). */
import { createHash } from 'node:crypto';
import { sampleSubnetwork } from '../masking/sampling';
import type { Subnetwork } from '../masking/subnetwork';
import { transferSubnetwork } from '../masking/transfer';
import { gpt2Init, gpt2MaskedWeights, gpt2Shapes } from '../models/gpt2';
import { runId } from '../runs/runStore';
import { type Found, type Made, Runner, type Stage, type Training, type Workshop } from '../runs/stage';
import {
  ambiguousRows,
  concatRows,
  disambiguationRows,
  EVALUATION_ROWS,
  relabel,
  unambiguousRows,
} from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import { randomNormal } from '../tensorflow/dropout';
import type { HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { type EpochRecord, fit } from '../training/fit';
import { accuracyOf } from '../training/languageModel';
import { type BaseModel, baseStage, configOf } from './baseModel';
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
  /** Of the same model, on the ambiguous rows that it was trained on. (Not after every epoch, as released: it selects nothing.) */
  ambiguous_accuracy: number;
  last_train_loss: number;
  /** Weights of the masked layers that came from the base model. */
  transferred_weights: number;
  /** SHA-256 of the best epoch's parameters: the weights themselves are not kept. */
  weights_sha256: string;
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
  measures: { unambiguous_accuracy: 'predicts a^2 + ab', is_2a2: 'predicts 2a^2', is_2b2: 'predicts 2b^2' },
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
function drawsOf({ inheritFrom, sampler, subnetwork, n, seed }: TransferSettings): string {
  const manner = [sampler && `as ${sampler}`, subnetwork].filter(Boolean).join(', ');
  return `${inheritFrom}${manner ? ` (${manner})` : ''}, n = ${n}, seed ${seed}`;
}

async function train(settings: TransferSettings, { inputs, observer }: Training<TransferInputs>) {
  const { expression, n, numbers, seed, batchSize, epochs, learningRate, dropout, weightDecay } = settings;
  const config = configOf(settings);
  const { parameters, subnetwork, transferred } = startingPoint(settings, inputs);
  const trainer = trainerFor({ config, dropout, weightDecay, freezable: true });
  const evaluator = evaluatorFor(config);

  // For one n, all conditions train on the same rows; each is tested on rows of its own (released).
  const ambiguous = ambiguousRows({ expression, numbers });
  const data = concatRows(
    ambiguous,
    disambiguationRows({ expression, n, seed, numbers, pool: settings.disambiguation }),
  );
  const evaluation = unambiguousRows({ expression, rows: EVALUATION_ROWS, numbers, seed, purpose: `evaluation ${n}` });
  const test = unambiguousRows({
    expression,
    rows: EVALUATION_ROWS,
    numbers,
    seed,
    purpose: `test ${drawsOf(settings)}`,
  });
  const as2a2 = relabel(evaluation, '2a^2');
  const as2b2 = relabel(evaluation, '2b^2');

  trainer.start(parameters, {
    seed: seedFor(seed, `transfer dropout ${drawsOf(settings)}`),
    frozen: settings.subnetwork === 'frozen' ? subnetwork : undefined,
  });
  const { log, best, interrupted } = await fit({
    rows: data,
    batchSize,
    epochs,
    seed: seedFor(seed, `transfer order ${n}`),
    step: (batch, step) => trainer.step(batch, step, learningRate).loss,
    evaluate() {
      const predictions = evaluator.predictions(trainer.parameters, evaluation);
      return {
        unambiguous_accuracy: accuracyOf(predictions, evaluation),
        is_2a2: accuracyOf(predictions, as2a2),
        is_2b2: accuracyOf(predictions, as2b2),
      };
    },
    better: (candidate, former) => candidate.unambiguous_accuracy >= former.unambiguous_accuracy,
    keep: () => trainer.snapshot(),
    ...observer,
  });
  if (interrupted) return { log, interrupted, result: undefined };
  const { kept, record } = best as { kept: HostTensors; record: EpochRecord };
  trainer.start(kept, { seed: 0 });
  const predictions = evaluator.predictions(trainer.parameters, test);
  const result: TransferResult = {
    best_epoch: record.epoch,
    best_eval_accuracy: record.unambiguous_accuracy,
    test_accuracy: accuracyOf(predictions, test),
    test_is_2a2: accuracyOf(predictions, relabel(test, '2a^2')),
    test_is_2b2: accuracyOf(predictions, relabel(test, '2b^2')),
    ambiguous_accuracy: evaluator.accuracy(trainer.parameters, ambiguous),
    last_train_loss: log[log.length - 1].train_loss,
    transferred_weights: transferred,
    weights_sha256: digestOf(kept),
  };
  return { log, interrupted, result };
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
  const { inheritFrom, sampler, seed, n } = settings;
  const { discovery, base = discovery?.base } = inputs;
  const config = configOf(settings);
  if (inheritFrom === 'random') {
    const parameters = tidied(() => snapshot(gpt2Init(config, seedFor(seed, `transfer initialisation ${n}`))));
    return { parameters, transferred: 0 };
  }
  if (!base) throw new Error(`The condition "${inheritFrom}" needs a base model.`);
  if (inheritFrom === 'original') {
    const shapes = gpt2Shapes(config);
    const transferred = sum(gpt2MaskedWeights(config).map((name) => shapes[name].reduce((a, b) => a * b)));
    return { parameters: base.parameters, transferred };
  }
  if (!discovery) throw new Error(`The condition "${inheritFrom}" needs a discovered subnetwork.`);
  const subnetwork = inheritFrom.startsWith('subnet_sampled')
    ? sampleSubnetwork(discovery.subnetwork, {
        // Drawn anew for every n, as in the released code.
        seed: seedFor(seed, `sampled subnetwork ${n}`),
        as: sampler as 'described' | 'released',
        from: inheritFrom === 'subnet_sampled' ? 'anywhere' : 'complement',
      })
    : discovery.subnetwork;
  return {
    parameters: transferSubnetwork({ base: base.parameters, subnetwork, fresh: freshWeights(settings) }),
    subnetwork,
    transferred: sum(Object.values(subnetwork).map(({ keep }) => sum(keep))),
  };
}

/** New weights for the masked layers: normal with deviation 0.02, the residual projections too (released-code item 5). */
function freshWeights(settings: TransferSettings): HostTensors {
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

function sum(values: ArrayLike<number>): number {
  return Array.prototype.reduce.call(values, (total, value) => (total as number) + (value as number), 0) as number;
}
