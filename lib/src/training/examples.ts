/** Examples of small networks: rows of numbers with a class each; what is trained on them, and how it is measured. */
import type { Parameters } from '../models/gpt2';
import type { Network } from '../models/network';
import { tf } from '../tensorflow/backend';
import { elementCount } from '../tensorflow/hostTensor';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { tidied } from '../tensorflow/tidy';
import type { Trainable } from './trainer';

/** Rows of numbers, each with its class. */
export interface Examples {
  rows: number;
  /** [rows, ...features], row by row */
  inputs: Float32Array;
  /** [rows] */
  labels: Int32Array;
  /** What each row counts; without them, 1: [rows] */
  weights?: Float32Array;
}

/** Some of the rows, in this order. */
export function takeExamples(examples: Examples, rows: ArrayLike<number>): Examples {
  const { inputs, labels, weights } = examples;
  const width = inputs.length / examples.rows;
  const taken = {
    rows: rows.length,
    inputs: new Float32Array(rows.length * width),
    labels: new Int32Array(rows.length),
    weights: weights && new Float32Array(rows.length),
  };
  for (let i = 0; i < rows.length; i++) {
    taken.inputs.set(inputs.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
    taken.labels[i] = labels[rows[i]];
    if (weights) (taken.weights as Float32Array)[i] = weights[rows[i]];
  }
  return taken;
}

/** Batches of `size` in this order; the last is filled up with rows of weight 0, so that every step has one shape. */
export function* exampleBatches(examples: Examples, size: number, order?: Int32Array): Generator<Examples> {
  for (let start = 0; start < examples.rows; start += size) {
    const places = Array.from({ length: size }, (_, i) => (start + i < examples.rows ? start + i : start));
    const batch = takeExamples(examples, order ? places.map((place) => order[place]) : places);
    const counts = Math.min(size, examples.rows - start);
    batch.weights = (batch.weights ?? new Float32Array(size).fill(1)).fill(0, counts);
    yield batch;
  }
}

/** The rows as a tensor: [rows, ...input] */
export function inputTensor(
  { input }: Pick<Network, 'input'>,
  { inputs, rows }: Pick<Examples, 'inputs' | 'rows'>,
): tf.Tensor {
  if (inputs.length !== rows * elementCount(input))
    throw new Error(`${rows} rows of [${input}] need ${rows * elementCount(input)} numbers, not ${inputs.length}.`);
  return tf.tensor(inputs, [rows, ...input], 'float32');
}

/** A network with the weighted mean of a loss of each row: outputs [rows, classes], labels [rows] → [rows]. */
export function classifier(
  network: Network,
  lossOf: (outputs: tf.Tensor2D, labels: tf.Tensor1D) => tf.Tensor1D = softmaxCrossEntropy,
): Trainable<Examples> {
  return {
    ...network,
    inputs: (batch) => [
      inputTensor(network, batch),
      tf.tensor1d(batch.labels, 'int32'),
      batch.weights ? tf.tensor1d(batch.weights) : tf.ones([batch.rows]),
    ],
    loss(parameters, [x, labels, weights], pass) {
      const losses = lossOf(network.forward(parameters, x, pass).output, labels as tf.Tensor1D);
      return tf.div(losses.mul(weights).sum(), weights.sum());
    },
  };
}

/** A network with its mean squared error over points and outputs: x [points][width], y [points][outputs]. */
export function regressor(network: Network): Trainable<{ x: number[][]; y: number[][] }> {
  return {
    ...network,
    inputs: ({ x, y }) => [tf.tensor2d(x), tf.tensor2d(y)],
    loss: (parameters, [x, y], pass) => network.forward(parameters, x, pass).output.sub(y).square().mean(),
  };
}

/** Rows that one forward pass takes. */
const CHUNK = 5000;

/** What a network gives in evaluation, row by row, or the output of one of its layers: [rows, width] */
export function outputsOf(network: Network, parameters: Parameters, examples: Examples, tap?: string): Float32Array[] {
  const rows: Float32Array[] = [];
  for (let start = 0; start < examples.rows; start += CHUNK) {
    const places = Array.from({ length: Math.min(CHUNK, examples.rows - start) }, (_, i) => start + i);
    const part = places.length === examples.rows ? examples : takeExamples(examples, places);
    const values = tidied(() => {
      const { output, taps } = network.forward(parameters, inputTensor(network, part));
      return (tap === undefined ? output : taps[tap]).dataSync() as Float32Array;
    });
    const width = values.length / part.rows;
    for (let row = 0; row < part.rows; row++) rows.push(values.slice(row * width, (row + 1) * width));
  }
  return rows;
}

/** Share of rows whose largest output is that of their class. */
export function shareRight(network: Network, parameters: Parameters, examples: Examples): number {
  const outputs = outputsOf(network, parameters, examples);
  return outputs.filter((row, i) => row.indexOf(Math.max(...row)) === examples.labels[i]).length / examples.rows;
}
