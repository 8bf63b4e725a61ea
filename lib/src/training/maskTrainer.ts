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
import { type AdamW, adamW, type Variables } from '../tensorflow/optimizers';
import { assignValues, snapshot, zeroVariables } from '../tensorflow/variables';
import type { Batch } from './batches';
import { type AdamConstants, batchLoss, byName } from './languageModelTrainer';

/** A model over which masks are trained, and what its training reads of a batch. */
export interface MaskableModel<B> {
  /** Shape of every value that the model holds. */
  shapes: Record<string, number[]>;
  /** Names of the weights that carry a mask. */
  maskedWeights: string[];
  /** Names of other parameters that train along with the mask; everything else is frozen. */
  trainedWithMask?: string[];
  /** The batch as tensors, of the same shapes for every batch. */
  inputs(batch: B): tf.Tensor[];
  /** Mean cross entropy of a batch, the model as in discovery: no dropout, normalisation layers in evaluation mode. */
  crossEntropy(parameters: Parameters, inputs: tf.Tensor[]): tf.Scalar;
}

export interface MaskTrainerBaseOptions {
  /** Decay of the scores (released: torch's default). */
  weightDecay?: number;
  /** Moments and epsilon of AdamW, where they are not torch's defaults. */
  adam?: AdamConstants;
  /** compile() the step (with XLA, unless `xla` is false), or run it operation by operation. */
  compiled?: boolean;
  xla?: boolean;
}

export interface MaskTrainerOptions extends MaskTrainerBaseOptions {
  config: Gpt2Config;
}

/** What one step of mask training measured. */
export interface MaskStep {
  /** Cross entropy + penalty. */
  loss: number;
  crossEntropy: number;
  /** Sum of the soft mask's entries. */
  l0: number;
}

/** Trains masks over frozen models of one configuration; the step is compiled once. */
export interface MaskTrainer<B = Batch> {
  scores: Variables;
  /** The parameters that train along with the mask (none in GPT-2). */
  trainedWithMask: Variables;
  optimizer: AdamW;
  /** Begins: the frozen model, and the scores where they do not start at INITIAL_SCORE. */
  start(base: HostTensors, scores?: HostTensors): void;
  /** One AdamW step of the scores on a batch; no dropout. `step` counts from 1. */
  step(batch: B, step: number, options: { learningRate: number; temperature: number; lambda: number }): MaskStep;
  /** The model as the soft or hard mask leaves it; to be disposed of (or use tf.tidy). */
  masked(kind: 'hard' | { temperature: number }): Record<string, tf.Tensor>;
  subnetwork(): Subnetwork;
  /** The scores. */
  snapshot(): HostTensors;
  dispose(): void;
}

/** Trains masks over GPT-2 models of one configuration. */
export function maskTrainer({ config, ...options }: MaskTrainerOptions): MaskTrainer {
  return maskTrainerOf(maskableGpt2(config), options);
}

/** GPT-2 as mask training needs it (method section 1b). */
function maskableGpt2(config: Gpt2Config): MaskableModel<Batch> {
  return {
    shapes: gpt2Shapes(config),
    maskedWeights: gpt2MaskedWeights(config),
    inputs: ({ tokens, weights }) => [
      tf.tensor2d(tokens, [weights.length, tokens.length / weights.length], 'int32'),
      tf.tensor1d(weights),
    ],
    crossEntropy: (parameters, [ids, weights]) => batchLoss(parameters, ids, weights as tf.Tensor1D, config),
  };
}

/** Trains masks over models of any kind. */
export function maskTrainerOf<B>(model: MaskableModel<B>, options: MaskTrainerBaseOptions = {}): MaskTrainer<B> {
  const { weightDecay = 0.01, adam, compiled = true, xla = true } = options;
  const { shapes, maskedWeights, trainedWithMask = [] } = model;
  const maskedShapes = Object.fromEntries(maskedWeights.map((name) => [name, shapes[name]]));
  const parameters = zeroVariables(shapes);
  const scores = zeroVariables(maskedShapes);
  const others = Object.fromEntries(trainedWithMask.map((name) => [name, parameters[name]]));
  const optimizer = adamW({ ...scores, ...others }, { ...adam, weightDecay });

  /** A batch's inputs, temperature, lambda, coefficients → loss, cross entropy, L0 norm. */
  const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const [temperature, lambda, coefficients] = inputs.slice(-3);
    const { loss, crossEntropy, l0, gradients } = scoreGradients({
      parameters,
      scores,
      others,
      crossEntropy: (masked) => model.crossEntropy(masked, inputs.slice(0, -3)),
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
    trainedWithMask: others,
    optimizer,
    start(base, initial) {
      assignValues(parameters, base);
      assignValues(scores, initial ?? uniformScores(maskedShapes));
      optimizer.reset();
    },
    step(batch, at, { learningRate, temperature, lambda }) {
      return tf.tidy(() => {
        const results = compute(
          ...model.inputs(batch),
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
 * every score and in the `others` that train along, by name. Dispose of the parts (tf.dispose); they outlive a tf.tidy.
 */
export function scoreGradients(options: {
  parameters: Parameters;
  scores: Variables;
  others?: Variables;
  /** Of the model with these parameters: masked weights multiplied by their soft mask. */
  crossEntropy: (masked: Parameters) => tf.Scalar;
  temperature: tf.Scalar;
  lambda: tf.Scalar;
}): { loss: tf.Scalar; crossEntropy: tf.Tensor; l0: tf.Tensor; gradients: Record<string, tf.Tensor> } {
  const { parameters, scores, others = {}, temperature, lambda } = options;
  const trained = { ...scores, ...others };
  let parts: tf.Tensor[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const mask = softMask(scores, temperature);
    const crossEntropy = options.crossEntropy(applyMask(parameters, mask));
    const l0 = l0Norm(mask);
    parts = [tf.keep(crossEntropy), tf.keep(l0)];
    return crossEntropy.add(l0.mul(lambda)) as tf.Scalar;
  }, Object.values(trained));
  const [crossEntropy, l0] = parts;
  return { loss: value, crossEntropy, l0, gradients: byName(trained, grads) };
}

function uniformScores(shapes: Record<string, number[]>): HostTensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { dtype: 'F32', shape, data: new Float32Array(elementCount(shape)).fill(INITIAL_SCORE) },
    ]),
  );
}
