/** What a transferred image model starts from: the base's weights, all or a subnetwork's, and new ones (method section 2). */
import { sampleSubnetwork } from '../../masking/sampling';
import { mapLayers, type Subnetwork, subnetworkSize } from '../../masking/subnetwork';
import { transferSubnetwork } from '../../masking/transfer';
import { freshMaskedWeights } from '../../models/imageModel';
import { seedFor } from '../../tasks/random';
import { elementCount, type HostTensors } from '../../tensorflow/hostTensor';
import type { ImageBase } from './imageBase';
import type { ImageMask } from './imageDiscovery';
import { freshImageModel, imageModelOf } from './imageModels';
import type { ImageTransferSettings } from './imageSettings';

/** As much of a chain as a condition needs. */
export interface ImageStartsFrom {
  base?: ImageBase;
  mask?: ImageMask;
}

export interface ImageStartingPoint {
  parameters: HostTensors;
  /** The weights that were transferred; undefined where all were, or none. */
  subnetwork?: Subnetwork;
  /** Masked weights that came from the base model, and all of them. */
  kept: number;
  total: number;
}

export function imageStartingPoint(
  settings: ImageTransferSettings,
  { base, mask }: ImageStartsFrom,
): ImageStartingPoint {
  const { inheritFrom, model, seed, keptShare } = settings;
  const imageModel = imageModelOf(model);
  const total = imageModel.maskedWeights.reduce((sum, name) => sum + elementCount(imageModel.shapes[name]), 0);
  if (inheritFrom === 'random') {
    return { parameters: freshImageModel(model, seedFor(seed, 'image transfer initialisation')), kept: 0, total };
  }
  if (!base) throw new Error(`The condition "${inheritFrom}" needs a base model.`);
  if (inheritFrom === 'original') return { parameters: base.parameters, kept: total, total };
  if (!mask) throw new Error(`The condition "${inheritFrom}" needs a discovered subnetwork.`);
  const found = keptShare === undefined ? mask.subnetwork : highestScores(mask, keptShare);
  const subnetwork =
    inheritFrom === 'subnet_sampled'
      ? sampleSubnetwork(found, { seed: seedFor(seed, 'sampled image subnetwork'), as: 'described', from: 'anywhere' })
      : found;
  const parameters = transferSubnetwork({
    base: { ...base.parameters, ...mask.trainedWithMask },
    subnetwork,
    fresh: freshMaskedWeights(imageModel, seedFor(seed, 'fresh image weights')),
  });
  return { parameters, subnetwork, kept: subnetworkSize(subnetwork), total };
}

/** The subnetwork of the weights with the highest scores, a share of all masked weights. */
function highestScores({ subnetwork, scores }: ImageMask, share: number): Subnetwork {
  if (!(share > 0 && share <= 1)) throw new Error(`A subnetwork keeps a share above 0, at most 1, not ${share}.`);
  const all = Object.keys(subnetwork).flatMap((name) => [...(scores[name].data as Float32Array)]);
  const sorted = Float32Array.from(all).sort();
  const least = sorted[sorted.length - Math.max(1, Math.round(share * sorted.length))];
  return mapLayers(subnetwork, (name) =>
    Uint8Array.from(scores[name].data as Float32Array, (score) => (score >= least ? 1 : 0)),
  );
}
