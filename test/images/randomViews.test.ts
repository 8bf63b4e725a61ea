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

it('a view without ranges is the picture, brighter or darker, or its negative', () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 16, maxLength: 16 });
  const property = fc.property(numbers, fc.nat(), (picture, seed) => {
    const drawn = view(picture, {}, seed);
    const [same, negative] = [1, -1].map((sign) => drawn.map((value, i) => value - sign * picture[i]));
    const isEven = (rest: number[]) =>
      Math.abs(rest[0]) <= 0.5 && rest.every((value) => Math.abs(value - rest[0]) < 1e-5);
    expect(isEven(same) || isEven(negative)).toBe(true);
  });
  fc.assert(property);
});

it('exchanges dark and bright in some views, sets a square, and otherwise keeps a picture of one value', () => {
  const seeds = [...Array(20).keys()];
  const slope = (drawn: number[]) => Math.sign(drawn[1] - drawn[0]);
  expect(new Set(seeds.map((seed) => slope(view([0, ...Array(15).fill(8)], {}, seed))))).toEqual(new Set([1, -1]));
  const all = { turn: 45, zoom: 0.5, shift: 2, contrast: 0.5, erased: 2 };
  for (const seed of seeds) {
    const drawn = view(Array(16).fill(3), all, seed);
    const square = drawn.filter((value) => value === 3);
    expect(square).toHaveLength(4);
    expect(new Set(drawn).size).toBe(2);
  }
});
