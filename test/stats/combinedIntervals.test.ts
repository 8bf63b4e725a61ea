import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOfEstimates, estimateDifference, meanOfEstimates } from '../../lib/dist/stats/combinedIntervals';
import { wilsonInterval } from '../../lib/dist/stats/intervals';

const estimate = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map((values) => values.sort((a, b) => a - b))
  .map(([low, mean, high]) => ({ low, mean, high }));

describe('meanOfEstimates', () => {
  it('shrinks equal intervals by the root of their number', () => {
    const parts = Array.from({ length: 4 }, () => ({ mean: 0.5, low: 0.4, high: 0.7 }));
    const { mean, low, high } = meanOfEstimates(parts);
    expect(mean).toBe(0.5);
    expect(low).toBeCloseTo(0.45, 12);
    expect(high).toBeCloseTo(0.6, 12);
  });

  it('holds the mean, and is never wider than the mean of the parts', () => {
    fc.assert(
      fc.property(fc.array(estimate, { minLength: 1, maxLength: 6 }), (parts) => {
        const { mean, low, high } = meanOfEstimates(parts);
        const average = (of: (part: (typeof parts)[number]) => number) =>
          parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
        expect(mean).toBeCloseTo(
          average((part) => part.mean),
          12,
        );
        expect(low).toBeLessThanOrEqual(mean);
        expect(high).toBeGreaterThanOrEqual(mean);
        expect(low).toBeGreaterThanOrEqual(average((part) => part.low) - 1e-12);
        expect(high).toBeLessThanOrEqual(average((part) => part.high) + 1e-12);
      }),
    );
  });

  it('refuses nothing', () => {
    expect(() => meanOfEstimates([])).toThrow('at least one');
  });
});

const share = (successes: number, trials: number) => ({
  mean: successes / trials,
  ...wilsonInterval(successes, trials),
});

describe('differenceOfEstimates', () => {
  it('is the interval of two shares where the parts are shares', () => {
    // Newcombe (1998), example (a), method 10.
    const { low, high } = differenceOfEstimates(share(56, 70), share(48, 80));
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  it('is turned round with its parts', () => {
    fc.assert(
      fc.property(estimate, estimate, (first, second) => {
        const [forth, back] = [differenceOfEstimates(first, second), differenceOfEstimates(second, first)];
        expect(forth.mean).toBeCloseTo(-back.mean, 12);
        expect(forth.low).toBeCloseTo(-back.high, 12);
        expect(forth.high).toBeCloseTo(-back.low, 12);
      }),
    );
  });
});

describe('estimateDifference', () => {
  it('gives a single pair the interval of two shares', () => {
    const { mean, low, high, interval } = estimateDifference([{ first: 0.8, second: 0.6 }], { trials: 50 });
    expect([mean, interval]).toEqual([expect.closeTo(0.2, 12), 'binomial']);
    expect({ low, high }).toEqual({
      low: expect.closeTo(differenceOfEstimates(share(40, 50), share(30, 50)).low, 12),
      high: expect.closeTo(differenceOfEstimates(share(40, 50), share(30, 50)).high, 12),
    });
  });

  it('uses that the runs of a pair belong together', () => {
    const pairs = [0.1, 0.4, 0.8].map((second) => ({ first: second + 0.1, second }));
    const { mean, low, high, runs, interval } = estimateDifference(pairs);
    expect([runs, interval]).toEqual([3, 'bootstrap']);
    for (const value of [mean, low, high]) expect(value).toBeCloseTo(0.1, 12);
  });
});
