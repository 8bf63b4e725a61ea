/**
 * Masks and mask functions that a person has written. Settings are plain JSON and name a run, so they hold a name made of the
 * content; the content itself is known to this process alone.
 */
import { createHash } from 'node:crypto';
import type { tf } from '../tensorflow/backend';
import type { Scores } from './continuousSparsification';
import type { Subnetwork } from './subnetwork';

/** What mask training is made of; each part that is left out is the library's. The first two must be tensor operations. */
export interface MaskFunctions {
  /** Scores of one weight and the temperature → its soft mask, of the same shape. */
  soft?(scores: tf.Tensor, temperature: tf.Scalar | number): tf.Tensor;
  /** Soft masks by parameter name → the penalty before its factor. */
  penalty?(mask: Scores): tf.Scalar;
  /** Temperature of an epoch, counted from 1. */
  temperature?(epoch: number, epochs: number, final: number): number;
}

const KNOWN = new Map<string, Subnetwork | MaskFunctions>();

/**
 * A name for a subnetwork (`mask` in the settings of a transfer run) or for mask functions (`functions` in those of a
 * discovery). Equal content has the same name. Of functions, the text is the content: not the values of other cells that they use.
 */
export function named(own: Subnetwork | MaskFunctions): string {
  const hash = createHash('sha256');
  for (const [key, part] of Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(key).update(typeof part === 'function' ? String(part) : part.keep);
  }
  const name = `own-${hash.digest('hex').slice(0, 12)}`;
  KNOWN.set(name, own);
  return name;
}

/** The subnetwork of a name. Throws a sentence where this process does not know it. */
export const namedSubnetwork = (name: string): Subnetwork => known(name) as Subnetwork;

/** The mask functions of a name; none for none. */
export const namedFunctions = (name: string | undefined): MaskFunctions =>
  name === undefined ? {} : (known(name) as MaskFunctions);

function known(name: string): Subnetwork | MaskFunctions {
  const own = KNOWN.get(name);
  if (!own)
    throw new Error(`Nothing is named ${name} in this process: run the cell first that names it (masks.named).`);
  return own;
}
