import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishedDepthSchema } from '../../lib/dist/runs/publishedSchemas';
import { readTable } from '../../lib/dist/runs/resultsTable';
import { type CurveRun, samplesNeeded, samplesToReach } from '../../lib/dist/stats/dataEfficiency';

const SIZES = [0, 10, 16, 25, 40, 64, 100, 160, 250, 400, 640, 1000];
const curveOf = (accuracies: number[]) => accuracies.map((accuracy, i) => ({ n: SIZES[i], accuracy }));
const aShare = fc.double({ min: 0, max: 1, noNaN: true });
const aCurve = fc.array(aShare, { minLength: 1, maxLength: SIZES.length }).map(curveOf);

describe('samplesToReach', () => {
  it('is linear in log n between points, and in n from 0 to the first of them', () => {
    const curve = [
      { n: 0, accuracy: 0.2 },
      { n: 10, accuracy: 0.4 },
      { n: 1000, accuracy: 0.6 },
    ];
    expect(samplesToReach(curve, 0.5)).toBeCloseTo(100, 10);
    expect(samplesToReach(curve, 0.3)).toBeCloseTo(5, 10);
    expect(samplesToReach(curve, 0.4)).toBe(10);
    expect(samplesToReach(curve, 0.6)).toBeCloseTo(1000, 10);
    expect(samplesToReach(curve, 0.2)).toBe(0);
    expect(samplesToReach(curve, 0.1)).toBe(0);
    expect(samplesToReach(curve, 0.61)).toBeNull();
    expect(samplesToReach(curve.slice(1), 0.3)).toBe(10);
    expect(samplesToReach([], 0.5)).toBeNull();
    expect(() => samplesToReach([{ n: -1, accuracy: 1 }], 0.5)).toThrow('A curve cannot have a point at n = -1.');
  });

  it('takes the first time where a curve falls again', () => {
    expect(samplesToReach(curveOf([0, 1, 0, 1]), 0.5)).toBe(5);
  });

  it('lies where the curve does, grows with the accuracy asked for, and ignores the order of points', () => {
    fc.assert(
      fc.property(aCurve, aShare, aShare, (curve, one, other) => {
        const [easier, harder] = [Math.min(one, other), Math.max(one, other)];
        const samples = samplesToReach(curve, harder);
        if (samples === null) {
          expect(Math.max(...curve.map(({ accuracy }) => accuracy))).toBeLessThan(harder);
        } else {
          expect(samplesToReach(curve, easier)).toBeLessThanOrEqual(samples + 1e-9);
          const after = curve.findIndex(({ n }) => n >= samples - 1e-9);
          expect(curve[after].accuracy).toBeGreaterThanOrEqual(harder - 1e-9);
          for (const { accuracy } of curve.slice(0, after)) expect(accuracy).toBeLessThan(harder);
        }
        expect(samplesToReach([...curve].reverse(), harder)).toBe(samples);
      }),
    );
  });

  it('finds the published 2-layer subnetwork ahead of a random start', () => {
    const published = readTable('data/published/fig_depth_breakdown.csv', publishedDepthSchema)
      .filter(({ n_layers }) => n_layers === 2)
      .map((row) => ({ condition: row.inherit_from, n: row.n_disambiguation, accuracy: row.test_accuracy }));
    const needed = (condition: string) =>
      samplesToReach(
        published.filter((row) => row.condition === condition),
        0.5,
      );
    // subnet: 0.468 at n = 160, 0.624 at 250; random: 0.461 at 1,000, 0.504 at 1,600
    expect(needed('subnet')).toBeCloseTo(160 * (250 / 160) ** (0.032 / 0.156), 6);
    expect(needed('random')).toBeCloseTo(1000 * 1.6 ** (0.039 / 0.043), 6);
  });
});

describe('samplesNeeded', () => {
  const runs = (curves: number[][]): CurveRun[] =>
    curves.flatMap((accuracies, i) => curveOf(accuracies).map((point) => ({ seed: i + 1, ...point })));

  it('takes the mean curve, and whole seeds for the interval', () => {
    const [steep, uneven] = [
      [
        [0, 1],
        [0, 0.5],
      ],
      [
        [0, 0.9],
        [0, 0.1],
      ],
    ].map(runs);
    const drawn = { upTo: 10, seeds: 2 };
    expect(samplesNeeded(steep, 0.5)).toEqual({
      ...{ samples: expect.closeTo(10 * (0.5 / 0.75), 10), low: 5, high: 10, ...drawn },
    });
    expect(samplesNeeded(uneven, 0.5)).toEqual({
      ...{ samples: 10, low: expect.closeTo(5 / 0.9, 10), high: null, ...drawn },
    });
    expect([steep, uneven].map((of) => samplesNeeded(of, 0.95).samples)).toEqual([null, null]);
  });

  it('draws only seeds that have every n up to the one that is needed', () => {
    const partial = runs([[0, 0.25, 1], [0, 0.75, 1], [0.1]]);
    const { low, high, seeds, upTo } = samplesNeeded(partial, 0.5);
    expect([seeds, upTo]).toEqual([2, partial[2].n]);
    expect(low).toBeLessThan(partial[1].n);
    expect(high).toBeGreaterThan(partial[1].n);
    const first = samplesNeeded([...partial.slice(0, 1), ...partial.slice(4)], 0.99);
    expect(first).toMatchObject({ seeds: 0, low: first.samples, high: first.samples });
  });

  it('gives one seed no width, and no other order another result', () => {
    const curves = fc.array(fc.array(aShare, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(curves, (curves) => {
        const { samples, low, high, seeds } = samplesNeeded(runs(curves), 0.5);
        expect(seeds).toBe(curves.length);
        if (seeds === 1) expect([low, high]).toEqual([samples, samples]);
        if (low !== null && high !== null) expect(low).toBeLessThanOrEqual(high);
        const again = samplesNeeded(runs(curves).reverse(), 0.5);
        if (samples === null) expect(again.samples).toBeNull();
        else expect(again.samples).toBeCloseTo(samples, 9);
      }),
      { numRuns: 30 },
    );
  });
});
