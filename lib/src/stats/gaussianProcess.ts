/** Functions drawn from a Gaussian process, given noisy values of theirs: exactly, in double precision. */
import { Matrix } from 'ml-matrix';
import { type Kernel, kernelMatrix, type NumberRows, ridgeSystem } from './linearFits';

/** The kernel exp(−‖x − x'‖²/(2σ²)). */
export const rbfKernel =
  (sigma = 1): Kernel =>
  (norm, other, product) =>
    Math.exp((product - (norm ** 2 + other ** 2) / 2) / sigma ** 2);

/**
 * The posterior of a process with mean 0: mean and variance of the function at the probes, and the log marginal likelihood,
 * which is ln of the targets' density before anything is known (nats). The mean is kernel ridge regression, with the noise as ridge.
 *
 * @param of.rows inputs, or features of them, [points][width]; probes alike, [probes][width].
 * @param of.noise variance of the noise in the targets, above 0.
 */
export function gaussianProcess(
  kernel: Kernel,
  { rows, targets, probes, noise }: { rows: NumberRows; targets: readonly number[]; probes: NumberRows; noise: number },
): { mean: number[]; variance: number[]; logLikelihood: number } {
  if (!(noise > 0)) throw new Error(`The noise of a Gaussian process is a variance above 0, not ${noise}.`);
  if (rows.length !== targets.length) throw new Error(`There are ${rows.length} rows, and ${targets.length} targets.`);
  const system = ridgeSystem(kernelMatrix(kernel, rows, rows), noise);
  if (!system.isPositiveDefinite()) throw new Error('The kernel matrix is not positive definite: is it a kernel?');
  const weights = system.solve(Matrix.columnVector([...targets])); // [points, 1]
  const across = kernelMatrix(kernel, probes, rows); // [probes, points]
  const known = Matrix.mul(across, system.solve(across.transpose()).transpose()).sum('row');
  const norms = probes.map((probe) => Math.hypot(...Array.from(probe)));
  const logRoots = system.lowerTriangularMatrix.diagonal().reduce((sum, root) => sum + Math.log(root), 0);
  const fit = Matrix.columnVector([...targets]).dot(weights) / 2;
  return {
    mean: across.mmul(weights).to1DArray(),
    variance: norms.map((norm, i) => Math.max(0, kernel(norm, norm, norm ** 2) - known[i])), // below 0 by rounding alone
    logLikelihood: -fit - logRoots - (rows.length / 2) * Math.log(2 * Math.PI),
  };
}
