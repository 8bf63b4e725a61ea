import { describe, expect, it } from 'vitest';
import {
  distanceRows,
  publishedSpread,
  publishedWithSpread,
  withinSpreadSentence,
} from '../../../lib/dist/notebook/points/spread';

describe('spread', () => {
  const figure2 = [
    { condition: 'subnet', n: 0, deviation: null },
    { condition: 'subnet', n: 10, deviation: 0.02 },
    { condition: 'subnet_sampled', n: 10, deviation: 0.01 },
  ].map(({ condition, n, deviation }) => ({
    panel: 'gpt2_12_layers' as const,
    inherit_from: condition as 'subnet',
    n_disambiguation: n,
    test_accuracy: 0.99,
    std_over_5_runs: deviation,
  }));

  it('lends the complement control the deviation of the sampled one', () => {
    expect(publishedSpread(figure2)).toEqual([
      { condition: 'subnet', n: 10, deviation: 0.02 },
      { condition: 'subnet_sampled', n: 10, deviation: 0.01 },
      { condition: 'subnet_sampled_complement', n: 10, deviation: 0.01 },
    ]);
  });

  it('draws a band within 0 and 1 where the deviation is known', () => {
    const [without, withBand] = publishedWithSpread(figure2);
    expect(without).not.toHaveProperty('low');
    expect(withBand).toMatchObject({
      condition: 'subnet',
      source: 'published',
      low: expect.closeTo(0.97, 12),
      high: 1,
    });
  });

  it('counts for each line the points that lie within', () => {
    const difference = (condition: string, n: number, value: number) => ({
      ...{ condition, source: 'ours', n, published: 0.5, ours: 0.5 + value },
      ...{ difference: value, low: value, high: value, runs: 1 },
    });
    const differences = [difference('subnet', 0, 0.3), difference('subnet', 10, -0.01), difference('random', 10, 0.1)];
    expect(distanceRows(differences, publishedSpread(figure2))).toEqual([
      {
        ...{ condition: 'subnetwork', source: 'ours', points: 2, within: '1 of 1', share: 1 },
        ...{ 'mean distance': expect.closeTo(0.155, 12), 'largest distance': 0.3 },
      },
      {
        ...{ condition: 'random init', source: 'ours', points: 1, within: '0 of 0', share: null },
        ...{ 'mean distance': 0.1, 'largest distance': 0.1 },
      },
    ]);
    expect(withinSpreadSentence(differences, publishedSpread(figure2))).toContain('**1 of 1 points (100 %)**');
    expect(withinSpreadSentence([], [])).toContain('no point of ours yet');
  });
});
