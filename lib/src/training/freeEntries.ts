/** Which entries of masked weights a trainer moves: variables, so that one compiled step serves any frozen subnetwork. */
import type { Subnetwork } from '../masking/subnetwork';
import { tf } from '../tensorflow/backend';
import type { Variables } from '../tensorflow/optimizers';

/** A boolean variable for each of these weights: every entry is free. */
export function freeEntries(names: string[], shapes: Record<string, number[]>): Variables {
  return Object.fromEntries(
    names.map((name) => [name, tf.tidy(() => tf.variable(tf.ones(shapes[name], 'bool'), false))]),
  );
}

/** From now on every entry is free but those of the subnetwork. */
export function releaseEntries(free: Variables, frozen?: Subnetwork): void {
  for (const [name, variable] of Object.entries(free)) {
    const keep = frozen?.[name]?.keep;
    const entries = keep ? keep.map((kept) => 1 - kept) : new Uint8Array(variable.size).fill(1);
    tf.tidy(() => variable.assign(tf.tensor(entries, variable.shape, 'bool')));
  }
}
