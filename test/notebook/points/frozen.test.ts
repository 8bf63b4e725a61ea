import { describe, expect, it } from 'vitest';
import { publishedFrozenPoints, publishedGap } from '../../../lib/dist/notebook/points/frozen';

describe('publishedFrozenPoints', () => {
  it('gives each mask the names of its conditions', () => {
    const rows = (['frozen', 'trainable', 'full_model_transfer'] as const).flatMap((subnetwork) =>
      (['discovered', 'sampled'] as const).map((mask) => ({
        mask,
        subnetwork,
        n_disambiguation: 10,
        test_accuracy: 0.5,
      })),
    );
    const names = (mask: 'discovered' | 'sampled') =>
      publishedFrozenPoints(rows, mask).map(({ condition }) => condition);
    expect(names('discovered')).toEqual(['subnet', 'subnet_trainable', 'original']);
    expect(names('sampled')).toEqual(['subnet_sampled', 'subnet_sampled_trainable', 'original']);
  });
});

describe('publishedGap', () => {
  it('compares two curves over the n that both have', () => {
    const point = (condition: string, n: number, accuracy: number) =>
      ({ condition, source: 'published', n, accuracy }) as const;
    const points = [point('subnet', 0, 0.5), point('subnet', 10, 0.6), point('subnet', 40, 1)];
    const others = [point('original', 0, 0.4), point('original', 10, 0.9)];
    expect(publishedGap([...points, ...others], { first: 'subnet', second: 'original' })).toEqual({
      ...{ comparison: 'subnetwork − full model', n: 2, 'above zero at': 1 },
      ...{ 'mean difference': expect.closeTo(-0.1, 12), 'mean distance': expect.closeTo(0.2, 12) },
    });
  });
});
