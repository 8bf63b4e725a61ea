import { tf } from './backend';

/** tf.tidy for a computation whose result holds no tensors that are made in it (host values, names, numbers). */
export function tidied<T>(compute: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = compute();
  });
  return result as T;
}

/** What `compute` gives, as constants: no gradient flows through it. */
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
