/**
 * Easy features against others: two cues to one of two classes (Hermann et al., ICLR 2024), a shortcut and a core cue, of given
 * predictivity (how often its sign alone is right) and availability (how large it is in the input); and an easy and a hard feature.
 */
import { normalQuantile, type Random, random } from './random';

/** The correlation of the two cues within a class. */
const CORRELATION = 0.6;

/** A pair of cues: the shortcut's value and the core cue's. */
export type Cues = [shortcut: number, core: number];

export interface Predictivities {
  rhoShortcut: number;
  rhoCore: number;
}

/** The class means ±μ at which the sign of a cue of variance 1 is right with probability ρ. */
export const cueMeans = ({ rhoShortcut, rhoCore }: Predictivities): Cues => [
  normalQuantile(rhoShortcut),
  normalQuantile(rhoCore),
];

/** Rows of both classes in turn (labels 0 and 1): cues that are normal around ∓μ and ±μ. */
export function twoCues({
  rows,
  seed,
  purpose = 'rows',
  ...rho
}: Predictivities & { rows: number; seed: number; purpose?: string }): { cues: Cues[]; labels: Int32Array } {
  const source = random(seed, `two cues ${purpose}`);
  const means = cueMeans(rho);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % 2);
  const cues = Array.from(labels, (label): Cues => {
    const [y, shared, own] = [2 * label - 1, source.normal(), source.normal()];
    const core = CORRELATION * shared + Math.sqrt(1 - CORRELATION ** 2) * own;
    return [y * means[0] + shared, y * means[1] + core];
  });
  return { cues, labels };
}

/** A grid of cues, each from −3 μ to 3 μ: the core cue changes fastest, side² in all. On half of it the cues' signs differ. */
export function cueProbes(rho: Predictivities, side = 30): Cues[] {
  const [shortcut, core] = cueMeans(rho).map((mean) =>
    Array.from({ length: side }, (_, i) => 3 * mean * ((2 * i) / (side - 1) - 1)),
  );
  return shortcut.flatMap((first) => core.map((second): Cues => [first, second]));
}

/** −1 or 1 for each value; 1 for 0. */
export const signsOf = (values: readonly number[]): number[] => values.map((value) => (value >= 0 ? 1 : -1));

/**
 * How cues lie in an input of `width` numbers: along two directions, the shortcut `availability` times as large. The directions are
 * random unit vectors, drawn from the seed, unless they are given. Returns inputs [rows, width] of cues.
 */
export function cueEmbedding({
  width = 100,
  availability = 1,
  seed = 1,
  directions = unitVectors(random(seed, 'directions of the cues'), width),
} = {}): (cues: readonly Cues[]) => Float32Array {
  return (cues) =>
    Float32Array.from(
      cues.flatMap(([first, second]) =>
        directions[0].map((value, i) => availability * first * value + second * directions[1][i]),
      ),
    );
}

function unitVectors(source: Random, width: number): number[][] {
  return [0, 1].map(() => {
    const vector = Array.from({ length: width }, () => source.normal());
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

/** Inputs of ±1 with an easy feature, the first of them, and a hard one, the parity of the next few. */
export interface EasyAndHard {
  rows: number;
  /** [rows, width] */
  inputs: Float32Array;
  /** The features, −1 or 1: [rows][easy, hard] */
  features: [easy: number, hard: number][];
}

/** Rows that are drawn uniformly; the hard feature is the product of `parity` inputs. */
export function easyAndHard({
  rows,
  parity,
  seed,
  width = 32,
  purpose = 'rows',
}: {
  rows: number;
  parity: number;
  seed: number;
  width?: number;
  purpose?: string;
}): EasyAndHard {
  if (!(parity > 0 && parity < width))
    throw new Error(`A parity of ${parity} inputs beside the easy one needs more than the ${width} that there are.`);
  const source = random(seed, `easy and hard ${purpose}`);
  const inputs = Float32Array.from({ length: rows * width }, () => 2 * source.integer(2) - 1);
  const features = Array.from({ length: rows }, (_, row): [number, number] => {
    const [easy, ...others] = inputs.subarray(row * width, row * width + parity + 1);
    return [easy, others.reduce((product, value) => product * value, 1)];
  });
  return { rows, inputs, features };
}
