/** The Jacobian of a tanh network and Gaussian processes (notebook 27), against the vectors of kind jacobian-kernel. */
import { tanhJacobian } from '../../lib/dist/models/tanhJacobian';
import { gaussianProcess, rbfKernel } from '../../lib/dist/stats/gaussianProcess';
import { kernelMatrix, linearKernel } from '../../lib/dist/stats/linearFits';
import type { Comparison } from './comparison';
import { rowsOf } from './easyFeatures';

/** The vectors' own, of double precision: of Jacobians and kernels, and of what is solved with them. */
const [EXACT, SOLVED] = [1e-10, 1e-8];

export function compareJacobianKernel(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const names = [0, 1, 2, 3, 4, 5].map((i) => `parameter${i}`);
  const values = Object.fromEntries(names.map((name) => [name, reference.tensor(name)]));
  const [x, y, probes, right] = ['x', 'y', 'x_new', 'network_at_new'].map((name) => rowsOf(reference, name));
  const [train, test] = [x, probes].map((rows) => tanhJacobian(values, rows));
  const kernels = [train, test].map(({ jacobian }) => kernelMatrix(linearKernel, train.jacobian, jacobian));
  comparison.tensor('network_at_x', train.outputs, [x.length, 1], EXACT);
  comparison.numbers('network_at_new', test.outputs, right.flat(), EXACT);
  comparison.tensor('jacobian_x', train.jacobian.flat(), [x.length, json.get('parameters').number()], EXACT);
  comparison.tensor('kernel_xx', kernels[0].to1DArray(), [x.length, x.length], EXACT);
  comparison.tensor('kernel_xn', kernels[1].to1DArray(), [x.length, probes.length], EXACT);

  const [targets, noise] = [y.flat(), json.get('noise').number()];
  for (const [name, kernel, rows, at] of [
    ['jacobian', linearKernel, train.jacobian, test.jacobian],
    ['last_layer', linearKernel, train.lastLayer, test.lastLayer],
    ['rbf', rbfKernel(), x, probes],
  ] as const) {
    const { mean, variance, logLikelihood } = gaussianProcess(kernel, { rows, targets, probes: at, noise });
    comparison.tensor(`${name}/mean`, mean, [probes.length, 1], SOLVED);
    comparison.tensor(`${name}/variance`, variance, [probes.length], SOLVED);
    const theirs = json.get('posteriors').get(name).get('log_marginal_likelihood').number();
    comparison.number(`${name}: log_marginal_likelihood`, logLikelihood, theirs, SOLVED);
  }
}
