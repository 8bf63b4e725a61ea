/** Forward pass, loss and gradients of GPT-2 against the vectors of kind gpt2-forward. */
import { gpt2Logits } from '../../lib/dist/models/gpt2';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import { softmaxCrossEntropy } from '../../lib/dist/tensorflow/ops';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { inputsOf, labelsOf, languageModel, languageModelEvaluator } from '../../lib/dist/training/languageModel';
import { gradientsOf } from '../../lib/dist/training/trainer';
import type { Comparison } from './comparison';
import { tensorOfRows } from './steps';
import { lossTolerance, tensorTolerance } from './tolerance';

export function compareGpt2Forward(comparison: Comparison): void {
  const ids = comparison.reference.rows('ids');
  compareForward(comparison, ids);
  compareGradients(comparison, ids);
}

function compareForward(comparison: Comparison, ids: Rows): void {
  const { reference } = comparison;
  const { config, weights } = reference;
  const { rows } = ids;
  const length = ids.tokens.length / rows;
  const ours = tidied(() => {
    const parameters = tensorsOf(weights);
    const tokens = tensorOfRows(ids);
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
      loss: evaluator.loss(parameters, ids),
      predictions: evaluator.predictions(parameters, ids),
    };
  });

  const error = reference.error('logits');
  comparison.logits('logits', ours.logits, [rows, length, config.vocabulary], error);
  const hidden = reference.error('hidden');
  const shape = [config.layers + 1, rows, length, config.width];
  comparison.tensor('hidden', ours.hidden, shape, tensorTolerance(hidden) + hidden.error);
  comparison.tensor('token_loss', ours.tokenLoss, [rows, length - 1], lossTolerance(error));
  comparison.bothRuns('loss', ours.loss, reference.json, lossTolerance(error));

  const expected = reference.json.get('argmax_at_separator').numbers();
  if (expected.length !== rows) throw new Error(`argmax_at_separator has ${expected.length} entries for ${rows} rows.`);
  for (let row = 0; row < rows; row++) {
    // Two logits that are nearly equal may change places: what counts is how far their values lie apart.
    const at = (row * length + length - 2) * config.vocabulary; // the separator is the last token but one
    const [best, theirBest] = [ours.logits[at + ours.predictions[row]], ours.logits[at + expected[row]]];
    comparison.number(`argmax_at_separator[${row}]`, best, theirBest, 2 * tensorTolerance(error));
  }
}

function compareGradients(comparison: Comparison, ids: Rows): void {
  const { reference } = comparison;
  const { config, weights } = reference;
  const { loss, gradients } = tidied(() => {
    const parameters = variablesOf(tensorsOf(weights));
    const inputs = [tensorOfRows(ids), tf.ones([ids.rows])];
    const computed = gradientsOf(parameters, () => languageModel(config).loss(parameters, inputs, {}));
    tf.dispose(parameters);
    return { loss: computed.loss.dataSync()[0], gradients: snapshot(computed.gradients) };
  });
  const tolerance = lossTolerance(reference.error('logits'));
  comparison.number('loss_float64, with gradients', loss, reference.json.get('loss_float64').number(), tolerance);
  comparison.gradients(gradients, (name) => reference.error('grad', name));
}
