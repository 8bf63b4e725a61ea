import { answer, asExpression, type Expression } from './expressions';
import { random } from './random';

/** Samples of a modular arithmetic task. Row-major tokens [rows, 4]: a, b, separator, answer. */
export interface Rows {
  tokens: Int32Array;
  rows: number;
}

/** Tokens of a row: a, b, separator, answer. */
export const ROW_LENGTH = 4;

/** The paper's numbers are 0..999; the separator is token 1000 and the vocabulary has 1001 tokens. */
export const NUMBERS = 1000;

/** Rows of every evaluation and test set (method section 1). */
export const EVALUATION_ROWS = 1000;

/** The disambiguation sizes of the paper's data-efficiency curves (figure 2; 10,000 only with 12 layers). */
export const DISAMBIGUATION_SIZES = [
  0, 10, 16, 25, 40, 64, 100, 160, 250, 400, 640, 1000, 1600, 2500, 4000, 6400, 10000,
];

/** The separator token: the first one after the numbers. */
export function separatorToken(numbers = NUMBERS): number {
  return numbers;
}

/** Tokens in the vocabulary: the numbers and the separator. */
export function vocabularySize(numbers = NUMBERS): number {
  return numbers + 1;
}

/**
 * Samples in which a and b are drawn independently, built as the released generator does: row i < `numbers` contains i,
 * on a random side, beside a uniform number of 1..numbers-1, so that every number occurs; the other rows are uniform pairs.
 * `purpose` separates sets of one seed ("train", "evaluation", ...).
 */
export function unambiguousRows(options: {
  expression: Expression;
  rows: number;
  seed: number;
  purpose?: string;
  numbers?: number;
}): Rows {
  const { expression, rows, seed, purpose = 'rows', numbers = NUMBERS } = options;
  checkNumbers(numbers);
  checkCount(rows, 'The number of rows', 1e8);
  const source = random(seed, `unambiguous ${purpose}`);
  return rowsOf(expression, rows, numbers, (i) => {
    if (i >= numbers) return [source.integer(numbers), source.integer(numbers)];
    const partner = 1 + source.integer(numbers - 1);
    return source.integer(2) === 0 ? [i, partner] : [partner, i];
  });
}

/** The ambiguous samples, one a number: a = b = 0..numbers-1, where a^2 + ab = 2a^2 = 2b^2. */
export function ambiguousRows(options: { expression: Expression; numbers?: number }): Rows {
  const { expression, numbers = NUMBERS } = options;
  checkNumbers(numbers);
  return rowsOf(expression, numbers, numbers, (i) => [i, i]);
}

/**
 * `n` disambiguation samples, drawn anew for each (seed, n).
 *
 * `pool: 'covering'` is the released way: for n <= numbers a draw without replacement from exactly `numbers` rows that
 * contain every number once, for larger n a whole unambiguous set of n rows.
 * `pool: 'uniform'` is the described way (paper, section 4.1): n different pairs, uniformly from all numbers^2.
 *
 * n is a whole number from 0 to numbers^2, the number of different pairs (the paper uses 0..10,000).
 */
export function disambiguationRows(options: {
  expression: Expression;
  n: number;
  seed: number;
  numbers?: number;
  pool?: 'covering' | 'uniform';
}): Rows {
  const { expression, n, seed, numbers = NUMBERS, pool = 'covering' } = options;
  checkNumbers(numbers);
  checkCount(n, 'The number of disambiguation samples', numbers * numbers);
  if (pool === 'uniform') {
    const pairs = random(seed, `disambiguation ${n} uniform`).sampleWithoutReplacement(numbers * numbers, n);
    return rowsOf(expression, n, numbers, (i) => [Math.floor(pairs[i] / numbers), pairs[i] % numbers]);
  }
  const covering = unambiguousRows({
    expression,
    rows: Math.max(n, numbers),
    seed,
    purpose: `disambiguation ${n}`,
    numbers,
  });
  if (n > numbers) return covering;
  const drawn = random(seed, `disambiguation ${n} covering`).sampleWithoutReplacement(numbers, n);
  return selectRows(covering, drawn);
}

/** The same pairs and separator with the answers of another expression. */
export function relabel(data: Rows, expression: Expression): Rows {
  const tokens = data.tokens.slice();
  for (let at = 0; at < tokens.length; at += ROW_LENGTH) {
    tokens[at + 3] = answer(expression, tokens[at], tokens[at + 1]);
  }
  return { tokens, rows: data.rows };
}

/** The rows of all sets, in the given order. */
export function concatRows(...sets: Rows[]): Rows {
  const rows = sets.reduce((total, set) => total + set.rows, 0);
  const tokens = new Int32Array(rows * ROW_LENGTH); // [rows, 4]
  let at = 0;
  for (const set of sets) {
    tokens.set(set.tokens, at);
    at += set.tokens.length;
  }
  return { tokens, rows };
}

/** The rows with these indices, in their order; indices may repeat. */
export function selectRows(data: Rows, indices: ArrayLike<number>): Rows {
  const tokens = new Int32Array(indices.length * ROW_LENGTH); // [indices, 4]
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= data.rows) {
      throw new Error(`There is no row ${index}: the set has ${data.rows} rows, counted from 0.`);
    }
    tokens.set(data.tokens.subarray(index * ROW_LENGTH, (index + 1) * ROW_LENGTH), i * ROW_LENGTH);
  }
  return { tokens, rows: indices.length };
}

function rowsOf(name: Expression, rows: number, numbers: number, pair: (i: number) => [number, number]): Rows {
  const expression = asExpression(name);
  const tokens = new Int32Array(rows * ROW_LENGTH); // [rows, 4]
  for (let i = 0; i < rows; i++) {
    const [a, b] = pair(i);
    tokens.set([a, b, separatorToken(numbers), answer(expression, a, b)], i * ROW_LENGTH);
  }
  return { tokens, rows };
}

function checkCount(value: number, what: string, largest: number): void {
  if (!Number.isInteger(value) || value < 0 || value > largest) {
    throw new Error(`${what} must be a whole number from 0 to ${largest.toLocaleString('en-US')}, not ${value}.`);
  }
}

function checkNumbers(numbers: number): void {
  // Below 7 some residues, and with them some answers, would never occur; above 2^15 the pairs leave int32.
  if (!Number.isInteger(numbers) || numbers < 7 || numbers > 2 ** 15) {
    throw new Error(`The count of numbers must be a whole number from 7 to 32,768, not ${numbers}.`);
  }
}
