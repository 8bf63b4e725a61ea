import { describe, expect, it, onTestFinished } from 'vitest';
import { gpt2Config, gpt2Init, gpt2Logits, gpt2Shapes } from '../../lib/dist/models/gpt2';
import { type Rows, selectRows, unambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { accuracyOf, continued, languageModelEvaluator } from '../../lib/dist/training/languageModel';

const numbers = 20;
const config = gpt2Config({ layers: 1, vocabulary: numbers + 1, width: 8, heads: 2 });
const data = unambiguousRows({ expression: 'a + ab', rows: 1300, seed: 1, numbers }); // more than one chunk of 1,000

function evaluatorOf(compiled: boolean) {
  const evaluator = languageModelEvaluator(config, { compiled });
  onTestFinished(() => evaluator.dispose());
  return evaluator;
}

/** A model whose logits are the same everywhere: `favourite` wins, if given. */
function constantModel(favourite?: number): Record<string, tf.Tensor> {
  const parameters = Object.fromEntries(
    Object.entries(gpt2Shapes(config)).map(([name, shape]) => [name, tf.zeros(shape)]),
  );
  // The last LayerNorm gives its bias, (1, 0, 0, …), and only the favourite's embedding has a part along it.
  parameters['transformer.ln_f.bias'] = tf.oneHot(0, config.width).toFloat();
  if (favourite !== undefined) {
    parameters['transformer.wte.weight'] = tf.outerProduct(
      tf.oneHot(favourite, config.vocabulary).toFloat() as tf.Tensor1D,
      tf.oneHot(0, config.width).toFloat() as tf.Tensor1D,
    );
  }
  return parameters;
}

describe('languageModelEvaluator', () => {
  it('measures the entropy of a model that knows nothing', () => {
    const loss = tidied(() => evaluatorOf(false).loss(constantModel(), data));
    expect(loss).toBeCloseTo(Math.log(numbers + 1), 5);
  });

  it('counts the answers of a model that always says the same', () => {
    tf.tidy(() => {
      const evaluator = evaluatorOf(false);
      const model = constantModel(3);
      expect(new Set(evaluator.predictions(model, data))).toEqual(new Set([3]));
      const threes = Array.from({ length: data.rows }, (_, row) => data.tokens[row * 4 + 3]).filter(
        (y) => y === 3,
      ).length;
      expect(evaluator.accuracy(model, data)).toBeCloseTo(threes / data.rows, 10);
    });
  });

  it('measures named sets', () => {
    tf.tidy(() => {
      const evaluator = evaluatorOf(false);
      const model = gpt2Init(config, 1);
      const [some, others] = [selectRows(data, [0, 1, 2]), selectRows(data, [3, 4])];
      expect(Object.entries(evaluator.measure(model, { some, others }))).toEqual([
        ['some_loss', evaluator.loss(model, some)],
        ['some_accuracy', evaluator.accuracy(model, some)],
        ['others_loss', evaluator.loss(model, others)],
        ['others_accuracy', evaluator.accuracy(model, others)],
      ]);
    });
  });

  it('predicts after the separator, from the logits of the whole vocabulary', () => {
    tf.tidy(() => {
      const model = gpt2Init(config, 1);
      const few = selectRows(data, [0, 5, 7]);
      const ids = tf.tensor2d(few.tokens, [3, 4], 'int32');
      const logits = gpt2Logits(model, ids, config).reshape([3, 4, -1]).slice([0, 2, 0], [3, 1, -1]);
      expect([...evaluatorOf(false).predictions(model, few)]).toEqual([...logits.argMax(2).dataSync()]);
    });
  });

  it.each([1, 999, 1000, 1001, 1300])('measures %d rows in chunks as it measures them one by one', (count) => {
    tf.tidy(() => {
      const model = gpt2Init(config, 2);
      const evaluator = evaluatorOf(false);
      const some: Rows = { tokens: data.tokens.subarray(0, count * 4), rows: count };
      const at = [0, count >> 1, count - 1];
      const predictions = evaluator.predictions(model, some);
      expect(predictions).toHaveLength(count);
      expect(at.map((row) => predictions[row])).toEqual(
        at.map((row) => evaluator.predictions(model, selectRows(data, [row]))[0]),
      );
      // The loss of all is the mean of the losses of two parts.
      const cut = Math.ceil(count / 3);
      const part = (from: number, to: number) =>
        to > from
          ? evaluator.loss(model, { tokens: data.tokens.subarray(from * 4, to * 4), rows: to - from }) * (to - from)
          : 0;
      expect(evaluator.loss(model, some)).toBeCloseTo((part(0, cut) + part(cut, count)) / count, 5);
    });
  });

  it('measures compiled what it measures eagerly, for any parameters, and keeps no tensors', () => {
    const [eager, compiled] = [evaluatorOf(false), evaluatorOf(true)];
    const before = tf.memory().numTensors;
    for (const seed of [1, 2]) {
      tf.tidy(() => {
        const model = gpt2Init(config, seed);
        expect(compiled.loss(model, data)).toBeCloseTo(eager.loss(model, data), 5);
        expect(compiled.accuracy(model, data)).toBeCloseTo(eager.accuracy(model, data), 2);
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('accuracyOf is the share of right answers', () => {
  const rows: Rows = { rows: 4, tokens: Int32Array.of(1, 2, 20, 3, 1, 2, 20, 0, 1, 2, 20, 5, 1, 2, 20, 6) };
  expect(accuracyOf(Int32Array.of(3, 1, 5, 20), rows)).toBe(0.5);
});

it('continued writes the most likely token after the other, to prompts of any length', () => {
  const parameters = gpt2Init(config, 3);
  const prompts = [[3, 5, 1], [7], [2, 9]];
  const length = config.positions + 1;
  const tensors = tf.memory().numTensors;
  const rows = continued(parameters, config, prompts, { length });
  expect(tf.memory().numTensors).toBe(tensors);
  rows.forEach((row, i) => {
    expect([...row.subarray(0, prompts[i].length)]).toEqual(prompts[i]);
    expect([...continued(parameters, config, [prompts[i]], { length })[0]]).toEqual([...row]);
    for (let at = prompts[i].length; at < length; at++) {
      const next = tidied(() => {
        const logits = gpt2Logits(parameters, tf.tensor2d([...row.subarray(0, at)], [1, at], 'int32'), config);
        return logits.argMax(1).dataSync()[at - 1];
      });
      expect(row[at]).toBe(next);
    }
  });
  tf.dispose(parameters);
});
