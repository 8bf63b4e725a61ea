import { describe, expect, it } from 'vitest';
import { isCurveRow, ourPoints } from '../../../lib/dist/notebook/points/dataEfficiency';
import { run, sampled } from './runs';

describe('ourPoints', () => {
  it('is the mean over seeds, with controls apart by the way they were drawn', () => {
    const rows = [
      run('random', 10, 0.4),
      run('random', 10, 0.5, { seed: 2 }),
      sampled('released', 10, 0.7),
      sampled('described', 10, 0.3),
    ];
    expect(
      ourPoints(rows).map(({ condition, source, n, accuracy, runs }) => [condition, source, n, accuracy, runs]),
    ).toEqual([
      ['random', 'ours', 10, 0.45, 2],
      ['subnet_sampled', 'ours, as described', 10, 0.3, 1],
      ['subnet_sampled', 'ours, as released', 10, 0.7, 1],
    ]);
  });
});

describe('conditionOf', () => {
  it('keeps runs whose transferred weights train apart from the frozen ones', () => {
    const rows = [run('subnet', 10, 0.4), run('subnet', 10, 0.6, { subnetwork: 'trainable' })];
    expect(ourPoints(rows).map(({ condition, accuracy }) => [condition, accuracy])).toEqual([
      ['subnet', 0.4],
      ['subnet_trainable', 0.6],
    ]);
  });
});

describe('isCurveRow', () => {
  it('leaves out trainable subnetworks and further controls', () => {
    expect(isCurveRow(run('subnet', 0, 0))).toBe(true);
    expect(isCurveRow(sampled('released', 0, 0))).toBe(true);
    expect(isCurveRow(run('subnet', 0, 0, { subnetwork: 'trainable' }))).toBe(false);
    expect(isCurveRow(run('subnet_untrained', 0, 0))).toBe(false);
  });
});
