import { expect, it } from 'vitest';
import { constantRate, linearDecay } from '../../lib/dist/tensorflow/schedules';

it('constantRate stays', () => {
  const rate = constantRate(2e-4);
  expect([0, 1, 1e6].map(rate)).toEqual([2e-4, 2e-4, 2e-4]);
});

it('linearDecay falls from the full rate at step 0 to 0 at the last, and stays there', () => {
  const rate = linearDecay(5e-4, 8);
  [0, 1, 4, 7, 8, 20].forEach((step) => expect(rate(step)).toBeCloseTo(5e-4 * Math.max(0, 1 - step / 8), 12));
});

it('linearDecay warms up from 0, and then falls over the steps that remain', () => {
  const rate = linearDecay(1, 10, 4);
  [0, 0.25, 0.5, 0.75, 1, 5 / 6, 4 / 6].forEach((expected, step) => expect(rate(step)).toBeCloseTo(expected, 12));
  expect(rate(10)).toBe(0);
});
