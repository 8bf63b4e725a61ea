/**
 * Learning without labels: two views of a picture, of which a network is to say the same (SimSiam: Chen and He, "Exploring Simple
 * Siamese Representation Learning", arXiv 2011.10566).
 */
import type { Network } from '../models/network';
import { mean } from '../stats/intervals';
import { tf } from '../tensorflow/backend';
import { stopGradient } from '../tensorflow/tidy';
import { inputTensor } from './examples';
import type { Trainable } from './trainer';

const unit = (x: tf.Tensor2D): tf.Tensor2D => x.div(x.square().sum(1, true).add(1e-12).sqrt());

/**
 * −cos(prediction, target), the mean over rows: predictions and outputs are [2 n, width], the first n rows of one view and the last n of
 * the other; the target of a row is the output of its other view, which stays as it is.
 */
export function simSiamLoss(predictions: tf.Tensor2D, outputs: tf.Tensor2D): tf.Scalar {
  const [first, second] = tf.split(stopGradient(outputs), 2) as tf.Tensor2D[];
  const targets = unit(tf.concat([second, first]));
  return unit(predictions).mul(targets).sum(1).mean().neg() as tf.Scalar;
}

/** A network and its predictor, which learn from views: `inputs` are [2 n, ...input], all first views before all second. */
export function simSiam(network: Network, predictor: Network): Trainable<{ rows: number; inputs: Float32Array }> {
  return {
    shapes: { ...network.shapes, ...predictor.shapes },
    statistics: [...network.statistics, ...predictor.statistics],
    maskedWeights: [...network.maskedWeights, ...predictor.maskedWeights],
    inputs: (views) => [inputTensor(network, views)],
    loss(parameters, [x], pass) {
      const { output } = network.forward(parameters, x, pass);
      return simSiamLoss(predictor.forward(parameters, output, pass).output, output);
    },
  };
}

/**
 * How far outputs are spread over all directions: √width times the mean standard deviation of a unit after each row is brought to
 * length 1. Near 1 where all directions are alike, 0 where the outputs have collapsed to one.
 */
export function outputSpread(rows: readonly ArrayLike<number>[]): number {
  const units = rows.map((row) => {
    const length = Math.hypot(...Array.from(row)) || 1;
    return Array.from(row, (value) => value / length);
  });
  const deviations = units[0].map((_, i) => {
    const own = units.map((row) => row[i]);
    const middle = mean(own);
    return Math.sqrt(mean(own.map((value) => (value - middle) ** 2)));
  });
  return Math.sqrt(deviations.length) * mean(deviations);
}
