import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, EXPRESSIONS, type Expression } from '../../lib/dist/tasks/expressions';
import {
  allRows,
  ambiguousRows,
  concatRows,
  DISAMBIGUATION_SIZES,
  disambiguationRows,
  type Rows,
  relabel,
  selectRows,
  unambiguousRows,
} from '../../lib/dist/tasks/modularArithmetic';

function list(data: Rows): number[][] {
  expect(data.tokens.length).toBe(data.rows * 4);
  return Array.from({ length: data.rows }, (_, i) => Array.from(data.tokens.subarray(4 * i, 4 * i + 4)));
}

function expectWellFormed(data: Rows, expression: Expression, numbers: number): void {
  const malformed = list(data).filter(([a, b, separator, y]) => {
    const inRange = a >= 0 && a < numbers && b >= 0 && b < numbers;
    return !inRange || separator !== numbers || y !== answer(expression, a, b);
  });
  expect(malformed).toEqual([]);
}

const anExpression = fc.constantFrom(...EXPRESSIONS);

describe('unambiguousRows', () => {
  it('covers every number once, on a random side, then draws uniformly', () => {
    const rows = list(unambiguousRows({ expression: 'a + ab', rows: 21_000, seed: 1 }));
    let left = 0;
    for (let i = 0; i < 1000; i++) {
      const [a, b] = rows[i];
      expect(a === i || b === i).toBe(true);
      if (i > 0) expect(a > 0 && b > 0).toBe(true); // the partner is of 1..999
      if (a === i) left++;
    }
    expect(Math.abs(left - 500)).toBeLessThan(60); // almost 4 standard deviations
    for (const column of [0, 1]) {
      const mean = rows.slice(1000).reduce((sum, row) => sum + row[column], 0) / 20_000;
      expect(Math.abs(mean - 499.5)).toBeLessThan(8); // 4 standard errors
    }
    expect(rows.slice(1000).some(([a]) => a === 0)).toBe(true);
  });

  it('is well formed for any expression, size and vocabulary, and decided by seed and purpose', () => {
    fc.assert(
      fc.property(
        anExpression,
        fc.nat(80),
        fc.nat(),
        fc.integer({ min: 7, max: 50 }),
        (expression, rows, seed, numbers) => {
          const options = { expression, rows, seed, numbers };
          const data = unambiguousRows(options);
          expect(data.rows).toBe(rows);
          expectWellFormed(data, expression, numbers);
          expect(unambiguousRows(options)).toEqual(data);
          if (rows > 20) expect(unambiguousRows({ ...options, purpose: 'test' })).not.toEqual(data);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses counts that make no sense', () => {
    const make = (rows: number, numbers?: number) => () =>
      unambiguousRows({ expression: 'ab', rows, seed: 0, numbers });
    expect(make(-1)).toThrow('The number of rows must be a whole number from 0 to 100,000,000, not -1.');
    expect(make(1.5)).toThrow('not 1.5.');
    expect(make(Number.NaN)).toThrow('not NaN.');
    expect(make(10, 6)).toThrow('The count of numbers must be a whole number from 7 to 32,768, not 6.');
    expect(() => unambiguousRows({ expression: 'a * b', rows: 0, seed: 0 })).toThrow('Unknown expression "a * b"');
  });
});

describe('ambiguousRows', () => {
  it('has every number beside itself, where target and both memorised alternatives agree', () => {
    const rows = list(ambiguousRows({ expression: 'a^2 + ab' }));
    expect(rows.length).toBe(1000);
    rows.forEach(([a, b], i) => expect([a, b]).toEqual([i, i]));
    for (const expression of ['2a^2', '2b^2'] as const) expect(list(ambiguousRows({ expression }))).toEqual(rows);
  });
});

describe('disambiguationRows', () => {
  const draw = (n: number, seed: number, pool?: 'covering' | 'uniform', numbers?: number) =>
    disambiguationRows({ expression: 'a^2 + ab', n, seed, pool, numbers });

  it('gives n rows for every n of the paper, from either pool', () => {
    for (const n of DISAMBIGUATION_SIZES) {
      for (const pool of ['covering', 'uniform'] as const) {
        const data = draw(n, 5, pool);
        expect(data.rows).toBe(n);
        expectWellFormed(data, 'a^2 + ab', 1000);
      }
    }
  });

  it('draws without replacement from exactly as many covering rows as there are numbers', () => {
    // n = numbers is the whole pool: each number has a row of its own, found by bipartite matching
    const rows = list(draw(40, 6, 'covering', 40));
    const numberOfRow = new Map<number, number>();
    const assign = (number: number, tried: Set<number>): boolean =>
      rows.some(([a, b], row) => {
        if ((a !== number && b !== number) || tried.has(row)) return false;
        tried.add(row);
        const holder = numberOfRow.get(row);
        if (holder !== undefined && !assign(holder, tried)) return false;
        numberOfRow.set(row, number);
        return true;
      });
    for (let number = 0; number < 40; number++) expect(assign(number, new Set())).toBe(true);
  });

  it('takes the first 1,000 covering rows too when n is larger', () => {
    const rows = list(draw(1600, 7));
    for (let i = 0; i < 1000; i++) expect(rows[i][0] === i || rows[i][1] === i).toBe(true);
  });

  it('draws each (seed, n) anew', () => {
    expect(draw(10, 1)).toEqual(draw(10, 1));
    expect(draw(10, 1)).not.toEqual(draw(10, 2));
    expect(list(draw(16, 1)).slice(0, 10)).not.toEqual(list(draw(10, 1)));
  });

  it('gives different pairs from the uniform pool, up to all there are', () => {
    fc.assert(
      fc.property(fc.nat(49), fc.nat(), (n, seed) => {
        const pairs = list(draw(n, seed, 'uniform', 7)).map(([a, b]) => `${a},${b}`);
        expect(new Set(pairs).size).toBe(n);
      }),
    );
  });

  it('says which n are allowed', () => {
    const sentence = 'The number of disambiguation samples must be a whole number from 0 to 1,000,000, not';
    for (const n of [-1, 0.5, 1_000_001, Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const pool of ['covering', 'uniform'] as const) expect(() => draw(n, 0, pool)).toThrow(`${sentence} ${n}.`);
    }
  });
});

describe('relabel, concatRows, selectRows', () => {
  it('keep the pairs and change the answers', () => {
    fc.assert(
      fc.property(anExpression, anExpression, fc.nat(30), fc.nat(), (from, to, rows, seed) => {
        const data = unambiguousRows({ expression: from, rows, seed });
        expect(relabel(data, to)).toEqual(unambiguousRows({ expression: to, rows, seed }));
      }),
    );
  });

  it('put sets behind one another and pick rows', () => {
    const first = unambiguousRows({ expression: 'ab', rows: 3, seed: 1 });
    const second = ambiguousRows({ expression: 'ab', numbers: 7 });
    const both = concatRows(first, second, { tokens: new Int32Array(0), rows: 0 });
    expect(list(both)).toEqual([...list(first), ...list(second)]);
    expect(selectRows(both, [0, 1, 2])).toEqual(first);
    expect(list(selectRows(both, [9, 0, 9]))).toEqual([list(both)[9], list(both)[0], list(both)[9]]);
    const short = allRows({ expression: 'ab', numbers: 7, separator: false });
    expect(() => concatRows(first, short)).toThrow('Sets of rows of different lengths cannot be joined.');
    expect(() => selectRows(both, [10])).toThrow('There is no row 10: the set has 10 rows, counted from 0.');
  });
});

describe('another task', () => {
  const task = { expression: 'a + 2b', modulus: 11, numbers: 12, separator: false };
  const triples = ({ tokens, rows }: Rows) =>
    Array.from({ length: rows }, (_, i) => [...tokens.subarray(3 * i, 3 * i + 3)]);

  it('has its own modulus, formula and row length', () => {
    const rows = triples(allRows(task));
    expect(rows).toEqual(
      Array.from({ length: 144 }, (_, i) => {
        const [a, b] = [Math.floor(i / 12), i % 12];
        return [a, b, (a + 2 * b) % 11];
      }),
    );
    for (const [a, b, y] of triples(unambiguousRows({ ...task, rows: 30, seed: 1 }))) expect(y).toBe((a + 2 * b) % 11);
    const products = triples(relabel(allRows(task), 'ab', { modulus: 11 }));
    expect(products).toEqual(rows.map(([a, b]) => [a, b, (a * b) % 11]));
    expect(() => allRows({ ...task, numbers: 10 })).toThrow('a whole number from 11 to 32,768, not 10.');
    expect(() => allRows({ ...task, modulus: 1 })).toThrow('The modulus must be a whole number from 2, not 1.');
  });
});
