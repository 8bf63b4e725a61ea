import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearerCurve } from '../../lib/dist/stats/nearerCurve';

const sizes = [0, 10, 16, 25, 40, 64, 100];
const curve = (of: (n: number, i: number) => number) => sizes.map((n, i) => ({ n, accuracy: of(n, i) }));
const published = curve((_n, i) => 0.1 * i);

describe('nearerCurve', () => {
  it('gives the root mean square differences over the n that all three have', () => {
    const first = curve((_n, i) => 0.1 * i + 0.03).slice(0, 5);
    const second = curve((_n, i) => 0.1 * i - 0.2).slice(2);
    const fit = nearerCurve({ first, second, published });
    expect(fit.sizes).toEqual([16, 25, 40]);
    expect(fit.secondAt).toEqual([]);
    expect(fit.first).toBeCloseTo(0.03, 12);
    expect(fit.second).toBeCloseTo(0.2, 12);
    expect(fit.excess).toBeCloseTo(0.03 ** 2 - 0.2 ** 2, 12);
    expect(fit.nearer).toBe('first');
  });

  it('decides nothing where each is nearer at some n', () => {
    const first = curve((_n, i) => 0.1 * i + (i % 2 ? 0.1 : 0));
    const second = curve((_n, i) => 0.1 * i + (i % 2 ? 0 : 0.1));
    const fit = nearerCurve({ first, second, published });
    expect(fit.nearer).toBeUndefined();
    expect(fit.secondAt).toEqual([10, 25, 64]);
  });

  it('does not care which is called first', () => {
    const accuracies = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(accuracies, accuracies, (a, b) => {
        const [first, second] = [curve((_n, i) => a[i]), curve((_n, i) => b[i])];
        const one = nearerCurve({ first, second, published }, { resamples: 200 });
        const other = nearerCurve({ first: second, second: first, published }, { resamples: 200 });
        expect([other.first, other.second]).toEqual([one.second, one.first]);
        expect(other.excess).toBeCloseTo(-one.excess, 12);
        expect(one.low <= one.excess + 1e-12 && one.excess - 1e-12 <= one.high).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses curves that have nothing in common', () => {
    const elsewhere = [{ n: 7, accuracy: 0.5 }];
    expect(() => nearerCurve({ first: elsewhere, second: published, published })).toThrow(
      'no number of samples in common',
    );
  });
});
