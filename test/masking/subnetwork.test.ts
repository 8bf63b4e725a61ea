import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkFits,
  complement,
  countsPerLayer,
  intersection,
  maskedWeightCount,
  overlap,
  type Subnetwork,
  subnetworkSize,
} from '../../lib/dist/masking/subnetwork';

const shapes = { a: [3, 5], b: [8], c: [2, 2, 2] };
const bits = (length: number) => fc.uint8Array({ minLength: length, maxLength: length, max: 1 });
const aSubnetwork: fc.Arbitrary<Subnetwork> = fc.tuple(bits(15), bits(8), bits(8)).map(([a, b, c]) => ({
  a: { shape: [3, 5], keep: a },
  b: { shape: [8], keep: b },
  c: { shape: [2, 2, 2], keep: c },
}));

describe('subnetworks', () => {
  it('count their weights', () => {
    const subnetwork = {
      a: { shape: [2, 2], keep: Uint8Array.of(1, 0, 1, 1) },
      b: { shape: [2], keep: Uint8Array.of(0, 0) },
    };
    expect(subnetworkSize(subnetwork)).toBe(3);
    expect(maskedWeightCount(subnetwork)).toBe(6);
    expect(countsPerLayer(subnetwork)).toEqual([
      { parameter: 'a', kept: 3, total: 4, share: 0.75 },
      { parameter: 'b', kept: 0, total: 2, share: 0 },
    ]);
  });

  it('form sets: complement and intersection', () => {
    fc.assert(
      fc.property(aSubnetwork, aSubnetwork, (first, second) => {
        expect(complement(complement(first))).toEqual(first);
        expect(subnetworkSize(complement(first))).toBe(31 - subnetworkSize(first));
        expect(subnetworkSize(intersection(first, complement(first)))).toBe(0);
        const inBoth = subnetworkSize(intersection(first, second));
        expect(inBoth + subnetworkSize(intersection(first, complement(second)))).toBe(subnetworkSize(first));
        expect(intersection(second, first)).toEqual(intersection(first, second));
      }),
    );
  });

  it('leave their arguments as they were', () => {
    const make = () => ({ a: { shape: [2], keep: Uint8Array.of(1, 0) } });
    const [first, second] = [make(), make()];
    for (const result of [complement(first), intersection(first, second)]) {
      result.a.keep.fill(7);
      result.a.shape[0] = 7;
    }
    expect([first, second]).toEqual([make(), make()]);
  });

  it('overlap as their sets do', () => {
    const first = { a: { shape: [4], keep: Uint8Array.of(1, 1, 0, 0) }, b: { shape: [2], keep: Uint8Array.of(0, 0) } };
    // the same weights in another order
    const second = { b: { shape: [2], keep: Uint8Array.of(0, 0) }, a: { shape: [4], keep: Uint8Array.of(0, 1, 1, 1) } };
    expect(overlap(first, second)).toEqual({
      jaccard: 1 / 4,
      layers: [
        { parameter: 'a', shared: 1, sharedByChance: 1.5, shareOfFirst: 1 / 2, shareOfSecond: 1 / 3, jaccard: 1 / 4 },
        { parameter: 'b', shared: 0, sharedByChance: 0, shareOfFirst: 0, shareOfSecond: 0, jaccard: 1 },
      ],
    });
    fc.assert(
      fc.property(aSubnetwork, aSubnetwork, (one, other) => {
        expect(overlap(one, one).jaccard).toBe(1);
        const inEither = 31 - subnetworkSize(intersection(complement(one), complement(other)));
        const expected = inEither === 0 ? 1 : subnetworkSize(intersection(one, other)) / inEither;
        expect(overlap(one, other).jaccard).toBe(expected);
        expect(overlap(other, one).jaccard).toBe(expected);
      }),
    );
  });

  it('say which parameter does not fit', () => {
    const subnetwork = fc.sample(aSubnetwork, 1)[0];
    expect(() => checkFits(subnetwork, shapes)).not.toThrow();
    expect(() => checkFits(subnetwork, { ...shapes, b: [2, 4] })).toThrow(
      'The mask does not fit the model: b has the shape [2, 4], but its mask [8].',
    );
    expect(() => checkFits(subnetwork, { a: [3, 5], c: [2, 2, 2] })).toThrow('it covers b, which is no masked weight');
    expect(() => checkFits(subnetwork, { ...shapes, d: [1] })).toThrow('it has nothing for d.');
    expect(() => checkFits({ ...subnetwork, a: { shape: [3, 5], keep: new Uint8Array(14) } }, shapes)).toThrow(
      'a has 15 weights, but its mask 14 entries.',
    );
    expect(() => checkFits({ toString: { shape: [1], keep: new Uint8Array(1) } }, {})).toThrow('it covers toString');
    const other = { a: { shape: [5, 3], keep: new Uint8Array(15) } };
    for (const combine of [intersection, overlap]) {
      expect(() => combine({ a: subnetwork.a }, other)).toThrow('a has the shape [3, 5], but its mask [5, 3]');
    }
  });
});
