/**
 * Transfer (method section 1c): a new model takes the subnetwork's weights and starts afresh in all others of the masked
 * layers. effective weight = mask · W_base + (1 − mask) · W_new, biases outside the mask.
 */
import type { HostTensor, HostTensors } from '../tensorflow/hostTensor';
import { checkFits, type Subnetwork } from './subnetwork';

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
