import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type ForwardOptions,
  type Gpt2Config,
  gpt2Config,
  gpt2Init,
  gpt2Logits,
  gpt2MaskedWeights,
  gpt2Shapes,
} from '../../lib/dist/models/gpt2';
import { tf } from '../../lib/dist/tensorflow/backend';
import { compile } from '../../lib/dist/tensorflow/compile';
import type { Dropout } from '../../lib/dist/tensorflow/dropout';
import { elementCount } from '../../lib/dist/tensorflow/hostTensor';

// The forward pass and its gradients are compared with PyTorch in test/verification; here is what holds for any weights.

const config = gpt2Config({ layers: 2, vocabulary: 11, positions: 6, width: 12, heads: 3, mlpWidth: 20 });
const parameters = tf.tidy(() =>
  Object.fromEntries(
    Object.entries(gpt2Shapes(config)).map(([name, shape], seed) => [
      name,
      tf.randomNormal(shape, 0, 0.5, 'float32', seed + 1),
    ]),
  ),
);
afterAll(() => tf.dispose(parameters));

/** Logits of the rows: [row][token][vocabulary], or [row][vocabulary] of the last token. */
function logits(rows: number[][], options: ForwardOptions = {}): number[][][] {
  return tf.tidy(() => {
    const ids = tf.tensor2d(rows, [rows.length, rows[0].length], 'int32');
    const shape = [rows.length, -1, config.vocabulary];
    return gpt2Logits(parameters, ids, config, options).reshape(shape).arraySync() as number[][][];
  });
}

function close(ours: number[], theirs: number[]): void {
  ours.forEach((value, i) => expect(Math.abs(value - theirs[i])).toBeLessThan(1e-4 * (1 + Math.abs(theirs[i]))));
}

const row = (length: number) => fc.array(fc.nat(config.vocabulary - 1), { minLength: length, maxLength: length });

describe('sizes', () => {
  it('are the paper’s by default', () => {
    const paper = gpt2Config({ layers: 2 });
    expect(paper).toEqual({
      vocabulary: 1001,
      positions: 4,
      width: 128,
      heads: 4,
      layers: 2,
      mlpWidth: 512,
      layerNormEpsilon: 1e-5,
    } satisfies Gpt2Config);
    const sizes = Object.values(gpt2Shapes(paper)).map(elementCount);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(525_440);
    expect(gpt2Config({ layers: 1, width: 32 }).mlpWidth).toBe(128);
  });

  it('the four linear maps of each block carry masks', () => {
    const masked = gpt2MaskedWeights(gpt2Config({ layers: 12 }));
    expect(masked).toHaveLength(48);
    expect(masked.slice(4, 8)).toEqual(
      ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'].map((map) => `transformer.h.1.${map}.weight`),
    );
    const shapes = gpt2Shapes(config);
    for (const name of gpt2MaskedWeights(config)) expect(shapes[name]).toHaveLength(2);
  });
});

describe('gpt2Init', () => {
  it('draws each kind of parameter from its own distribution', () => {
    tf.tidy(() => {
      const layers = 8;
      for (const [name, value] of Object.entries(gpt2Init(gpt2Config({ layers }), 1))) {
        const { mean, variance } = tf.moments(value);
        const [center, deviation] = [mean.dataSync()[0], Math.sqrt(variance.dataSync()[0])];
        const residual = name.endsWith('c_proj.weight');
        const expected = /bias|ln_/.test(name) ? 0 : 0.02 / (residual ? Math.sqrt(2 * layers) : 1);
        expect(Math.abs(center - (/ln_.*weight/.test(name) ? 1 : 0))).toBeLessThanOrEqual(
          (5 * expected) / Math.sqrt(value.size),
        );
        expect(Math.abs(deviation - expected)).toBeLessThanOrEqual((5 * expected) / Math.sqrt(2 * value.size));
      }
    });
  });

  it('depends on the seed alone, and draws every parameter anew', () => {
    const weights = (seed: number) =>
      tf.tidy(() => Object.values(gpt2Init(config, seed)).map((value) => [...value.dataSync()]));
    expect(weights(3)).toEqual(weights(3));
    const [one, other] = [weights(3), weights(4)];
    expect(one[0]).not.toEqual(other[0]);
    const names = Object.keys(gpt2Shapes(config));
    const [first, second] = [0, 1].map((block) => one[names.indexOf(`transformer.h.${block}.mlp.c_fc.weight`)]);
    expect(first).not.toEqual(second);
  });
});

describe('gpt2Logits', () => {
  it('looks only backwards: a later token changes no earlier logit, and need not be there', () => {
    fc.assert(
      fc.property(row(4), fc.nat(config.vocabulary - 1), (tokens, other) => {
        const [all] = logits([tokens]);
        const [changed] = logits([[...tokens.slice(0, 3), other]]);
        const [shorter] = logits([tokens.slice(0, 3)]);
        for (let token = 0; token < 3; token++) {
          close(changed[token], all[token]);
          close(shorter[token], all[token]);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('looks at every earlier token and its position', () => {
    const [base] = logits([[1, 2, 3, 4]]);
    for (const tokens of [
      [5, 2, 3, 4],
      [1, 5, 3, 4],
      [1, 2, 5, 4],
      [2, 1, 3, 4],
    ]) {
      const [other] = logits([tokens]);
      expect(Math.max(...other[3].map((value, i) => Math.abs(value - base[3][i])))).toBeGreaterThan(1e-3);
    }
  });

  it('treats rows independently', () => {
    fc.assert(
      fc.property(fc.array(row(3), { minLength: 2, maxLength: 5 }), (rows) => {
        const together = logits(rows);
        rows.forEach((tokens, i) => logits([tokens])[0].forEach((values, token) => close(together[i][token], values)));
      }),
      { numRuns: 10 },
    );
  });

  it('computes with lastOnly the logits of the last position', () => {
    fc.assert(
      fc.property(fc.array(row(4), { minLength: 1, maxLength: 4 }), (rows) => {
        const last = logits(rows, { lastOnly: true });
        logits(rows).forEach((values, i) => close(last[i][0], values[3]));
      }),
      { numRuns: 10 },
    );
  });

  it('shows the embeddings, the output of every block but the last, and the normalised end', () => {
    const shapes: number[][] = [];
    logits(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { onHidden: (hidden) => shapes.push(hidden.shape) },
    );
    expect(shapes).toEqual([
      [6, 12],
      [6, 12],
      [6, 12],
    ]);
  });

  it('drops values at the seven places of a model of two blocks: embedding, attention, and both residual branches', () => {
    const shapes: number[][] = [];
    const dropout = {
      apply: (x: tf.Tensor) => {
        shapes.push(x.shape);
        return x;
      },
    } as unknown as Dropout;
    const dropped = logits(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { dropout },
    );
    const block = [
      [2, 3, 3, 3],
      [6, 12],
      [6, 12],
    ]; // weights [batch, head, token, token], attention, MLP
    expect(shapes).toEqual([[6, 12], ...block, ...block]);
    expect(dropped).toEqual(
      logits([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
  });

  it('can be traced, and keeps no tensors', () => {
    const graph = compile((ids) => [gpt2Logits(parameters, ids as tf.Tensor2D, config)], { variables: [], xla: false });
    const before = tf.memory().numTensors;
    const values = tf.tidy(() => [...graph(tf.tensor2d([[1, 2, 3]], [1, 3], 'int32'))[0].dataSync()]);
    close(values, logits([[1, 2, 3]])[0].flat());
    expect(tf.memory().numTensors).toBe(before);
    graph.dispose();
  });
});
