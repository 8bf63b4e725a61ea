import { expect, it } from 'vitest';
import { constantRate, cosineRestarts, linearDecay, oneCycle } from '../../lib/dist/tensorflow/optimizers';

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

it('oneCycle rises along half a cosine to the full rate, and falls to almost nothing', () => {
  // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10, pct_start=0.3): its get_last_lr() before each step.
  const expected = [0.04, 0.52, 1, 0.9504846, 0.8117456, 0.611262, 0.388742, 0.1882584, 0.0495194, 0.000004];
  const rate = oneCycle(1, 10, 0.3);
  expected.forEach((value, step) => expect(rate(step)).toBeCloseTo(value, 6));
});

it('cosineRestarts falls along half a cosine, and begins again, lower and for longer', () => {
  const rate = cosineRestarts(1, 10, { periodFactor: 2, heightFactor: 0.5, least: 0.1 });
  const at = (height: number, part: number) => 0.9 * height * ((1 + Math.cos(Math.PI * part)) / 2) + 0.1;
  const expected = { 0: 1, 5: at(1, 0.5), 9: at(1, 0.9), 10: 0.55, 20: at(0.5, 0.5), 29: at(0.5, 19 / 20), 30: 0.325 };
  for (const [step, value] of Object.entries(expected)) expect(rate(Number(step))).toBeCloseTo(value, 12);
});
