/** The published comparison of frozen and trainable subnetworks, by the names of our conditions. */
import type { PublishedFrozenOrTrainable } from '../../runs/schemas';
import { PUBLISHED } from '../charts/conditions';
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
