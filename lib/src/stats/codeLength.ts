/**
 * Bits: how much the labels must still say to a learner. A code that is told only "the model's answer, and how often that is
 * right" needs h(a) bits a label, summed along the data-efficiency curve: an upper bound of the prequential code length that the
 * model's own probabilities would give (Blier and Ollivier, 2018).
 */
import { MODULUS } from '../tasks/expressions';
import type { CurvePoint } from './dataEfficiency';

/**
 * Bits of one label where the answer is right with this probability, and the other classes are equally likely where it is
 * wrong. Never more than log2 of the classes, which guessing costs.
 */
export function bitsPerLabel(accuracy: number, { classes = MODULUS } = {}): number {
  if (!(accuracy >= 0 && accuracy <= 1)) throw new Error(`An accuracy is a number from 0 to 1, not ${accuracy}.`);
  if (accuracy <= 1 / classes) return Math.log2(classes);
  const wrong = 1 - accuracy;
  const ofWrong = wrong === 0 ? 0 : wrong * Math.log2((classes - 1) / wrong);
  return Math.min(accuracy * Math.log2(1 / accuracy) + ofWrong, Math.log2(classes));
}

/**
 * Bits of the labels from the first to the last n of a curve: the trapezium rule over its points, one for each n. Curves are
 * compared over the same n alone. Bits that a condition instils: the code length of the unbiased condition minus its own.
 */
export function codeLength(curve: readonly CurvePoint[], { classes = MODULUS } = {}): number {
  const points = [...curve].sort((a, b) => a.n - b.n);
  if (points.length < 2) throw new Error('A code length needs a curve of at least two points.');
  return points.slice(1).reduce((sum, { n, accuracy }, i) => {
    const before = points[i];
    if (n === before.n)
      throw new Error(`A code length needs one point for each n, and there are several for n = ${n}.`);
    const bits = bitsPerLabel(before.accuracy, { classes }) + bitsPerLabel(accuracy, { classes });
    return sum + ((n - before.n) * bits) / 2;
  }, 0);
}

/**
 * The accuracy, on an answer that depends on the residues of a and b alone, of a learner that knows nothing else and memorises
 * the table of modulus² cells: n disambiguation samples fill a cell each, the ambiguous ones (a = b) the diagonal, and in an
 * empty cell it guesses.
 */
export function knowsResidues(n: number, { modulus = MODULUS } = {}): number {
  if (!(n >= 0)) throw new Error(`A number of samples is 0 or more, not ${n}.`);
  const seen = 1 - (1 - 1 / modulus ** 2) ** n;
  return 1 / modulus + (1 - 1 / modulus) * (seen + (1 - seen) / modulus);
}

/** What whole runs that either succeed or not say in bits: −log2 of the share that does. */
export interface SuccessBits {
  /** null where none succeeded: then they say only "more than `atLeast`". */
  bits: number | null;
  atLeast: number | null;
  /** With one success and one failure more (Laplace), which is always a number. */
  smoothed: number;
}

export function successBits(successes: number, runs: number): SuccessBits {
  if (!(runs > 0 && successes >= 0 && successes <= runs)) {
    throw new Error(`There is no share of ${successes} successes in ${runs} runs.`);
  }
  const none = successes === 0;
  return {
    bits: none ? null : Math.log2(runs / successes),
    atLeast: none ? Math.log2(runs) : null,
    smoothed: Math.log2((runs + 2) / (successes + 1)),
  };
}
