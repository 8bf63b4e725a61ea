import { answer, type Formula, MODULUS } from './expressions';
import { NUMBERS, type Task } from './modularArithmetic';

/**
 * The lowest mean loss (nats a predicted token) of a model that knows only `known(a, b)` of a pair when it predicts the
 * answer, for uniform pairs of 0..numbers-1.
 *
 * Three tokens are predicted in a row: b costs ln(numbers), the separator (if any) nothing, and the answer its entropy
 * given what is known.
 */
export function lossKnowing(options: Task & { known: (a: number, b: number) => string | number | boolean }): number {
  const { expression, known, numbers = NUMBERS, modulus = MODULUS, separator = true } = options;
  // Everything depends on the residues alone.
  const shares = residueShares(numbers, modulus);
  const answersGiven = new Map<string | number | boolean, number[]>(); // what is known -> probability of each answer
  for (let a = 0; a < modulus; a++) {
    for (let b = 0; b < modulus; b++) {
      const key = known(a, b);
      const answers = answersGiven.get(key) ?? new Array(modulus).fill(0);
      answers[answer(expression, a, b, { modulus })] += shares[a] * shares[b];
      answersGiven.set(key, answers);
    }
  }
  let answerEntropy = 0;
  for (const answers of answersGiven.values()) {
    const total = answers.reduce((sum, p) => sum + p, 0);
    for (const p of answers) if (p > 0) answerEntropy -= p * Math.log(p / total);
  }
  return (Math.log(numbers) + answerEntropy) / (separator ? 3 : 2);
}

/** A loss at which training on "a + ab" rests, and what a model of that loss has learned. */
export interface Plateau {
  knows: string;
  loss: number;
}

/**
 * The plateaus of the base task "a + ab" = a(1 + b), from the highest to the floor. The answer is 0 for a = 0 and for
 * b = 6 (mod 7): shortcuts that a model can learn long before it multiplies.
 */
export function baseTaskPlateaus(options: { numbers?: number } = {}): Plateau[] {
  const plateau = (knows: string, known: (a: number, b: number) => string | number | boolean): Plateau => ({
    knows,
    loss: lossKnowing({ expression: 'a + ab', known, numbers: options.numbers }),
  });
  return [
    plateau('answer frequencies', () => true),
    plateau('a = 0 → 0', (a) => a === 0),
    plateau('b = 6 → 0', (_a, b) => b === 6),
    plateau('a = 0 → 0 and b = 6 → 0', (a, b) => a === 0 || b === 6),
    plateau('every answer', (a, b) => answer('a + ab', a, b)),
  ];
}

/** The accuracy of always giving the most frequent answer, for uniform pairs of 0..numbers-1. */
export function majorityAccuracy(
  expression: Formula,
  { numbers = NUMBERS, modulus = MODULUS }: { numbers?: number; modulus?: number } = {},
): number {
  const shares = residueShares(numbers, modulus);
  const answers = new Array<number>(modulus).fill(0);
  shares.forEach((ofA, a) => {
    shares.forEach((ofB, b) => {
      answers[answer(expression, a, b, { modulus })] += ofA * ofB;
    });
  });
  return Math.max(...answers);
}

/** How frequent each residue is in 0..numbers-1; residue r stands for the numbers r, r + modulus, r + 2 modulus, ... */
function residueShares(numbers: number, modulus: number): number[] {
  return Array.from({ length: modulus }, (_, r) => Math.ceil((numbers - r) / modulus) / numbers);
}

/**
 * The plateau on which a loss rests, in words: what a model of the nearest one knows, where that is at most `within` nats
 * away; undefined in between. Plateaus that no measurement tells apart are named together.
 */
export function plateauOf(loss: number, plateaus: readonly Plateau[], within = 0.03): string | undefined {
  const distance = (plateau: Plateau) => Math.abs(plateau.loss - loss);
  const nearest = plateaus.reduce((best, plateau) => (distance(plateau) < distance(best) ? plateau : best));
  if (distance(nearest) > within) return undefined;
  const alike = plateaus.filter((plateau) => Math.abs(plateau.loss - nearest.loss) < 0.005);
  return alike.map(({ knows }) => knows).join(' or ');
}
