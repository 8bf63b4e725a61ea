/** Maps that are fitted in closed form, linear or in a kernel: in double precision, by ml-matrix. */
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix, pseudoInverse } from 'ml-matrix';

/** Rows of numbers: [rows][width] */
export type NumberRows = readonly ArrayLike<number>[];

/** Features, row by row: [rows, width]. */
export interface Features {
  width: number;
  data: ArrayLike<number>;
}

function matrixOf(rows: NumberRows | Features): Matrix {
  if (!('width' in rows)) return new Matrix(rows as unknown as number[][]);
  const { data, width } = rows;
  const count = data.length / width;
  if (!(width > 0 && Number.isInteger(count) && count > 0))
    throw new Error(`${data.length} numbers are no rows of ${width} features.`);
  return Matrix.from1DArray(count, width, Array.from(data));
}

const meanOf = (rows: Matrix): Matrix => Matrix.rowVector(rows.mean('column'));

const centred = (rows: Matrix): Matrix => rows.subRowVector(meanOf(rows));

/**
 * Linear discriminant analysis: the optimal classifier of two normal classes with one covariance, which is pooled over both;
 * a covariance without full rank is inverted by its pseudo-inverse. `labels` are 0 and 1. Returns the score of a row, above 0 for class 1.
 */
export function linearDiscriminant(rows: NumberRows, labels: ArrayLike<number>): (row: ArrayLike<number>) => number {
  const [zero, one] = [0, 1].map((label) => matrixOf(rows.filter((_, i) => labels[i] === label)));
  const [mean0, mean1] = [zero, one].map(meanOf);
  const [scatter0, scatter1] = [zero, one].map(centred).map((own) => own.transpose().mmul(own));
  const covariance = Matrix.add(scatter0, scatter1).div(rows.length);
  const weights = pseudoInverse(covariance).mmul(Matrix.sub(mean1, mean0).transpose()).to1DArray();
  const middle = Matrix.add(mean0, mean1).div(2).to1DArray();
  const prior = Math.log(one.rows / zero.rows);
  return (row) => weights.reduce((score, weight, i) => score + weight * (row[i] - middle[i]), prior);
}

/** Rows of features and of the activations beside them. */
export interface FeaturesOf {
  features: NumberRows;
  activations: NumberRows;
}

/**
 * The variance of activations that a linear function of features explains: least squares features → activations on the probe rows,
 * scored on other rows, each set of rows centred by its own mean. `share` is R² = explained / total, sums of squares over rows
 * and units.
 */
export function explainedVariance(
  probe: FeaturesOf,
  score: FeaturesOf,
): { explained: number; total: number; share: number } {
  const [fit, held] = [probe, score].map(({ features, activations }) => {
    const [own, values] = [centred(matrixOf(features)), matrixOf(activations)];
    const across = own.transpose();
    return { gram: across.mmul(own), products: across.mmul(values), values };
  });
  // One-hot features sum to one, so that their products have no inverse.
  const weights = pseudoInverse(fit.gram).mmul(fit.products);
  const explained = weights.dot(held.products.mul(2).sub(held.gram.mmul(weights)));
  const { values } = held;
  const total = values.dot(values) - values.rows * meanOf(values).dot(meanOf(values));
  return { explained, total, share: explained / total };
}

/** The directions of the largest variance, largest first: unit vectors, the shares of the variance, and the centred rows in them. */
export function principalComponents(
  rows: NumberRows,
  count: number,
): { directions: number[][]; shares: number[]; scores: number[][] } {
  const values = centred(matrixOf(rows));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(values.transpose().mmul(values), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const kept = order.slice(0, count);
  const sum = realEigenvalues.reduce((total, value) => total + value, 0);
  const directions = eigenvectorMatrix.subMatrixColumn(kept);
  return {
    directions: directions.transpose().to2DArray(),
    shares: kept.map((i) => realEigenvalues[i] / sum),
    scores: values.mmul(directions).to2DArray(),
  };
}

/** A fitted readout. Features are centred by the training means, and divided by one standard deviation of all their entries. */
export interface Readout {
  /** [width + 1][classes]; the last row is that of the constant. */
  weights: number[][];
  mean: number[];
  deviation: number;
  /** [rows][classes] */
  scores(features: Features): number[][];
  /** The class of the largest score of each row. */
  answers(features: Features): Int32Array;
}

/**
 * A readout of features that stay as they are, by ridge regression on one-hot answers: W = (AᵀA + λI)⁻¹ Aᵀ onehot(labels), A = [standardised features, 1]; the constant is penalised too.
 *
 * @param labels a class of 0..classes-1 for each row.
 * @param options.strength λ, above 0.
 */
export function ridgeReadout(
  features: Features,
  labels: ArrayLike<number>,
  { classes, strength }: { classes: number; strength: number },
): Readout {
  const x = matrixOf(features);
  if (!(strength > 0)) throw new Error(`The strength of a ridge regression is above 0, not ${strength}.`);
  if (x.rows !== labels.length)
    throw new Error(`There are ${x.rows} rows of features, and labels for ${labels.length}.`);
  const bad = Array.from(labels).find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (bad !== undefined) throw new Error(`A label is a whole number of 0..${classes - 1}, not ${bad}.`);
  const mean = x.mean('column');
  const deviation = x.standardDeviation({ unbiased: false }) || 1;
  const inputsOf = (of: Matrix) => of.subRowVector(mean).div(deviation).addColumn(new Array(of.rows).fill(1)) as Matrix;

  const a = inputsOf(x);
  const transposed = a.transpose();
  const targets = Matrix.zeros(x.rows, classes);
  for (let row = 0; row < x.rows; row++) targets.set(row, labels[row], 1);
  const gram = transposed.mmul(a).add(Matrix.eye(a.columns).mul(strength));
  const weights = new CholeskyDecomposition(gram).solve(transposed.mmul(targets));
  const scores = (of: Features) => inputsOf(matrixOf(of)).mmul(weights);
  return {
    weights: weights.to2DArray(),
    mean,
    deviation,
    scores: (of) => scores(of).to2DArray(),
    answers(of) {
      const all = scores(of);
      return Int32Array.from({ length: all.rows }, (_, row) => all.maxRowIndex(row)[1]);
    },
  };
}

/** The similarity of two inputs, from their norms and their product. */
export type Kernel = (norm: number, other: number, product: number) => number;

export const linearKernel: Kernel = (_norm, _other, product) => product;

/**
 * The tangent kernel of a network with one hidden ReLU layer in the limit of width: ‖x‖‖x'‖ (κ₁(u) + u κ₀(u)), u the cosine,
 * κ₀ = (π − arccos u) / π, κ₁ = (u (π − arccos u) + √(1 − u²)) / π.
 */
export const reluTangentKernel: Kernel = (norm, other, product) => {
  const cosine = product / (norm * other);
  // An angle is the root of what the cosine lacks of 1: of a row with itself, rounding alone would make one of 1e-8.
  const u = cosine > 1 - 1e-15 ? 1 : Math.max(-1, cosine);
  const angle = Math.PI - Math.acos(u);
  return (norm * other * (2 * u * angle + Math.sqrt(1 - u * u))) / Math.PI;
};

/** A kernel between all rows of two sets: [rows, others] */
export function kernelMatrix(kernel: Kernel, rows: NumberRows, others: NumberRows): Matrix {
  const products = matrixOf(rows).mmul(matrixOf(others).transpose());
  const [a, b] = [rows, others].map((set) => set.map((row) => Math.hypot(...Array.from(row))));
  return new Matrix(a.map((norm, i) => b.map((other, j) => kernel(norm, other, products.get(i, j)))));
}

/** K + ridge · I, ready to be solved. */
export function ridgeSystem(kernel: Matrix, ridge: number): CholeskyDecomposition {
  return new CholeskyDecomposition(Matrix.add(kernel, Matrix.eye(kernel.rows).mul(ridge)));
}

/** Kernel ridge regression, (K + ridge · I) a = targets: predictions at the probes, one list for each ridge. */
export function kernelRegression(
  kernel: Kernel,
  of: { rows: NumberRows; targets: number[]; probes: NumberRows; ridges: readonly number[] },
): number[][] {
  const { rows, targets, probes, ridges } = of;
  const [own, across] = [rows, probes].map((set) => kernelMatrix(kernel, set, rows));
  return ridges.map((ridge) => {
    const weights = ridgeSystem(own, ridge).solve(Matrix.columnVector(targets));
    return across.mmul(weights).to1DArray();
  });
}
