import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../lib/dist/tasks/random';
import { batchCount, batchesOf } from '../../lib/dist/training/batches';

/** Rows whose tokens all tell the row: [[0, 0, 0, 0], [1, 1, 1, 1], …]. */
const dataOf = (rows: number, length = 4) => ({
  rows,
  tokens: Int32Array.from({ length: rows * length }, (_, i) => Math.floor(i / length)),
});

describe('batchesOf', () => {
  const sizes = { rows: fc.integer({ min: 1, max: 60 }), size: fc.integer({ min: 1, max: 20 }) };

  it('gives every row once with weight 1, in the given order, in batches of one size', () => {
    fc.assert(
      fc.property(sizes.rows, sizes.size, fc.constantFrom(3, 4, 8), fc.boolean(), (rows, size, length, shuffled) => {
        const order = shuffled ? random(1, 'order').permutation(rows) : undefined;
        const batches = [...batchesOf(dataOf(rows, length), size, order)];
        expect(batches).toHaveLength(batchCount(rows, size));
        const counted: number[] = [];
        for (const { tokens, weights } of batches) {
          expect([tokens.length, weights.length]).toEqual([size * length, size]);
          for (let i = 0; i < size; i++) {
            const row = tokens.slice(i * length, (i + 1) * length);
            expect(new Set(row).size).toBe(1); // a row is never torn
            if (weights[i] === 1) counted.push(row[0]);
            else expect([weights[i], row[0]]).toEqual([0, tokens[0]]); // filling: the batch's first row
          }
        }
        expect(counted).toEqual(order ? [...order] : Array.from({ length: rows }, (_, i) => i));
      }),
    );
  });

  it('fills only the last batch', () => {
    const weights = [...batchesOf(dataOf(7), 3)].map((batch) => [...batch.weights]);
    expect(weights).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 0, 0],
    ]);
  });

  it('gives nothing for no rows', () => {
    expect([...batchesOf(dataOf(0), 5)]).toEqual([]);
    expect(batchCount(0, 5)).toBe(0);
  });
});
