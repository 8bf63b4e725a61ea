import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  bootstrapMeanInterval,
  estimateAccuracy,
  mean,
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

describe('bootstrap intervals', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
  const options = { resamples: 200 };

  it('lie between the extremes and do not depend on the order of the values', () => {
    fc.assert(
      fc.property(values, fc.nat(), (values, seed) => {
        const interval = bootstrapMeanInterval(values, { ...options, seed });
        expect(interval.low).toBeLessThanOrEqual(interval.high);
        expect(interval.low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(interval.high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        expect(bootstrapMeanInterval([...values].reverse(), { ...options, seed })).toEqual(interval);
      }),
    );
  });

  it('of many values come near the normal interval of their mean', () => {
    const source = random(2, 'values');
    const many = Array.from({ length: 400 }, () => source.uniform());
    const { low, high } = bootstrapMeanInterval(many, { resamples: 4000 });
    const spread = Math.sqrt(mean(many.map((value) => (value - mean(many)) ** 2)));
    expect((high - low) / 2).toBeCloseTo((1.96 * spread) / 20, 2);
    expect((high + low) / 2).toBeCloseTo(mean(many), 2);
  });

  it('of two values reach from one to the other', () => {
    expect(bootstrapMeanInterval([0.2, 0.6])).toEqual({ low: 0.2, high: expect.closeTo(0.6, 12) });
  });

  it('pass infinite statistics on and refuse NaN and nothing', () => {
    expect(bootstrapInterval([1, Number.POSITIVE_INFINITY], mean)).toEqual({ low: 1, high: Number.POSITIVE_INFINITY });
    expect(() => bootstrapMeanInterval([0.5, Number.NaN])).toThrow('needs numbers, and got NaN');
    expect(() => bootstrapMeanInterval([])).toThrow('There is no interval over nothing');
  });
});

describe('estimateAccuracy', () => {
  it('takes the binomial interval of a single run and the bootstrap interval of several', () => {
    expect(estimateAccuracy([0.933])).toEqual({
      mean: 0.933,
      runs: 1,
      interval: 'binomial',
      ...wilsonInterval(933, 1000),
    });
    expect(estimateAccuracy([0.5], { trials: 100 })).toMatchObject(wilsonInterval(50, 100));
    const several = estimateAccuracy([0.9, 0.8, 0.85], { seed: 5 });
    expect(several).toMatchObject({
      runs: 3,
      interval: 'bootstrap',
      ...bootstrapMeanInterval([0.8, 0.85, 0.9], { seed: 5 }),
    });
    expect(several.mean).toBeCloseTo(0.85, 12);
    expect(() => estimateAccuracy([])).toThrow('no interval over nothing');
  });
});
