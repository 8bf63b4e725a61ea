import {
  applyMask,
  hardMask,
  INITIAL_SCORE,
  l0Norm,
  softMask,
  subnetworkOf,
} from '../masking/continuousSparsification';
import type { MaskFunctions } from '../masking/own';
import type { Subnetwork } from '../masking/subnetwork';
import type { Parameters } from '../models/gpt2';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import type { HostTensors } from '../tensorflow/hostTensor';
import type { Optimizer, Variables } from '../tensorflow/optimizers';
import { assignValues, snapshot, zeroVariables } from '../tensorflow/variables';
import { gradientsOf, optimizerOf, type Trainable, type TrainerOptions } from './trainer';

/** What one step of mask training measured. */
export interface MaskStep {
  /** Cross entropy + penalty. */
  loss: number;
  crossEntropy: number;
  /** Sum of the soft mask's entries. */
  l0: number;
}

/** Trains masks over frozen models of one configuration, one after the other: the step is compiled once. */
export interface MaskTrainer<B> {
  scores: Variables;
  /** The parameters that train along with the mask (none in GPT-2). */
  trainedWithMask: Variables;
  optimizer: Optimizer;
  /** Begins: the frozen model, and the scores, or one for all (released: INITIAL_SCORE). */
  start(base: HostTensors, scores?: HostTensors | number): void;
  /** One step of the scores on a batch. `step` counts from 1. */
  step(batch: B, step: number, options: { learningRate: number; temperature: number; lambda: number }): MaskStep;
  /** The model as the soft or hard mask leaves it; to be disposed of (or use tf.tidy). */
  masked(kind: 'hard' | { temperature: number }): Record<string, tf.Tensor>;
  subnetwork(): Subnetwork;
  /** The scores. */
  snapshot(): HostTensors;
  dispose(): void;
}

/**
 * Trains masks over a model (method sections 1b and 2), by default with AdamW and its decay (released): no dropout, batch normalisation in evaluation mode; in ViT the class
 * token and the position embeddings train along, as released.
 */
export function maskTrainer<B>(
  model: Trainable<B>,
  {
    optimizer: chosen = { name: 'adamW' },
    compiled = true,
    xla = model.xla ?? true,
    functions = {},
  }: Pick<TrainerOptions, 'optimizer' | 'compiled' | 'xla'> & { functions?: MaskFunctions } = {},
): MaskTrainer<B> {
  const { shapes, maskedWeights, trainedWithMask = [] } = model;
  const parameters = zeroVariables(shapes);
  const scores = zeroVariables(Object.fromEntries(maskedWeights.map((name) => [name, shapes[name]])));
  const others = Object.fromEntries(trainedWithMask.map((name) => [name, parameters[name]]));
  const optimizer = optimizerOf({ ...scores, ...others }, chosen);

  /** A batch's inputs, temperature, lambda, coefficients → loss, cross entropy, L0 norm. */
  const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const [temperature, lambda, coefficients] = inputs.slice(-3);
    const { loss, crossEntropy, l0, gradients } = scoreGradients({
      parameters,
      scores,
      others,
      crossEntropy: (masked) => model.loss(masked, inputs.slice(0, -3), {}),
      temperature: temperature as tf.Scalar,
      lambda: lambda as tf.Scalar,
      functions,
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
    start(base, initial = INITIAL_SCORE) {
      assignValues(parameters, base);
      if (typeof initial === 'object') assignValues(scores, initial);
      else tf.tidy(() => Object.values(scores).forEach((score) => score.assign(tf.fill(score.shape, initial))));
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
        const model = applyMask(
          parameters,
          kind === 'hard' ? hardMask(scores) : softMask(scores, kind.temperature, functions.soft),
        );
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
  functions?: MaskFunctions;
}): { loss: tf.Scalar; crossEntropy: tf.Tensor; l0: tf.Tensor; gradients: Record<string, tf.Tensor> } {
  const { parameters, scores, others = {}, temperature, lambda, functions = {} } = options;
  let parts: tf.Tensor[] = [];
  const { loss, gradients } = gradientsOf({ ...scores, ...others }, () => {
    const mask = softMask(scores, temperature, functions.soft);
    const crossEntropy = options.crossEntropy(applyMask(parameters, mask));
    const l0 = (functions.penalty ?? l0Norm)(mask);
    parts = [tf.keep(crossEntropy), tf.keep(l0)];
    return crossEntropy.add(l0.mul(lambda)) as tf.Scalar;
  });
  const [crossEntropy, l0] = parts;
  return { loss, crossEntropy, l0, gradients };
}
