/** Forward pass, loss and gradients of GPT-2 against the vectors of kind gpt2-forward. */

import { type Gpt2Config, gpt2Logits } from '../../lib/dist/models/gpt2';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { softmaxCrossEntropy } from '../../lib/dist/tensorflow/ops';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { inputsOf, labelsOf, languageModelEvaluator } from '../../lib/dist/training/languageModelEvaluator';
import { batchGradients } from '../../lib/dist/training/languageModelTrainer';
import type { Comparison } from './comparison';
import { compareDigest } from './digest';
import type { Reference } from './reference';
import { type Float32Error, float32Error, type Tolerance, tensorTolerance, toleranceAt } from './tolerance';

/** What the vectors are computed from. */
interface Setting {
  config: Gpt2Config;
  weights: HostTensors;
  ids: Int32Array;
  rows: number;
  /** Tokens of a row. */
  length: number;
}

export function compareGpt2Forward(reference: Reference, comparison: Comparison): void {
  const config = reference.config();
  const { data: ids, shape } = reference.tokens('ids', config);
  const setting: Setting = { config, weights: reference.weights(config), ids, rows: shape[0], length: shape[1] };
  compareForward(reference, comparison, setting);
  compareGradients(reference, comparison, setting);
}

function compareForward(reference: Reference, comparison: Comparison, setting: Setting): void {
  const { json } = reference;
  const { config, weights, ids, rows, length } = setting;
  const ours = tidied(() => {
    const parameters = tensorsOf(weights);
    const tokens = tf.tensor2d(ids, [rows, length], 'int32');
    const hidden: number[] = [];
    const logits = gpt2Logits(parameters, tokens, config, {
      onHidden: (state) => {
        for (const value of state.dataSync()) hidden.push(value);
      },
    });
    const evaluator = languageModelEvaluator(config, { compiled: false });
    return {
      logits: logits.dataSync(),
      hidden,
      tokenLoss: softmaxCrossEntropy(gpt2Logits(parameters, inputsOf(tokens), config), labelsOf(tokens)).dataSync(),
      loss: evaluator.loss(parameters, { tokens: ids, rows }),
      predictions: evaluator.predictions(parameters, { tokens: ids, rows }),
    };
  });

  const logitsError = float32Error(json.get('float32_error').get('logits'));
  compareLogits(reference, comparison, ours.logits, [rows, length, config.vocabulary], logitsError);
  const hiddenError = float32Error(json.get('float32_error').get('hidden'));
  const hidden = reference.values('hidden', [config.layers + 1, rows, length, config.width]);
  comparison.numbers('hidden', ours.hidden, hidden, tensorTolerance(hiddenError) + hiddenError.error);

  const tolerance = lossTolerance(logitsError);
  comparison.numbers('token_loss', ours.tokenLoss, reference.values('token_loss', [rows, length - 1]), tolerance);
  comparison.number('loss_float64', ours.loss, json.get('loss_float64').number(), tolerance);
  comparison.number('loss_float32', ours.loss, json.get('loss_float32').number(), tolerance);

  const expected = json.get('argmax_at_separator').numbers();
  if (expected.length !== rows) throw new Error(`argmax_at_separator has ${expected.length} entries for ${rows} rows.`);
  for (let row = 0; row < rows; row++) {
    // Two logits that are nearly equal may change places: what counts is how far their values lie apart.
    const at = (row * length + length - 2) * config.vocabulary; // the separator is the last token but one
    const [best, theirBest] = [ours.logits[at + ours.predictions[row]], ours.logits[at + expected[row]]];
    comparison.number(`argmax_at_separator[${row}]`, best, theirBest, 2 * tensorTolerance(logitsError));
  }
}

/** A logit enters the loss directly and through the softmax's normaliser: by twice its error at most. */
export function lossTolerance(logits: Float32Error): number {
  return 2 * tensorTolerance(logits);
}

/** Our logits against those of the float32 run and of the float64 run. */
export function compareLogits(
  reference: Reference,
  comparison: Comparison,
  ours: ArrayLike<number>,
  shape: number[],
  error: Float32Error,
): void {
  const tolerance = tensorTolerance(error);
  comparison.numbers('logits', ours, reference.values('logits', shape), tolerance + error.error);
  comparison.numbers('logits_f64', ours, reference.values('logits_f64', shape), tolerance);
}

function compareGradients(reference: Reference, comparison: Comparison, setting: Setting): void {
  const { json } = reference;
  const { config, weights, ids, rows, length } = setting;
  const parameters = tidied(() => variablesOf(tensorsOf(weights)));
  const { loss, gradients } = tidied(() => {
    const tokens = tf.tensor2d(ids, [rows, length], 'int32');
    const computed = batchGradients(parameters, tokens, tf.ones([rows]), config);
    return {
      loss: computed.loss.dataSync()[0],
      gradients: Object.entries(computed.gradients).map(([name, value]) => ({
        name,
        shape: value.shape,
        values: value.dataSync(),
      })),
    };
  });
  tf.dispose(parameters);

  const tolerance = lossTolerance(float32Error(json.get('float32_error').get('logits')));
  comparison.number('loss_float64, with gradients', loss, json.get('loss_float64').number(), tolerance);
  for (const { name, shape, values } of gradients) {
    const error = float32Error(json.get('float32_error').get('grad').get(name));
    const tolerance = tensorTolerance(error);
    if (reference.has(`grad/${name}`)) {
      comparison.numbers(`grad/${name}`, values, reference.values(`grad/${name}`, shape), tolerance + error.error);
    }
    compareSample(reference, comparison, { sample: `grad_sample/${name}`, indices: `idx/${name}`, values, tolerance });
    compareDigest(
      comparison,
      `grad_digest_float64 of ${name}`,
      values,
      json.get('grad_digest_float64').get(name),
      tolerance,
    );
  }
}

/** Some of our values, at the reference's indices, against its sample of them. */
export function compareSample(
  reference: Reference,
  comparison: Comparison,
  options: { where?: string; sample: string; indices: string; values: ArrayLike<number>; tolerance: Tolerance },
): void {
  const { sample, where = sample, indices, values, tolerance } = options;
  const at = reference.indices(indices, values.length);
  const ours = Float64Array.from(at, (index) => values[index]);
  const tolerances = Float64Array.from(at, (index) => toleranceAt(tolerance, index));
  comparison.numbers(where, ours, reference.values(sample, [at.length]), tolerances);
}
