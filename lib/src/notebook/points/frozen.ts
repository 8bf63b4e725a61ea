/** The published comparison of frozen and trainable subnetworks, by the names of our conditions. */

import type { PublishedFrozenOrTrainable } from '../../runs/publishedSchemas';
import { mean } from '../../stats/intervals';
import { conditionLabel, PUBLISHED } from '../charts/conditions';
import type { PublishedPoint } from './dataEfficiency';

/** The published curves of one mask: its subnetwork frozen and trainable, and the full model. */
export function publishedFrozenPoints(
  rows: readonly PublishedFrozenOrTrainable[],
  mask: PublishedFrozenOrTrainable['mask'],
): PublishedPoint[] {
  const frozen = mask === 'discovered' ? 'subnet' : 'subnet_sampled';
  const conditions = { frozen, trainable: `${frozen}_trainable`, full_model_transfer: 'original' };
  return rows
    .filter((row) => row.mask === mask)
    .map(({ subnetwork, n_disambiguation, test_accuracy }) => ({
      condition: conditions[subnetwork],
      source: PUBLISHED,
      n: n_disambiguation,
      accuracy: test_accuracy,
    }));
}

/** Two published curves against each other, over the n that both have: first - second. */
export function publishedGap(points: readonly PublishedPoint[], { first, second }: { first: string; second: string }) {
  const gaps = points
    .filter(({ condition }) => condition === first)
    .flatMap(({ n, accuracy }) => {
      const other = points.find((point) => point.condition === second && point.n === n);
      return other ? [accuracy - other.accuracy] : [];
    });
  return {
    comparison: `${conditionLabel(first)} − ${conditionLabel(second)}`,
    n: gaps.length,
    'above zero at': gaps.filter((gap) => gap > 0).length,
    'mean difference': mean(gaps),
    'mean distance': mean(gaps.map(Math.abs)),
  };
}
