import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonDepths, meanOfPairedCurves, pairCurves } from '../../lib/dist/stats/pairedCurves';

const curve = (accuracies: Record<number, number>, seed = 1) =>
  Object.entries(accuracies).map(([n, accuracy]) => ({ n: Number(n), seed, accuracy }));
const ahead = ({ low, high }: { low: number; high: number }) => (low > 0 ? 'first' : high < 0 ? 'second' : undefined);

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
    expect(ahead(compared)).toBe('first');
    expect(compared.firstAhead).toEqual([10, 40, 100, 640]);
    expect(compared.secondAhead).toEqual([]);
    expect(ahead(pairCurves(curve(level), curve(higher))!)).toBe('second');
    expect(ahead(pairCurves(curve(level), curve(level))!)).toBeUndefined();
  });

  it('does not take one n, or a difference within the test sets’ sampling, for a lead', () => {
    expect(ahead(pairCurves(curve({ 10: 0.52 }), curve({ 10: 0.5 }))!)).toBeUndefined();
    expect(ahead(pairCurves(curve({ 10: 0.515, 40: 0.51 }), curve({ 10: 0.5, 40: 0.5 }))!)).toBeUndefined();
  });

  it('does not take what one seed alone shows along its whole curve for a lead', () => {
    const level = { 0: 0.5, 10: 0.5, 40: 0.5, 100: 0.5 };
    const higher = { 0: 0.6, 10: 0.6, 40: 0.6, 100: 0.6 };
    const others = [...curve(level), ...curve(level, 2)];
    const [one, both] = [2, 1].map(
      (seed) => pairCurves([...curve(higher), ...curve(seed === 1 ? higher : level, 2)], others)!,
    );
    expect([one.difference, one.low, one.high]).toEqual([0.05, 0, 0.1].map((value) => expect.closeTo(value, 12)));
    expect([ahead(one), ahead(both)]).toEqual([undefined, 'first']);
    // Seen at some n in one seed only, a difference says nothing about other seeds.
    const more = pairCurves([...curve(higher), ...curve({ 10: 0.5 }, 2)], others)!;
    expect(more.difference).toBeCloseTo(0.0875, 12);
    expect(more.low).toBeLessThanOrEqual(0.0375 + 1e-12);
  });

  it('is undefined without pairs', () => {
    expect(pairCurves(curve({ 10: 0.5 }), curve({ 10: 0.5 }, 2))).toBeUndefined();
  });
});

describe('meanOfPairedCurves', () => {
  const level = curve({ 0: 0.5, 10: 0.5, 40: 0.5 });
  const higher = pairCurves(curve({ 0: 0.6, 10: 0.7, 40: 0.8 }), level)!;
  const alsoHigher = pairCurves(curve({ 10: 0.6, 40: 0.6, 100: 0.9 }, 2), curve({ 10: 0.5, 40: 0.5, 100: 0.5 }, 2))!;

  it('averages at the n that all have', () => {
    const { points, pairs, seeds, difference, ...more } = meanOfPairedCurves([higher, alsoHigher])!;
    expect(points.map(({ n, mean, runs }) => [n, mean, runs])).toEqual([
      [10, expect.closeTo(0.15, 12), 2],
      [40, expect.closeTo(0.2, 12), 2],
    ]);
    expect(difference).toBeCloseTo(0.175, 12);
    expect([pairs, seeds, ahead(more)]).toEqual([4, [1, 2], 'first']);
  });

  it('is surer than its parts, and the part itself where there is one', () => {
    const [of40] = meanOfPairedCurves([higher, higher])!.points.slice(-1);
    expect(of40.high - of40.low).toBeCloseTo((higher.points[2].high - higher.points[2].low) / Math.SQRT2, 12);
    const alone = meanOfPairedCurves([higher])!;
    expect([alone.difference, alone.low, alone.high]).toEqual([
      expect.closeTo(higher.difference, 12),
      expect.closeTo(higher.low, 12),
      expect.closeTo(higher.high, 12),
    ]);
  });

  it('keeps what the seeds of a part allow', () => {
    const level = curve({ 0: 0.5, 10: 0.5 });
    const first = [...curve({ 0: 0.6, 10: 0.6 }), ...level.map((run) => ({ ...run, seed: 2 }))];
    const part = pairCurves(first, [...level, ...level.map((run) => ({ ...run, seed: 2 }))])!;
    const [alone, two] = [meanOfPairedCurves([part])!, meanOfPairedCurves([part, part])!];
    expect([alone.low, alone.high]).toEqual([expect.closeTo(0, 12), expect.closeTo(0.1, 12)]);
    expect(two.high - two.low).toBeCloseTo(0.1 / Math.SQRT2, 12);
  });

  it('is undefined where nothing is common', () => {
    expect(meanOfPairedCurves([])).toBeUndefined();
    expect(meanOfPairedCurves([higher, pairCurves(curve({ 640: 1 }), curve({ 640: 1 }))!])).toBeUndefined();
  });
});

const at = (depth: number, ...sizes: number[]) => sizes.map((n) => ({ layers: depth, n }));

describe('commonDepths', () => {
  it('prefers many n of one depth to few of two', () => {
    const points = [...at(2, 0, 10, 40, 100), ...at(4, 40)];
    expect(commonDepths(points)).toEqual({ depths: [2], sizes: [0, 10, 40, 100] });
  });

  it('takes both depths as soon as they cover more', () => {
    const points = [...at(12, 100, 40, 10), ...at(2, 0, 10, 40, 100), ...at(4, 40)];
    expect(commonDepths(points)).toEqual({ depths: [2, 12], sizes: [10, 40, 100] });
  });

  it('takes more depths where they cover as much', () => {
    expect(commonDepths([...at(2, 0, 10), ...at(4, 10)])).toEqual({ depths: [2, 4], sizes: [10] });
  });

  it('is empty where nothing is', () => {
    expect(commonDepths([])).toEqual({ depths: [], sizes: [] });
  });

  it('gives only n that all its depths have', () => {
    const point = fc.record({ layers: fc.constantFrom(2, 4, 6, 8), n: fc.constantFrom(0, 10, 40) });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1 }), (points) => {
        const { depths, sizes } = commonDepths(points);
        expect(depths.length * sizes.length).toBeGreaterThan(0);
        for (const layers of depths) {
          for (const n of sizes) expect(points).toContainEqual({ layers, n });
        }
      }),
    );
  });
});
