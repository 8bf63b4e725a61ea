import { describe, expect, it } from 'vitest';
import { withinSpread } from '../../lib/dist/stats/runSpread';

const spread = [
  { condition: 'subnet', n: 10, deviation: 0.02 },
  { condition: 'subnet', n: 40, deviation: 0 },
];
const difference = (n: number, value: number, condition = 'subnet') => ({ condition, n, difference: value });

describe('withinSpread', () => {
  it('counts points within twice the deviation, ends included, and leaves out those without one', () => {
    const differences = [difference(10, 0.46 - 0.5), difference(10, 0.041), difference(40, 0), difference(0, 0)];
    expect(withinSpread([...differences, difference(10, 0, 'random')], spread)).toEqual({
      points: 3,
      within: 2,
      share: 2 / 3,
    });
    expect(withinSpread(differences, spread, { times: 3 }).within).toBe(3);
  });

  it('has no share of nothing', () => {
    expect(withinSpread([difference(0, 0)], spread)).toEqual({ points: 0, within: 0, share: null });
  });
});
