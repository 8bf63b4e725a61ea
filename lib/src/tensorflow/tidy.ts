import { tf } from './backend';

/** tf.tidy for a computation whose result holds no tensors that are made in it (host values, names, numbers). */
export function tidied<T>(compute: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = compute();
  });
  return result as T;
}
