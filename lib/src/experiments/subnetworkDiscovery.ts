/** Stage 2: the subnetwork of a base model that computes "ab" (method section 1b; notebook 02). */
import { join } from 'node:path';
import { subnetworkOf, temperatureOf } from '../masking/continuousSparsification';
import { complement, countsPerLayer, maskedWeightCount, type Subnetwork, subnetworkSize } from '../masking/subnetwork';
import { loadSubnetwork, saveSubnetwork } from '../masking/subnetworkFile';
import { onlySubnetwork } from '../masking/transfer';
import type { RunStore } from '../runs/runStore';
import type { Expression } from '../tasks/expressions';
import { EVALUATION_ROWS, type Rows, relabel, unambiguousRows } from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import type { HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { tensorsOf } from '../tensorflow/variables';
import { type EpochRecord, fit } from '../training/fit';
import { type BaseModel, configOf, isUntrained } from './baseModel';
import { checkpointFile } from './checkpointFile';
import { evaluatorFor, maskTrainerFor } from './machines';
import type { Observer } from './observer';
import type { DiscoverySettings } from './settings';
import { stageRun } from './stageRun';

/** How a discovery ended: figures of the selected mask, on evaluation rows. */
export interface DiscoveryResult {
  best_epoch: number;
  eval_accuracy: number;
  eval_loss: number;
  kept: number;
  total: number;
  /** Kept weights by parameter. */
  layers: Record<string, number>;
}

export interface Discovery {
  settings: DiscoverySettings;
  /** Name in the run store; undefined for a run that was interrupted. */
  id?: string;
  /** Per epoch: temperature, training loss and L0 norm, accuracy with soft and hard mask, kept weights in all and per layer. */
  log: EpochRecord[];
  result: DiscoveryResult;
  subnetwork: Subnetwork;
}

const MASK = 'mask.safetensors';

/** The mask for `settings.expression` over the base model: from the store, or trained now. */
export async function discoverSubnetwork(
  base: BaseModel,
  discovery: Omit<DiscoverySettings, 'base'>,
  workshop: { store: RunStore; observer?: Observer },
): Promise<Discovery> {
  const settings: DiscoverySettings = { ...discovery, base: base.settings };
  const over = isUntrained(base.settings) ? ', over an untrained model' : '';
  const title = `mask for "${settings.expression}", seed ${settings.seed}, temperature as ${settings.temperatureSchedule}${over}`;
  const made = await stageRun({ stage: 'mask', title, settings }, workshop, {
    train: (checkpoint) => train(base, settings, checkpoint, workshop.observer),
    save({ subnetwork, result }, folder) {
      saveSubnetwork(join(folder, MASK), subnetwork);
      return result;
    },
  });
  if (made.partial) return made.partial;
  return { ...made.finished, subnetwork: loadSubnetwork(join(made.path, MASK)) };
}

async function train(base: BaseModel, settings: DiscoverySettings, checkpoint: string, observer?: Observer) {
  const { expression, rows, batchSize, epochs, seed, learningRate, lambda } = settings;
  const { numbers } = base.settings;
  const config = configOf(base.settings);
  const trainer = maskTrainerFor({ config });
  const evaluator = evaluatorFor(config);
  const data = unambiguousRows({ expression, rows, numbers, seed, purpose: 'mask train' });
  const evaluation = unambiguousRows({ expression, rows: EVALUATION_ROWS, numbers, seed, purpose: 'mask evaluation' });
  const temperature = (epoch: number) =>
    temperatureOf({ epoch, epochs, final: settings.finalTemperature, schedule: settings.temperatureSchedule });
  trainer.start(base.parameters);

  let epochL0 = 0;
  const { log, best, interrupted } = await fit({
    rows: data,
    batchSize,
    epochs,
    seed: seedFor(seed, 'mask order'),
    step(batch, step, epoch) {
      const { loss, crossEntropy, l0 } = trainer.step(batch, step, {
        learningRate,
        temperature: temperature(epoch),
        lambda,
      });
      if (!Number.isFinite(loss)) return loss;
      epochL0 = l0;
      return crossEntropy;
    },
    evaluate: (epoch) =>
      tf.tidy(() => {
        const hard = trainer.masked('hard');
        const subnetwork = trainer.subnetwork();
        return {
          temperature: temperature(epoch),
          soft_l0: epochL0,
          eval_loss: evaluator.loss(hard, evaluation),
          eval_accuracy: evaluator.accuracy(hard, evaluation),
          soft_accuracy: evaluator.accuracy(trainer.masked({ temperature: temperature(epoch) }), evaluation),
          kept: subnetworkSize(subnetwork),
          ...keptByLayer(subnetwork),
        };
      }),
    better: (candidate, former) => candidate.eval_accuracy >= former.eval_accuracy,
    keep: () => trainer.snapshot(),
    checkpoints: checkpointFile(checkpoint, { scores: trainer.scores, moments: trainer.optimizer.slots }),
    ...observer,
  });
  const scores = best?.kept ?? trainer.snapshot();
  const subnetwork = tidied(() => subnetworkOf(tensorsOf(scores)));
  const result: DiscoveryResult = {
    best_epoch: best?.record.epoch ?? 0,
    eval_accuracy: best?.record.eval_accuracy ?? Number.NaN,
    eval_loss: best?.record.eval_loss ?? Number.NaN,
    kept: subnetworkSize(subnetwork),
    total: maskedWeightCount(subnetwork),
    layers: keptByLayer(subnetwork),
  };
  return { log, result, interrupted, subnetwork };
}

function keptByLayer(subnetwork: Subnetwork): Record<string, number> {
  return Object.fromEntries(countsPerLayer(subnetwork).map(({ parameter, kept }) => [parameter, kept]));
}

/** Accuracy of one model on one expression. */
export interface RemovalRow {
  model: 'base' | 'subnetwork' | 'without subnetwork';
  expression: Expression;
  accuracy: number;
}

/**
 * What a subnetwork does alone, and what remains of the base model when it is removed (its weights set to 0): accuracy
 * of each on the base's own expression and on the subtask, over `rows` pairs with every number in them.
 */
export function removalTable(base: BaseModel, discovery: Discovery): RemovalRow[] {
  const { numbers, seed } = base.settings;
  const evaluator = evaluatorFor(configOf(base.settings));
  const pairs = unambiguousRows({ expression: 'ab', rows: EVALUATION_ROWS, numbers, seed, purpose: 'removal' });
  const models: [RemovalRow['model'], HostTensors][] = [
    ['base', base.parameters],
    ['subnetwork', onlySubnetwork(base.parameters, discovery.subnetwork)],
    ['without subnetwork', onlySubnetwork(base.parameters, complement(discovery.subnetwork))],
  ];
  const expressions = [base.settings.expression, discovery.settings.expression];
  return models.flatMap(([model, parameters]) =>
    tidied(() => {
      const tensors = tensorsOf(parameters);
      const labelled = expressions.map((expression): [Expression, Rows] => [expression, relabel(pairs, expression)]);
      return labelled.map(([expression, data]) => ({ model, expression, accuracy: evaluator.accuracy(tensors, data) }));
    }),
  );
}
