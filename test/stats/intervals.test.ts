import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  estimateDifference,
  mean,
  meanInterval,
  meanOfEstimates,
  wilsonInterval,
} from '../../lib/dist/stats/intervals';
import { random } from '../../lib/dist/tasks/random';

describe('wilsonInterval', () => {
  it('agrees with published examples', () => {
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    const examples = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [successes, trials, low, high] of examples) {
      expect(wilsonInterval(successes, trials)).toEqual({ low: expect.closeTo(low, 4), high: expect.closeTo(high, 4) });
    }
    expect(wilsonInterval(0, 20).low).toBe(0);
    expect(wilsonInterval(20, 20).high).toBe(1);
  });

  it('solves the equation that defines it, and holds the share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, part) => {
        const successes = Math.round(part * trials);
        const share = successes / trials;
        const { low, high } = wilsonInterval(successes, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low <= share && share <= high).toBe(true);
        for (const bound of [low, high]) {
          expect((share - bound) ** 2).toBeCloseTo((1.959963984540054 ** 2 * bound * (1 - bound)) / trials, 9);
        }
        const mirrored = wilsonInterval(trials - successes, trials);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });

  it('covers the true share in about 95 % of samples', () => {
    const source = random(1, 'coverage');
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      let successes = 0;
      for (let j = 0; j < 100; j++) if (source.uniform() < 0.3) successes++;
      const { low, high } = wilsonInterval(successes, 100);
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.93);
    expect(covered / 2000).toBeLessThan(0.97);
  });

  it('refuses what is no share', () => {
    for (const [successes, trials] of [
      [0, 0],
      [3, 2],
      [-1, 2],
      [Number.NaN, 2],
    ]) {
      expect(() => wilsonInterval(successes, trials)).toThrow(`no share of ${successes} successes in ${trials} trials`);
    }
  });
});

describe('intervals of means', () => {
  it('lie between the extremes and do not depend on the order of the values', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, (values) => {
        const interval = meanInterval(values);
        expect(interval.low).toBeLessThanOrEqual(interval.high);
        expect(interval.low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(interval.high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        expect(meanInterval([...values].reverse())).toEqual(interval);
      }),
      { numRuns: 20 },
    );
  });

  it('of many values come near the normal interval of their mean', () => {
    const source = random(2, 'values');
    const many = Array.from({ length: 400 }, () => source.uniform());
    const { low, high } = bootstrapInterval(many, mean, 4000);
    const spread = Math.sqrt(mean(many.map((value) => (value - mean(many)) ** 2)));
    expect((high - low) / 2).toBeCloseTo((1.96 * spread) / 20, 2);
    expect((high + low) / 2).toBeCloseTo(mean(many), 2);
  });

  it('of few values are those of 10,000 samples, each drawn by itself', () => {
    for (const values of [
      [0.3, 0.9],
      [0.1, 0.5, 0.2],
      [3, 1, 4, 1, 5],
      [2, 7, 1, 8, 2, 8],
    ]) {
      const source = random(0, 'bootstrap');
      const means = Array.from({ length: 10_000 }, () => mean(values.map(() => values[source.integer(values.length)])));
      const { low, high } = bootstrapInterval(values, mean);
      const sorted = means.sort((a, b) => a - b);
      // Between the neighbours of the 2.5 % and 97.5 % points.
      expect(low).toBeGreaterThanOrEqual(sorted[249]);
      expect(low).toBeLessThanOrEqual(sorted[250]);
      expect(high).toBeGreaterThanOrEqual(sorted[9749]);
      expect(high).toBeLessThanOrEqual(sorted[9750]);
    }
  });

  it('of two values reach from one to the other', () => {
    expect(meanInterval([0.2, 0.6])).toEqual({ low: 0.2, high: expect.closeTo(0.6, 12) });
  });

  it('are binomial for a single run whose test samples are known', () => {
    expect(meanInterval([0.933], 1000)).toEqual(wilsonInterval(933, 1000));
    expect(meanInterval([0.933])).toEqual({ low: 0.933, high: 0.933 });
    expect(meanInterval([0.9, 0.8, 0.85], 1000)).toEqual(meanInterval([0.8, 0.85, 0.9]));
  });

  it('pass infinite statistics on and refuse NaN and nothing', () => {
    expect(bootstrapInterval([1, Number.POSITIVE_INFINITY], mean)).toEqual({ low: 1, high: Number.POSITIVE_INFINITY });
    expect(() => meanInterval([0.5, Number.NaN])).toThrow('needs numbers, and got NaN');
    expect(() => meanInterval([])).toThrow('There is no interval over nothing');
  });
});

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

describe('estimateDifference', () => {
  it('gives a single pair the interval of two shares', () => {
    // Newcombe (1998), example (b), 9/10 − 3/10, method 10.
    const { mean, low, high, runs } = estimateDifference([{ first: 0.9, second: 0.3 }], 10);
    expect([mean, runs]).toEqual([expect.closeTo(0.6, 12), 1]);
    expect(low).toBeCloseTo(0.1705, 4);
    expect(high).toBeCloseTo(0.809, 4);
  });

  it('is turned round with its pairs', () => {
    const aShare = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(aShare, aShare, (first, second) => {
        const [forth, back] = [
          estimateDifference([{ first, second }]),
          estimateDifference([{ first: second, second: first }]),
        ];
        expect(forth.mean).toBeCloseTo(-back.mean, 12);
        expect(forth.low).toBeCloseTo(-back.high, 12);
        expect(forth.high).toBeCloseTo(-back.low, 12);
      }),
    );
  });

  it('uses that the runs of a pair belong together', () => {
    const pairs = [0.1, 0.4, 0.8].map((second) => ({ first: second + 0.1, second }));
    const { mean, low, high, runs } = estimateDifference(pairs);
    expect(runs).toBe(3);
    for (const value of [mean, low, high]) expect(value).toBeCloseTo(0.1, 12);
  });
});
