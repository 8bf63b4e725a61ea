/**
 * Bits of bias, exactly: where hypotheses are normal, their mean squared error is a sum of scaled non-central χ², and the
 * probability of a small one can be told without drawing any (definition: Boopathy et al., "Towards Exact Computation of Inductive
 * Bias", arXiv 2406.15941; exact tail: this project).
 */
import gammaInc from '@stdlib/math-base-special-gammainc';
import lnGamma from '@stdlib/math-base-special-gammaln';
import lnNormalCdf from '@stdlib/stats-base-dists-normal-logcdf';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../tasks/random';

type Rows = readonly (readonly number[])[];

/** Points with what is to be answered: x [points][width], y [points][outputs] */
export interface Points {
  x: number[][];
  y: number[][];
}

/** Functions drawn from a Gaussian process that fit the training points, at other points: each output by itself. */
export interface Posterior {
  /** [points][outputs] */
  mean: number[][];
  /** [points][points], the same for all outputs */
  covariance: number[][];
}

const eigenOf = (matrix: Matrix) => {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return { values: realEigenvalues, vectors: eigenvectorMatrix };
};

/** Directions of the kernel matrix below this share of the largest are rounding errors, and left out. */
const RANK = 1e-13;

/** The posterior of the kernel exp(−‖x − x'‖²/(2σ²)), without noise. x [points][width], y [points][outputs]. */
export function rbfPosterior(train: Points, x: Rows, { sigma = 1 } = {}): Posterior {
  const squared = (a: readonly number[], b: readonly number[]) => a.reduce((sum, one, i) => sum + (one - b[i]) ** 2, 0);
  const kernel = (a: Rows, b: Rows) =>
    new Matrix(a.map((one) => b.map((other) => Math.exp(-squared(one, other) / (2 * sigma ** 2)))));
  const { values, vectors } = eigenOf(kernel(train.x, train.x));
  const kept = values.flatMap((value, i) => (value > RANK * Math.max(...values) ? i : []));
  const roots = vectors.subMatrixColumn(kept).divRowVector(kept.map((i) => Math.sqrt(values[i])));
  const half = kernel(x, train.x).mmul(roots);
  const mean = half.mmul(roots.transpose().mmul(new Matrix(train.y)));
  return { mean: mean.to2DArray(), covariance: kernel(x, x).sub(half.mmul(half.transpose())).to2DArray() };
}

/** The law of an error: Σ scaleᵢ (zᵢ + √(shiftᵢ / scaleᵢ))², z standard normal; a scale of 0 adds its shift alone. */
export interface ErrorLaw {
  scales: Float64Array;
  shifts: Float64Array;
}

/** The law of the mean squared error, over points and outputs, of hypotheses of this posterior. y [points][outputs] */
export function errorLaw({ mean, covariance }: Posterior, y: Rows): ErrorLaw {
  const { values, vectors } = eigenOf(new Matrix(covariance));
  const along = vectors.transpose().mmul(Matrix.sub(new Matrix(mean), new Matrix(y as number[][])));
  const all = along.rows * along.columns;
  const scales = Float64Array.from({ length: all }, (_, i) => Math.max(0, values[Math.floor(i / along.columns)]) / all);
  if (!scales.some((scale) => scale > 0))
    throw new Error('Only one hypothesis fits: its error is no matter of chance.');
  return { scales, shifts: Float64Array.from(along.to1DArray(), (value) => value ** 2 / all) };
}

const sumOver = ({ scales, shifts }: ErrorLaw, term: (scale: number, shift: number) => number): number =>
  scales.reduce((sum, scale, i) => sum + term(scale, shifts[i]), 0);

/** The first cumulants: mean, variance, third central moment, … */
export function cumulants(law: ErrorLaw, count = 3): number[] {
  return Array.from({ length: count }, (_, i) => {
    const sum = sumOver(law, (scale, shift) => scale ** (i + 1) + (i + 1) * scale ** i * shift);
    return 2 ** i * Math.exp(lnGamma(i + 1)) * sum;
  });
}

/** Cumulant generating function of the law, and its first two derivatives, at s below 1 / (2 · largest scale). */
function generating(law: ErrorLaw, s: number): [number, number, number] {
  const terms = (term: (scale: number, shift: number, left: number) => number) =>
    sumOver(law, (scale, shift) => term(scale, shift, 1 / (1 - 2 * s * scale)));
  return [
    terms((_, shift, left) => 0.5 * Math.log(left) + shift * s * left),
    terms((scale, shift, left) => scale * left + shift * left ** 2),
    terms((scale, shift, left) => 2 * scale ** 2 * left ** 2 + 4 * scale * shift * left ** 3),
  ];
}

/** ln P(error ≤ x) by the saddlepoint approximation (Lugannani and Rice, in Barndorff-Nielsen's form), however small it is. */
export function logErrorCdf(law: ErrorLaw, x: number): number {
  const largest = law.scales.reduce((most, scale) => Math.max(most, scale), 0);
  if (!(x > sumOver(law, (scale, shift) => (scale > 0 ? 0 : shift)))) return Number.NEGATIVE_INFINITY;
  // K'(s) = x, where s = (1 − e^t) / (2 · largest): the left side falls with t.
  const at = (t: number) => -Math.expm1(t) / (2 * largest);
  let [low, high] = [-600, 600];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (generating(law, at(middle))[1] <= x) high = middle;
    else low = middle;
  }
  const s = at((low + high) / 2);
  const [value, , second] = generating(law, s);
  const w = Math.sign(s) * Math.sqrt(Math.max(0, 2 * (s * x - value)));
  // At the mean both are 0: there the correction is the third cumulant's.
  const [, variance, third] = cumulants(law);
  const corrected = Math.abs(w) < 1e-4 ? third / (6 * variance ** 1.5) : Math.log((s * Math.sqrt(second)) / w) / w;
  return lnNormalCdf(w + corrected, 0, 1);
}

/** Terms that the sum below has at most. */
const MOST_TERMS = 2_000_000;

/**
 * P(error ≤ x) by Imhof's integral (1961), with the trapezium rule (Davies, 1973): exact to about 1e-10, so it checks what is
 * not much less. NaN where the law has too few terms for that.
 */
export function imhofCdf(law: ErrorLaw, x: number): number {
  const largest = law.scales.reduce((most, scale) => Math.max(most, scale), 0);
  // Beyond this the error lies with a probability under e^-40 (Chernoff): the sum repeats itself after 2π / step.
  const s = 1 / (4 * largest);
  const step = (2 * Math.PI) / (x + (generating(law, s)[0] + 40) / s);
  let sum = 0;
  for (let k = 0; k < MOST_TERMS; k++) {
    const u = (k + 0.5) * step;
    let [angle, size] = [-u * x, 0];
    law.scales.forEach((scale, i) => {
      const [v, shift] = [2 * u * scale, law.shifts[i]];
      angle += 0.5 * Math.atan(v) + (shift * u) / (1 + v * v);
      size -= 0.25 * Math.log1p(v * v) + (shift * u * v) / (1 + v * v);
    });
    sum += (Math.exp(size) * Math.sin(angle)) / (k + 0.5);
    if (size < -32) return 0.5 - sum / Math.PI;
  }
  return Number.NaN;
}

/** Errors of hypotheses that are drawn. */
export function sampleErrors(
  { scales, shifts }: ErrorLaw,
  count: number,
  { normal }: Pick<Random, 'normal'>,
): Float64Array {
  const [spread, off] = [scales, shifts].map((values) => values.map(Math.sqrt));
  return Float64Array.from({ length: count }, () =>
    spread.reduce((sum, one, i) => sum + (one > 0 ? (one * normal() + off[i]) ** 2 : off[i] ** 2), 0),
  );
}

/** A scaled χ² with df degrees of freedom and non-centrality nc. */
export interface ChiSquare {
  df: number;
  nc: number;
  scale: number;
}

/** The central χ² with this mean and variance; or, given a third cumulant, the non-central one, if there is one that has it. */
export function fitChiSquare([mean, variance, third]: readonly number[]): ChiSquare | null {
  if (third === undefined) return { df: (2 * mean ** 2) / variance, nc: 0, scale: variance / (2 * mean) };
  const scale = (variance / 2 - Math.sqrt((variance / 2) ** 2 - (mean * third) / 8)) / mean;
  const nc = (variance / (2 * scale) - mean) / scale;
  const df = mean / scale - nc;
  return df > 0 && nc >= 0 ? { df, nc, scale } : null;
}

/** ln P(value ≤ x): −Infinity where the probability is less than the smallest number. */
export function logChiSquareCdf({ df, nc, scale }: ChiSquare, x: number): number {
  const half = nc / 2;
  // χ² with df + 2j degrees, and j of Poisson's law: what comes after these is less than rounding errors.
  const last = half === 0 ? 0 : Math.ceil(half + 12 * Math.sqrt(half) + 40);
  let sum = 0;
  for (let j = 0; j <= last; j++) {
    const weight = half === 0 ? 1 : Math.exp(j * Math.log(half) - half - lnGamma(j + 1));
    sum += weight * gammaInc(x / (2 * scale), df / 2 + j);
  }
  return Math.log(sum);
}

/**
 * What the released code (FieteLab/Exact-Inductive-Bias) gives for −ln P(value ≤ x) where that is infinite: z²/2, with z of
 * Sankaran's normal approximation (1963). It is not −ln Φ(z).
 */
export function releasedFallback({ df, nc, scale }: ChiSquare, x: number): number {
  const [one, two, three] = [df + nc, df + 2 * nc, df + 3 * nc];
  const h = 1 - (2 * one * three) / (3 * two ** 2);
  const p = two / one ** 2;
  const m = (h - 1) * (1 - 3 * h);
  const expected = 1 + h * p * (h - 1 - 0.5 * (2 - h) * m * p);
  const z = ((x / scale / one) ** h - expected) / (h * Math.sqrt(2 * p) * (1 + 0.5 * m * p));
  return z ** 2 / 2;
}
