/** Inputs of ±1 with an easy feature, the first of them, and a hard one, the parity of the next few. */
import { random } from './random';

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
