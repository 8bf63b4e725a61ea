import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist/tensorflow/backend';
import { addBias, embedding, gelu, layerNorm, linear, softmaxCrossEntropy } from '../../lib/dist/tensorflow/ops';

const numbers = (length: number) =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length });

/**
 * Checks the gradients of `compute` in all its inputs: a step h along a direction u must change the weighted sum of outputs
 * by h · gradient · u. Central differences with h = 0.01 are off by about h² times the third derivative.
 */
function checkGradients(compute: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[], tolerance = 2e-3): void {
  tf.tidy(() => {
    const output = compute(...inputs);
    const weights = tf.randomUniform(output.shape, -1, 1, 'float32', 1);
    const objective = (...at: tf.Tensor[]) =>
      compute(...at)
        .mul(weights)
        .sum() as tf.Scalar;
    const gradients = tf.grads(objective)(inputs);
    inputs.forEach((input, index) => {
      expect(gradients[index].shape).toEqual(input.shape);
      for (const seed of [1, 2, 3]) {
        const direction = tf.randomUniform(input.shape, -1, 1, 'float32', seed);
        const at = (h: number) =>
          objective(...inputs.map((other, i) => (i === index ? other.add(direction.mul(h)) : other))).dataSync()[0];
        const along = gradients[index].mul(direction).sum().dataSync()[0];
        expect(Math.abs((at(0.01) - at(-0.01)) / 0.02 - along)).toBeLessThan(tolerance * (1 + Math.abs(along)));
      }
    });
  });
}

function close(ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance = 1e-5): void {
  expect(ours.length).toBe(theirs.length);
  for (let i = 0; i < ours.length; i++)
    expect(Math.abs(ours[i] - theirs[i])).toBeLessThan(tolerance * (1 + Math.abs(theirs[i])));
}

describe('embedding', () => {
  it('takes rows, and adds up the gradients of a row that is taken twice', () => {
    const table = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const indices = tf.tensor1d([2, 0, 2], 'int32');
    close(embedding(table, indices).dataSync(), [5, 6, 1, 2, 5, 6]);
    const gradient = tf.grad((t) =>
      embedding(t as tf.Tensor2D, indices)
        .mul(
          tf.tensor2d([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        )
        .sum(),
    );
    close(gradient(table).dataSync(), [3, 4, 0, 0, 6, 8]);
  });
});

describe('linear', () => {
  it('is x W + b, in the layout [in, out]', () => {
    const y = linear(
      tf.tensor2d([[1, 2]]),
      tf.tensor2d([
        [1, 0, -1],
        [2, 1, 0],
      ]),
      tf.tensor1d([10, 20, 30]),
    );
    close(y.dataSync(), [15, 22, 29]);
  });

  it('has the gradients of differences', () => {
    const [x, weight, bias] = [tf.randomNormal([5, 3]), tf.randomNormal([3, 4]), tf.randomNormal([4])];
    checkGradients((a, b, c) => linear(a as tf.Tensor2D, b as tf.Tensor2D, c as tf.Tensor1D), [x, weight, bias]);
    checkGradients((a, c) => addBias(a as tf.Tensor2D, c as tf.Tensor1D), [tf.randomNormal([5, 4]), bias]);
  });
});

describe('gelu', () => {
  it('is the tanh form', () => {
    fc.assert(
      fc.property(numbers(4), (values) => {
        const expected = values.map((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))));
        close(
          tf.tidy(() => gelu(tf.tensor1d(values)).dataSync()),
          expected,
        );
      }),
      { numRuns: 30 },
    );
    close(gelu(tf.tensor1d([-30, 0, 30])).dataSync(), [0, 0, 30]);
  });

  it('has the gradient of differences', () => checkGradients(gelu, [tf.linspace(-4, 4, 40)]));
});

describe('layerNorm', () => {
  const [scale, shift] = [
    [1.5, -0.5, 2],
    [0.1, 0.2, 0.3],
  ];

  it('has mean 0 and variance 1, with epsilon inside the root, then scale and shift', () => {
    fc.assert(
      fc.property(numbers(3), fc.double({ min: 1e-6, max: 0.1, noNaN: true }), (values, epsilon) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / 3;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
        const expected = values.map(
          (value, i) => ((value - mean) / Math.sqrt(variance + epsilon)) * scale[i] + shift[i],
        );
        const ours = tf.tidy(() =>
          layerNorm(tf.tensor2d([values]), tf.tensor1d(scale), tf.tensor1d(shift), epsilon).dataSync(),
        );
        close(ours, expected, 1e-4);
      }),
      { numRuns: 50 },
    );
  });

  it('has the gradients of differences', () => {
    checkGradients(
      (x, gamma, beta) => layerNorm(x as tf.Tensor2D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3),
      [tf.randomNormal([6, 5], 0, 2, 'float32', 4), tf.randomNormal([5]), tf.randomNormal([5])],
    );
  });
});

describe('softmaxCrossEntropy', () => {
  const labels = tf.tensor1d([2, 0, 1, 2], 'int32');

  it('is minus the log of the label’s softmax, also for large logits', () => {
    const logits = [
      [1, 2, 3],
      [-100, 0, 100],
      [0, 0, 0],
      [5, -5, 1000],
    ];
    const expected = [Math.log(1 + Math.exp(-1) + Math.exp(-2)), 200, Math.log(3), 0];
    close(softmaxCrossEntropy(tf.tensor2d(logits), labels).dataSync(), expected);
  });

  it('has the gradient of differences', () => {
    checkGradients((logits) => softmaxCrossEntropy(logits as tf.Tensor2D, labels), [tf.randomNormal([4, 3])]);
  });
});

it('the operations keep no tensors', () => {
  const inputs = [tf.randomNormal([4, 3]), tf.randomNormal([3]), tf.tensor1d([1, 0, 2, 1], 'int32')];
  const [x, bias, indices] = inputs as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
  const compute = (a: tf.Tensor, b: tf.Tensor) => {
    const rows = addBias(embedding(a as tf.Tensor2D, indices), b as tf.Tensor1D);
    return softmaxCrossEntropy(layerNorm(gelu(rows), b as tf.Tensor1D, bias), indices).sum();
  };
  const before = tf.memory().numTensors;
  tf.dispose(tf.tidy(() => tf.grads(compute)([x, bias])));
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(inputs);
});
