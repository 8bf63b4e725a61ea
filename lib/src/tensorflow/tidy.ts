import { tf } from './backend';

/** tf.tidy for a computation whose result holds no tensors that are made in it (host values, names, numbers). */
export function tidied<T>(compute: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = compute();
  });
  return result as T;
}

/** The same value, whose gradient is 0. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad(() => ({ value: x.clone(), gradFunc: (dy) => tf.zerosLike(dy as tf.Tensor) }));
  return op(x) as T;
}

/** What `compute` gives, as constants. Unlike stopGradient it may take operations that have no gradient (equal, argMax). */
export function detached<T>(compute: () => T): T {
  // tfjs records what runs on the outside of a kernel alone.
  const { state } = tf.engine() as unknown as { state: { kernelDepth: number } };
  state.kernelDepth++;
  try {
    return compute();
  } finally {
    state.kernelDepth--;
  }
}
