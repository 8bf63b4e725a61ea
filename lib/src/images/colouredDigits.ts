/** Digits whose colour says more of their label than their shape: ColoredMNIST (Arjovsky et al., arXiv 1907.02893). */
import type { Random } from '../tasks/random';
import type { Digits } from './digits';

/** Rows of [2, side, side] numbers from 0 to 1: the channel whose number is the colour holds the picture, the other nothing. */
export interface ColouredDigits {
  rows: number;
  inputs: Float32Array;
  /** What is to be answered, 0 or 1: whether the digit is less than 5, with the noise. */
  labels: Int32Array;
  /** What the shape says: whether the digit is less than 5. */
  shapes: Int32Array;
  colours: Int32Array;
}

/**
 * Colours digits: the label is turned round where its draw is below `labelNoise`, the colour is the label, turned round where its
 * draw is below `colourFlip`.
 *
 * @param draws uniform numbers in [0, 1), two for each digit
 */
export function colouredDigits(
  { rows, side, pixels, labels: digits }: Digits,
  draws: { label: ArrayLike<number>; colour: ArrayLike<number> },
  { labelNoise = 0.25, colourFlip }: { labelNoise?: number; colourFlip: number },
): ColouredDigits {
  const turned = (value: number, draw: number, share: number) => (draw < share ? 1 - value : value);
  const shapes = Int32Array.from(digits, (digit) => Number(digit < 5));
  const labels = shapes.map((shape, row) => turned(shape, draws.label[row], labelNoise));
  const colours = labels.map((label, row) => turned(label, draws.colour[row], colourFlip));
  const size = side * side;
  const inputs = new Float32Array(2 * rows * size);
  colours.forEach((colour, row) => {
    for (let i = 0; i < size; i++) inputs[(2 * row + colour) * size + i] = pixels[row * size + i] / 255;
  });
  return { rows, inputs, labels, shapes, colours };
}

/** Red, green and blue of a square, from 0 to 1, class by class. */
const SQUARES = ['f00', '0f0', '00f', 'ff0', 'f0f', '0ff', 'f80', '80f', '088', '888'].map((colour) =>
  [...colour].map((digit) => Number.parseInt(digit, 16) / 15),
);
const SQUARE = 6; // pixels

export type CornerDigits = Pick<ColouredDigits, 'rows' | 'inputs' | 'labels' | 'colours'>;

/**
 * Digits with a square of 6 × 6 pixels in a random corner: of its class's colour with this probability, else of any of ten. Inputs
 * [rows, side, side, 3] from 0 to 1.
 */
export function cornerDigits(digits: Digits, predictivity: number, { uniform, integer }: Random): CornerDigits {
  const { rows, side, pixels, labels } = digits;
  const inputs = new Float32Array(3 * pixels.length);
  for (let i = 0; i < pixels.length; i++) inputs.fill(pixels[i] / 255, 3 * i, 3 * i + 3);
  const colours = Int32Array.from(labels, (label, row) => {
    const colour = uniform() < predictivity ? label : integer(SQUARES.length);
    const [top, left] = [integer(2), integer(2)].map((far) => far * (side - SQUARE));
    for (let i = 0; i < SQUARE ** 2; i++) {
      const place = (row * side + top + Math.floor(i / SQUARE)) * side + left + (i % SQUARE);
      inputs.set(SQUARES[colour], 3 * place);
    }
    return colour;
  });
  return { rows, inputs, labels: Int32Array.from(labels), colours };
}
