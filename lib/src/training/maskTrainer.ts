import {
  applyMask,
  hardMask,
  INITIAL_SCORE,
  l0Norm,
  softMask,
  subnetworkOf,
} from '../masking/continuousSparsification';
import type { Subnetwork } from '../masking/subnetwork';
import { type Gpt2Config, gpt2MaskedWeights, gpt2Shapes, type Parameters } from '../models/gpt2';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { elementCount, type HostTensors } from '../tensorflow/hostTensor';
import { adamW, type Optimizer, type Variables } from '../tensorflow/optimizers';
import { assignValues, snapshot, zeroVariables } from '../tensorflow/variables';
import type { Batch } from './batches';
import { type AdamConstants, batchLoss, byName } from './languageModelTrainer';

export interface MaskTrainerOptions {
  config: Gpt2Config;
  /** Decay of the scores (released: torch's default). */
  weightDecay?: number;
  /** Moments and epsilon of AdamW, where they are not torch's defaults. */
  adam?: AdamConstants;
  /** compile() the step (with XLA, unless `xla` is false), or run it operation by operation. */
  compiled?: boolean;
  xla?: boolean;
}

/** What one step of mask training measured. */
export interface MaskStep {
  /** Cross entropy + penalty. */
  loss: number;
  crossEntropy: number;
  /** Sum of the soft mask's entries. */
  l0: number;
}

/** Trains masks over frozen GPT-2 models of one configuration; the step is compiled once. */
export interface MaskTrainer {
  scores: Variables;
  optimizer: Optimizer;
  /** Begins: the frozen model, and the scores where they do not start at INITIAL_SCORE. */
  start(base: HostTensors, scores?: HostTensors): void;
  /** One AdamW step of the scores on a batch; no dropout. `step` counts from 1. */
  step(batch: Batch, step: number, options: { learningRate: number; temperature: number; lambda: number }): MaskStep;
  /** The model as the soft or hard mask leaves it; to be disposed of (or use tf.tidy). */
  masked(kind: 'hard' | { temperature: number }): Record<string, tf.Tensor>;
  subnetwork(): Subnetwork;
  snapshot(): HostTensors;
  dispose(): void;
}

export function maskTrainer(options: MaskTrainerOptions): MaskTrainer {
  const { config, weightDecay = 0.01, adam, compiled = true, xla = true } = options;
  const shapes = gpt2Shapes(config);
  const maskedShapes = Object.fromEntries(gpt2MaskedWeights(config).map((name) => [name, shapes[name]]));
  const parameters = zeroVariables(shapes);
  const scores = zeroVariables(maskedShapes);
  const optimizer = adamW(scores, { ...adam, weightDecay });

  /** ids [batch, 4], weights [batch], temperature, lambda, coefficients → loss, cross entropy, L0 norm. */
  const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const [ids, weights, temperature, lambda, coefficients] = inputs;
    const { loss, crossEntropy, l0, gradients } = scoreGradients({
      parameters,
      scores,
      ids,
      weights: weights as tf.Tensor1D,
      config,
      temperature: temperature as tf.Scalar,
      lambda: lambda as tf.Scalar,
    });
    optimizer.update(gradients, coefficients as tf.Tensor1D);
    return [loss, crossEntropy, l0];
  };
  const variables = [...Object.values(parameters), ...Object.values(scores), ...Object.values(optimizer.slots)];
  const graph = compiled ? compile(step, { variables, xla }) : undefined;
  const compute = graph ?? step;

  return {
    scores,
    optimizer,
    start(base, initial) {
      assignValues(parameters, base);
      assignValues(scores, initial ?? uniformScores(maskedShapes));
      optimizer.reset();
    },
    step({ tokens, weights }, at, { learningRate, temperature, lambda }) {
      return tf.tidy(() => {
        const results = compute(
          tf.tensor2d(tokens, [weights.length, tokens.length / weights.length], 'int32'),
          tf.tensor1d(weights),
          tf.scalar(temperature),
          tf.scalar(lambda),
          optimizer.coefficients(at, learningRate),
        );
        const [loss, crossEntropy, l0] = results.map((result) => result.dataSync()[0]);
        tf.dispose(results);
        return { loss, crossEntropy, l0 };
      });
    },
    masked: (kind) =>
      tf.tidy(() => {
        const model = applyMask(parameters, kind === 'hard' ? hardMask(scores) : softMask(scores, kind.temperature));
        // Clones, so that disposing of the model leaves the trainer's own parameters.
        return Object.fromEntries(Object.entries(model).map(([name, value]) => [name, value.clone()]));
      }),
    subnetwork: () => subnetworkOf(scores),
    snapshot: () => snapshot(scores),
    dispose() {
      graph?.dispose();
      optimizer.dispose();
      tf.dispose([parameters, scores]);
    },
  };
}

/**
 * Loss of mask training on a batch (cross entropy + lambda · L0 norm of the soft mask), its two parts, and its gradient in
 * every score, by name. Dispose of the parts (tf.dispose); they outlive a tf.tidy.
 */
export function scoreGradients(options: {
  parameters: Parameters;
  scores: Variables;
  ids: tf.Tensor;
  weights: tf.Tensor1D;
  config: Gpt2Config;
  temperature: tf.Scalar;
  lambda: tf.Scalar;
}): { loss: tf.Scalar; crossEntropy: tf.Tensor; l0: tf.Tensor; gradients: Record<string, tf.Tensor> } {
  const { parameters, scores, ids, weights, config, temperature, lambda } = options;
  let parts: tf.Tensor[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const mask = softMask(scores, temperature);
    const crossEntropy = batchLoss(applyMask(parameters, mask), ids, weights, config);
    const l0 = l0Norm(mask);
    parts = [tf.keep(crossEntropy), tf.keep(l0)];
    return crossEntropy.add(l0.mul(lambda)) as tf.Scalar;
  }, Object.values(scores));
  const [crossEntropy, l0] = parts;
  return { loss: value, crossEntropy, l0, gradients: byName(scores, grads) };
}

function uniformScores(shapes: Record<string, number[]>): HostTensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { dtype: 'F32', shape, data: new Float32Array(elementCount(shape)).fill(INITIAL_SCORE) },
    ]),
  );
}
