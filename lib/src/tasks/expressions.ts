/** All answers are taken modulo 7 (paper, section 4.1). */
export const MODULUS = 7;

/** The 13 expressions of the released experiments, before the modulus; a and b are already residues. */
const FORMULAS = {
  'a + ab': (a: number, b: number) => a + a * b,
  ab: (a: number, b: number) => a * b,
  'a^2 + ab': (a: number, b: number) => a * a + a * b,
  '2a^2': (a: number) => 2 * a * a,
  '2b^2': (_a: number, b: number) => 2 * b * b,
  'a^2 + ab + b^2': (a: number, b: number) => a * a + a * b + b * b,
  'a^3 + ab': (a: number, b: number) => a * a * a + a * b,
  'a^2 + b^2': (a: number, b: number) => a * a + b * b,
  'a^2 + ab + b^2 + a': (a: number, b: number) => a * a + a * b + b * b + a,
  'a^3 + ab + b': (a: number, b: number) => a * a * a + a * b + b,
  'a^2': (a: number) => a * a,
  'a + b': (a: number, b: number) => a + b,
  'a^2 - b^2': (a: number, b: number) => a * a - b * b,
};

/** Name of one of the 13 expressions, written as in the released data generator. */
export type Expression = keyof typeof FORMULAS;

/** All expression names. */
export const EXPRESSIONS = Object.keys(FORMULAS) as Expression[];

/** Returns `name` as an Expression, or throws a sentence that lists the known ones. */
export function asExpression(name: string): Expression {
  if ((EXPRESSIONS as string[]).includes(name)) return name as Expression;
  const known = EXPRESSIONS.map((expression) => `"${expression}"`).join(', ');
  throw new Error(`Unknown expression ${JSON.stringify(name)}: use one of ${known}.`);
}

/** The expression's value modulo 7, a number in 0..6, for whole a, b >= 0. */
export function answer(expression: Expression, a: number, b: number): number {
  const remainder = FORMULAS[asExpression(expression)](a % MODULUS, b % MODULUS) % MODULUS;
  return (remainder + MODULUS) % MODULUS; // JavaScript's remainder can be negative, or -0
}
