import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gpt2Config, gpt2Init, gpt2Logits } from '../../lib/dist/models/gpt2';
import { ambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf } from '../../lib/dist/tensorflow/variables';
import { batchesOf } from '../../lib/dist/training/batches';
import { blockFeatures, embeddingFeatures } from '../../lib/dist/training/features';
import { guidedModel, linearCka, matchedLayers } from '../../lib/dist/training/guidance';
import { languageModel } from '../../lib/dist/training/languageModel';
import { trainer as trainerOf } from '../../lib/dist/training/trainer';
import vectors from '../reference/guidance.json';
import { PROJECT } from '../support/temporary';

const { tensors } = readSafetensors(join(PROJECT, 'test/reference/guidance.safetensors'));
const valuesOf = (name: string) => Array.from(tensors[name].data, Number);
const tensorOf = (name: string) => tf.tensor2d(valuesOf(name), tensors[name].shape as [number, number]);

describe.each(vectors.cases.map((one, index) => ({ ...one, index })))(
  'linear CKA of $p and $q features of $n rows',
  ({ index, n, cka, cka_self }) => {
    const [x, y] = ['X', 'Y'].map((name) => `case${index}/${name}`);

    it('is this number, with this gradient', () => {
      const [value, own, slope] = tidied(() => {
        const gradient = tf.grad((of) => tf.sub(1, linearCka(of as tf.Tensor2D, tensorOf(y))))(tensorOf(x));
        return [
          linearCka(tensorOf(x), tensorOf(y)).dataSync()[0],
          linearCka(tensorOf(x), tensorOf(x)).dataSync()[0],
          Array.from(gradient.dataSync()),
        ] as const;
      });
      expect(Math.abs(value - cka)).toBeLessThan(1e-4);
      expect(Math.abs(own - cka_self)).toBeLessThan(1e-4);
      const expected = valuesOf(`case${index}/grad_X_of_1_minus_cka`);
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
      slope.forEach((of, i) => {
        expect(Math.abs(of - expected[i])).toBeLessThan(1e-4);
      });
    });

    it('leaves out rows of weight 0', () => {
      const [part, weighted] = tidied(() => {
        const weights = tf.tensor1d(Array.from({ length: n }, (_, row) => (row < n - 2 ? 1 : 0)));
        const cut = (name: string) => tensorOf(name).slice([0, 0], [n - 2, -1]) as tf.Tensor2D;
        return [linearCka(cut(x), cut(y)), linearCka(tensorOf(x), tensorOf(y), weights)].map((of) => of.dataSync()[0]);
      });
      expect(Math.abs(part - cka)).toBeGreaterThan(1e-4);
      expect(Math.abs(weighted - part)).toBeLessThan(1e-5);
    });
  },
);

it('features that are the same for all rows are like nothing, and pull nowhere', () => {
  const [value, slope] = tidied(() => {
    const same = tf.ones([16, 9]) as tf.Tensor2D;
    const gradient = tf.grad((of) => linearCka(of as tf.Tensor2D, same))(tensorOf('case0/X'));
    return [linearCka(tensorOf('case0/X'), same).dataSync()[0], gradient.abs().max().dataSync()[0]] as const;
  });
  expect([value, slope]).toEqual([0, 0]);
});

const numbers = 49;
const config = gpt2Config({ layers: 2, vocabulary: numbers + 1, width: 16, heads: 2 });
const weights = (seed: number) => tidied(() => snapshot(gpt2Init(config, seed)));
const rows = ambiguousRows({ expression: 'ab', numbers });

describe('features of rows', () => {
  it('are what the blocks give at the separator, and the embeddings of a and b', () => {
    const [features, embeddings, hidden, table] = tidied(() => {
      const parameters = tensorsOf(weights(1));
      const ids = tf.tensor2d(
        Array.from({ length: rows.rows }, (_, row) => [...rows.tokens.subarray(4 * row, 4 * row + 3)]),
        [rows.rows, 3],
        'int32',
      );
      const blocks: number[][][][] = [];
      gpt2Logits(parameters, ids, config, {
        onBlock: (output, block) => {
          blocks[block] = output.reshape([rows.rows, 3, 16]).arraySync() as number[][][];
        },
      });
      return [
        blockFeatures(parameters, rows, config),
        embeddingFeatures(parameters, rows, config),
        blocks,
        parameters['transformer.wte.weight'].arraySync() as number[][],
      ] as const;
    });
    expect(features).toHaveLength(2);
    for (const block of [0, 1]) {
      for (const row of [0, 7, 48]) {
        Array.from(features[block].data)
          .slice(16 * row, 16 * row + 16)
          .forEach((value, i) => {
            expect(Math.abs(value - hidden[block][row][2][i])).toBeLessThan(1e-5);
          });
      }
    }
    expect(Array.from(embeddings.data).slice(32 * 5, 32 * 6)).toEqual([...table[5], ...table[5]]);
  });
});

it('a guided model comes to be like its guide, and one with alpha 0 trains as ever', () => {
  const guide = tidied(() => blockFeatures(tensorsOf(weights(2)), rows, config));
  const [batch] = batchesOf(rows, rows.rows);
  const guided = { ...batch, guide: guide.map(({ data }) => data as Float32Array) };
  const alike = (parameters: Record<string, tf.Tensor>) =>
    tidied(() =>
      blockFeatures(parameters, rows, config).map(({ data, width }, block) => {
        const [own, other] = [data, guide[block].data].map((of) => tf.tensor2d(of as Float32Array, [rows.rows, width]));
        return linearCka(own, other).dataSync()[0];
      }),
    );
  const train = (alpha: number) => {
    const made = trainerOf(guidedModel(config, { alpha }), { xla: false });
    onTestFinished(() => made.dispose());
    made.start(weights(1));
    const first = alike(made.parameters);
    const losses = Array.from({ length: 40 }, (_, i) => made.step(guided, i + 1, 3e-3).loss);
    return { first, last: alike(made.parameters), losses };
  };
  const [with1, with0] = [train(1), train(0)];
  const plain = trainerOf(languageModel(config), { xla: false });
  onTestFinished(() => plain.dispose());
  plain.start(weights(1));
  const loss = plain.step(batch, 1, 3e-3).loss;
  expect(with0.losses[0]).toBeCloseTo(loss, 5);
  expect(with1.losses[0]).toBeCloseTo(loss + with1.first.reduce((sum, value) => sum + 1 - value, 0), 4);
  with1.last.forEach((value, block) => {
    expect(value).toBeGreaterThan(with1.first[block] + 0.1);
    expect(value).toBeGreaterThan(with0.last[block] + 0.05);
  });
});

describe('matchedLayers', () => {
  it.each(vectors.matching)('pairs $guide_layers layers of a guide with $target_layers', (entry) => {
    const found = matchedLayers(entry.guide_layers, entry.target_layers);
    found.forEach((layer, i) => {
      // The last of those that go with one layer counts.
      const counts = entry.map.lastIndexOf(entry.map[i]) === i;
      expect(layer).toBe(counts ? entry.map[i] : undefined);
    });
  });
});
