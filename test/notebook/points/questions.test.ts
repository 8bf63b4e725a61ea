import { describe, expect, it } from 'vitest';
import { curveRows, frozenPairs, untrainedPairs, variantPairs } from '../../../lib/dist/notebook/points/questions';
import { run, sampled } from './runs';

describe('curveRows', () => {
  it('takes the runs of one curve at one depth', () => {
    const wanted = run('subnet', 10, 0.5);
    const others = [
      run('subnet', 10, 0.5, { n_layers: 4 }),
      run('subnet', 10, 0.5, { subnetwork: 'trainable' }),
      run('original', 10, 0.5),
      sampled('released', 10, 0.5),
    ];
    expect(curveRows([wanted, ...others], { layers: 2, condition: 'subnet' })).toEqual([wanted]);
    const released = { layers: 2, condition: 'subnet_sampled', source: 'ours, as released' };
    expect(curveRows([wanted, ...others], released)).toEqual([others[3]]);
  });
});

describe('frozenPairs', () => {
  it('sets each subnetwork against itself, trainable, where that was run', () => {
    const frozen = run('subnet', 10, 0.5);
    const trainable = run('subnet', 10, 0.4, { subnetwork: 'trainable' });
    const control = sampled('described', 10, 0.3);
    const deeper = run('subnet', 10, 0.6, { n_layers: 4 });
    expect(frozenPairs([frozen, trainable, control, deeper])).toEqual([
      { name: '2 layers, discovered', first: [frozen], second: [trainable] },
      { name: '2 layers, sampled, as described', first: [control], second: [] },
      { name: '2 layers, sampled, as released', first: [], second: [] },
    ]);
    expect(frozenPairs([frozen, control, deeper])).toEqual([]);
  });
});

describe('untrainedPairs', () => {
  it('takes the other curves at the n and seeds of the untrained runs alone', () => {
    const curve = (condition: 'random' | 'subnet' | 'subnet_untrained') => [
      run(condition, 0, 0.3),
      run(condition, 10, 0.4),
      run(condition, 10, 0.4, { seed: 2 }),
    ];
    const [, at10] = curve('subnet_untrained');
    const pairs = untrainedPairs([...curve('random'), ...curve('subnet'), at10]);
    expect(pairs).toEqual([
      { name: '2 layers: untrained − random init', first: [at10], second: [run('random', 10, 0.4)] },
      { name: '2 layers: subnetwork − untrained', first: [run('subnet', 10, 0.4)], second: [at10] },
      {
        name: '2 layers: subnetwork − random init',
        first: [run('subnet', 10, 0.4)],
        second: [run('random', 10, 0.4)],
      },
    ]);
  });
});

describe('variantPairs', () => {
  it('sets each changed setting against the same condition as released', () => {
    const released = [run('subnet', 10, 0.5), run('random', 10, 0.4), run('subnet', 10, 0.7, { n_layers: 4 })];
    const changed = [
      { ...run('subnet', 10, 0.45), variant: 'described_temperature' },
      { ...run('subnet', 10, 0.55), variant: 'uniform_rows' },
    ];
    expect(variantPairs(changed, released)).toEqual([
      { name: '2 layers, subnetwork: temperature', first: [changed[0]], second: [released[0]] },
      { name: '2 layers, subnetwork: samples', first: [changed[1]], second: [released[0]] },
      { name: '2 layers, full model: samples', first: [], second: [] },
      { name: '2 layers, random init: samples', first: [], second: [released[1]] },
    ]);
  });
});
