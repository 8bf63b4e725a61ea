/** Linear maps that are fitted in closed form: in double precision, by ml-matrix. */
import { EigenvalueDecomposition, Matrix, pseudoInverse } from 'ml-matrix';

/** Rows of numbers: [rows][width] */
export type NumberRows = readonly ArrayLike<number>[];

export const matrixOf = (rows: NumberRows): Matrix => new Matrix(rows as unknown as number[][]);

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
