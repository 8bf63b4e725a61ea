import { expect, it } from 'vitest';
import { bestFrequency, powers, unitEnergy } from '../../lib/dist/stats/spectrum';

const wave = (modulus: number, frequency: number, phase = 0.3) =>
  Array.from({ length: modulus }, (_, m) => Math.cos((2 * Math.PI * frequency * m) / modulus + phase));
const sum = (modulus: number) => (a: number, b: number) => (a + b) % modulus;

it('a wave has its power at one frequency, whatever its mean and phase', () => {
  const values = wave(13, 4).map((value) => value + 7);
  expect(powers(values)).toHaveLength(6);
  expect(powers(values)[3]).toBeCloseTo((13 / 2) ** 2, 9);
  expect(bestFrequency(values)).toEqual({ frequency: 4, share: expect.closeTo(1, 12) });
});

it('two waves share the power by the squares of their heights', () => {
  const values = wave(13, 2).map((value, m) => 3 * value + wave(13, 5, 1)[m]);
  expect(bestFrequency(values)).toEqual({ frequency: 2, share: expect.closeTo(0.9, 12) });
  // A single weight is all frequencies alike.
  expect(bestFrequency([1, 0, 0, 0, 0, 0, 0, 0, 0]).share).toBeCloseTo(1 / 4, 12);
});

it('a unit has its highest energy at one frequency: M/4 for weights of length 1, whatever the phases', () => {
  const unit = (second: number[]) => {
    const weights = [...wave(11, 3), ...second];
    return weights.map((value) => value / Math.hypot(...weights));
  };
  expect(unitEnergy(unit(wave(11, 3, 1.1)), sum(11))).toBeCloseTo(11 / 4, 10);
  // Two frequencies answer to no sum.
  expect(unitEnergy(unit(wave(11, 2)), sum(11))).toBeLessThan(0.5 * (11 / 4));
});

it('an energy is 0 where the answers do not differ, also where they are not equally frequent', () => {
  expect(unitEnergy([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], sum(5))).toBeCloseTo(0, 12);
  expect(unitEnergy([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], (a, b) => (a * b) % 5)).toBeCloseTo(0, 12);
  expect(unitEnergy([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], (a) => a)).toBeGreaterThan(1);
});
