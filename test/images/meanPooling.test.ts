import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanPool, meanPoolLabels } from '../../lib/dist/images/meanPooling';

/** A grey image from the values of its pixels, row by row, with their second and third channels 100 and 200 higher. */
const grey = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value, (value + 100) % 256, 200]));
const mask = (...values: number[]) => Uint8Array.from(values);
const reds = (image: Uint8Array) => [...image].filter((_, i) => i % 3 === 0);

describe('meanPool', () => {
  it('paints large segments first, so that small ones stay visible, with means of the original pixels', () => {
    // 4 x 1 pixels: a segment of 3 pixels, in it one of 1, and a pixel in none
    const image = grey(10, 20, 61, 40);
    const large = mask(1, 1, 1, 0);
    const small = mask(0, 1, 0, 0);
    // (10 + 20 + 61) / 3 = 30.33: the small one's pixel counts there too
    for (const masks of [
      [large, small],
      [small, large],
    ]) {
      expect(reds(meanPool({ image, height: 1, width: 4, masks }))).toEqual([30, 20, 30, 40]);
    }
  });

  it('truncates means, and paints uncovered pixels with their own mean', () => {
    const image = grey(1, 2, 10, 11, 13, 0);
    const masks = [mask(1, 1, 0, 0, 0, 0)];
    const pooled = meanPool({ image, height: 2, width: 3, masks });
    expect(reds(pooled)).toEqual([1, 1, 8, 8, 8, 8]); // 1.5 and 8.5
    expect([...pooled.slice(0, 3)]).toEqual([1, 101, 200]);
  });

  it('keeps the given order of segments of equal size: the later one wins', () => {
    const image = grey(0, 10, 20);
    expect(reds(meanPool({ image, height: 1, width: 3, masks: [mask(1, 1, 0), mask(0, 1, 1)] }))).toEqual([5, 15, 15]);
    expect(reds(meanPool({ image, height: 1, width: 3, masks: [mask(0, 1, 1), mask(1, 1, 0)] }))).toEqual([5, 5, 15]);
  });

  it('is the same for a partition given as masks or as labels', () => {
    const pixel = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 1, maxLength: 40 }), (pixels) => {
        const image = grey(...pixels.map(([, value]) => value));
        const labels = Int32Array.from(pixels, ([label]) => label);
        const masks = [0, 1, 2, 3, 4].map((label) => Uint8Array.from(labels, (own) => Number(own === label)));
        const size = { height: 1, width: pixels.length };
        expect(meanPool({ image, ...size, masks })).toEqual(meanPoolLabels({ image, ...size, labels }));
      }),
    );
  });

  it('changes nothing when it is done twice with segments that do not overlap', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (image) => {
        const masks = [mask(1, 0, 0, 1), mask(0, 1, 0, 0)];
        const once = meanPool({ image, height: 2, width: 2, masks });
        expect(meanPool({ image: once, height: 2, width: 2, masks })).toEqual(once);
      }),
    );
  });

  it('refuses what does not fit the image', () => {
    const image = grey(1, 2);
    expect(() => meanPool({ image, height: 1, width: 2, masks: [mask(1)] })).toThrow(
      'Mask 1 has 1 pixels, but the image has 2 x 1',
    );
    expect(() => meanPool({ image, height: 2, width: 2, masks: [] })).toThrow('The image has 6 values');
    expect(() => meanPoolLabels({ image, height: 1, width: 2, labels: new Int32Array(3) })).toThrow('3 labels');
  });
});
