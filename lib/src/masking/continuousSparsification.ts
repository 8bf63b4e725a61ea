/**
 * Continuous sparsification (method section 1b): a score s for each masked weight; while training the weight is
 * multiplied by sigmoid(T·s), and as the temperature T rises the soft mask approaches the hard one, s > 0.
 */
import { tf } from '../tensorflow/backend';
import type { MaskFunctions } from './own';
import type { Subnetwork } from './subnetwork';

/** Scores of the masked weights, by parameter name. */
export type Scores<T extends tf.Tensor = tf.Tensor> = Record<string, T>;

/** Where every score starts (released setting). */
export const INITIAL_SCORE = -0.1;

/** How the temperature rises over the epochs: as the paper describes it, or as the released loop does it. */
export type TemperatureSchedule = 'described' | 'released';

/**
 * Temperature of an epoch (counted from 1). Described: 1, f, f², …, f^(epochs − 1) with f = final^(1 / epochs). Released:
 * 1, f², f³, …, f^epochs: the released loop multiplies once too often after the first epoch, so that the last epoch runs at
 * exactly `final`.
 */
export function temperatureOf({
  epoch,
  epochs = 50,
  final = 100,
  schedule = 'released',
}: {
  epoch: number;
  epochs?: number;
  final?: number;
  schedule?: TemperatureSchedule;
}): number {
  if (epoch === 1) return 1;
  return final ** ((schedule === 'released' ? epoch : epoch - 1) / epochs);
}

/**
 * Temperature that rises with every step (counted from 1) instead of every epoch, geometrically from 1 to `final`: for short
 * trainings, whose epochs would make coarse steps.
 */
export function temperatureOfStep({
  step,
  steps,
  final = 100,
}: {
  step: number;
  steps: number;
  final?: number;
}): number {
  return steps === 1 ? final : final ** ((step - 1) / (steps - 1));
}

/** sigmoid(T·s) for each masked weight, or what `soft` makes of it. */
export function softMask(
  scores: Scores,
  temperature: tf.Scalar | number,
  soft: MaskFunctions['soft'] = (score) => score.mul(temperature).sigmoid(),
): Scores {
  return mapScores(scores, (score) => soft(score, temperature));
}

/** 1 where s > 0, else 0 (0 counts as off). */
export function hardMask(scores: Scores): Scores {
  return mapScores(scores, (score) => score.greater(0).cast('float32'));
}

/** The parameters with every masked weight multiplied by its mask. */
export function applyMask(parameters: Record<string, tf.Tensor>, mask: Scores): Record<string, tf.Tensor> {
  return { ...parameters, ...mapScores(mask, (values, name) => parameters[name].mul(values)) };
}

/** The L0 penalty before its factor: the plain sum of the soft mask's entries (released: not normalised). */
export function l0Norm(mask: Scores): tf.Scalar {
  // XLA adds one number to the next, and over a whole weight (65,536 and more) that loses digits: so columns first, as means,
  // because it would join two sums to one.
  return tf.addN(Object.values(mask).map((values) => values.mean(0).sum().mul(values.shape[0]))) as tf.Scalar;
}

/** The subnetwork that the hard mask of the scores keeps. */
export function subnetworkOf(scores: Scores): Subnetwork {
  return Object.fromEntries(
    Object.entries(scores).map(([name, score]) => {
      const values = score.dataSync();
      const keep = new Uint8Array(values.length);
      for (let i = 0; i < keep.length; i++) keep[i] = values[i] > 0 ? 1 : 0;
      return [name, { shape: score.shape, keep }];
    }),
  );
}

/** A subnetwork as tensors: 1 for each weight that it keeps, else 0. */
export function maskTensors(subnetwork: Subnetwork): Scores {
  return Object.fromEntries(
    Object.entries(subnetwork).map(([name, { shape, keep }]) => [name, tf.tensor(keep, shape, 'float32')]),
  );
}

function mapScores(scores: Scores, change: (score: tf.Tensor, name: string) => tf.Tensor): Scores {
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, change(score, name)]));
}
