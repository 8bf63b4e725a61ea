/** A model that learns the subtask "ab" first, from a teacher's answers or from labels (notebook 20). */
import { onlySubnetwork } from '../../masking/transfer';
import {
  type Gpt2Config,
  gpt2Init,
  gpt2Logits,
  gpt2MaskedWeights,
  gpt2Shapes,
  type Parameters,
} from '../../models/gpt2';
import { checkpointFile } from '../../runs/checkpointFile';
import type { Stage, Training } from '../../runs/stage';
import { MODULUS } from '../../tasks/expressions';
import { answersOf, EVALUATION_ROWS, type Rows, unambiguousRows } from '../../tasks/modularArithmetic';
import { random, seedFor } from '../../tasks/random';
import { tf } from '../../tensorflow/backend';
import type { HostTensors } from '../../tensorflow/hostTensor';
import { linearDecay } from '../../tensorflow/optimizers';
import { tidied } from '../../tensorflow/tidy';
import { snapshot, tensorsOf } from '../../tensorflow/variables';
import { type Batch, batchCount, batchesOf } from '../../training/batches';
import { fitBatches } from '../../training/fit';
import { inChunks, inputsOf } from '../../training/languageModel';
import { type Trainable, trainer as trainerOf } from '../../training/trainer';
import { type BaseModel, configOf, keptGpt2 } from '../baseModel';
import { transferCost } from '../cost';
import { evaluatorFor, once } from '../machines';
import type { BaseModelSettings, ChainSettings, DiscoverySettings } from '../settings';
import { type Discovery, maskStage } from '../subnetworkDiscovery';

/** Settings of a first stage: those of a base model, but for when it ends. */
export interface SubtaskSettings
  extends Omit<BaseModelSettings, 'patience' | 'stuckAfter' | 'solvedAccuracy' | 'attempt'> {
  /** The teacher's mask, whose base it is over; absent: labels. */
  discovery?: DiscoverySettings;
  /** It ends as soon as it has this accuracy, or after the last epoch. */
  until: number;
}

/** How a first stage ended. */
export interface SubtaskResult {
  /** Whether it reached the accuracy at which it was to end. */
  learned: boolean;
  accuracy: number;
  epochs: number;
  steps: number;
}

/** The settings of a chain's first stage. At most about four times the steps that the paper's base models take. */
export function subtaskSettings({ base, discovery }: ChainSettings, from: 'teacher' | 'labels'): SubtaskSettings {
  const { patience: _, stuckAfter, solvedAccuracy, attempt, ...shared } = base;
  return {
    ...shared,
    ...(from === 'teacher' && { discovery: { ...discovery, base } }),
    expression: discovery.expression,
    epochs: Math.ceil(1.2 * base.epochs),
    until: 0.99,
  };
}

interface SubtaskInputs {
  discovery?: Discovery & { base: BaseModel };
}

export const subtaskStage: Stage<SubtaskSettings, SubtaskResult, { parameters: HostTensors }, SubtaskInputs> = {
  name: 'subtask',
  title: ({ expression, discovery, seed }) =>
    `"${expression}" learned first, from ${discovery ? "the subnetwork's answers" : 'labels'}, seed ${seed}`,
  measures: { eval_accuracy: 'accuracy on the subtask' },
  startsFrom: { discovery: maskStage },
  cost: (settings) => transferCost(settings, settings.rows / 4),
  train,
  ...keptGpt2,
};

/** A batch with the probabilities of the answers that are to be learned: [size, classes]. */
export interface SoftBatch extends Batch {
  targets: Float32Array;
}

/** GPT-2 that learns the answers alone: the mean cross entropy with a distribution over the first tokens, one for each class. */
export function softAnswers(config: Gpt2Config, classes = MODULUS): Trainable<SoftBatch> {
  return {
    shapes: gpt2Shapes(config),
    maskedWeights: gpt2MaskedWeights(config),
    inputs: ({ tokens, weights, targets }) => [
      tf.tensor2d(tokens, [weights.length, tokens.length / weights.length], 'int32'),
      tf.tensor1d(weights),
      tf.tensor2d(targets, [weights.length, classes]),
    ],
    loss(parameters, [ids, weights, targets], { dropout }) {
      const logits = gpt2Logits(parameters, inputsOf(ids), config, { dropout, lastOnly: true });
      const chosen = tf.logSoftmax(logits).slice([0, 0], [-1, classes]).mul(targets).sum(1).neg();
      return tf.div(chosen.mul(weights).sum(), weights.sum());
    },
  };
}

/** A model's probabilities of the answers to rows, over the first tokens alone: [rows, classes]. */
export function answerProbabilities(
  parameters: Parameters,
  data: Rows,
  config: Gpt2Config,
  { classes = MODULUS, temperature = 1 } = {},
): Float32Array {
  return Float32Array.from(
    inChunks(data, (ids) => {
      const logits = gpt2Logits(parameters, inputsOf(ids), config, { lastOnly: true }).slice([0, 0], [-1, classes]);
      return tf.softmax(logits.div(temperature));
    }),
  );
}

function oneHot(answers: Int32Array, classes = MODULUS): Float32Array {
  const all = new Float32Array(answers.length * classes);
  answers.forEach((answer, row) => {
    all[row * classes + answer] = 1;
  });
  return all;
}

async function train(settings: SubtaskSettings, { inputs, checkpoint, observer }: Training<SubtaskInputs>) {
  const { expression, rows, batchSize, epochs, seed, numbers, dropout, clip } = settings;
  const config = configOf(settings);
  const trainer = once('subtask trainer', { config, dropout, clip }, () =>
    trainerOf(softAnswers(config), { optimizer: { name: 'adamW', weightDecay: 0 }, dropout, clip }),
  );
  const evaluator = evaluatorFor(config);
  const data = unambiguousRows({ expression, rows, numbers, seed, purpose: 'subtask train' });
  const evaluation = unambiguousRows({
    expression,
    rows: EVALUATION_ROWS,
    numbers,
    seed,
    purpose: 'subtask evaluation',
  });
  const { discovery } = inputs;
  const targets = discovery
    ? tf.tidy(() =>
        answerProbabilities(tensorsOf(onlySubnetwork(discovery.base.parameters, discovery.subnetwork)), data, config),
      )
    : oneHot(answersOf(data));
  trainer.start(
    tidied(() => snapshot(gpt2Init(config, seedFor(seed, 'subtask initialisation')))),
    {
      seed: seedFor(seed, 'subtask dropout'),
    },
  );
  const stepsPerEpoch = batchCount(rows, batchSize);
  const rate = linearDecay(settings.learningRate, epochs * stepsPerEpoch);
  function* batches(epoch: number): Generator<SoftBatch> {
    const order = random(seedFor(seed, 'subtask order'), `order ${epoch}`).permutation(rows);
    let at = 0;
    for (const batch of batchesOf(data, batchSize, order)) {
      const own = new Float32Array(batchSize * MODULUS);
      for (let i = 0; i < batchSize; i++) {
        const row = order[Math.min(at + i, rows - 1)];
        own.set(targets.subarray(row * MODULUS, (row + 1) * MODULUS), i * MODULUS);
      }
      at += batchSize;
      yield { ...batch, targets: own };
    }
  }
  const { log, best, interrupted } = await fitBatches<SoftBatch, HostTensors>({
    epochs,
    stepsPerEpoch,
    batches,
    step: (batch, step) => trainer.step(batch, step, rate(step - 1)).loss,
    evaluate: () => evaluator.measure(trainer.parameters, { eval: evaluation }),
    better: (candidate, former) => candidate.eval_accuracy >= former.eval_accuracy,
    keep: () => trainer.snapshot(),
    stop: ({ eval_accuracy }) => eval_accuracy >= settings.until,
    checkpoints: checkpointFile(checkpoint, { parameters: trainer.parameters, moments: trainer.optimizer.slots }),
    ...observer,
  });
  const accuracy = best?.record.eval_accuracy ?? Number.NaN;
  const result: SubtaskResult = {
    learned: accuracy >= settings.until,
    accuracy,
    epochs: log.length,
    steps: log.at(-1)?.step ?? 0,
  };
  return { log, result, interrupted, parameters: interrupted ? trainer.snapshot() : (best?.kept as HostTensors) };
}
