import { random } from '../tasks/random';
import { countKept, mapLayers, type Subnetwork } from './subnetwork';

/**
 * A random control for a subnetwork of k weights a layer, drawn layer by layer.
 *
 * `as: 'described'` (paper, section 4.1): k random weights of each layer, from `anywhere`, or from the `complement`, the
 * weights outside the subnetwork.
 * `as: 'released'`: what the released code makes of the same draw, with ones and zeros exchanged: everything EXCEPT the k
 * drawn weights. From the complement it thus holds the whole subnetwork and all but k of the rest.
 *
 * One seed draws the same weights for both. From the complement, a layer with more than half of its weights in the
 * subnetwork is an error, as in the released code: fewer than k weights are left.
 */
export function sampleSubnetwork(
  subnetwork: Subnetwork,
  options: { seed: number; as: 'described' | 'released'; from: 'anywhere' | 'complement' },
): Subnetwork {
  const { seed, as, from } = options;
  return mapLayers(subnetwork, (parameter, { keep }) => {
    const size = countKept(keep);
    const candidates = from === 'complement' ? indicesOfZeros(keep) : undefined;
    const candidateCount = candidates ? candidates.length : keep.length;
    if (size > candidateCount) {
      throw new Error(
        `Cannot draw a control outside the subnetwork: ${parameter} has ${size} of its ${keep.length} weights in it, ` +
          'more than half. Use a sparser mask, or a control drawn from anywhere.',
      );
    }
    const drawn = random(seed, `control ${from} ${parameter}`).sampleWithoutReplacement(candidateCount, size);
    const sampled = new Uint8Array(keep.length).fill(as === 'described' ? 0 : 1);
    for (const i of drawn) sampled[candidates ? candidates[i] : i] = as === 'described' ? 1 : 0;
    return sampled;
  });
}

function indicesOfZeros(keep: Uint8Array): Int32Array {
  const zeros = new Int32Array(keep.length);
  let count = 0;
  for (let i = 0; i < keep.length; i++) if (keep[i] === 0) zeros[count++] = i;
  return zeros.subarray(0, count);
}
