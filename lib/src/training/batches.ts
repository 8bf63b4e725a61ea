import type { Rows } from '../tasks/modularArithmetic';

/** Rows of one step. A batch that is not full repeats its first row with weight 0, so that every step has one shape. */
export interface Batch {
  /** [size, 4] */
  tokens: Int32Array;
  /** 1 for a row that counts, 0 for filling: [size] */
  weights: Float32Array;
}

/** The rows in batches of `size`, in the given order (default: as they stand). */
export function* batchesOf(data: Rows, size: number, order?: Int32Array): Generator<Batch> {
  const length = data.tokens.length / data.rows;
  for (let start = 0; start < data.rows; start += size) {
    const tokens = new Int32Array(size * length);
    const weights = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      const present = start + i < data.rows;
      const at = present ? start + i : start;
      const row = order ? order[at] : at;
      tokens.set(data.tokens.subarray(row * length, (row + 1) * length), i * length);
      weights[i] = present ? 1 : 0;
    }
    yield { tokens, weights };
  }
}

/** Batches that one pass over `rows` rows takes. */
export function batchCount(rows: number, size: number): number {
  return Math.ceil(rows / size);
}
