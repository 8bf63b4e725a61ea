/** Answers of the expressions and structure of the rows against the vectors of kind expressions (JSON only). */
import { answer, MODULUS } from '../../lib/dist/tasks/expressions';
import { ambiguousRows, NUMBERS, type Rows, unambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';

/** Tokens of a row: a, b, separator, answer. */
const ROW_LENGTH = 4;

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
  for (const [name, answers] of json.get('y').entries()) {
    const ours = a.map((value, index) => answer(name, value, b[index]));
    comparison.numbers(`y: ${name}`, ours, answers.numbers(), 0);
  }
  const structure = json.find('structure');
  const rows = json.find('row_index')?.numbers() ?? [];
  if (structure) compareStructure(comparison, structure, { a, b, rows });
}

/** The keys name what they count, "share of each answer over all 1040 rows": the numbers are read from them. */
function compareStructure(
  comparison: Comparison,
  structure: JsonEntry,
  theirs: { a: number[]; b: number[]; rows: number[] },
): void {
  const key = (pattern: RegExp) => structure.keys().find((candidate) => pattern.test(candidate));
  const contains = key(/^row i < \d+ contains i$/);
  const numbers = contains ? numberIn(contains) : NUMBERS;
  const truth = (what: string, name: string, ours: boolean) =>
    comparison.number(`${what}: ${name}`, Number(ours), Number(structure.get(name).truth()), 0);

  if (contains) {
    const ours = pairsOf(unambiguousRows({ expression: 'ab', rows: numbers, seed: 0, numbers }));
    truth(
      'structure',
      contains,
      ours.every((pair, row) => pair.includes(row)),
    );
    const { a, b, rows } = theirs;
    truth(
      'row_index',
      contains,
      rows.every((row, at) => row >= numbers || a[at] === row || b[at] === row),
    );
  }
  const ambiguous = key(/^ambiguous rows: a = b = row index$/);
  if (ambiguous) {
    const ours = pairsOf(ambiguousRows({ expression: 'ab', numbers }));
    truth(
      'structure',
      ambiguous,
      ours.every(([first, second], row) => first === row && second === row),
    );
  }
  const smallest = key(/^smallest partner of i in rows < \d+$/);
  if (smallest) {
    const partner = structure.get(smallest).number();
    const ours = smallestPartner(numbers);
    // One draw can be above the smallest possible partner, not below.
    comparison.chance(`structure: ${smallest}`, ours, partner, partner < ours ? 0 : SMALLEST_PARTNER);
  }
  const shares = key(/^share of each answer over all \d+ rows$/);
  for (const [name, entry] of shares ? structure.get(shares).entries() : []) {
    compareShares(comparison, `structure: ${shares}: ${name}`, entry, (seed) =>
      unambiguousRows({ expression: name, rows: numberIn(shares as string), numbers, seed }),
    );
  }
}

const numberIn = (key: string) => Number(/\d+/.exec(key)?.[0]);

/** The two numbers of each row. */
function pairsOf({ tokens, rows }: Rows): [number, number][] {
  return Array.from({ length: rows }, (_, row) => [tokens[row * ROW_LENGTH], tokens[row * ROW_LENGTH + 1]]);
}

/** The smallest number that stands beside the row's own one, over many draws. */
function smallestPartner(numbers: number): number {
  const partners = Array.from({ length: DRAWS }, (_, seed) =>
    pairsOf(unambiguousRows({ expression: 'ab', rows: numbers, seed, numbers })).map(([a, b], row) =>
      a === row ? b : a,
    ),
  );
  return Math.min(...partners.flat());
}

/** How often each answer occurs: the mean over our draws against the reference's one draw. */
function compareShares(comparison: Comparison, where: string, entry: JsonEntry, draw: (seed: number) => Rows): void {
  const shares = new Array<number>(MODULUS).fill(0);
  let rows = 0;
  for (let seed = 0; seed < DRAWS; seed++) {
    const drawn = draw(seed);
    rows = drawn.rows;
    for (let at = 3; at < drawn.tokens.length; at += ROW_LENGTH) shares[drawn.tokens[at]] += 1 / (rows * DRAWS);
  }
  const theirs = entry.numbers();
  if (theirs.length !== MODULUS) throw new Error(`${where} has ${theirs.length} shares for ${MODULUS} answers.`);
  shares.forEach((share, value) => {
    const deviation = Math.sqrt((share * (1 - share) * (1 + 1 / DRAWS)) / rows);
    comparison.chance(`${where}[${value}]`, share, theirs[value], DEVIATIONS * deviation + SHARE_ROUNDING);
  });
}
