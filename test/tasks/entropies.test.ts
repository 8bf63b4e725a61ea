import { describe, expect, it } from 'vitest';
import { baseTaskPlateaus, lossKnowing, majorityAccuracy, plateauOf } from '../../lib/dist/tasks/entropies';
import { answer, EXPRESSIONS } from '../../lib/dist/tasks/expressions';

describe('baseTaskPlateaus', () => {
  it('are the losses at which base runs were seen to rest', () => {
    const reference = [2.9342, 2.8586, 2.8586, 2.7414, Math.log(1000) / 3]; // for equally frequent residues, four decimals
    baseTaskPlateaus().forEach(({ loss }, i) => expect(Math.abs(loss - reference[i])).toBeLessThan(6e-4));
    // 994 is a multiple of 7, so its residues are equally frequent
    const equal = baseTaskPlateaus({ numbers: 994 }).map(({ loss }) => loss + Math.log(1000 / 994) / 3);
    equal.forEach((loss, i) => expect(Math.abs(loss - reference[i])).toBeLessThan(5e-5));
  });

  it('fall, and end at the floor, for a small vocabulary too', () => {
    const losses = baseTaskPlateaus({ numbers: 20 }).map(({ loss }) => loss);
    expect(losses[0]).toBeGreaterThan(Math.max(losses[1], losses[2]));
    expect(Math.min(losses[1], losses[2])).toBeGreaterThan(losses[3]);
    expect(losses[3]).toBeGreaterThan(losses[4]);
    expect(losses[4]).toBeCloseTo(Math.log(20) / 3, 12);
  });
});

describe('lossKnowing', () => {
  it('equals the entropy counted over all pairs of numbers', () => {
    const numbers = 23; // residues are unequally frequent
    for (const expression of EXPRESSIONS) {
      const counts = new Map<string, number>();
      const totals = new Map<boolean, number>();
      for (let a = 0; a < numbers; a++) {
        for (let b = 0; b < numbers; b++) {
          const known = a % 7 === 0;
          totals.set(known, (totals.get(known) ?? 0) + 1);
          const key = `${known} ${answer(expression, a, b)}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
      let entropy = 0;
      for (const [key, count] of counts) {
        entropy -= (count / numbers ** 2) * Math.log(count / (totals.get(key.startsWith('true')) as number));
      }
      const loss = lossKnowing({ expression, known: (a) => a === 0, numbers });
      expect(loss).toBeCloseTo((Math.log(numbers) + entropy) / 3, 12);
    }
  });
});

describe('plateauOf', () => {
  const plateaus = baseTaskPlateaus();

  it('names the plateau on which a loss rests, alike ones together, and none in between', () => {
    expect(plateaus.map(({ loss }) => plateauOf(loss + 0.002, plateaus))).toEqual([
      'answer frequencies',
      'a = 0 → 0 or b = 6 → 0',
      'a = 0 → 0 or b = 6 → 0',
      'a = 0 → 0 and b = 6 → 0',
      'every answer',
    ]);
    expect(plateauOf(2.5, plateaus)).toBeUndefined();
    expect(plateauOf(2.5, plateaus, 0.3)).toBe('every answer');
  });
});

describe('majorityAccuracy', () => {
  it('equals the share of the most frequent answer over all pairs of numbers', () => {
    const numbers = 23;
    for (const expression of EXPRESSIONS) {
      const counts = new Array<number>(7).fill(0);
      for (let a = 0; a < numbers; a++) for (let b = 0; b < numbers; b++) counts[answer(expression, a, b)]++;
      expect(majorityAccuracy(expression, { numbers })).toBeCloseTo(Math.max(...counts) / numbers ** 2, 12);
    }
  });
});
