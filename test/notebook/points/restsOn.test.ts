import { describe, expect, it } from 'vitest';
import { restsOn, runsInAll, runsTable } from '../../../lib/dist/notebook/points/restsOn';
import { DISAMBIGUATION_SIZES } from '../../../lib/dist/tasks/modularArithmetic';
import { run, sampled } from './runs';

describe('runsTable', () => {
  it('has a line for conditions with the same n and seeds, depth by depth', () => {
    const rows = [
      run('random', 10, 0.4, { n_layers: 12 }),
      ...[1, 2].flatMap((seed) => [0, 10].map((n) => run('random', n, 0.4, { seed }))),
      ...[1, 2].flatMap((seed) => [10, 0].map((n) => run('subnet', n, 0.4, { seed }))),
      run('subnet_sampled', 10, 0.4, { sampler: 'released', subnetwork: 'trainable' }),
      ...DISAMBIGUATION_SIZES.map((n) => run('original', n, 0.4)),
    ];
    expect(runsTable(rows)).toEqual([
      { layers: 2, 'starts from': 'random init; subnetwork', seeds: '1, 2', n: '0 10', runs: 8 },
      { layers: 2, 'starts from': 'sampled control, trainable, as released', seeds: '1', n: '10', runs: 1 },
      { layers: 2, 'starts from': 'full model', seeds: '1', n: 'all 17, 0 to 10,000', runs: 17 },
      { layers: 12, 'starts from': 'random init', seeds: '1', n: '10', runs: 1 },
    ]);
    expect(runsInAll(rows)).toContain('rest on 27 runs at 2 and 12 layers, with seeds 1 and 2.');
    expect(runsInAll([])).toContain('no finished runs');
  });
});

describe('restsOn', () => {
  it('lists seeds, conditions and sizes', () => {
    const rows = [
      run('random', 10, 0.4),
      run('random', 0, 0.4),
      sampled('released', 0, 0.1),
      run('random', 0, 0.5, { seed: 2 }),
    ];
    expect(restsOn([])).toBe('There are no finished runs of ours yet.');
    expect(restsOn(rows)).toBe(
      'Our curves rest on 4 runs with 2 seeds: seed 1: 3 runs (2 conditions, n = 0, 10); seed 2: 1 run (1 condition, n = 0). ' +
        'They have 2 points of single runs, whose intervals hold the sampling of the test set only, and 1 mean over seeds, ' +
        'whose intervals are bootstrapped over seeds.',
    );
  });
});
