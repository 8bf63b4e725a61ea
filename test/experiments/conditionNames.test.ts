import { describe, expect, it } from 'vitest';
import { transferTitle } from '../../lib/dist/experiments/conditionNames';
import { CURVE_CONDITIONS, chainSettings, TRAINABLE_CONDITIONS } from '../../lib/dist/experiments/settings';

describe('transferTitle', () => {
  const titles = [...CURVE_CONDITIONS, ...TRAINABLE_CONDITIONS].map((condition) =>
    transferTitle({ ...chainSettings().transfer, ...condition, n: 40, seed: 3 }),
  );

  it('tells every run from the others, in the words of the charts', () => {
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles[0]).toBe('subnetwork, n = 40, seed 3');
    expect(titles[4]).toBe('sampled control, as released, n = 40, seed 3');
    expect(titles[7]).toBe('subnetwork, trainable, n = 40, seed 3');
  });
});
