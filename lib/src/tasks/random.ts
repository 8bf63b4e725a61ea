import { createHash } from 'node:crypto';
import erfinv from '@stdlib/math-base-special-erfinv';
import { alea } from 'seedrandom';

/** A stream of uniform random numbers: the same seed and purpose always give the same stream. */
export interface Random {
  /** A number in [0, 1), with 32 random bits. */
  uniform(): number;
  /** A number of the standard normal distribution. */
  normal(): number;
  /** A whole number in [0, below), every one equally likely; `below` is at most 2^32. */
  integer(below: number): number;
  /** The numbers 0..n-1 in random order, every order equally likely. */
  permutation(n: number): Int32Array;
  /** `k` different numbers of 0..n-1 in random order, every choice equally likely. */
  sampleWithoutReplacement(n: number, k: number): Int32Array;
}

const TWO_TO_32 = 2 ** 32;

/**
 * The stream of random numbers that belongs to a seed and a purpose ("rows", "shuffle 3", ...).
 * Streams of different seeds or purposes are independent, so that drawing more for one purpose never changes another.
 */
export function random(seed: number, purpose: string): Random {
  const generator = alea(digest(seed, purpose).toString('hex'));

  function integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > TWO_TO_32) {
      throw new Error(`The number of values to draw from must be a whole number from 1 to 2^32, not ${below}.`);
    }
    // Values from the incomplete last block of `below` are drawn again: taking the remainder would favour small numbers.
    const limit = TWO_TO_32 - (TWO_TO_32 % below);
    let value = generator.int32() >>> 0;
    while (value >= limit) value = generator.int32() >>> 0;
    return value % below;
  }

  function sampleWithoutReplacement(n: number, k: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || !Number.isInteger(k) || k < 0 || k > n) {
      throw new Error(`Cannot draw ${k} of ${n} values without replacement: give whole numbers with 0 <= k <= n.`);
    }
    // The first k steps of a Fisher-Yates shuffle.
    const values = new Int32Array(n);
    for (let i = 0; i < n; i++) values[i] = i;
    for (let i = 0; i < k; i++) {
      const j = i + integer(n - i);
      const chosen = values[j];
      values[j] = values[i];
      values[i] = chosen;
    }
    return values.slice(0, k);
  }

  return {
    uniform: () => generator(),
    // In the middle of the 2^32 steps, so that neither end is infinite.
    normal: () => normalQuantile(generator() + 0.5 / TWO_TO_32),
    integer,
    permutation: (n) => sampleWithoutReplacement(n, n),
    sampleWithoutReplacement,
  };
}

/** The number below which a standard normal one lies with this probability. */
export function normalQuantile(probability: number): number {
  return Math.SQRT2 * erfinv(2 * probability - 1);
}

/** A seed in [0, 2^31) derived from `seed` and a purpose, for generators that take an int32 (TensorFlow's stateless ones). */
export function seedFor(seed: number, purpose: string): number {
  return digest(seed, purpose).readUInt32BE(0) >>> 1;
}

// Hashed, because the generators' own seeding mixes similar strings only weakly.
function digest(seed: number, purpose: string): Buffer {
  if (!Number.isSafeInteger(seed)) throw new Error(`A seed must be a whole number, not ${seed}.`);
  return createHash('sha256').update(`${seed}/${purpose}`).digest();
}
