import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist/tensorflow/backend';
import {
  adamW,
  clipEach,
  clipGradients,
  type Optimizer,
  sgd,
  type Variables,
} from '../../lib/dist/tensorflow/optimizers';

/** Updates one parameter with these gradients, one a step, and gives its values after each step. */
function trajectory(
  make: (parameters: Variables) => Optimizer,
  start: number[],
  gradients: number[][],
  rates: number[] | number,
): number[][] {
  const parameters = tf.tidy(() => ({ p: tf.variable(tf.tensor1d(start)) }));
  const optimizer = make(parameters);
  const values = gradients.map((gradient, index) => {
    const rate = typeof rates === 'number' ? rates : rates[index];
    tf.tidy(() => optimizer.update({ p: tf.tensor1d(gradient) }, optimizer.coefficients(index + 1, rate)));
    return [...parameters.p.dataSync()];
  });
  optimizer.dispose();
  tf.dispose(parameters);
  return values;
}

function close(ours: number[][], theirs: number[][], tolerance = 1e-6): void {
  ours.flat().forEach((value, i) => expect(Math.abs(value - theirs.flat()[i])).toBeLessThan(tolerance));
}

describe('adamW', () => {
  it('coupled, makes the decay a part of the gradient, and of its moments', () => {
    // Gradients 2 + 0.1·1 and -3 + 0.1·(-2): a first step goes by the sign alone, without a decay of its own.
    const [first] = trajectory((p) => adamW(p, { weightDecay: 0.1, coupled: true }), [1, -2], [[2, -3]], 0.01);
    close([first], [[1 - 0.01, -2 + 0.01]]);
    // Where there is no gradient, the decay alone moves, as fast as a gradient would.
    close(
      trajectory((p) => adamW(p, { weightDecay: 0.1, coupled: true }), [1, -2], [[0, 0]], 0.01),
      [[0.99, -1.99]],
    );
  });

  it('makes the steps that one computes by hand', () => {
    // Step 1: m̂ / √v̂ = ±1, so p = p (1 − lr · decay) − lr · sign(g).
    // Step 2 of the first entry (g = 2, then 1): m = 0.28, v = 0.004996, m̂ = 0.28 / 0.19, v̂ = 0.004996 / 0.001999.
    const [first, second] = trajectory(
      (p) => adamW(p, { weightDecay: 0.1 }),
      [1, -2],
      [
        [2, -3],
        [1, -3],
      ],
      0.01,
    );
    close([first], [[1 * 0.999 - 0.01, -2 * 0.999 + 0.01]]);
    const ratio = 0.28 / 0.19 / Math.sqrt(0.004996 / 0.001999);
    close([second], [[0.989 * 0.999 - 0.01 * ratio, -1.988 * 0.999 + 0.01]]);
  });

  it('is PyTorch’s formula in double precision, for any gradients, rates and settings', () => {
    const entry = fc.double({ min: -1, max: 1, noNaN: true });
    const settings = fc.record({
      weightDecay: fc.double({ min: 0, max: 0.5, noNaN: true }),
      beta1: fc.double({ min: 0, max: 0.95, noNaN: true }),
      beta2: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
      epsilon: fc.constantFrom(1e-8, 1e-4, 0.1),
    });
    const steps = fc.array(fc.record({ gradient: entry, rate: fc.double({ min: 0, max: 0.1, noNaN: true }) }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(entry, steps, settings, (start, sequence, options) => {
        const { weightDecay, beta1, beta2, epsilon } = options;
        let [p, m, v] = [start, 0, 0];
        const expected = sequence.map(({ gradient, rate }, index) => {
          // A gradient that float32 cannot tell from 0 makes the ratio a matter of rounding.
          const g = Math.abs(gradient) < 1e-3 ? 0 : gradient;
          p *= 1 - rate * weightDecay;
          m = beta1 * m + (1 - beta1) * g;
          v = beta2 * v + (1 - beta2) * g * g;
          p -= (rate * (m / (1 - beta1 ** (index + 1)))) / (Math.sqrt(v / (1 - beta2 ** (index + 1))) + epsilon);
          return [p];
        });
        const gradients = sequence.map(({ gradient }) => [Math.abs(gradient) < 1e-3 ? 0 : gradient]);
        const rates = sequence.map(({ rate }) => rate);
        close(
          trajectory((parameters) => adamW(parameters, options), [start], gradients, rates),
          expected,
          2e-6,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('adds epsilon to the root, so that tiny gradients make small steps', () => {
    const [[p]] = trajectory((parameters) => adamW(parameters, { weightDecay: 0 }), [0], [[1e-8]], 1);
    expect(p).toBeCloseTo(-0.5, 5);
  });

  it('neither steps nor decays where an entry is not free, bit for bit', () => {
    const free = { p: tf.tensor1d([1, 0, 1, 0], 'bool') };
    const start = [0.1, 0.2, 0.3, 0.4].map(Math.fround);
    const steps = [
      [1, 1, -1, -1],
      [0.5, 3, 2, 0],
    ];
    const values = trajectory((p) => adamW(p, { weightDecay: 0.5, free }), start, steps, 0.01);
    const all = trajectory((p) => adamW(p, { weightDecay: 0.5 }), start, steps, 0.01);
    values.forEach((after, step) => {
      expect([after[1], after[3]]).toEqual([start[1], start[3]]);
      expect([after[0], after[2]]).toEqual([all[step][0], all[step][2]]);
    });
    tf.dispose(free);
  });

  it('moves only parameters with a gradient, and forgets its past at reset', () => {
    const parameters = { a: tf.variable(tf.scalar(1)), b: tf.variable(tf.scalar(1)) };
    const optimizer = adamW(parameters);
    const step = () =>
      tf.tidy(() => {
        parameters.a.assign(tf.scalar(1));
        optimizer.update({ a: tf.scalar(3) }, optimizer.coefficients(1, 0.1));
        return parameters.a.dataSync()[0];
      });
    const first = step();
    expect(step()).not.toBe(first); // remembers, though called step 1
    optimizer.reset();
    expect(step()).toBe(first);
    expect(parameters.b.dataSync()[0]).toBe(1);
    optimizer.dispose();
    tf.dispose(parameters);
  });
});

describe('sgd', () => {
  it('makes PyTorch’s steps: momentum without dampening, decay in the gradient', () => {
    const expected: number[][] = [];
    let [p, buffer] = [1, 0];
    for (const gradient of [0.5, -1, 2]) {
      buffer = 0.9 * buffer + gradient + 0.1 * p;
      p -= 0.01 * buffer;
      expected.push([p]);
    }
    close(
      trajectory((parameters) => sgd(parameters, { momentum: 0.9, weightDecay: 0.1 }), [1], [[0.5], [-1], [2]], 0.01),
      expected,
    );
  });

  it('has the vision transfer’s settings by default', () => {
    const [[first], [second]] = trajectory((parameters) => sgd(parameters), [1], [[1], [0]], 0.1);
    expect(first).toBeCloseTo(1 - 0.1 * (1 + 1e-4), 6);
    expect(second).toBeCloseTo(first - 0.1 * (0.9 * (1 + 1e-4) + 1e-4 * first), 6);
  });
});

describe('clipGradients', () => {
  const clipped = (maximum: number) =>
    tf.tidy(() => {
      const { gradients, norm } = clipGradients({ a: tf.tensor1d([3, 0]), b: tf.tensor2d([[4]]) }, maximum);
      return { a: [...gradients.a.dataSync()], b: [...gradients.b.dataSync()], norm: norm.dataSync()[0] };
    });

  it('scales all gradients together to the largest norm, and tells the norm before', () => {
    const { a, b, norm } = clipped(1);
    expect(norm).toBe(5);
    close([a, b], [[0.6, 0], [0.8]]);
  });

  it('leaves small gradients as they are', () => {
    expect(clipped(6)).toEqual({ a: [3, 0], b: [4], norm: 5 });
  });
});

it('optimizers keep no tensors', () => {
  const before = tf.memory().numTensors;
  trajectory(
    (parameters) => adamW(parameters),
    [1, 2],
    [
      [1, 1],
      [2, 2],
    ],
    0.1,
  );
  trajectory(
    (parameters) => sgd(parameters),
    [1, 2],
    [
      [1, 1],
      [2, 2],
    ],
    0.1,
  );
  expect(tf.memory().numTensors).toBe(before);
});

it('clipEach makes long gradients shorter, each by itself, and leaves short ones', () => {
  const clipped = tf.tidy(() =>
    Object.values(clipEach({ long: tf.tensor1d([3, -4]), short: tf.tensor1d([0.3, 0.4]), none: tf.zeros([2]) }, 1)).map(
      (gradient) => [...gradient.dataSync()],
    ),
  );
  close(clipped, [
    [0.6, -0.8],
    [0.3, 0.4],
    [0, 0],
  ]);
});
