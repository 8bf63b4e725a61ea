/** Image models with the cross entropy of the classes: what is trained, and how it is measured. */
import type { Parameters } from '../models/gpt2';
import type { ImageModel } from '../models/imageModel';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { tidied } from '../tensorflow/tidy';
import type { ImageBatch } from './imageBatches';
import type { Trainable } from './trainer';

/**
 * An image model as trainers need it. The loss is the weighted mean cross entropy, sum of weight · loss divided by the sum of
 * the weights; of weights for the classes only the ratios count.
 */
export function imageClassifier(
  model: ImageModel,
  { classWeights }: { classWeights?: readonly number[] } = {},
): Trainable<ImageBatch> {
  return {
    ...model,
    inputs: (batch) => imageTensors(batch, classWeights),
    loss(parameters, [pixels, labels, weights], pass) {
      const logits = model.logits(parameters, pixels as tf.Tensor4D, pass);
      return tf.div(
        softmaxCrossEntropy(logits, labels as tf.Tensor1D)
          .mul(weights)
          .sum(),
        weights.sum(),
      );
    },
  };
}

/** What a model says of a batch, row by row; filling (weight 0) is left out. */
export interface ImageDecisions {
  /** The class of the largest logit: [rows] */
  predictions: Int32Array;
  /** Cross entropy of the label, in nats: [rows] */
  losses: Float32Array;
  labels: Int32Array;
}

/** Measures image models of one configuration, normalisation in evaluation mode; compiled once, for any parameters. */
export interface ImageEvaluator {
  decide(parameters: Parameters, batch: ImageBatch): ImageDecisions;
  dispose(): void;
}

/** Makes an evaluator. `compiled: false` computes eagerly. */
export function imageEvaluator(
  model: ImageModel,
  { compiled = true, xla = model.xla }: { compiled?: boolean; xla?: boolean } = {},
): ImageEvaluator {
  const names = Object.keys(model.shapes);
  const compute = (...[pixels, labels, ...values]: tf.Tensor[]): tf.Tensor[] => {
    const parameters = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    const logits = model.logits(parameters, pixels as tf.Tensor4D);
    return [logits.argMax(1).cast('int32'), softmaxCrossEntropy(logits, labels as tf.Tensor1D)];
  };
  const graph = compiled ? compile(compute, { variables: [], xla }) : undefined;

  return {
    decide: (parameters, batch) =>
      tidied(() => {
        const [pixels, labels] = imageTensors(batch);
        const [predictions, losses] = (graph ?? compute)(pixels, labels, ...names.map((name) => parameters[name]));
        const counts = (_: unknown, row: number) => batch.weights[row] > 0;
        return {
          predictions: (predictions.dataSync() as Int32Array).filter(counts),
          losses: (losses.dataSync() as Float32Array).filter(counts),
          labels: batch.labels.filter(counts),
        };
      }),
    dispose: () => graph?.dispose(),
  };
}

const CHANNELS = 3;

/**
 * The batch as tensors: pixels [size, y, x, channel], labels [size], weights [size], the last multiplied by the weights of
 * the images' classes.
 *
 * @throws a sentence where the pixels are no square images, or a label is no class.
 */
export function imageTensors({ pixels, labels, weights }: ImageBatch, classWeights?: readonly number[]): tf.Tensor[] {
  const size = labels.length;
  const side = Math.sqrt(pixels.length / size / CHANNELS);
  if (!Number.isInteger(side) || side === 0 || weights.length !== size) {
    throw new Error(
      `A batch has ${pixels.length} pixel values, ${size} labels and ${weights.length} weights: give square images of ` +
        `${CHANNELS} channels, and a label and a weight for each.`,
    );
  }
  const unknown = classWeights && labels.find((label) => classWeights[label] === undefined);
  if (unknown !== undefined) {
    throw new Error(`A batch has the label ${unknown}, but there are weights for ${classWeights?.length} classes.`);
  }
  return [
    tf.tensor4d(pixels, [size, side, side, CHANNELS]),
    tf.tensor1d(labels, 'int32'),
    tf.tensor1d(classWeights ? weights.map((weight, row) => weight * classWeights[labels[row]]) : weights, 'float32'),
  ];
}
