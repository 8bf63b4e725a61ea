import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRunLength, encodeRunLength } from '../../lib/dist/images/runLength';
import { parseSegments } from '../../lib/dist/images/segmentFile';

const aMask = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })).chain(([height, width]) =>
  fc.record({
    height: fc.constant(height),
    width: fc.constant(width),
    mask: fc
      .array(fc.boolean(), { minLength: height * width, maxLength: height * width })
      .map((bits) => Uint8Array.from(bits, Number)),
  }),
);

describe('run-length masks', () => {
  it('are read column by column, zeros first', () => {
    // 0 1 1
    // 0 0 1
    expect([...decodeRunLength({ size: [2, 3], counts: [2, 1, 1, 2] })]).toEqual([0, 1, 1, 0, 0, 1]);
    expect([...decodeRunLength({ size: [2, 2], counts: [0, 4] })]).toEqual([1, 1, 1, 1]);
  });

  it('are read from compressed text', () => {
    // Worked out by hand: 6 -> "6", 1 -> "1", 40 = 8 + 32 -> "X1", and 4 - 1 = 3 -> "3", the fourth being a difference.
    const { counts } = encodeRunLength(
      { mask: decodeRunLength({ size: [51, 1], counts: [6, 1, 40, 4] }), height: 51, width: 1 },
      { compressed: true },
    );
    expect(counts).toBe('61X13');
    expect(decodeRunLength({ size: [51, 1], counts: '61X13' })).toEqual(
      decodeRunLength({ size: [51, 1], counts: [6, 1, 40, 4] }),
    );
  });

  it('come back as they were written, as a list and as text', () => {
    fc.assert(
      fc.property(aMask, fc.boolean(), ({ mask, height, width }, compressed) => {
        const encoded = encodeRunLength({ mask, height, width }, { compressed });
        expect(typeof encoded.counts === 'string').toBe(compressed);
        expect(decodeRunLength(encoded)).toEqual(mask);
      }),
    );
  });

  it('of large runs come back from text', () => {
    const mask = new Uint8Array(2000 * 3000);
    mask.fill(1, 3000, 3_003_000);
    const encoded = encodeRunLength({ mask, height: 2000, width: 3000 }, { compressed: true });
    expect(Buffer.compare(decodeRunLength(encoded), mask)).toBe(0);
  });

  it('that do not fill their size are one clear sentence', () => {
    for (const counts of [[2, 1], [2, 1, 2], [0, 3, 4], []]) {
      expect(() => decodeRunLength({ size: [1, 4], counts }, 'Mask 3')).toThrow(
        /^Mask 3 has runs of \d+ pixels in all, but its size of 4 x 1 has 4: the runs must fill it exactly\.$/,
      );
    }
    expect(() => decodeRunLength({ size: [1, 4], counts: [5, -1] })).toThrow('must fill');
    expect(() => decodeRunLength({ size: [1, 4], counts: [1, -1, 4] })).toThrow('a run of -1 pixels (run 2)');
    expect(() => decodeRunLength({ size: [0, 4], counts: [] })).toThrow('[height, width] in whole pixels');
  });

  it('are read or refused in words, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (counts, side) => {
        try {
          expect(decodeRunLength({ size: [side, side], counts })).toHaveLength(side * side);
        } catch (error) {
          expect((error as Error).message).toMatch(/^The run-length mask (has|is) .*\.$/s);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("Segment Anything's JSON", () => {
  const segmentation = { size: [1, 3], counts: [1, 2] };

  it('gives every mask, from a list or from a file of its data set', () => {
    const list = [
      { area: 2, bbox: [1, 0, 2, 1], predicted_iou: 0.9, segmentation },
      { area: 1, segmentation: { size: [1, 3], counts: '012' } },
    ];
    const segments = { height: 1, width: 3, masks: [Uint8Array.of(0, 1, 1), Uint8Array.of(1, 0, 0)] };
    expect(parseSegments(list, 'a.json')).toEqual({ ...segments, masks: [segments.masks[0], expect.any(Uint8Array)] });
    expect([...parseSegments(list, 'a.json').masks[1]]).toEqual([1, 0, 0]);
    expect(parseSegments({ image: {}, annotations: [list[0]] }, 'a.json').masks).toHaveLength(1);
    expect(parseSegments([], 'a.json')).toEqual({ height: 0, width: 0, masks: [] });
  });

  it('says which mask is wrong', () => {
    expect(() => parseSegments({}, 'a.json')).toThrow('a.json holds no list of masks');
    expect(() => parseSegments([{ segmentation }, { segmentation: [[true]] }], 'a.json')).toThrow(
      'Mask 2 of a.json lacks "segmentation"',
    );
    expect(() => parseSegments([{ segmentation }, { segmentation: { size: [3, 1], counts: [3] } }], 'a.json')).toThrow(
      'Mask 2 of a.json is of 1 x 3 pixels, and the first one of 3 x 1.',
    );
    expect(() => parseSegments([{ segmentation: { size: [1, 3], counts: [1] } }], 'a.json')).toThrow(
      'Mask 1 of a.json has runs of 1 pixels in all',
    );
    expect(() => parseSegments([{ segmentation: { size: [1, 3], counts: "b'12'" } }], 'a.json')).toThrow(
      `Mask 1 of a.json has counts of bytes as Python's str() shows them: write counts.decode("ascii").`,
    );
    expect(() => parseSegments([{ segmentation: [[0, 0, 3, 0, 3, 3]] }], 'a.json')).toThrow(
      'Mask 1 of a.json is a polygon: write the masks with run-length output',
    );
    expect(() => parseSegments({ masks: [[[true]]], scores: [0.9] }, 'a.json')).toThrow(
      `a.json holds "masks" as Hugging Face's pipeline returns them`,
    );
  });
});
