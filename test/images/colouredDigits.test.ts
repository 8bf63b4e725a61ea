import { expect, it } from 'vitest';
import { colouredDigits } from '../../lib/dist/images/colouredDigits';

const digits = {
  rows: 3,
  side: 2,
  pixels: Uint8Array.from([0, 255, 0, 0, 51, 0, 0, 0, 0, 0, 0, 102]),
  labels: Uint8Array.of(3, 7, 4),
};

it('puts the picture into the channel of its colour, and turns labels and colours where a draw is below their share', () => {
  const draws = { label: [0.9, 0.24, 0.25], colour: [0.1, 0.5, 0.2] };
  const coloured = colouredDigits(digits, draws, { colourFlip: 0.2 });
  expect([...coloured.shapes]).toEqual([1, 0, 1]);
  expect([...coloured.labels]).toEqual([1, 1, 1]);
  expect([...coloured.colours]).toEqual([0, 1, 1]);
  expect([...coloured.inputs].map((value) => Math.round(10 * value))).toEqual(
    [
      [0, 10, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [2, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 4],
    ].flat(),
  );
});

it('without noise the label is the shape, and a colour that is always turned is its opposite', () => {
  const draws = { label: [0, 0, 0], colour: [0.99, 0.5, 0] };
  const { labels, shapes, colours } = colouredDigits(digits, draws, { labelNoise: 0, colourFlip: 1 });
  expect([...labels]).toEqual([...shapes]);
  expect([...colours]).toEqual([...shapes].map((shape) => 1 - shape));
});
