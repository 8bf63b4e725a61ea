import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonDepths } from '../../lib/dist/stats/commonDepths';

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
