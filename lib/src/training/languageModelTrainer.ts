import type { Subnetwork } from '../masking/subnetwork';
import { type Gpt2Config, gpt2Logits, gpt2MaskedWeights, gpt2Shapes, type Parameters } from '../models/gpt2';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { Dropout } from '../tensorflow/dropout';
import type { HostTensors } from '../tensorflow/hostTensor';
import { type AdamW, type AdamWOptions, adamW, clipGradients, type Variables } from '../tensorflow/optimizers';
import { assignValues, snapshot, zeroVariables } from '../tensorflow/variables';
import type { Batch } from './batches';
import { freeEntries, releaseEntries } from './freeEntries';
import { inputsOf, rowLosses } from './languageModelEvaluator';

export interface TrainerOptions {
  config: Gpt2Config;
  /** Share of values dropped (residual, embedding and attention; method section 1). */
  dropout?: number;
  weightDecay?: number;
  /** Moments and epsilon of AdamW, where they are not torch's defaults. */
  adam?: AdamConstants;
  /** Largest gradient norm, which Infinity only tells; none by default (released: only the base model clips, at 1). */
  clip?: number;
  /** Take a frozen subnetwork in `start` (a graph of its own, so that a base model does not pay for it). */
  freezable?: boolean;
  /** compile() the step (with XLA, unless `xla` is false), or run it operation by operation. */
  compiled?: boolean;
  xla?: boolean;
}

export type AdamConstants = Pick<AdamWOptions, 'beta1' | 'beta2' | 'epsilon'>;

/** Trains GPT-2 models of one configuration, one after the other: the step is compiled once. */
export interface LanguageModelTrainer {
  parameters: Variables;
  optimizer: AdamW;
  /** Begins a training: parameter values, the seed of the dropout, and the weights that stay as they are. */
  start(values: HostTensors, options: { seed: number; frozen?: Subnetwork }): void;
  /** One AdamW step on a batch. `step` counts from 1. Returns the loss and, where gradients are clipped, their norm before. */
  step(batch: Batch, step: number, learningRate: number): { loss: number; gradientNorm?: number };
  snapshot(): HostTensors;
  dispose(): void;
}

export function languageModelTrainer(options: TrainerOptions): LanguageModelTrainer {
  const { config, dropout = 0.1, weightDecay = 0.01, adam, clip } = options;
  const { freezable = false, compiled = true, xla = true } = options;
  const shapes = gpt2Shapes(config);
  const parameters = zeroVariables(shapes);
  const free = freezable ? freeEntries(gpt2MaskedWeights(config), shapes) : {};
  const optimizer = adamW(parameters, { ...adam, weightDecay, free });
  let seed = 0;

  /** ids [batch, 4], weights [batch], key [2], coefficients of the optimizer → loss and, with clipping, gradient norm. */
  const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const [ids, weights, key, coefficients] = inputs;
    const drop = new Dropout(dropout, key as tf.Tensor1D);
    const { loss, gradients } = batchGradients(parameters, ids, weights as tf.Tensor1D, config, drop);
    const clipped = clip === undefined ? undefined : clipGradients(gradients, clip);
    optimizer.update(clipped?.gradients ?? gradients, coefficients as tf.Tensor1D);
    return clipped ? [loss, clipped.norm] : [loss];
  };
  const variables = [...Object.values(parameters), ...Object.values(optimizer.slots), ...Object.values(free)];
  const graph = compiled ? compile(step, { variables, xla }) : undefined;
  const compute = graph ?? step;

  return {
    parameters,
    optimizer,
    start(values, { seed: dropoutSeed, frozen }) {
      if (frozen && !freezable)
        throw new Error('This trainer takes no frozen subnetwork: make it with freezable: true.');
      assignValues(parameters, values);
      optimizer.reset();
      releaseEntries(free, frozen);
      seed = dropoutSeed;
    },
    step({ tokens, weights }, at, learningRate) {
      return tf.tidy(() => {
        const ids = tf.tensor2d(tokens, [weights.length, tokens.length / weights.length], 'int32');
        const key = tf.tensor1d([seed, at], 'int32');
        const computed = compute(ids, tf.tensor1d(weights), key, optimizer.coefficients(at, learningRate));
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

/**
 * Loss of a batch and its gradient in every parameter, by name: ids [batch, 4], weights [batch] as in a Batch. Without
 * `drop` no dropout.
 */
export function batchGradients(
  parameters: Variables,
  ids: tf.Tensor,
  weights: tf.Tensor1D,
  config: Gpt2Config,
  drop?: Dropout,
): { loss: tf.Scalar; gradients: Record<string, tf.Tensor> } {
  const { value, grads } = tf.variableGrads(
    () => batchLoss(parameters, ids, weights, config, drop),
    Object.values(parameters),
  );
  return { loss: value, gradients: byName(parameters, grads) };
}

/** Mean cross entropy of the rows that count. */
export function batchLoss(
  parameters: Parameters,
  ids: tf.Tensor,
  weights: tf.Tensor1D,
  config: Gpt2Config,
  dropout?: Dropout,
): tf.Scalar {
  const logits = gpt2Logits(parameters, inputsOf(ids), config, { dropout }); // [batch · 3, vocabulary]
  return tf.div(rowLosses(logits, ids).mul(weights).sum(), weights.sum());
}

/** tf.variableGrads' gradients, which go by the variables' own names, by the names that the parameters have here. */
export function byName(parameters: Variables, grads: tf.NamedTensorMap): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(parameters).map(([name, variable]) => [name, grads[variable.name]]));
}
