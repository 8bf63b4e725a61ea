import { expect, it } from 'vitest';
import { colouredDigits, cornerDigits } from '../../lib/dist/images/colouredDigits';
import { random } from '../../lib/dist/tasks/random';

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

it('puts a square into a corner, of the colour of the class as often as is asked', () => {
  const rows = 1000;
  const labels = Uint8Array.from({ length: rows }, (_, row) => row % 10);
  const blank = { rows, side: 14, pixels: new Uint8Array(rows * 196).fill(51), labels };
  const right = (predictivity: number) => {
    const { inputs, colours, ...others } = cornerDigits(blank, predictivity, random(1, 'squares'));
    expect([...others.labels]).toEqual([...labels]);
    for (const row of [0, 1, 2, 3]) {
      const pixels = Array.from({ length: 196 }, (_, i) => [
        ...inputs.subarray(3 * (196 * row + i), 3 * (196 * row + i) + 3),
      ]);
      const square = [...pixels.keys()].filter((i) => pixels[i].some((value) => Math.abs(value - 0.2) > 1e-6));
      expect(square.length).toBe(36);
      expect(new Set(square.map((i) => pixels[i].join())).size).toBe(1);
      expect([0, 13, 182, 195].filter((corner) => square.includes(corner)).length).toBe(1);
    }
    return [...colours].filter((colour, row) => colour === labels[row]).length / rows;
  };
  // Within five standard deviations of p + (1 − p) / 10.
  expect(Math.abs(right(0) - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / rows));
  expect(Math.abs(right(0.5) - 0.55)).toBeLessThan(5 * Math.sqrt(0.25 / rows));
  expect(right(1)).toBe(1);
});
