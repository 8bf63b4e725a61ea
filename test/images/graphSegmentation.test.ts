import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphSegments } from '../../lib/dist/images/graphSegmentation';

const grey = (values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));

describe('graphSegments', () => {
  it('separates areas of different colour, numbered in the order in which they appear', () => {
    // 4 x 3: two columns of 10, two of 200
    const image = grey([10, 10, 200, 200, 10, 12, 200, 199, 10, 10, 201, 200]);
    const { labels, count } = graphSegments({ image, height: 3, width: 4, scale: 20, sigma: 0, minSize: 1 });
    expect(count).toBe(2);
    expect([...labels]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it('joins segments that are too small, and everything at a large scale', () => {
    const image = grey([10, 10, 10, 10, 255, 10, 10, 10, 10]);
    const options = { image, height: 3, width: 3, sigma: 0 };
    expect(graphSegments({ ...options, scale: 1, minSize: 1 }).count).toBe(2);
    expect(graphSegments({ ...options, scale: 1, minSize: 2 }).count).toBe(1);
    expect(graphSegments({ ...options, scale: 5000, minSize: 1 }).count).toBe(1);
  });

  it('follows the predicate worked out by hand', () => {
    // Steps between grey values are sqrt(3) times their difference, and so is the scale here. 0 and 4 join, as 4 <= 5;
    // then their segment allows steps of 4 + scale / 2, and a lone pixel those of the scale.
    const row = (second: number, third: number, scale: number) =>
      graphSegments({
        image: grey([0, second, third]),
        height: 1,
        width: 3,
        scale: scale * Math.sqrt(3),
        sigma: 0,
        minSize: 1,
      }).count;
    expect(row(4, 10, 5)).toBe(2); // 6 > 5: the lone pixel does not allow it
    expect(row(4, 9, 5.1)).toBe(1); // 5 <= 5.1 and 5 <= 4 + 5.1 / 2
    expect(row(6, 12, 5)).toBe(3); // no step is small enough
  });

  it('numbers every pixel, each segment at least as large as asked', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8 * 9 * 3, maxLength: 8 * 9 * 3 }),
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(0, 0.5, 0.8),
        (image, scale, minSize, sigma) => {
          const { labels, count } = graphSegments({ image, height: 8, width: 9, scale, sigma, minSize });
          const sizes = Array.from({ length: count }, (_, label) => labels.filter((own) => own === label).length);
          expect(labels.every((label) => label >= 0 && label < count)).toBe(true);
          expect(Math.min(...sizes)).toBeGreaterThanOrEqual(Math.min(minSize, 72));
          let seen = -1;
          for (const label of labels) {
            expect(label).toBeLessThanOrEqual(seen + 1);
            seen = Math.max(seen, label);
          }
        },
      ),
    );
  });

  it('refuses negative settings and images of another size', () => {
    const image = grey([1, 2]);
    expect(() => graphSegments({ image, height: 1, width: 2, scale: -1 })).toThrow('must not be negative');
    expect(() => graphSegments({ image, height: 2, width: 2 })).toThrow('The image has 6 values');
  });
});
