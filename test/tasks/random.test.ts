import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random, seedFor } from '../../lib/dist/tasks/random';

/** Pearson's statistic of equally likely outcomes. */
function chiSquare(counts: number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('random', () => {
  it('gives the same stream for the same seed and purpose, and other streams for others', () => {
    const draw = (seed: number, purpose: string) => {
      const source = random(seed, purpose);
      return Array.from({ length: 8 }, () => source.integer(2 ** 32));
    };
    expect(draw(1, 'rows')).toEqual(draw(1, 'rows'));
    const streams = [
      draw(1, 'rows'),
      draw(2, 'rows'),
      draw(1, 'shuffle'),
      draw(-1, 'rows'),
      draw(11, ''),
      draw(1, '1'),
    ];
    expect(new Set(streams.flat()).size).toBe(streams.length * 8);
  });

  it('draws integers uniformly', () => {
    const source = random(3, 'uniform');
    const counts = new Array(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[source.integer(7)]++;
    expect(chiSquare(counts)).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
  });

  it('draws every order of 4 equally often', () => {
    const source = random(4, 'orders');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = source.permutation(4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(49.7); // 23 degrees of freedom, p = 0.001
  });

  it('samples without replacement', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(200), fc.nat(200), (seed, a, b) => {
        const [n, k] = [Math.max(a, b), Math.min(a, b)];
        const sample = random(seed, 'sample').sampleWithoutReplacement(n, k);
        expect(sample.length).toBe(k);
        expect(new Set(sample).size).toBe(k);
        expect(sample.every((value) => value >= 0 && value < n)).toBe(true);
      }),
    );
  });

  it('says what is wrong with an argument', () => {
    const source = random(0, '');
    expect(() => source.integer(0)).toThrow('whole number from 1 to 2^32, not 0');
    expect(() => source.sampleWithoutReplacement(3, 4)).toThrow('Cannot draw 4 of 3 values without replacement');
    expect(() => source.permutation(-1)).toThrow('Cannot draw -1 of -1');
    expect(() => random(0.5, '')).toThrow('A seed must be a whole number, not 0.5.');
  });
});

describe('seedFor', () => {
  it('is a 31-bit number that differs with seed and purpose', () => {
    const seeds = Array.from({ length: 1000 }, (_, i) => seedFor(i % 100, `purpose ${Math.floor(i / 100)}`));
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
    expect(new Set(seeds).size).toBe(1000);
    expect(Math.max(...seeds)).toBeGreaterThan(2 ** 30);
  });
});
