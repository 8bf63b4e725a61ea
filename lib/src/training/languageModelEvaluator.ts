import { type Gpt2Config, gpt2Logits, gpt2Shapes, type Parameters } from '../models/gpt2';
import { EVALUATION_ROWS, type Rows } from '../tasks/modularArithmetic';
import { tf } from '../tensorflow/backend';
import { type Compiled, compile } from '../tensorflow/compile';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { batchesOf } from './batches';

/** Rows that one call of the compiled graphs takes: an evaluation set at once. */
const CHUNK = EVALUATION_ROWS;

/** Measures GPT-2 models of one configuration; compiled once, for any parameters. */
export interface Evaluator {
  /** The most likely token after the separator, for each row: argmax over the whole vocabulary. */
  predictions(parameters: Parameters, data: Rows): Int32Array;
  /** Share of rows whose prediction is the row's answer. */
  accuracy(parameters: Parameters, data: Rows): number;
  /** Next-token cross entropy, mean over rows and the three predicted positions, in nats. */
  loss(parameters: Parameters, data: Rows): number;
  dispose(): void;
}

/** Makes an evaluator. `compiled: false` computes eagerly. */
export function languageModelEvaluator(config: Gpt2Config, { compiled = true } = {}): Evaluator {
  const names = Object.keys(gpt2Shapes(config));
  const named = (values: tf.Tensor[]) => Object.fromEntries(names.map((name, index) => [name, values[index]]));
  const graphs: Compiled[] = [];
  const graph = (compute: (...inputs: tf.Tensor[]) => tf.Tensor[]) => {
    if (!compiled) return compute;
    const made = compile(compute, { variables: [] });
    graphs.push(made);
    return made;
  };

  const predict = graph((ids, ...values) => [
    gpt2Logits(named(values), inputsOf(ids), config, { lastOnly: true }).argMax(1).cast('int32'),
  ]);
  const losses = graph((ids, ...values) => {
    const logits = gpt2Logits(named(values), inputsOf(ids), config); // [rows · 3, vocabulary]
    return [rowLosses(logits, ids)];
  });

  /** One number a row, computed in chunks of one shape. */
  const perRow = (compute: (...inputs: tf.Tensor[]) => tf.Tensor[], parameters: Parameters, data: Rows): number[] => {
    const chunk = Math.min(CHUNK, data.rows);
    const values: number[] = [];
    for (const { tokens } of batchesOf(data, chunk)) {
      tf.tidy(() => {
        const ids = tf.tensor2d(tokens, [chunk, tokens.length / chunk], 'int32');
        const [result] = compute(ids, ...names.map((name) => parameters[name]));
        values.push(...result.dataSync());
      });
    }
    return values.slice(0, data.rows);
  };

  const predictions = (parameters: Parameters, data: Rows) => Int32Array.from(perRow(predict, parameters, data));
  return {
    predictions,
    accuracy: (parameters, data) => accuracyOf(predictions(parameters, data), data),
    loss: (parameters, data) => perRow(losses, parameters, data).reduce((sum, value) => sum + value, 0) / data.rows,
    dispose: () => graphs.forEach((made) => made.dispose()),
  };
}

/** Share of predictions that are their row's answer. */
export function accuracyOf(predictions: Int32Array, { tokens, rows }: Rows): number {
  const length = tokens.length / rows;
  let right = 0;
  for (let row = 0; row < rows; row++) if (predictions[row] === tokens[(row + 1) * length - 1]) right++;
  return right / rows;
}

/** What the model reads of the rows: [rows, 4] → [rows, 3]. The last position would predict nothing. */
export function inputsOf(ids: tf.Tensor): tf.Tensor2D {
  const [rows, tokens] = ids.shape;
  return ids.slice([0, 0], [rows, tokens - 1]) as tf.Tensor2D;
}

/** What it should predict: [rows, 4] → [rows · 3]. */
export function labelsOf(ids: tf.Tensor): tf.Tensor1D {
  const [rows, tokens] = ids.shape;
  return ids.slice([0, 1], [rows, tokens - 1]).reshape([-1]) as tf.Tensor1D;
}

/** Mean next-token cross entropy of each row: logits [rows · 3, vocabulary] of its inputs, ids [rows, 4] → [rows]. */
export function rowLosses(logits: tf.Tensor2D, ids: tf.Tensor): tf.Tensor1D {
  const [rows, tokens] = ids.shape;
  return softmaxCrossEntropy(logits, labelsOf(ids))
    .reshape([rows, tokens - 1])
    .mean(1);
}
