/** The sampled controls "as released" against the counts of the released samplers (part of the kind transfer). */

import { countKept, intersection, overlap, type Subnetwork } from '../../lib/dist/masking/subnetwork';
import { sampleSubnetwork } from '../../lib/dist/masking/transfer';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';

/** An overlap of random masks lies within so many standard deviations: once in 5e8 draws it does not. */
const DEVIATIONS = 6;

/** `subnetwork` holds one layer, whose counts are `counts`. */
export function compareReleasedSampler(comparison: Comparison, counts: JsonEntry, subnetwork: Subnetwork): void {
  const [[parameter, { keep }]] = Object.entries(subnetwork);
  const [total, kept] = [keep.length, countKept(keep)];
  const exactly = (key: string, ours: number) => comparison.number(key, ours, counts.get(key).number(), 0);
  exactly('discovered', kept);
  exactly('size', total);

  const sampled = sampleSubnetwork(subnetwork, { seed: 0, as: 'released', from: 'anywhere' });
  exactly('released subnet_sampled mask ones', countKept(sampled[parameter].keep));
  const expected = counts.get('expected overlap of its zeros with the discovered mask').number();
  const [{ shared, sharedByChance }] = overlap(
    subnetwork,
    sampleSubnetwork(subnetwork, { seed: 0, as: 'described', from: 'anywhere' }), // the zeros of the released mask
  ).layers;
  comparison.number('expected overlap', sharedByChance, expected, 1e-9 * total);
  // Variance of a hypergeometric count: `kept` draws from `total`, of which `kept` are in the mask.
  const variance = total > 1 ? (sharedByChance * (1 - kept / total) * (total - kept)) / (total - 1) : 0;
  comparison.chance('overlap', shared, expected, DEVIATIONS * Math.sqrt(variance));

  const sampleOutside = () => sampleSubnetwork(subnetwork, { seed: 0, as: 'released', from: 'complement' });
  const refusal = counts.find('released subnet_sampled_complement');
  if (refusal) {
    // The released sampler raises an error for a layer with more than half of its weights kept; so must ours.
    comparison.number(refusal.text(), throws(sampleOutside) ? 1 : 0, 1, 0);
    return;
  }
  const outside = sampleOutside();
  exactly('released subnet_sampled_complement mask ones', countKept(outside[parameter].keep));
  exactly('... of these inside the discovered mask', countKept(intersection(subnetwork, outside)[parameter].keep));
}

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}
