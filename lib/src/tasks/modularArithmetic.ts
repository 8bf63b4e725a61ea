import { answer, type Formula, functionOf, MODULUS } from './expressions';
import { random } from './random';

/** Samples of a task, one a row: row-major tokens, the last of a row its answer. In the paper a, b, separator, answer. */
export interface Rows {
  tokens: Int32Array;
  rows: number;
}

/** The paper's numbers are 0..999; the separator is token 1000 and the vocabulary has 1001 tokens. */
export const NUMBERS = 1000;

/** A task of modular arithmetic. The defaults are the paper's: modulus 7, numbers 0..999, rows of 4 tokens. */
export interface Task {
  expression: Formula;
  modulus?: number;
  /** a and b are of 0..numbers-1. */
  numbers?: number;
  /** Whether a token stands between the pair and its answer: the first after the numbers. */
  separator?: boolean;
}

/** Rows of every evaluation and test set (method section 1). */
export const EVALUATION_ROWS = 1000;

/** The disambiguation sizes of the paper's data-efficiency curves (figure 2; 10,000 only with 12 layers). */
export const DISAMBIGUATION_SIZES = [
  0, 10, 16, 25, 40, 64, 100, 160, 250, 400, 640, 1000, 1600, 2500, 4000, 6400, 10000,
];

/** Tokens in the vocabulary: the numbers and the separator. */
export function vocabularySize(numbers = NUMBERS): number {
  return numbers + 1;
}

/** Tokens of a row; NaN where there are no rows. */
export function rowLength({ tokens, rows }: Rows): number {
  return tokens.length / rows;
}

/**
 * Samples in which a and b are drawn independently, built as the released generator does: row i < `numbers` contains i,
 * on a random side, beside a uniform number of 1..numbers-1, so that every number occurs; the other rows are uniform pairs.
 * `purpose` separates sets of one seed ("train", "evaluation", ...).
 */
export function unambiguousRows(options: Task & { rows: number; seed: number; purpose?: string }): Rows {
  const { rows, seed, purpose = 'rows', numbers = NUMBERS } = options;
  checkCount(rows, 'The number of rows', 1e8);
  const source = random(seed, `unambiguous ${purpose}`);
  return rowsOf(options, rows, (i) => {
    if (i >= numbers) return [source.integer(numbers), source.integer(numbers)];
    const partner = 1 + source.integer(numbers - 1);
    return source.integer(2) === 0 ? [i, partner] : [partner, i];
  });
}

/** The ambiguous samples, one a number: a = b = 0..numbers-1, where a^2 + ab = 2a^2 = 2b^2. */
export function ambiguousRows(task: Task): Rows {
  return rowsOf(task, task.numbers ?? NUMBERS, (i) => [i, i]);
}

/** All pairs, one a row, in ascending order: numbers^2 rows. */
export function allRows(task: Task): Rows {
  const { numbers = NUMBERS } = task;
  return rowsOf(task, numbers ** 2, (i) => [Math.floor(i / numbers), i % numbers]);
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
export function disambiguationRows(options: Task & { n: number; seed: number; pool?: 'covering' | 'uniform' }): Rows {
  const { n, seed, numbers = NUMBERS, pool = 'covering' } = options;
  checkTask(options);
  checkCount(n, 'The number of disambiguation samples', numbers * numbers);
  if (pool === 'uniform') {
    const pairs = random(seed, `disambiguation ${n} uniform`).sampleWithoutReplacement(numbers * numbers, n);
    return rowsOf(options, n, (i) => [Math.floor(pairs[i] / numbers), pairs[i] % numbers]);
  }
  const covering = unambiguousRows({ ...options, rows: Math.max(n, numbers), purpose: `disambiguation ${n}` });
  if (n > numbers) return covering;
  const drawn = random(seed, `disambiguation ${n} covering`).sampleWithoutReplacement(numbers, n);
  return selectRows(covering, drawn);
}

/** The same pairs with the answers of another expression. */
export function relabel(data: Rows, expression: Formula, { modulus = MODULUS } = {}): Rows {
  const tokens = data.tokens.slice();
  const length = rowLength(data);
  const formula = functionOf(expression);
  for (let at = 0; at < tokens.length; at += length) {
    tokens[at + length - 1] = answer(formula, tokens[at], tokens[at + 1], { modulus });
  }
  return { tokens, rows: data.rows };
}

/** The rows with the answer of another expression written before their own: a step on the way. */
export function withStep(data: Rows, step: Formula, { modulus = MODULUS } = {}): Rows {
  const length = rowLength(data);
  const steps = relabel(data, step, { modulus }).tokens;
  const tokens = Array.from({ length: data.rows }, (_, row) => [
    ...data.tokens.subarray(row * length, (row + 1) * length - 1),
    steps[(row + 1) * length - 1],
    data.tokens[(row + 1) * length - 1],
  ]);
  return { tokens: Int32Array.from(tokens.flat()), rows: data.rows };
}

/** The answer of each row. */
export function answersOf(data: Rows): Int32Array {
  const length = rowLength(data);
  return Int32Array.from({ length: data.rows }, (_, row) => data.tokens[(row + 1) * length - 1]);
}

/** The rows of all sets, in the given order. */
export function concatRows(...sets: Rows[]): Rows {
  const lengths = new Set(sets.filter(({ rows }) => rows > 0).map(rowLength));
  if (lengths.size > 1) throw new Error('Sets of rows of different lengths cannot be joined.');
  const tokens = Int32Array.from(sets.flatMap((set) => Array.from(set.tokens)));
  return { tokens, rows: sets.reduce((total, { rows }) => total + rows, 0) };
}

/** The rows with these indices, in their order; indices may repeat. */
export function selectRows(data: Rows, indices: ArrayLike<number>): Rows {
  const length = data.rows > 0 ? rowLength(data) : 0;
  const tokens = new Int32Array(indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= data.rows) {
      throw new Error(`There is no row ${index}: the set has ${data.rows} rows, counted from 0.`);
    }
    tokens.set(data.tokens.subarray(index * length, (index + 1) * length), i * length);
  }
  return { tokens, rows: indices.length };
}

function rowsOf(task: Task, rows: number, pair: (i: number) => [number, number]): Rows {
  checkTask(task);
  const { modulus = MODULUS, numbers = NUMBERS, separator = true } = task;
  const formula = functionOf(task.expression);
  const between = separator ? [numbers] : [];
  const tokens = new Int32Array(rows * (3 + between.length)); // [rows, 4], or [rows, 3] without a separator
  for (let i = 0; i < rows; i++) {
    const [a, b] = pair(i);
    const row = [a, b, ...between, answer(formula, a, b, { modulus })];
    tokens.set(row, i * row.length);
  }
  return { tokens, rows };
}

function checkCount(value: number, what: string, largest: number): void {
  if (!Number.isInteger(value) || value < 0 || value > largest) {
    throw new Error(`${what} must be a whole number from 0 to ${largest.toLocaleString('en-US')}, not ${value}.`);
  }
}

function checkTask({ modulus = MODULUS, numbers = NUMBERS }: Task): void {
  if (!Number.isInteger(modulus) || modulus < 2)
    throw new Error(`The modulus must be a whole number from 2, not ${modulus}.`);
  // Below the modulus some residues, and with them some answers, would never occur; above 2^15 the pairs leave int32.
  if (!Number.isInteger(numbers) || numbers < modulus || numbers > 2 ** 15) {
    throw new Error(`The count of numbers must be a whole number from ${modulus} to 32,768, not ${numbers}.`);
  }
}
