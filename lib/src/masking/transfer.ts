/**
 * Transfer (method section 1c): a new model takes the subnetwork's weights and starts afresh in all others of the masked
 * layers. effective weight = mask · W_base + (1 − mask) · W_new, biases outside the mask.
 */

import { random } from '../tasks/random';
import type { HostTensor, HostTensors } from '../tensorflow/hostTensor';
import { checkFits, countKept, mapLayers, type Subnetwork } from './subnetwork';

/**
 * The parameters of the new model: from `base` where the subnetwork keeps a weight, from `fresh` elsewhere in the masked
 * layers; embeddings, LayerNorm and biases from `base`.
 *
 * @throws a sentence that names the first parameter that does not fit the mask.
 */
export function transferSubnetwork({
  base,
  subnetwork,
  fresh,
}: {
  base: HostTensors;
  subnetwork: Subnetwork;
  fresh: HostTensors;
}): HostTensors {
  const covered = Object.keys(subnetwork).filter((name) => name in base);
  checkFits(subnetwork, Object.fromEntries(covered.map((name) => [name, base[name].shape])));
  const result: HostTensors = { ...base };
  for (const [name, { keep, shape }] of Object.entries(subnetwork)) {
    const from = base[name].data as Float32Array;
    const other = fresh[name]?.data as Float32Array | undefined;
    if (other?.length !== from.length) {
      throw new Error(`The fresh weights for ${name} must have the shape [${shape}]: draw them for the same model.`);
    }
    const data = Float32Array.from(from, (value, index) => (keep[index] ? value : other[index]));
    result[name] = { dtype: 'F32', shape, data } satisfies HostTensor;
  }
  return result;
}

/** The parameters with every masked weight outside the subnetwork at 0: the subnetwork alone, or what its removal leaves. */
export function onlySubnetwork(base: HostTensors, subnetwork: Subnetwork): HostTensors {
  const zeros = Object.fromEntries(
    Object.entries(subnetwork).map(([name, { shape, keep }]) => [
      name,
      { dtype: 'F32', shape, data: new Float32Array(keep.length) } as HostTensor,
    ]),
  );
  return transferSubnetwork({ base, subnetwork, fresh: zeros });
}

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
