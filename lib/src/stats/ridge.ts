/** A readout of features that stay as they are: ridge regression on one-hot answers, in closed form and double precision. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** Features, row by row: [rows, width]. */
export interface Features {
  width: number;
  data: ArrayLike<number>;
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
 * Fits W = (AᵀA + λI)⁻¹ Aᵀ onehot(labels), A = [standardised features, 1]; the constant is penalised too.
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

function matrixOf({ data, width }: Features): Matrix {
  const rows = data.length / width;
  if (!(width > 0 && Number.isInteger(rows) && rows > 0))
    throw new Error(`${data.length} numbers are no rows of ${width} features.`);
  return Matrix.from1DArray(rows, width, Array.from(data));
}
