import { describe, expect, it } from 'vitest';
import { listed, numbered, plural, signed } from '../../lib/dist/notebook/words';

describe('words', () => {
  it('lists numbers and names', () => {
    expect(listed([])).toBe('');
    expect(listed([12])).toBe('12');
    expect(listed([2, 1600, 12])).toBe('2, 1,600 and 12');
    expect(listed(['n50', 'n90'])).toBe('n50 and n90');
  });

  it('counts', () => {
    expect([0, 1, 1200].map((count) => plural(count, 'run'))).toEqual(['0 runs', '1 run', '1,200 runs']);
  });

  it('names what has numbers', () => {
    expect(numbered('seed', [3])).toBe('seed 3');
    expect(numbered('seed', [1, 2, 3])).toBe('seeds 1, 2 and 3');
  });

  it('gives differences their sign, with a minus as print has it', () => {
    expect([0.0124, -0.0126].map((value) => signed(value))).toEqual(['+0.012', '−0.013']);
    expect(signed(-0.00012, 4)).toBe('−0.0001');
  });
});
