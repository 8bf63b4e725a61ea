import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawView } from '../../lib/dist/images/randomViews';
import { random } from '../../lib/dist/tasks/random';

const still = { turn: 0, zoom: 0, shift: 0, contrast: 0, erased: 0 };
const view = (picture: number[], ranges: object, seed = 1) => {
  const drawn = new Float32Array(picture.length);
  drawView(Float32Array.from(picture), drawn, { ...still, ...ranges }, random(seed, 'views'));
  return [...drawn];
};

it('a view without ranges is the picture', () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 16, maxLength: 16 });
  fc.assert(fc.property(numbers, (picture) => void expect(view(picture, {})).toEqual(picture)));
});

it('erases a square, and a picture of one value stays what it is', () => {
  const picture = [0, ...Array(15).fill(8)];
  expect(view(picture, { erased: 2 }).filter((value) => value === 0).length).toBeGreaterThanOrEqual(4);
  const all = { turn: 45, zoom: 0.5, shift: 2, contrast: 0.5, erased: 2 };
  for (const seed of [1, 2, 3]) expect(view(Array(16).fill(3), all, seed)).toEqual(Array(16).fill(3));
  expect(view(picture, all, 1)).not.toEqual(view(picture, all, 2));
});
