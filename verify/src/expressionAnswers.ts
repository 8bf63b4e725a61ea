/** Answers of the expressions and structure of the rows against the vectors of kind expressions (JSON only). */
import { answer, asExpression, type Expression, MODULUS } from '../../lib/dist/tasks/expressions';
import { ambiguousRows, NUMBERS, ROW_LENGTH, type Rows, unambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';

/** Sets of rows that we draw to know shares of answers and smallest partners. */
const DRAWS = 50;

/** The reference's shares are those of one draw, so many standard deviations from ours: one in 2e6 comparisons is not. */
const DEVIATIONS = 5;

/** Shares are written with 4 decimals. */
const SHARE_ROUNDING = 5e-5;

/** The smallest of n uniform draws from 1..n lies further from 1 once in 5e8. */
const SMALLEST_PARTNER = 20;

export function compareExpressions(comparison: Comparison): void {
  const { json } = comparison.reference;
  const modulus = json.get('p').number();
  if (modulus !== MODULUS)
    throw new Error(`The answers are modulo ${modulus}; the library computes modulo ${MODULUS}.`);
  const [a, b] = [json.get('a').numbers(), json.get('b').numbers()];
  if (a.length !== b.length) throw new Error(`There are ${a.length} values of a and ${b.length} of b.`);
  const expressions = json.get('y').entries();
  for (const [name, answers] of expressions) {
    const expression = asExpression(name);
    const ours = a.map((value, index) => answer(expression, value, b[index]));
    comparison.numbers(`y: ${name}`, ours, answers.numbers(), 0);
  }
  const structure = json.find('structure');
  if (structure) compareStructure(comparison, structure, { a, b, rows: json.find('row_index')?.numbers() ?? [] });
}

/** The keys name what they count, "share of each answer over all 1040 rows": the numbers are read from them. */
function compareStructure(
  comparison: Comparison,
  structure: JsonEntry,
  pairs: { a: number[]; b: number[]; rows: number[] },
): void {
  const key = (pattern: RegExp) => structure.keys().find((candidate) => pattern.test(candidate));
  const contains = key(/^row i < \d+ contains i$/);
  const numbers = Number(/\d+/.exec(contains ?? '')?.[0] ?? NUMBERS);
  const truth = (name: string, ours: boolean) =>
    comparison.number(`structure: ${name}`, Number(ours), Number(structure.get(name).truth()), 0);

  if (contains) {
    const { tokens } = unambiguousRows({ expression: 'ab', rows: numbers, seed: 0, numbers });
    truth(
      contains,
      everyRow(tokens, (pair, index) => pair.includes(index)),
    );
    const theirs = pairs.rows.every((row, at) => row >= numbers || pairs.a[at] === row || pairs.b[at] === row);
    comparison.number(`row_index: ${contains}`, Number(theirs), Number(structure.get(contains).truth()), 0);
  }
  const ambiguous = key(/^ambiguous rows: a = b = row index$/);
  if (ambiguous) {
    const { tokens } = ambiguousRows({ expression: 'ab', numbers });
    truth(
      ambiguous,
      everyRow(tokens, ([first, second], index) => first === index && second === index),
    );
  }
  const smallest = key(/^smallest partner of i in rows < \d+$/);
  if (smallest) {
    const theirs = structure.get(smallest).number();
    const ours = smallestPartner(numbers);
    // One draw can be above the smallest possible partner, not below.
    comparison.chance(`structure: ${smallest}`, ours, theirs, theirs < ours ? 0 : SMALLEST_PARTNER);
  }
  const shares = key(/^share of each answer over all \d+ rows$/);
  if (shares) {
    const rows = Number(/\d+/.exec(shares)?.[0]);
    for (const [name, theirs] of structure.get(shares).entries()) {
      compareShares(
        comparison,
        `structure: ${shares}: ${name}`,
        { expression: asExpression(name), rows, numbers },
        theirs.numbers(),
      );
    }
  }
}

function everyRow(tokens: Int32Array, holds: (pair: number[], index: number) => boolean): boolean {
  for (let at = 0; at < tokens.length; at += ROW_LENGTH) {
    if (!holds([tokens[at], tokens[at + 1]], at / ROW_LENGTH)) return false;
  }
  return true;
}

/** The smallest number that stands beside the row's own one, over many draws. */
function smallestPartner(numbers: number): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let seed = 0; seed < DRAWS; seed++) {
    const { tokens } = unambiguousRows({ expression: 'ab', rows: numbers, seed, numbers });
    for (let row = 0; row < numbers; row++) {
      const [a, b] = [tokens[row * ROW_LENGTH], tokens[row * ROW_LENGTH + 1]];
      smallest = Math.min(smallest, a === row ? b : a);
    }
  }
  return smallest;
}

/** How often each answer occurs: the mean over our draws against the reference's one draw. */
function compareShares(
  comparison: Comparison,
  where: string,
  set: { expression: Expression; rows: number; numbers: number },
  theirs: number[],
): void {
  const shares = new Array<number>(MODULUS).fill(0);
  for (let seed = 0; seed < DRAWS; seed++) {
    const { tokens }: Rows = unambiguousRows({ ...set, seed });
    for (let at = 3; at < tokens.length; at += ROW_LENGTH) shares[tokens[at]] += 1 / (set.rows * DRAWS);
  }
  if (theirs.length !== MODULUS) throw new Error(`${where} has ${theirs.length} shares for ${MODULUS} answers.`);
  shares.forEach((share, value) => {
    const deviation = Math.sqrt((share * (1 - share) * (1 + 1 / DRAWS)) / set.rows);
    comparison.chance(`${where}[${value}]`, share, theirs[value], DEVIATIONS * deviation + SHARE_ROUNDING);
  });
}
