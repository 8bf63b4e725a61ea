/** Image models with the cross entropy of the classes: what is trained, and how it is measured. */
import type { Parameters } from '../models/gpt2';
import type { ImageModel } from '../models/imageModel';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { type ImageBatch, imageTensors } from './imageBatches';
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
  /** [rows, classes] */
  logits: Float32Array;
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
  const compute = (pixels: tf.Tensor, labels: tf.Tensor, ...values: tf.Tensor[]): tf.Tensor[] => {
    const parameters = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    const logits = model.logits(parameters, pixels as tf.Tensor4D);
    return [logits, logits.argMax(1).cast('int32'), softmaxCrossEntropy(logits, labels as tf.Tensor1D)];
  };
  const graph = compiled
    ? compile(compute as (...inputs: tf.Tensor[]) => tf.Tensor[], { variables: [], xla })
    : undefined;

  return {
    decide(parameters, batch) {
      const [logits, predictions, losses] = tf.tidy(() => {
        const [pixels, labels] = imageTensors(batch);
        const results = (graph ?? compute)(pixels, labels, ...names.map((name) => parameters[name]));
        return results.map((result) => result.clone());
      });
      const counts = (_: unknown, row: number) => batch.weights[row] > 0;
      const classes = logits.shape[1] as number;
      const decisions = {
        logits: (logits.dataSync() as Float32Array).filter(
          (_, index) => batch.weights[Math.floor(index / classes)] > 0,
        ),
        predictions: (predictions.dataSync() as Int32Array).filter(counts),
        losses: (losses.dataSync() as Float32Array).filter(counts),
        labels: batch.labels.filter(counts),
      };
      tf.dispose([logits, predictions, losses]);
      return decisions;
    },
    dispose: () => graph?.dispose(),
  };
}
