import { expect, it } from 'vitest';
import { cloudGeometry } from '../../lib/dist/stats/cloud';
import {
  cartpoleDifficulty,
  controlDifficulty,
  omniglotDifficulty,
  taskDifficulty,
} from '../../lib/dist/stats/difficulty';
import { random } from '../../lib/dist/tasks/random';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import reference from '../reference/difficulty.json';

const expectClose = (value: number, expected: number, relative = 1e-9) =>
  expect(Math.abs(value / expected - 1)).toBeLessThan(relative);

it.each(reference.formula_rows)('the formula for $name', ({ name: _, ...row }) => {
  const { error, n, m, R, combinations, delta } = row;
  const found = taskDifficulty({ error, n, m, R, combinations, delta });
  expectClose(found.logWasserstein, row.log_wasserstein);
  expectClose(found.K, row.K);
  expectClose(found.eigenvalues, row.eigenvalues);
  expectClose(found.freeDimensions, row.free_dimensions);
  expectClose(found.bits, row.bits);
  expect(taskDifficulty({ ...row, D: row.D, B: row.B }).bits).toBe(found.bits);
});

it('the closed forms of control tasks and of nested classification', () => {
  for (const { bits, ...task } of reference.cartpole) expectClose(cartpoleDifficulty(task), bits);
  for (const { bits, name: _, ...task } of reference.mujoco) expectClose(controlDifficulty(task), bits);
  for (const { bits, ...task } of reference.omniglot) expectClose(omniglotDifficulty(task), bits);
});

it('bits rise with dimension and classes, and fall with points and error', () => {
  const [mnist] = reference.formula_rows;
  const bits = (change: object) => taskDifficulty({ ...mnist, D: undefined, ...change }).bits;
  expect(bits({ m: 15 })).toBeGreaterThan(3 * bits({}));
  expect(bits({ combinations: 11 })).toBeGreaterThan(bits({}));
  expect(bits({ n: 1e6 })).toBeLessThan(bits({}));
  // ε enters as −log2 ε for each free dimension.
  const { freeDimensions } = taskDifficulty(mnist);
  expectClose(bits({ error: 0.0005 }) - bits({}), freeDimensions, 1e-6);
  expect(() => bits({ delta: 0 })).toThrow('The difficulty of a task needs delta above 0, not 0.');
});

const { points, labels } = readSafetensors('test/reference/difficulty.safetensors').tensors;
const cloud = { rows: labels.shape[0], values: points.data as Float64Array, labels: labels.data as Int32Array };

it('dimension, radius and class distance of a cloud', () => {
  const { k, intrinsic_dimension, R, delta_all_pairs, delta_as_released } = reference.estimators;
  const found = cloudGeometry(cloud, { neighbours: k });
  expectClose(found.m, intrinsic_dimension, 1e-10);
  expectClose(found.R, R, 1e-10);
  expectClose(found.delta, delta_all_pairs, 1e-10);
  expectClose(cloudGeometry(cloud, { from: 1 }).delta, delta_as_released, 1e-10);
  // In other units everything but the dimension changes with them.
  const doubled = cloudGeometry({ ...cloud, unit: 2 });
  expectClose(doubled.m, found.m, 1e-10);
  expectClose(doubled.R, 2 * R, 1e-10);
  expectClose(doubled.delta, 2 * delta_all_pairs, 1e-10);
});

it('some of the points, looked for among all', () => {
  const of = [3, 50, 77];
  const distance = (a: number, b: number) =>
    Math.hypot(...Array.from({ length: 9 }, (_, i) => cloud.values[9 * a + i] - cloud.values[9 * b + i]));
  const to = (row: number, isAsked: (other: number) => boolean) =>
    Array.from({ length: cloud.rows }, (_, other) => other)
      .filter((other) => other !== row && isAsked(other))
      .map((other) => distance(row, other))
      .sort((a, b) => a - b);
  const ratios = of.flatMap((row) => {
    const [first, second, third] = to(row, () => true);
    return [Math.log(third / first), Math.log(third / second)];
  });
  const least = of.map((row) => to(row, (other) => cloud.labels[other] !== cloud.labels[row])[0]);
  const found = cloudGeometry(cloud, { of, neighbours: 3 });
  expectClose(found.m, ratios.length / ratios.reduce((sum, one) => sum + one), 1e-10);
  expectClose(found.delta, Math.min(...least), 1e-10);
});

it.each([1, 2, 5])('a flat manifold of dimension %i in a space of 12', (dimension) => {
  const { normal, uniform } = random(1, `manifold ${dimension}`);
  const axes = Array.from({ length: dimension }, () => Array.from({ length: 12 }, () => normal()));
  const rows = 1500;
  const values = Array.from({ length: rows }, () => {
    const at = axes.map(() => uniform());
    return Array.from({ length: 12 }, (_, i) => at.reduce((sum, one, axis) => sum + one * axes[axis][i], 0));
  }).flat();
  const { m } = cloudGeometry({ rows, values, labels: new Uint8Array(rows).map((_, i) => i % 2) });
  expect(Math.abs(m / dimension - 1)).toBeLessThan(0.1);
});

it('says what cannot be estimated', () => {
  expect(() => cloudGeometry(cloud, { neighbours: 1 })).toThrow('needs 2 or more neighbours');
  const twice = { rows: 6, values: [0, 1, 2, 3, 4, 4], labels: [0, 1, 0, 1, 0, 1] };
  expect(() => cloudGeometry(twice)).toThrow('Two points coincide');
});
