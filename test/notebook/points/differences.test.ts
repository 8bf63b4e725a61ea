import { describe, expect, it } from 'vitest';
import { differenceRows, pointDifferences } from '../../../lib/dist/notebook/points/differences';
import { meanPoints, published, run, sampled } from './runs';

describe('differenceRows', () => {
  it('compares each source with the published points it has runs for', () => {
    const rows = [
      run('random', 10, 0.35),
      run('random', 64, 0.9),
      sampled('described', 40, 0.4),
      sampled('released', 40, 0.6),
    ];
    const differences = differenceRows(rows, published);
    expect(differences.map(({ source, n, published, ours }) => [source, n, published, ours])).toEqual([
      ['ours', 10, 0.30000000000000004, 0.35],
      ['ours, as described', 40, 0.5, 0.4],
      ['ours, as released', 40, 0.5, 0.6],
    ]);
    for (const { difference, ours, published: value, low, high } of differences) {
      expect(difference).toBeCloseTo(ours - value, 12);
      expect(low).toBeLessThan(difference);
      expect(high).toBeGreaterThan(difference);
    }
  });

  it('compares means over depths as it does means of runs', () => {
    const [first] = pointDifferences(meanPoints, published);
    expect([first.n, first.runs]).toEqual([0, 2]);
    expect(first.difference).toBeCloseTo(-0.1, 12);
    expect([first.low, first.high]).toEqual([expect.closeTo(-0.2, 12), expect.closeTo(0, 12)]);
  });
});
