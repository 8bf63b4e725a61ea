import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';
import { roundings, type Tolerance, toleranceAt } from './tolerance';

/** Roundings that equal values may have gone through together. */
const ALIKE = 4;

/**
 * Compares all values of a tensor through their digest: count, l2 norm, sum and largest absolute value. `tolerance` is that of
 * the values.
 */
export function compareDigest(
  comparison: Comparison,
  where: string,
  values: ArrayLike<number>,
  digest: JsonEntry,
  tolerance: Tolerance,
): void {
  let sum = 0;
  let [largest, errorOfLargest, highest] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [size, error] = [Math.abs(values[i]), toleranceAt(tolerance, i)];
    sum += values[i];
    highest = Math.max(highest, size + error);
    if (size >= largest) [largest, errorOfLargest] = [size, error];
  }
  comparison.number(`${where}: n`, values.length, digest.get('n').number(), 0);
  comparison.number(`${where}: l2`, l2(values), digest.get('l2').number(), l2Tolerance(values, tolerance));
  comparison.number(
    `${where}: sum`,
    sum,
    digest.get('sum').number(),
    errorNorm(values, tolerance) + roundings(ALIKE, Math.abs(sum)),
  );
  // Another value may be the largest of the reference.
  const ofLargest = Math.max(errorOfLargest, highest - largest);
  comparison.number(`${where}: max_abs`, largest, digest.get('max_abs').number(), ofLargest);
}

/**
 * Tolerance for the l2 norm of values, or of their change. Independent errors add up as the root of their squares; equal values
 * are rounded alike, which counts in proportion to their norm (and to their sum, for the sum).
 */
export function l2Tolerance(values: ArrayLike<number>, tolerance: Tolerance): number {
  return errorNorm(values, tolerance) + roundings(ALIKE, l2(values));
}

function errorNorm(values: ArrayLike<number>, tolerance: Tolerance): number {
  if (typeof tolerance === 'number') return Math.sqrt(values.length) * tolerance;
  return l2(tolerance);
}

function l2(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return Math.sqrt(squares);
}
