import { describe, expect, it } from 'vitest';
import {
  explainedVariance,
  kernelRegression,
  linearDiscriminant,
  linearKernel,
  principalComponents,
  reluTangentKernel,
} from '../../lib/dist/stats/linearFits';
import { random } from '../../lib/dist/tasks/random';

const source = random(1, 'rows');
const rowsOf = (rows: number, width: number) =>
  Array.from({ length: rows }, () => Array.from({ length: width }, () => source.normal()));

describe('linearDiscriminant', () => {
  it('gives the middle between two classes 0, and needs no covariance of full rank', () => {
    // The second column is twice the first, so that their covariance has no inverse.
    const rows = [-3, -1, 1, 3].flatMap((x) => [
      [x - 0.5, 2 * (x - 0.5)],
      [x + 0.5, 2 * (x + 0.5)],
    ]);
    const labels = [-3, -1, 1, 3].flatMap((x) => [Number(x > 0), Number(x > 0)]);
    const score = linearDiscriminant(rows, labels);
    expect(score([0, 0])).toBeCloseTo(0, 10);
    expect(score([2, 4])).toBeGreaterThan(0);
    expect(score([-2, -4])).toBeCloseTo(-score([2, 4]), 10);
  });

  it('leans to the more frequent class by the logarithm of their ratio', () => {
    const rows = [[-1.5], [-0.5], [0.5], [1.5], [0.5], [1.5]];
    expect(linearDiscriminant(rows, [0, 0, 1, 1, 1, 1])([0])).toBeCloseTo(Math.log(2), 10);
  });
});

describe('explainedVariance', () => {
  const features = rowsOf(400, 1);
  const half = (rows: number[][]) => [rows.slice(0, 200), rows.slice(200)];
  const explained = (activations: number[][], own = features) => {
    const [[f, g], [a, b]] = [half(own), half(activations)];
    return explainedVariance({ features: f, activations: a }, { features: g, activations: b });
  };

  it('is 1 for what a feature determines, whatever the constants, and its share of the squares for the rest', () => {
    expect(explained(features.map(([f]) => [3 * f + 10, -f + 5])).share).toBeCloseTo(1, 10);
    const noise = rowsOf(400, 1);
    const { explained: own, total, share } = explained(features.map(([f], i) => [2 * f, noise[i][0]]));
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.9);
    expect(share).toBeCloseTo(own / total, 12);
  });

  it('is at most 0, up to chance, where the feature says nothing, and takes one-hot features', () => {
    expect(explained(rowsOf(400, 5)).share).toBeLessThan(0.02);
    const digits = features.map((_, i) => i % 3);
    const oneHot = digits.map((digit) => [0, 1, 2].map((one) => Number(one === digit)));
    expect(
      explained(
        digits.map((digit) => [digit ** 2, 1]),
        oneHot,
      ).share,
    ).toBeCloseTo(1, 10);
  });
});

it('principal components are the directions of the largest variance, in order', () => {
  const rows = rowsOf(500, 3).map(([a, b, c]) => [3 * a + 1, b - 7, 0.1 * c]);
  const { directions, shares, scores } = principalComponents(rows, 2);
  expect(directions.map((direction) => direction.map(Math.abs).map(Math.round))).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  expect(shares[0]).toBeCloseTo(0.9, 1);
  expect(scores).toHaveLength(500);
  expect(scores.reduce((sum, [first]) => sum + first, 0)).toBeCloseTo(0, 8);
});

describe('kernel regression', () => {
  const rows = rowsOf(20, 4);
  const targets = rows.map(([a, b]) => Number(a + b > 0) * 2 - 1);
  const fitted = (kernel: typeof linearKernel, ridges: number[]) =>
    kernelRegression(kernel, { rows, targets, probes: rows, ridges });

  it('with a tiny ridge fits every row where the kernel allows it, with a huge one nothing', () => {
    const [tight, loose] = fitted(reluTangentKernel, [1e-9, 1e9]);
    tight.forEach((value, i) => expect(value).toBeCloseTo(targets[i], 5));
    loose.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-5));
    const [line] = fitted(linearKernel, [1e-9]);
    expect(Math.max(...line.map((value, i) => Math.abs(value - targets[i])))).toBeGreaterThan(0.1);
  });

  it('the tangent kernel of a row with itself is twice its square, of its opposite 0', () => {
    expect(reluTangentKernel(3, 3, 9)).toBe(18);
    expect(reluTangentKernel(3, 3, 9 - 1e-15)).toBe(18);
    expect(reluTangentKernel(3, 3, -9)).toBeCloseTo(0, 12);
    // At a right angle κ₁ = 1/π and u κ₀ = 0.
    expect(reluTangentKernel(2, 5, 0)).toBeCloseTo(10 / Math.PI, 12);
  });
});
