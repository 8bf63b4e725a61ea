/** Answers are taken modulo 7 where nothing else is said (paper, section 4.1). */
export const MODULUS = 7;

const NAMES = [
  'a + ab',
  'ab',
  'a^2 + ab',
  '2a^2',
  '2b^2',
  'a^2 + ab + b^2',
  'a^3 + ab',
  'a^2 + b^2',
  'a^2 + ab + b^2 + a',
  'a^3 + ab + b',
  'a^2',
  'a + b',
  'a^2 - b^2',
] as const;

/** Name of one of the 13 expressions of the released experiments, written as in the released data generator. */
export type Expression = (typeof NAMES)[number];

/** All expression names. */
export const EXPRESSIONS: Expression[] = [...NAMES];

declare const DEFINED: unique symbol;

/** A polynomial in a and b that `defineExpression` has read: settings take it in the place of one of the 13. */
export type Polynomial = string & { readonly [DEFINED]: true };

/** Whether it is one of the 13: tables of the paper's runs have rows of these alone. */
export function isExpression(expression: string): expression is Expression {
  return (EXPRESSIONS as readonly string[]).includes(expression);
}

/** What is computed: a polynomial in a and b written as the 13 names are ("a^2 + 3ab - 1"), or a function of the residues. */
export type Formula = string | ((a: number, b: number) => number);

/** The formula's value modulo `modulus`, a number in 0..modulus-1, for whole a, b >= 0. */
export function answer(formula: Formula, a: number, b: number, { modulus = MODULUS } = {}): number {
  const value = functionOf(formula)(a % modulus, b % modulus);
  if (!Number.isSafeInteger(value))
    throw new Error(`The expression gives ${value} for a = ${a}, b = ${b}: not a whole number.`);
  return ((value % modulus) + modulus) % modulus; // JavaScript's remainder can be negative, or -0
}

/**
 * A polynomial of one's own, for the settings of base models, masks and transfer runs: sums of terms such as "2ab + b^2", with
 * whole factors and powers up to 9. What differs in its order or spaces alone has one name, and one of the 13 keeps its own, so
 * that equal tasks are the same runs.
 *
 * @throws a sentence where it is no such polynomial, or has one answer for all pairs.
 */
export function defineExpression(text: string): Expression | Polynomial {
  const written = String(text)
    .replace(/[*·\s]/g, '')
    .replace(/[²³]/g, (power) => (power === '²' ? '^2' : '^3'))
    .replace(/(b(?:\^\d)?)(a(?:\^\d)?)/g, '$2$1')
    .replace(/(?!^)[+-]/g, (sign) => ` ${sign} `);
  const terms = combined(termsOf(written) ?? refuse(text));
  const name = nameOf(terms);
  const pairs = Array.from({ length: MODULUS ** 2 }, (_, i) =>
    answer(name || '0', i % MODULUS, Math.floor(i / MODULUS)),
  );
  if (new Set(pairs).size === 1) {
    throw new Error(
      `The expression ${JSON.stringify(text)} has the same answer for all a and b: there is nothing to learn.`,
    );
  }
  return EXPRESSIONS.find((known) => nameOf(combined(termsOf(known) as Term[])) === name) ?? (name as Polynomial);
}

/** The formula as a function. Throws a sentence where a text is no polynomial. */
export function functionOf(formula: Formula): (a: number, b: number) => number {
  if (typeof formula === 'function') return formula;
  const terms = termsOf(formula) ?? refuse(formula);
  return (a, b) => terms.reduce((sum, { factor, ofA, ofB }) => sum + factor * a ** ofA * b ** ofB, 0);
}

/** factor · a^ofA · b^ofB */
interface Term {
  factor: number;
  ofA: number;
  ofB: number;
}

/** Sign, factor, a and its power, b and its power. */
const TERM = /^(-?)(?=.)(\d*)(a(?:\^(\d))?)?(b(?:\^(\d))?)?$/;

/** The terms of a text; undefined where it is no sum of such. */
function termsOf(text: string): Term[] | undefined {
  const parts = text
    .replace(/ - /g, ' + -')
    .split(' + ')
    .map((term) => TERM.exec(term));
  return parts.every((part) => part !== null)
    ? parts.map((part) => {
        const [, sign, factor, a, powerOfA = 1, b, powerOfB = 1] = part as RegExpExecArray;
        return { factor: Number(sign + (factor || 1)), ofA: a ? Number(powerOfA) : 0, ofB: b ? Number(powerOfB) : 0 };
      })
    : undefined;
}

function refuse(text: string): never {
  throw new Error(`Unknown expression ${JSON.stringify(text)}: write a sum of terms, such as "2a^2 + ab - 1".`);
}

/** Terms of the same powers as one, the highest powers first, those of a before those of b. */
function combined(terms: Term[]): Term[] {
  const sums = new Map<string, Term>();
  for (const { factor, ofA, ofB } of terms) {
    const before = sums.get(`${ofA} ${ofB}`)?.factor ?? 0;
    sums.set(`${ofA} ${ofB}`, { factor: before + factor, ofA, ofB });
  }
  return [...sums.values()]
    .filter(({ factor }) => factor !== 0)
    .sort((one, other) => other.ofA + other.ofB - one.ofA - one.ofB || other.ofA - one.ofA);
}

/** As the 13 are written. */
function nameOf(terms: Term[]): string {
  const power = (of: string, exponent: number) => (exponent === 0 ? '' : exponent === 1 ? of : `${of}^${exponent}`);
  return terms
    .map(({ factor, ofA, ofB }, i) => {
      const powers = power('a', ofA) + power('b', ofB);
      const sign = i === 0 ? (factor < 0 ? '-' : '') : factor < 0 ? ' - ' : ' + ';
      return sign + (Math.abs(factor) === 1 && powers ? '' : Math.abs(factor)) + powers;
    })
    .join('');
}
