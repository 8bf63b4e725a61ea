/**
 * How many bits of inductive bias a task needs, whatever the model: closed forms of Boopathy et al., "Model-agnostic Measure of
 * Generalization Difficulty" (arXiv 2305.01034), with the constants of their code (FieteLab/inductive-bias-complexity).
 */
import lnGamma from '@stdlib/math-base-special-gammaln';

/** What the formula is told of a task. */
export interface Task {
  /** Target error ε. */
  error: number;
  /** Training points. */
  n: number;
  /** Intrinsic dimension of the inputs. */
  m: number;
  /** Largest norm of an input. */
  R: number;
  /** Combinations of discrete features: of a classification, the classes. */
  combinations: number;
  /** Smallest distance at which the answer changes: between inputs of different classes. */
  delta: number;
  /** Numbers in an output, and the bound of each. */
  D?: number;
  B?: number;
}

/** Bits, and what they are made of. */
export interface Difficulty {
  /** ln of the Wasserstein distance between training points and test distribution. */
  logWasserstein: number;
  /** The highest frequency that hypotheses have, and how many eigenfunctions there are up to it. */
  K: number;
  eigenvalues: number;
  /** Dimensions of the hypotheses that fit the training points. */
  freeDimensions: number;
  bits: number;
}

const lnBinomial = (n: number, k: number): number => lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);

/** On a sphere of m dimensions, eigenfunctions up to this frequency: K is real, so that binomials are quotients of Γ. */
function eigenfunctions(m: number, frequency: number): { K: number; eigenvalues: number } {
  const K = (Math.sqrt((m - 1) ** 2 + 4 * frequency ** 2) - (m - 1)) / 2;
  return { K, eigenvalues: Math.exp(lnBinomial(m + K, m)) + Math.exp(lnBinomial(m + K - 1, m)) };
}

/** Bits that a task needs; -Infinity < bits, and below 0 where the points alone say more than hypotheses can differ in. */
export function taskDifficulty({ error, n, m, R, combinations, delta, D = combinations - 1, B = 1 }: Task): Difficulty {
  const needed = { error, n, m, R, combinations, delta, D, B };
  for (const [name, value] of Object.entries(needed))
    if (!(value > 0)) throw new Error(`The difficulty of a task needs ${name} above 0, not ${value}.`);
  const surface = Math.log(2) + ((m + 1) / 2) * Math.log(Math.PI) + Math.log(combinations) - lnGamma((m + 1) / 2);
  const logWasserstein = 0.5 * Math.log(m / 6) + surface / m + Math.log(R) - Math.log(n) / m;
  const { K, eigenvalues } = eigenfunctions(m, (2 * Math.PI * R) / delta);
  const freeDimensions = 2 * D * combinations * eigenvalues - n * D;
  const output = Math.log2(B) + 0.5 * Math.log2(D) + 0.5 * Math.log2(combinations) - Math.log2(error);
  const bits = freeDimensions * (output + Math.log2((K * Math.sqrt(D)) / R) + logWasserstein / Math.LN2);
  return { logWasserstein, K, eigenvalues, freeDimensions, bits };
}

/** Volume of the ball of this radius in `dimensions`. */
const ball = (dimensions: number, radius: number): number =>
  Math.exp(dimensions * Math.log(radius * Math.sqrt(Math.PI)) - lnGamma(dimensions / 2 + 1));

/** Balancing a pole after T observations: n steps seen, resolution delta (radians), target error. */
export function cartpoleDifficulty({ T, n, delta, error }: Record<'T' | 'n' | 'delta' | 'error', number>): number {
  const precision = Math.log2((4 * Math.PI ** 2) / Math.sqrt(3)) + 0.5 * Math.log2(T) - Math.log2(delta);
  return (2 * ball(2 * T, (2 * Math.PI) / delta) - n) * (precision - Math.log2(n) / (2 * T) - Math.log2(error));
}

/** Moving a body (MuJoCo): m numbers are observed, D are answered. */
export function controlDifficulty({
  m,
  D,
  n,
  delta,
  error,
}: Record<'m' | 'D' | 'n' | 'delta' | 'error', number>): number {
  const precision = Math.log2((4 * Math.PI ** 2) / Math.sqrt(6)) + Math.log2(D) + 0.5 * Math.log2(m) - Math.log2(delta);
  return D * (2 * ball(m, (2 * Math.PI) / delta) - n) * (precision - Math.log2(n) / m - Math.log2(error));
}

/** Images that tell a learner the classes of an alphabet: one of each of Omniglot's 20 characters. */
const CHARACTERS = 20;

/**
 * Learning to tell an alphabet's characters from one example each (Omniglot): the answer is a classifier, so that it has as
 * many numbers as that has free ones. n are sets of 20 images; dimensions m0 within an alphabet, m1 across alphabets.
 */
export function omniglotDifficulty({
  m0,
  m1,
  R,
  delta,
  n,
  error,
}: Record<'m0' | 'm1' | 'R' | 'delta' | 'n' | 'error', number>): number {
  const others = CHARACTERS - 1;
  const D = 2 * CHARACTERS * others * eigenfunctions(m0, (2 * Math.PI * R) / delta).eigenvalues;
  const m = m1 + others * m0;
  const all = {
    error,
    n,
    m,
    R: R * Math.sqrt(CHARACTERS),
    combinations: 1,
    delta,
    D,
    B: Math.sqrt(CHARACTERS * others),
  };
  return taskDifficulty(all).bits;
}
