/**
 * How far our float32 results may lie from the reference. The files tell the honest measure: the error that PyTorch's own
 * float32 run makes against float64 (`float32_error`, and the scalars in both precisions). Ours is another draw of the same
 * error, since it differs only in the order of sums and in the approximation of exp and tanh.
 */
import type { JsonEntry } from './jsonEntry';

/** Largest relative error of one rounding to float32. */
const ROUNDING = 2 ** -24;

/**
 * Our largest error in units of PyTorch's, of the same quantity. Measured on the carried vectors and on a dozen sets of other
 * sizes, eagerly, as graph and with XLA, it is up to 3.
 */
const OTHER_DRAW = 8;

/**
 * Roundings of the largest value that are always granted: the reference is rounded when it is written, and PyTorch may by luck
 * be exact where we are not (a tensor of few values).
 */
const FREE_ROUNDINGS = 8;

/** PyTorch's error after steps of AdamW counts so often, beside each value's own spread (adamSpread.ts). */
const AFTER_STEPS = 2;

/**
 * A loss, norm or sum whose float32 value is off by a larger share than this was not rounded, but damaged. (The largest honest
 * differences are those of a hot mask: rounding errors of the scores, times the temperature.)
 */
const IMPLAUSIBLE = 1e-5;

/** A tolerance for all values, or for each value its own. */
export type Tolerance = number | Float64Array;

/** The error of a float32 run in a tensor, and the tensor's largest value. */
export interface Float32Error {
  error: number;
  largest: number;
}

/** Reads {max_abs_error, max_abs_value}; refuses an error that would make every value agree. */
export function float32Error(entry: JsonEntry): Float32Error {
  const error = entry.get('max_abs_error').number();
  const largest = entry.get('max_abs_value').number();
  if (!(error >= 0 && error <= 2 * largest)) {
    throw new Error(`A float32 error of ${error} at values up to ${largest} is none: the files are damaged.`);
  }
  return { error, largest };
}

/** Tolerance for each value of a tensor that is computed from exact inputs. */
export function tensorTolerance({ error, largest }: Float32Error): number {
  return OTHER_DRAW * error + roundings(FREE_ROUNDINGS, largest);
}

/** Tolerance for a loss: a logit enters it directly and through the softmax's normaliser, so by twice its error at most. */
export function lossTolerance(logits: Float32Error): number {
  return 2 * tensorTolerance(logits);
}

/** Tolerance for the values of a parameter after steps of AdamW. */
export function steppedTolerance({ error, largest }: Float32Error, spread: Float64Array): Float64Array {
  const common = AFTER_STEPS * error + roundings(FREE_ROUNDINGS, largest);
  return spread.map((own) => common + own);
}

/**
 * Tolerance for logits and gradients of which the files tell no float32 error, from the largest of them. Where it is told, it is
 * up to 14 roundings at one block and up to 26 at 12.
 */
export function untoldTolerance({ layers }: { layers: number }, largest: number): number {
  return roundings(OTHER_DRAW * (8 + 4 * layers), largest);
}

/**
 * Tolerance for values of which the files tell no float32 error, and that are computed from activations as the logits are: the
 * logits' error, as a share of the largest value.
 */
export function activationTolerance({ error, largest }: Float32Error, theirs: ArrayLike<number>): number {
  const size = Math.max(...Array.from(theirs, Math.abs));
  return tensorTolerance({ error: (error / largest) * size, largest: size });
}

/** So many roundings of the largest value. */
export function roundings(count: number, largest: number): number {
  return count * ROUNDING * largest;
}

/**
 * Relative tolerance for a group of scalars (one quantity, at all steps of all cases) that are given in float64 and float32: their
 * largest relative difference is the float32 error.
 */
export function scalarTolerance(pairs: { float64: number; float32: number }[]): number {
  const relative = pairs.map(
    ({ float64, float32 }) => Math.abs(float32 - float64) / Math.max(Math.abs(float64), Number.MIN_VALUE),
  );
  return OTHER_DRAW * Math.min(Math.max(...relative), IMPLAUSIBLE) + FREE_ROUNDINGS * ROUNDING;
}

/** One scalar of a step, in both precisions, with its tolerance. */
export interface StepScalar {
  float64: number;
  float32: number;
  tolerance: number;
}

/** The tolerance of one value. */
export function toleranceAt(tolerance: Tolerance, index: number): number {
  return typeof tolerance === 'number' ? tolerance : tolerance[index];
}
