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

/** What is computed: a polynomial in a and b written as the 13 names are ("a^2 + 3ab - 1"), or a function of the residues. */
export type Formula = string | ((a: number, b: number) => number);

/** The formula's value modulo `modulus`, a number in 0..modulus-1, for whole a, b >= 0. */
export function answer(formula: Formula, a: number, b: number, { modulus = MODULUS } = {}): number {
  const value = functionOf(formula)(a % modulus, b % modulus);
  if (!Number.isSafeInteger(value))
    throw new Error(`The expression gives ${value} for a = ${a}, b = ${b}: not a whole number.`);
  return ((value % modulus) + modulus) % modulus; // JavaScript's remainder can be negative, or -0
}

/** Sign, factor, a and its power, b and its power. */
const TERM = /^(-?)(?=.)(\d*)(a(?:\^(\d))?)?(b(?:\^(\d))?)?$/;

/** The formula as a function. Throws a sentence where a text is no polynomial. */
export function functionOf(formula: Formula): (a: number, b: number) => number {
  if (typeof formula === 'function') return formula;
  const terms = formula
    .replace(/ - /g, ' + -')
    .split(' + ')
    .map((term) => {
      const parts = TERM.exec(term);
      if (!parts)
        throw new Error(
          `Unknown expression ${JSON.stringify(formula)}: write a sum of terms, such as "2a^2 + ab - 1".`,
        );
      const [, sign, factor, a, powerOfA = 1, b, powerOfB = 1] = parts;
      return [Number(sign + (factor || 1)), a ? Number(powerOfA) : 0, b ? Number(powerOfB) : 0];
    });
  return (a, b) => terms.reduce((sum, [factor, ofA, ofB]) => sum + factor * a ** ofA * b ** ofB, 0);
}
