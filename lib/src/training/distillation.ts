/** A student learns from the answers of a teacher (Abnar, Dehghani and Zuidema, arXiv 2006.00555; notebook 25). */
import type { Parameters } from '../models/gpt2';
import type { Network } from '../models/network';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { Dropout } from '../tensorflow/dropout';
import { elementCount } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { type Examples, inputTensor } from './examples';
import type { Trainable } from './trainer';

/** Examples with what the teacher says of them. */
export interface TaughtExamples extends Examples {
  /** Its logits: [rows, classes] */
  answers: Float32Array;
}

/** Cross entropy of each row between a teacher's and a student's logits [rows, classes], both divided by the temperature → [rows] */
export function softCrossEntropy(teacher: tf.Tensor2D, student: tf.Tensor2D, temperature = 1): tf.Tensor1D {
  const right = tf.softmax(teacher.div(temperature));
  return tf.logSoftmax(student.div(temperature)).mul(right).sum<tf.Tensor1D>(1).neg();
}

/**
 * A network that learns from answers alone: the mean cross entropy of its softened answers times `factor`. Released: 1 / T²;
 * usual is T², as the gradients are about T² times smaller than at T = 1.
 */
export function distilled(
  network: Network,
  { temperature = 5, factor = temperature ** -2 }: { temperature?: number; factor?: number } = {},
): Trainable<TaughtExamples> {
  return {
    ...network,
    inputs: (batch) => [
      inputTensor(network, batch),
      tf.tensor2d(batch.answers, [batch.rows, batch.answers.length / batch.rows]),
    ],
    loss: (parameters, [x, answers], pass) =>
      softCrossEntropy(answers as tf.Tensor2D, network.forward(parameters, x, pass).output, temperature)
        .mean()
        .mul(factor),
  };
}

/** The same model with l1 · Σ|w| + l2 · Σw² over its weights added to its loss (Keras' kernel regularisers). */
export function withKernelPenalty<B>(
  model: Trainable<B>,
  { l1 = 0, l2 = 0 }: { l1?: number; l2?: number },
): Trainable<B> {
  return {
    ...model,
    loss(parameters, inputs, pass) {
      const penalties = model.maskedWeights.map((name) => {
        const squares = parameters[name].square().sum().mul(l2);
        return l1 === 0 ? squares : parameters[name].abs().sum().mul(l1).add(squares);
      });
      return model.loss(parameters, inputs, pass).add(tf.addN(penalties));
    },
  };
}

/** Rows that are answered at once. */
const CHUNK = 500;

/**
 * What a network answers to rows, compiled once for any parameters: inputs [rows, ...input] → logits [rows, classes].
 *
 * @param options.training computes as in training: dropout (at this rate, drawn by the key) and the statistics of the batch, or of
 *   500 rows of a larger one.
 */
export function answering(
  network: Network,
  { training = false, dropout = 0 }: { training?: boolean; dropout?: number } = {},
): (parameters: Parameters, inputs: Float32Array, key?: [number, number]) => Float32Array {
  const names = Object.keys(network.shapes);
  const size = elementCount(network.input);
  const compute = ([x, key, ...values]: tf.Tensor[]): tf.Tensor[] => {
    const parameters = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const pass = training ? { dropout: new Dropout(dropout, key as tf.Tensor1D), normalization: 'train' as const } : {};
    return [network.forward(parameters, x, pass).output];
  };
  const graph = compile((...inputs) => compute(inputs), { variables: [], xla: false });
  return (parameters, inputs, key = [0, 0]) => {
    const all: number[] = [];
    for (let start = 0; start < inputs.length; start += CHUNK * size) {
      const part = inputs.subarray(start, start + CHUNK * size);
      const logits = tidied(() => {
        const x = tf.tensor(part, [part.length / size, ...network.input]);
        return graph(x, tf.tensor1d(key, 'int32'), ...names.map((name) => parameters[name]))[0].dataSync();
      });
      all.push(...logits);
    }
    return Float32Array.from(all);
  };
}

/** KL(teacher ‖ student) of each row of logits [rows, classes], both divided by the temperature, in nats: [rows] */
export function divergences(teacher: Float32Array, student: Float32Array, classes: number, temperature = 1): number[] {
  const logarithms = (logits: Float32Array) => {
    const scaled = [...logits].map((one) => one / temperature);
    const most = Math.max(...scaled);
    const total = Math.log(scaled.reduce((sum, one) => sum + Math.exp(one - most), 0));
    return scaled.map((one) => one - most - total);
  };
  return Array.from({ length: teacher.length / classes }, (_, row) => {
    const [p, q] = [teacher, student].map((all) => logarithms(all.subarray(row * classes, (row + 1) * classes)));
    return p.reduce((sum, one, i) => sum + Math.exp(one) * (one - q[i]), 0);
  });
}

/** Probabilities after their rewards: p · exp(rate · reward), normalised, then mixed with `floor` of all alike. */
export function rewarded(
  p: readonly number[],
  rewards: readonly number[],
  { rate = 0.5, floor = 0.02 }: { rate?: number; floor?: number } = {},
): number[] {
  const grown = p.map((one, i) => one * Math.exp(rate * rewards[i]));
  const total = grown.reduce((sum, one) => sum + one, 0);
  return grown.map((one) => ((1 - floor) * one) / total + floor / p.length);
}
