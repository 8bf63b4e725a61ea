import { describe, expect, it } from 'vitest';
import { tanhJacobian } from '../../lib/dist/models/tanhJacobian';
import { gaussianProcess, rbfKernel } from '../../lib/dist/stats/gaussianProcess';
import { kernelRegression, linearKernel } from '../../lib/dist/stats/linearFits';
import { rbfPosterior } from '../../lib/dist/stats/normalErrors';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import reference from '../reference/jacobian-kernel.json';

const { tensors } = readSafetensors('test/reference/jacobian-kernel.safetensors');
const valuesOf = (name: string) => [...(tensors[name].data as Float64Array)];
const network = Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`${i}`, tensors[`parameter${i}`]]));
const [x, probes] = ['x', 'x_new'].map((name) => valuesOf(name).map((one) => [one]));
const [atX, atProbes] = [x, probes].map((rows) => tanhJacobian(network, rows));
const targets = valuesOf('y');

describe('the posteriors of the reference', () => {
  it.each([
    ['jacobian', linearKernel, atX.jacobian, atProbes.jacobian],
    ['last_layer', linearKernel, atX.lastLayer, atProbes.lastLayer],
    ['rbf', rbfKernel(), x, probes],
  ] as const)('%s', (name, kernel, rows, at) => {
    const found = gaussianProcess(kernel, { rows, targets, probes: at, noise: reference.noise });
    for (const part of ['mean', 'variance'] as const) {
      const expected = valuesOf(`${name}/${part}`);
      found[part].forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-8));
    }
    expect(found.logLikelihood).toBeCloseTo(reference.posteriors[name].log_marginal_likelihood, 8);
    const [mean] = kernelRegression(kernel, { rows, targets, probes: at, ridges: [reference.noise] });
    found.mean.forEach((value, i) => expect(value).toBeCloseTo(mean[i], 8));
  });
});

it('one point, by hand', () => {
  // k(1, 1) = 1, k(1, 3) = 3 and k(3, 3) = 9, with the noise 1: mean 3/2 · 2, variance 9 − 9/2, density of 2 with variance 2.
  const found = gaussianProcess(linearKernel, { rows: [[1]], targets: [2], probes: [[3]], noise: 1 });
  expect(found.mean[0]).toBeCloseTo(3, 12);
  expect(found.variance[0]).toBeCloseTo(4.5, 12);
  expect(found.logLikelihood).toBeCloseTo(-1 - 0.5 * Math.log(2 * Math.PI * 2), 12);
});

it('two points that say the same count as one with half the noise', () => {
  const at = { probes: [[0.3], [2]] };
  const twice = gaussianProcess(rbfKernel(0.7), { ...at, rows: [[0], [0]], targets: [1, 3], noise: 0.2 });
  const once = gaussianProcess(rbfKernel(0.7), { ...at, rows: [[0]], targets: [2], noise: 0.1 });
  twice.mean.forEach((value, i) => expect(value).toBeCloseTo(once.mean[i], 12));
  twice.variance.forEach((value, i) => expect(value).toBeCloseTo(once.variance[i], 12));
});

it('comes to the process without noise, whose variance at the points is 0', () => {
  const [rows, y] = [
    [[-1], [0.5], [2]],
    [0.3, -1, 0.8],
  ];
  const { mean, variance } = gaussianProcess(rbfKernel(), { rows, targets: y, probes: [[1], [2]], noise: 1e-10 });
  const exact = rbfPosterior({ x: rows, y: y.map((one) => [one]) }, [[1], [2]]);
  mean.forEach((value, i) => expect(value).toBeCloseTo(exact.mean[i][0], 7));
  variance.forEach((value, i) => expect(value).toBeCloseTo(exact.covariance[i][i], 7));
  expect(variance[1]).toBeGreaterThanOrEqual(0);
  expect(mean[1]).toBeCloseTo(0.8, 7);
});

it('refuses noise that is none, targets of other rows, and what is no kernel', () => {
  const one = { rows: [[1]], targets: [2], probes: [[3]] };
  for (const noise of [0, -1, Number.NaN])
    expect(() => gaussianProcess(linearKernel, { ...one, noise })).toThrow(`a variance above 0, not ${noise}`);
  expect(() => gaussianProcess(linearKernel, { ...one, targets: [], noise: 1 })).toThrow('1 rows, and 0 targets');
  expect(() => gaussianProcess(() => -3, { ...one, noise: 1 })).toThrow('is it a kernel?');
});
