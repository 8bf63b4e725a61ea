import { describe, expect, it } from 'vitest';
import { pairCurves } from '../../lib/dist/evaluation/pairedCurves';

const curve = (accuracies: Record<number, number>, seed = 1) =>
  Object.entries(accuracies).map(([n, accuracy]) => ({ n: Number(n), seed, accuracy }));

describe('pairCurves', () => {
  it('compares runs of the same n and seed only', () => {
    const first = [...curve({ 0: 0.3, 10: 0.5 }), ...curve({ 10: 0.7, 40: 0.9 }, 2)];
    const second = [...curve({ 10: 0.4, 40: 0.1 }), ...curve({ 10: 0.4 }, 2)];
    const { points, pairs, seeds, difference } = pairCurves(first, second)!;
    expect([pairs, seeds]).toEqual([2, [1, 2]]);
    expect(points.map(({ n, runs }) => [n, runs])).toEqual([[10, 2]]);
    expect(difference).toBeCloseTo(0.2, 12);
  });

  it('says who is ahead along the whole axis, and at which n', () => {
    const sizes = [0, 10, 40, 100, 640];
    const level = Object.fromEntries(sizes.map((n) => [n, 0.5]));
    const higher = Object.fromEntries(sizes.map((n) => [n, n === 0 ? 0.5 : 0.6]));
    const compared = pairCurves(curve(higher), curve(level))!;
    expect(compared.ahead).toBe('first');
    expect(compared.firstAhead).toEqual([10, 40, 100, 640]);
    expect(compared.secondAhead).toEqual([]);
    expect(pairCurves(curve(level), curve(higher))!.ahead).toBe('second');
    expect(pairCurves(curve(level), curve(level))!.ahead).toBeUndefined();
  });

  it('does not take one n, or a difference within the test sets’ sampling, for a lead', () => {
    expect(pairCurves(curve({ 10: 0.52 }), curve({ 10: 0.5 }))!.ahead).toBeUndefined();
    expect(pairCurves(curve({ 10: 0.515, 40: 0.51 }), curve({ 10: 0.5, 40: 0.5 }))!.ahead).toBeUndefined();
  });

  it('is undefined without pairs', () => {
    expect(pairCurves(curve({ 10: 0.5 }), curve({ 10: 0.5 }, 2))).toBeUndefined();
  });
});
