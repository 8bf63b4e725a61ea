/** Vision stage 3: does a model that starts with the subnetwork look at shape? (method section 2; notebook 11) */

import { complement, mapLayers, type Subnetwork, subnetworkSize } from '../../masking/subnetwork';
import { sampleSubnetwork, transferSubnetwork } from '../../masking/transfer';
import { freshMaskedWeights } from '../../models/imageModel';
import type { Stage, Training } from '../../runs/stage';
import { seedFor } from '../../tasks/random';
import { elementCount, type HostTensors } from '../../tensorflow/hostTensor';
import { type ImageBase, imageBaseStage } from './imageBase';
import { type ImageMask, imageMaskStage } from './imageMask';
import { bodyOf, freshImageModel, imageModelOf, saveImageModel, withNewClassifier } from './imageModels';
import { type ImageTransferSettings, imageConditionName } from './imageSettings';
import { IMAGE_MEASURES, type ImageRunResult, imageCost, trainImages } from './imageTraining';

export interface ImageTransferResult extends ImageRunResult {
  /** Masked weights that came from the base model, and all of them. */
  kept: number;
  total: number;
}

interface Parameters {
  parameters: HostTensors;
}

/** The runs that the settings of a transfer run name: a base model, or a mask over one. */
export interface ImageTransferInputs {
  base?: ImageBase;
  mask?: ImageMask & { base: ImageBase };
}

const titleOf = (settings: ImageTransferSettings): string =>
  `${imageConditionName(settings)}, normalisation ${settings.normalization}, seed ${settings.seed}`;

export const imageTransferStage: Stage<
  ImageTransferSettings,
  ImageTransferResult,
  Partial<Parameters>,
  ImageTransferInputs
> = {
  name: 'image-transfer',
  title: titleOf,
  measures: IMAGE_MEASURES,
  startsFrom: { base: imageBaseStage, mask: imageMaskStage },
  cost: (settings) => imageCost(settings, settings.model),
  train,
  // Kept, so that the model can be measured on other images later.
  save: ({ parameters }, folder, { model }) => saveImageModel(folder, model, parameters as HostTensors),
};

async function train(settings: ImageTransferSettings, training: Training<ImageTransferInputs>) {
  const { model, seed, normalization, trained } = settings;
  const { shapes, normalizations } = imageModelOf(model);
  const { parameters, subnetwork, kept, total } = imageStartingPoint(settings, training.inputs);
  const made = await trainImages(
    settings,
    {
      normalization,
      // Released: with statistics as they are, weights and biases of normalisation too; and ViT's class token.
      frozen: [
        ...(trained === 'classifier' ? bodyOf(model) : []),
        ...(normalization === 'eval' ? normalizations : []),
        ...(subnetwork ? Object.keys(shapes).filter((name) => name.endsWith('.cls_token')) : []),
      ],
      freezable: true,
      start: () => [
        trained === 'classifier'
          ? withNewClassifier({ ...model, parameters }, model, seedFor(seed, 'image readout'))
          : parameters,
        { frozen: subnetwork && (trained === 'subnetwork' ? complement(subnetwork) : subnetwork) },
      ],
      // One order for all conditions of a seed.
      order: seedFor(seed, 'image transfer order'),
      subject: `${model.architecture}, ${titleOf(settings)}`,
    },
    training,
  );
  const finish = async (folder: string) => ({ ...(await made.finish(folder)), kept, total });
  return { ...made, finish };
}

export interface ImageStartingPoint {
  parameters: HostTensors;
  /** The weights that were transferred; undefined where all were, or none. */
  subnetwork?: Subnetwork;
  /** Masked weights that came from the base model, and all of them. */
  kept: number;
  total: number;
}

/** What a transferred image model starts from: the base's weights, all or a subnetwork's, and new ones (method section 2). */
export function imageStartingPoint(
  settings: ImageTransferSettings,
  { mask, base = mask?.base }: ImageTransferInputs,
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
