/** Kernel regression in closed form and double precision, by ml-matrix. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { matrixOf, type NumberRows } from './linearFits';

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

/** Kernel ridge regression, (K + ridge · I) a = targets: predictions at the probes, one list for each ridge. */
export function kernelRegression(
  kernel: Kernel,
  {
    rows,
    targets,
    probes,
    ridges,
  }: { rows: NumberRows; targets: number[]; probes: NumberRows; ridges: readonly number[] },
): number[][] {
  const [own, across] = [rows, probes].map((set) => kernelMatrix(kernel, set, rows));
  return ridges.map((ridge) => {
    const system = new CholeskyDecomposition(Matrix.add(own, Matrix.eye(rows.length).mul(ridge)));
    return across.mmul(system.solve(Matrix.columnVector(targets))).to1DArray();
  });
}
