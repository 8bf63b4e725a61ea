/**
 * Training on several environments, between which a spurious cue changes and the right one does not: what is asked of the
 * environments' losses beside that they be small.
 */
import type { Network } from '../models/network';
import { mean } from '../stats/intervals';
import { tf } from '../tensorflow/backend';
import { inputTensor } from './examples';
import type { Trainable } from './trainer';

/** All rows of all environments. */
export interface EnvironmentRows {
  rows: number;
  /** [rows, ...features] */
  inputs: Float32Array;
  /** 0 or 1: [rows, outputs] */
  targets: Float32Array;
  /** Which rows belong to an environment, 1, and which do not, 0: [environments, rows] */
  membership: Float32Array;
}

/** Logits [rows, outputs] and targets of rows, the loss of each environment [environments], and which rows are whose. */
interface Judged {
  logits: tf.Tensor2D;
  targets: tf.Tensor2D;
  membership: tf.Tensor2D;
  losses: tf.Tensor1D;
}

/** The mean of a value of each row [rows] over the rows of each environment [environments]. */
const byEnvironment = (values: tf.Tensor, membership: tf.Tensor2D): tf.Tensor1D =>
  membership.mul(values.expandDims(0)).sum(1).div(membership.sum(1));

/**
 * Penalties by method: ERM has none; vREx (Krueger et al., 2021) takes the unbiased variance of the environments' losses; IRMv1
 * (Arjovsky et al., 2019) the mean square of their derivative by a factor on the logits, in closed form; SD (Pezeshki et al., 2021)
 * the mean squared logit.
 */
const PENALTIES = {
  ERM: () => tf.scalar(0),
  vREx: ({ losses }: Judged) =>
    losses
      .sub(losses.mean())
      .square()
      .sum()
      .div(losses.size - 1),
  IRMv1: ({ logits, targets, membership }: Judged) =>
    byEnvironment(logits.sigmoid().sub(targets).mul(logits).mean(1), membership).square().mean(),
  SD: ({ logits, membership }: Judged) => byEnvironment(logits.square().mean(1), membership).sum(),
} as const satisfies Record<string, (judged: Judged) => tf.Tensor>;
export type Invariance = keyof typeof PENALTIES;
export const INVARIANCES = Object.keys(PENALTIES) as Invariance[];

/** Cross entropy of binary targets, a mean over the outputs: logits and targets [rows, outputs] → [rows] */
const binaryCrossEntropy = (logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D =>
  logits.relu().sub(logits.mul(targets)).add(logits.abs().neg().exp().log1p()).mean(1);

/** Weight λ of the penalty, and of the squares of all parameters. */
export interface Weights {
  lambda: number;
  l2: number;
}

/**
 * A network with the loss of a method over environments: the sum of their losses + l2 · the sum of all squared parameters +
 * λ · the penalty, and the whole divided by λ where λ > 1 (released: TjuJianyu/RFC). "worst" is the largest loss of an
 * environment in place of the sum, without a penalty. Outputs [rows, outputs] are logits.
 */
export function environmentLearner(
  network: Network,
  method: Invariance | 'worst',
): Trainable<EnvironmentRows & Weights> {
  const outputs = network.shapes['output.bias'][0];
  return {
    ...network,
    inputs: (batch) => [
      inputTensor(network, batch),
      tf.tensor2d(batch.targets, [batch.rows, outputs]),
      tf.tensor2d(batch.membership, [batch.membership.length / batch.rows, batch.rows]),
      tf.tensor1d([batch.lambda, batch.l2]),
    ],
    loss(parameters, [x, targets, membership, weights], pass) {
      const logits = network.forward(parameters, x, pass).output;
      const norm = Object.keys(network.shapes).reduce<tf.Tensor>(
        (sum, name) => sum.add(parameters[name].square().sum()),
        tf.scalar(0),
      );
      return objective(method, { logits, targets, membership } as Judged, norm, weights);
    },
  };
}

/** The loss of a method from logits, as environmentLearner says; `norm` is the sum of all squared parameters, `weights` λ and l2. */
export function objective(
  method: Invariance | 'worst',
  { logits, targets, membership }: Omit<Judged, 'losses'>,
  norm: tf.Tensor,
  weights: tf.Tensor,
): tf.Scalar {
  const [lambda, l2] = weights.unstack();
  const losses = byEnvironment(binaryCrossEntropy(logits, targets), membership);
  const decay = norm.mul(l2);
  if (method === 'worst') return losses.max().add(decay) as tf.Scalar;
  const penalty = PENALTIES[method]({ logits, targets, membership, losses });
  return losses.sum().add(decay).add(penalty.mul(lambda)).div(lambda.maximum(1)) as tf.Scalar;
}

/** What a logit answers: 1 where it is above 0. */
export const binaryAnswer = (logit: number): number => Number(logit > 0);

/** Share of logits that answer as their label, 0 or 1. */
export const binaryAccuracy = (logits: ArrayLike<number>, labels: ArrayLike<number>): number =>
  mean(Array.from(logits, (logit, row) => Number(binaryAnswer(logit) === labels[row])));

/** Rows of environments one after the other, as one batch with who belongs to which. */
export function joinEnvironments(
  environments: readonly { rows: number; inputs: Float32Array; labels: ArrayLike<number> }[],
): EnvironmentRows {
  const rows = environments.reduce((sum, one) => sum + one.rows, 0);
  const membership = new Float32Array(environments.length * rows);
  let from = 0;
  environments.forEach((one, i) => {
    membership.fill(1, i * rows + from, i * rows + from + one.rows);
    from += one.rows;
  });
  const inputs = new Float32Array(environments.reduce((sum, one) => sum + one.inputs.length, 0));
  let at = 0;
  for (const one of environments) {
    inputs.set(one.inputs, at);
    at += one.inputs.length;
  }
  return {
    rows,
    inputs,
    targets: Float32Array.from(environments.flatMap((one) => Array.from(one.labels))),
    membership,
  };
}
