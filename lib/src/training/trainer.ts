/**
 * One trainer for any model, any loss and any set of trained parameters. A new model or loss is a record; here a student
 * learns from the soft labels of a teacher (one more input, another loss), and only its biases move:
 *
 *     const distilled: Trainable<Batch> = {
 *       ...languageModel(config),
 *       inputs: (batch) => [...languageModel(config).inputs(batch), softLabels(batch)],
 *       loss: (parameters, [ids, , soft], { dropout }) =>
 *         tf.losses.softmaxCrossEntropy(soft, gpt2Logits(parameters, inputsOf(ids), config, { dropout })),
 *     };
 *     const student = trainer(distilled, { trained: (name) => name.endsWith('.bias') });
 *
 * The loss is compiled with the step: what changes from batch to batch has to come in as an input.
 */
import type { Subnetwork } from '../masking/subnetwork';
import type { ForwardOptions, Parameters } from '../models/gpt2';
import type { ImageForwardOptions, NormalizationMode } from '../models/imageModel';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { Dropout } from '../tensorflow/dropout';
import type { HostTensors } from '../tensorflow/hostTensor';
import type { BatchStatistics } from '../tensorflow/imageOps';
import {
  type AdamWOptions,
  adamW,
  clipEach,
  clipGradients,
  type Optimizer,
  type SgdOptions,
  sgd,
  type Variables,
} from '../tensorflow/optimizers';
import { assignValues, snapshot, zeroVariables } from '../tensorflow/variables';

/** How a model computes in one pass; {} is evaluation: no dropout, batch normalisation by its running statistics. */
export interface Pass extends Pick<ForwardOptions, 'dropout'>, ImageForwardOptions {}

/** A model with its loss: all that trainers know of it. */
export interface Trainable<B> {
  /** Shape of every value that the model holds, by name. */
  shapes: Record<string, number[]>;
  /** Names of the values that are no parameters: the running statistics of batch normalisation. */
  statistics?: string[];
  /** Names of the weights that a subnetwork is made of. */
  maskedWeights: string[];
  /** Names of other parameters that train along with a mask. */
  trainedWithMask?: string[];
  /** Whether XLA makes a step faster (where nothing is said, it does). */
  xla?: boolean;
  /** The batch as tensors, of the same shapes for every batch. */
  inputs(batch: B): tf.Tensor[];
  /** Mean loss of a batch, as `inputs` gives it. */
  loss(parameters: Parameters, inputs: tf.Tensor[], pass: Pass): tf.Scalar;
}

export type OptimizerOptions =
  | ({ name: 'adamW' } & Omit<AdamWOptions, 'free'>)
  | ({ name: 'sgd' } & Omit<SgdOptions, 'free'>);

export interface TrainerOptions {
  optimizer?: OptimizerOptions;
  /** Whether the parameter of this name moves; by default all do. */
  trained?: (name: string) => boolean;
  /** Take a frozen subnetwork in `start` (a graph of its own, so that other trainings do not pay for it). */
  freezable?: boolean;
  /** Share of values that the model's dropout drops; the paper's GPT-2: 0.1 (method section 1). */
  dropout?: number;
  /** What batch normalisation works with; in the mode eval its running statistics stay as they are. */
  normalization?: NormalizationMode;
  /** Largest gradient norm, which Infinity only tells; none by default (released: only the base model clips, at 1). */
  clip?: number;
  /** Largest norm of the gradient of each parameter by itself (Keras' clipnorm). */
  clipEach?: number;
  /** How far a step moves the running statistics of batch normalisation towards the batch's (torch's default; Keras': 0.01). */
  statisticsMomentum?: number;
  /** compile() the step (with XLA as the model says, unless `xla` does), or run it operation by operation. */
  compiled?: boolean;
  xla?: boolean;
}

/** Trains models of one configuration, one after the other: the step is compiled once. */
export interface Trainer<B> {
  /** Everything that the model holds, running statistics too. */
  parameters: Variables;
  optimizer: Optimizer;
  /** Begins a training: the model's values, the seed of the dropout, and the weights that stay as they are. */
  start(values: HostTensors, options?: { seed?: number; frozen?: Subnetwork }): void;
  /** One step on a batch. `step` counts from 1. Returns the loss and, where gradients are clipped, their norm before. */
  step(batch: B, step: number, learningRate: number): { loss: number; gradientNorm?: number };
  snapshot(): HostTensors;
  dispose(): void;
}

/**
 * Makes a trainer.
 *
 * @throws a sentence where `trained` leaves nothing to train.
 */
export function trainer<B>(
  model: Trainable<B>,
  {
    optimizer: chosen = { name: 'adamW' },
    trained: isTrained = () => true,
    freezable = false,
    dropout = 0,
    normalization = 'train',
    clip,
    clipEach: largest,
    statisticsMomentum = 0.1,
    compiled = true,
    xla = model.xla ?? true,
  }: TrainerOptions = {},
): Trainer<B> {
  const parameters = zeroVariables(model.shapes);
  const trained = Object.fromEntries(
    Object.entries(parameters).filter(([name]) => isTrained(name) && !model.statistics?.includes(name)),
  );
  if (Object.keys(trained).length === 0)
    throw new Error('There is nothing to train: `trained` holds for no parameter.');
  const free = freezable ? freeEntries(model) : {};
  const optimizer = optimizerOf(trained, chosen, free);
  let seed = 0;

  /** A batch's inputs, key of the dropout [2], coefficients of the optimizer → loss and, with clipping, gradient norm. */
  const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const [key, coefficients] = inputs.slice(-2) as tf.Tensor1D[];
    const statistics: Record<string, BatchStatistics> = {};
    const pass: Pass = {
      dropout: new Dropout(dropout, key),
      normalization,
      onStatistics: (name, { mean, variance }) => {
        statistics[name] = { mean: tf.keep(mean), variance: tf.keep(variance) };
      },
    };
    const { loss, gradients: whole } = gradientsOf(trained, () => model.loss(parameters, inputs.slice(0, -2), pass));
    const gradients = largest === undefined ? whole : clipEach(whole, largest);
    const clipped = clip === undefined ? undefined : clipGradients(gradients, clip);
    optimizer.update(clipped?.gradients ?? gradients, coefficients);
    for (const [name, { mean, variance }] of Object.entries(statistics)) {
      follow(parameters[`${name}.running_mean`], mean, statisticsMomentum);
      follow(parameters[`${name}.running_var`], variance, statisticsMomentum);
      tf.dispose([mean, variance]);
    }
    return clipped ? [loss, clipped.norm] : [loss];
  };
  const variables = [...Object.values(parameters), ...Object.values(optimizer.slots), ...Object.values(free)];
  const graph = compiled ? compile(step, { variables, xla }) : undefined;
  const compute = graph ?? step;

  return {
    parameters,
    optimizer,
    start(values, { seed: dropoutSeed = 0, frozen } = {}) {
      if (frozen && !freezable)
        throw new Error('This trainer takes no frozen subnetwork: make it with freezable: true.');
      assignValues(parameters, values);
      optimizer.reset();
      releaseEntries(free, frozen);
      seed = dropoutSeed;
    },
    step(batch, at, learningRate) {
      return tf.tidy(() => {
        const key = tf.tensor1d([seed, at], 'int32');
        const computed = compute(...model.inputs(batch), key, optimizer.coefficients(at, learningRate));
        const [loss, gradientNorm] = computed.map((value) => value.dataSync()[0]);
        return { loss, gradientNorm };
      });
    },
    snapshot: () => snapshot(parameters),
    dispose() {
      graph?.dispose();
      optimizer.dispose();
      tf.dispose([parameters, free]);
    },
  };
}

/** A loss and its gradient in each of the trained variables, by the names that they have here. */
export function gradientsOf(
  trained: Variables,
  loss: () => tf.Scalar,
): { loss: tf.Scalar; gradients: Record<string, tf.Tensor> } {
  const { value, grads } = tf.variableGrads(loss, Object.values(trained));
  return {
    loss: value,
    gradients: Object.fromEntries(Object.entries(trained).map(([name, variable]) => [name, grads[variable.name]])),
  };
}

export function optimizerOf(parameters: Variables, options: OptimizerOptions, free: Variables = {}): Optimizer {
  return options.name === 'sgd' ? sgd(parameters, { ...options, free }) : adamW(parameters, { ...options, free });
}

/** Moves a running statistic towards a batch's. */
function follow(running: tf.Variable, batch: tf.Tensor, part: number): void {
  running.assign(running.mul(1 - part).add(batch.mul(part)));
}

/** Which entries of the masked weights move, as variables, so that one compiled step serves any frozen subnetwork. */
function freeEntries({ maskedWeights, shapes }: Pick<Trainable<never>, 'maskedWeights' | 'shapes'>): Variables {
  return Object.fromEntries(
    maskedWeights.map((name) => [name, tf.tidy(() => tf.variable(tf.ones(shapes[name], 'bool'), false))]),
  );
}

/** From now on every entry is free but those of the subnetwork. */
function releaseEntries(free: Variables, frozen?: Subnetwork): void {
  for (const [name, variable] of Object.entries(free)) {
    const keep = frozen?.[name]?.keep;
    const entries = keep ? keep.map((kept) => 1 - kept) : new Uint8Array(variable.size).fill(1);
    tf.tidy(() => variable.assign(tf.tensor(entries, variable.shape, 'bool')));
  }
}
