import '../support/xla';
import { describe, expect, it } from 'vitest';
import {
  applyMask,
  hardMask,
  INITIAL_SCORE,
  l0Norm,
  maskTensors,
  softMask,
  subnetworkOf,
  temperatureOf,
} from '../../lib/dist/masking/continuousSparsification';
import { tf } from '../../lib/dist/tensorflow/backend';
import { compile } from '../../lib/dist/tensorflow/compile';

describe('temperatureOf', () => {
  const f = 100 ** (1 / 50);
  const all = (schedule: 'described' | 'released') =>
    Array.from({ length: 50 }, (_, index) => temperatureOf({ epoch: index + 1, schedule }));

  it('rises as described: 1, f, f², …, f^49', () => {
    all('described').forEach((temperature, index) => expect(temperature).toBeCloseTo(f ** index, 10));
  });

  it('rises as released: 1, f², f³, …, f^50 = 100', () => {
    const [first, ...others] = all('released');
    expect(first).toBe(1);
    others.forEach((temperature, index) => expect(temperature).toBeCloseTo(f ** (index + 2), 10));
    expect(others[48]).toBeCloseTo(100, 10);
    expect(temperatureOf({ epoch: 50 })).toBe(others[48]); // the default
  });

  it('takes other lengths and final temperatures', () => {
    expect(temperatureOf({ epoch: 4, epochs: 4, final: 16 })).toBeCloseTo(16, 10);
    expect(temperatureOf({ epoch: 4, epochs: 4, final: 16, schedule: 'described' })).toBeCloseTo(8, 10);
  });
});

describe('masks', () => {
  const values = [-1, -1e-7, 0, 1e-7, 0.5, 2];
  const scores = () => ({ w: tf.tensor2d(values, [2, 3]) });

  it('are soft as sigmoid(T s)', () => {
    tf.tidy(() => {
      for (const temperature of [1, 30, tf.scalar(30)]) {
        const T = typeof temperature === 'number' ? temperature : 30;
        const mask = softMask(scores(), temperature).w;
        expect(mask.shape).toEqual([2, 3]);
        mask.dataSync().forEach((value, i) => expect(value).toBeCloseTo(1 / (1 + Math.exp(-T * values[i])), 6));
      }
    });
  });

  it('are hard as s > 0, where 0 counts as off', () => {
    tf.tidy(() => {
      expect([...hardMask(scores()).w.dataSync()]).toEqual([0, 0, 0, 1, 1, 1]);
      expect(subnetworkOf(scores())).toEqual({ w: { shape: [2, 3], keep: Uint8Array.of(0, 0, 0, 1, 1, 1) } });
      expect([...hardMask({ w: tf.fill([2], INITIAL_SCORE) }).w.dataSync()]).toEqual([0, 0]);
    });
  });

  it('come back from a subnetwork as 1 and 0', () => {
    tf.tidy(() => {
      const { w } = maskTensors(subnetworkOf(scores()));
      expect([w.shape, w.dtype, [...w.dataSync()]]).toEqual([[2, 3], 'float32', [0, 0, 0, 1, 1, 1]]);
    });
  });

  it('multiply their own weight and leave the other parameters', () => {
    tf.tidy(() => {
      const parameters = {
        w: tf.tensor2d([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        bias: tf.tensor1d([7]),
      };
      const masked = applyMask(parameters, {
        w: tf.tensor2d([
          [1, 0, 0.5],
          [0, 1, 1],
        ]),
      });
      expect([...masked.w.dataSync()]).toEqual([1, 0, 1.5, 0, 5, 6]);
      expect(masked.bias).toBe(parameters.bias);
      expect([...parameters.w.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    });
  });
});

describe('l0Norm', () => {
  it('is the plain sum over all masks, with gradient 1', () => {
    tf.tidy(() => {
      const sum = (a: tf.Tensor, b: tf.Tensor) => l0Norm({ a, b });
      const [a, b] = [
        tf.tensor2d([
          [0.5, 0.25],
          [1, 0],
        ]),
        tf.tensor1d([0.125, 0]),
      ];
      expect(sum(a, b).dataSync()[0]).toBe(1.875);
      for (const gradient of tf.grads(sum)([a, b])) {
        gradient.dataSync().forEach((value) => expect(value).toBeCloseTo(1, 6));
      }
    });
  });

  it('keeps its digits over many equal entries, with XLA too', () => {
    const mask = tf.variable(tf.fill([512, 1024], 0.1));
    const sum = () => [l0Norm({ mask: mask.add(0) })];
    const graph = compile(sum, { variables: [mask] });
    for (const compute of [sum, graph]) {
      const total = tf.tidy(() => compute()[0].dataSync()[0]);
      expect(Math.abs(total / (512 * 1024 * Math.fround(0.1)) - 1)).toBeLessThan(3e-6);
    }
    graph.dispose();
    mask.dispose();
  });
});
