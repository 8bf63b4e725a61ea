/** GPT-2 with the next-token loss: what is trained, and how it is measured. */
import { type Gpt2Config, gpt2Logits, gpt2MaskedWeights, gpt2Shapes, type Parameters } from '../models/gpt2';
import { answersOf, EVALUATION_ROWS, type Rows } from '../tasks/modularArithmetic';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { type Batch, batchesOf } from './batches';
import type { Trainable } from './trainer';

/** GPT-2 as trainers need it; the loss is the mean next-token cross entropy of the rows that count. */
export function languageModel(config: Gpt2Config): Trainable<Batch> {
  return {
    shapes: gpt2Shapes(config),
    maskedWeights: gpt2MaskedWeights(config),
    inputs: ({ tokens, weights }) => [
      tf.tensor2d(tokens, [weights.length, tokens.length / weights.length], 'int32'),
      tf.tensor1d(weights),
    ],
    loss(parameters, [ids, weights], { dropout }) {
      const logits = gpt2Logits(parameters, inputsOf(ids), config, { dropout }); // [batch · positions, vocabulary]
      return tf.div(rowLosses(logits, ids).mul(weights).sum(), weights.sum());
    },
  };
}

/** Measures GPT-2 models of one configuration; compiled once, for any parameters. */
export interface Evaluator {
  /** The most likely last token of each row, given those before: argmax over the whole vocabulary. */
  predictions(parameters: Parameters, data: Rows): Int32Array;
  /** Share of rows whose prediction is the row's answer. */
  accuracy(parameters: Parameters, data: Rows): number;
  /** Next-token cross entropy, mean over rows and predicted positions, in nats. */
  loss(parameters: Parameters, data: Rows): number;
  /** Both of each named set: { test: rows } gives test_loss and test_accuracy. */
  measure(parameters: Parameters, sets: Record<string, Rows>): Record<string, number>;
  dispose(): void;
}

/** Makes an evaluator. `compiled: false` computes eagerly. */
export function languageModelEvaluator(config: Gpt2Config, { compiled = true } = {}): Evaluator {
  const names = Object.keys(gpt2Shapes(config));
  const named = (values: tf.Tensor[]) => Object.fromEntries(names.map((name, index) => [name, values[index]]));
  const computed = [
    (...[ids, ...values]: tf.Tensor[]) => [
      gpt2Logits(named(values), inputsOf(ids), config, { lastOnly: true }).argMax(1).cast('int32'),
    ],
    (...[ids, ...values]: tf.Tensor[]) => [rowLosses(gpt2Logits(named(values), inputsOf(ids), config), ids)],
  ];
  const graphs = compiled ? computed.map((compute) => compile(compute, { variables: [] })) : [];
  const [predict, losses] = compiled ? graphs : computed;

  const perRow = (compute: (...inputs: tf.Tensor[]) => tf.Tensor[], parameters: Parameters, data: Rows): number[] =>
    inChunks(data, (ids) => compute(ids, ...names.map((name) => parameters[name]))[0]);

  const evaluator: Evaluator = {
    predictions: (parameters, data) => Int32Array.from(perRow(predict, parameters, data)),
    accuracy: (parameters, data) => accuracyOf(evaluator.predictions(parameters, data), data),
    loss: (parameters, data) => perRow(losses, parameters, data).reduce((sum, value) => sum + value, 0) / data.rows,
    measure: (parameters, sets) =>
      Object.fromEntries(
        Object.entries(sets).flatMap(([name, data]) => [
          [`${name}_loss`, evaluator.loss(parameters, data)],
          [`${name}_accuracy`, evaluator.accuracy(parameters, data)],
        ]),
      ),
    dispose: () => graphs.forEach((made) => made.dispose()),
  };
  return evaluator;
}

/**
 * Each prompt with its greedy continuation, the most likely token after the other, up to `length` tokens: [prompts][length].
 * The shortest prompts begin while the longer ones are still read.
 */
export function continued(
  parameters: Parameters,
  config: Gpt2Config,
  prompts: readonly (readonly number[])[],
  { length }: { length: number },
): Int32Array[] {
  const written = prompts.map((prompt) => Int32Array.from({ length }, (_, at) => prompt[at] ?? 0));
  for (let from = 0; from < prompts.length; from += EVALUATION_ROWS) {
    const rows = written.slice(from, from + EVALUATION_ROWS);
    for (let at = Math.min(...prompts.map((prompt) => prompt.length)); at < length; at++) {
      const next = tf.tidy(() => {
        const ids = tf.tensor2d(
          rows.flatMap((row) => [...row.subarray(0, at)]),
          [rows.length, at],
          'int32',
        );
        return gpt2Logits(parameters, ids, config, { lastOnly: true }).argMax(1).dataSync();
      });
      rows.forEach((row, i) => {
        if (at >= prompts[from + i].length) row[at] = next[i];
      });
    }
  }
  return written;
}

/** What is computed of ids [chunk, tokens], row by row: for an evaluation set at once, for more rows in chunks of that size. */
export function inChunks(data: Rows, compute: (ids: tf.Tensor2D) => tf.Tensor): number[] {
  const chunk = Math.min(EVALUATION_ROWS, data.rows);
  const values: number[] = [];
  let perRow = 1;
  for (const { tokens } of batchesOf(data, chunk)) {
    tf.tidy(() => {
      const result = compute(tf.tensor2d(tokens, [chunk, tokens.length / chunk], 'int32'));
      perRow = result.size / chunk;
      for (const value of result.dataSync()) values.push(value);
    });
  }
  return values.slice(0, data.rows * perRow);
}

/** Share of predictions that are their row's answer. */
export function accuracyOf(predictions: Int32Array, data: Rows): number {
  const answers = answersOf(data);
  return predictions.filter((token, row) => token === answers[row]).length / data.rows;
}

/** What the model reads of rows [rows, tokens] → [rows, tokens - 1]. The last position would predict nothing. */
export function inputsOf(ids: tf.Tensor): tf.Tensor2D {
  const [rows, tokens] = ids.shape;
  return ids.slice([0, 0], [rows, tokens - 1]) as tf.Tensor2D;
}

/** What it should predict: [rows, tokens] → [rows · (tokens - 1)]. */
export function labelsOf(ids: tf.Tensor): tf.Tensor1D {
  const [rows, tokens] = ids.shape;
  return ids.slice([0, 1], [rows, tokens - 1]).reshape([-1]) as tf.Tensor1D;
}

/** Mean next-token cross entropy of each row: logits of its inputs [rows · (tokens - 1), vocabulary], ids [rows, tokens] → [rows]. */
export function rowLosses(logits: tf.Tensor2D, ids: tf.Tensor): tf.Tensor1D {
  const [rows, tokens] = ids.shape;
  return softmaxCrossEntropy(logits, labelsOf(ids))
    .reshape([rows, tokens - 1])
    .mean(1);
}
