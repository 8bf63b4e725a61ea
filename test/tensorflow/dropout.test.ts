import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist/tensorflow/backend';
import { compile } from '../../lib/dist/tensorflow/compile';
import { Dropout, randomNormal } from '../../lib/dist/tensorflow/dropout';

const SIZE = 40_000;

/** `calls` dropout layers applied to ones, with key [seed, step]. */
function draw({ rate = 0.1, seed = 1, step = 1, calls = 1 } = {}): number[][] {
  return tf.tidy(() => {
    const dropout = new Dropout(rate, tf.tensor1d([seed, step], 'int32'));
    return Array.from({ length: calls }, () => [...dropout.apply(tf.ones([SIZE / 100, 100])).dataSync()]);
  });
}

const dropped = (values: number[]) => values.filter((value) => value === 0).length;

describe('Dropout', () => {
  it.each([0.1, 0.5])('drops a share of %d and scales the rest, so that the mean stays', (rate) => {
    const [values] = draw({ rate });
    const deviation = Math.sqrt(SIZE * rate * (1 - rate));
    expect(Math.abs(dropped(values) - SIZE * rate)).toBeLessThan(5 * deviation);
    const kept = new Set(values.filter((value) => value !== 0));
    expect([...kept]).toEqual([Math.fround(1 / (1 - rate))]);
  });

  it('draws the same numbers for the same key, and others for another seed, step or call', () => {
    expect(draw()).toEqual(draw());
    const [first, second] = draw({ calls: 2 });
    expect([first]).toEqual(draw());
    for (const other of [second, draw({ seed: 2 })[0], draw({ step: 2 })[0]]) {
      const both = first.filter((value, i) => value === 0 && other[i] === 0).length;
      // Independent masks share 1 % of the positions.
      expect(Math.abs(both - SIZE * 0.01)).toBeLessThan(5 * Math.sqrt(SIZE * 0.01));
    }
  });

  it('does nothing at rate 0', () => {
    const x = tf.tensor1d([1, 2]);
    expect(new Dropout(0, tf.tensor1d([1, 1], 'int32')).apply(x)).toBe(x);
    x.dispose();
  });

  it('lets gradients through exactly where it lets values through', () => {
    tf.tidy(() => {
      const key = tf.tensor1d([3, 4], 'int32');
      const x = tf.linspace(1, 2, 1000);
      const apply = (values: tf.Tensor) => new Dropout(0.3, key).apply(values);
      const gradient = tf.grad((values) => apply(values).sum())(x);
      expect([...gradient.dataSync()]).toEqual([...apply(tf.onesLike(x)).dataSync()]);
    });
  });

  it('draws the same numbers in a compiled graph as eagerly, new ones for each step', () => {
    const step = (key: tf.Tensor) => {
      const dropout = new Dropout(0.2, key as tf.Tensor1D);
      return [dropout.apply(tf.ones([100])), dropout.apply(tf.ones([30, 10]))];
    };
    const graph = compile(step, { variables: [], xla: false });
    for (const at of [1, 2, 3]) {
      tf.tidy(() => {
        const key = tf.tensor1d([7, at], 'int32');
        const values = (tensors: tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);
        expect(values(graph(key))).toEqual(values(step(key)));
      });
    }
    graph.dispose();
  });
});

describe('randomNormal', () => {
  const values = (seed: number, stream: number) =>
    tf.tidy(() => [...randomNormal([200, 200], seed, stream, 0.02).dataSync()]);

  it('has mean 0 and the deviation that is asked for', () => {
    const drawn = values(1, 0);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / SIZE;
    const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + value ** 2, 0) / SIZE);
    expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / Math.sqrt(SIZE));
    expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * SIZE));
    expect(Math.max(...drawn)).toBeGreaterThan(0.06); // not cut off
  });

  it('depends on seed and stream alone', () => {
    expect(values(5, 3)).toEqual(values(5, 3));
    expect(values(5, 3)).not.toEqual(values(5, 4));
    expect(values(5, 3)).not.toEqual(values(6, 3));
  });
});
