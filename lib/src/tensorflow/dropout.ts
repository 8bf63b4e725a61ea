import { tf } from './backend';
import { nativeOp } from './native';

/**
 * Dropout whose random numbers depend on a key alone, two int32 numbers in a tensor (say seed and step): so a compiled
 * step draws new numbers each time, the same ones that the eager step draws.
 *
 * Make one for each forward pass; its calls draw from the streams 0, 1, 2, … of the key, in order.
 */
export class Dropout {
  private stream = 0;

  /**
   * @param rate share of values that are dropped, 0..1 (GPT-2: 0.1)
   * @param key int32 [2]
   */
  constructor(
    private readonly rate: number,
    private readonly key: tf.Tensor1D,
  ) {}

  /** Drops values of x and scales the rest by 1 / (1 - rate). */
  apply<T extends tf.Tensor>(x: T): T {
    if (this.rate === 0) return x;
    const seed = this.key.add(tf.tensor1d([this.stream++, 0], 'int32'));
    const uniform = nativeOp('StatelessRandomUniform', [tf.tensor1d(x.shape, 'int32'), seed], {
      dtype: { type: 'float32' },
      T: { type: 'int32' },
      Tseed: { type: 'int32' },
    })[0];
    const keep = tf
      .greaterEqual(uniform, this.rate)
      .cast('float32')
      .mul(1 / (1 - this.rate));
    return x.mul(keep) as T;
  }
}

/** Normal random values of a shape, from TensorFlow's stateless generator: the same seed gives the same values. */
export function randomNormal(shape: number[], seed: number, stream: number, deviation: number): tf.Tensor {
  return tf.tidy(() => drawn('StatelessRandomNormal', shape, [seed, stream]).mul(deviation));
}

/** Values uniform within ±bound, from TensorFlow's stateless generator: the same seed gives the same values. */
export function randomUniform(shape: number[], seed: number, stream: number, bound: number): tf.Tensor {
  return tf.tidy(() =>
    drawn('StatelessRandomUniform', shape, [seed, stream])
      .mul(2 * bound)
      .sub(bound),
  );
}

function drawn(
  op: 'StatelessRandomNormal' | 'StatelessRandomUniform',
  shape: number[],
  key: [number, number],
): tf.Tensor {
  return nativeOp(op, [tf.tensor1d(shape, 'int32'), tf.tensor1d(key, 'int32')], {
    dtype: { type: 'float32' },
    T: { type: 'int32' },
    Tseed: { type: 'int32' },
  })[0];
}
