/** Vision stage 3: does a model that starts with the subnetwork look at shape? (method section 2; notebook 11) */
import { complement } from '../../masking/subnetwork';
import { seedFor } from '../../tasks/random';
import type { EpochRecord } from '../../training/fit';
import { stageRun } from '../stageRun';
import { measureFinalModel } from './finalModel';
import { imageTransferTitle } from './imageConditionNames';
import { imageDataOf } from './imageData';
import { imageEvaluatorFor, imageTrainerFor } from './imageMachines';
import { measureImages } from './imageMeasures';
import { imageModelOf } from './imageModels';
import {
  type ImageChainSettings,
  type ImageCondition,
  type ImageTransferSettings,
  imageOriginOf,
} from './imageSettings';
import { type ImageStartsFrom, imageStartingPoint } from './imageStartingPoint';
import { type ImageRunResult, optimizerOf, trainImages } from './imageTraining';
import type { ImageWorkshop } from './imageWorkshop';

export interface ImageTransferResult extends ImageRunResult {
  /** Masked weights that came from the base model, and all of them. */
  kept: number;
  total: number;
}

export interface ImageTransfer {
  settings: ImageTransferSettings;
  /** Name in the run store; undefined for a run that was interrupted. */
  id?: string;
  log: EpochRecord[];
  result: ImageTransferResult;
}

/** Settings of the run of a condition in a chain. */
export function imageTransferSettings(
  chain: ImageChainSettings,
  condition: ImageCondition,
  { base, mask }: ImageStartsFrom,
): ImageTransferSettings {
  const settings: ImageTransferSettings = { ...chain.transfer, ...condition };
  const origin = imageOriginOf(condition);
  if (origin === 'base') settings.base = base?.settings;
  else if (origin !== 'none') settings.mask = mask?.settings;
  return settings;
}

/** One transfer run: from the store, or trained now. */
export async function imageTransfer(
  settings: ImageTransferSettings,
  startsFrom: ImageStartsFrom,
  workshop: ImageWorkshop,
): Promise<ImageTransfer> {
  const title = imageTransferTitle(settings);
  const made = await stageRun({ stage: 'image-transfer', title, settings }, workshop, {
    train: () => train(settings, startsFrom, workshop),
    save: ({ finish }, folder) => finish(folder),
  });
  return made.partial ? (made.partial as unknown as ImageTransfer) : made.finished;
}

async function train(settings: ImageTransferSettings, startsFrom: ImageStartsFrom, workshop: ImageWorkshop) {
  const { model, seed, normalization, trained } = settings;
  const { observer, folders } = workshop;
  const imageModel = imageModelOf(model);
  const data = imageDataOf(settings.data, seed, folders);
  const { parameters, subnetwork, kept, total } = imageStartingPoint(settings, startsFrom);
  const trainer = imageTrainerFor(model, {
    optimizer: optimizerOf(settings),
    classWeights: data.classWeights,
    normalization,
    // Released: with statistics as they are, weights and biases of normalisation too; and ViT's class token.
    frozen: [
      ...(normalization === 'eval' ? imageModel.normalizations : []),
      ...(subnetwork ? Object.keys(imageModel.shapes).filter((name) => name.endsWith('.cls_token')) : []),
    ],
    freezable: true,
  });
  trainer.start(parameters, {
    frozen: subnetwork && (trained === 'subnetwork' ? complement(subnetwork) : subnetwork),
  });
  const evaluator = imageEvaluatorFor(model);
  const measure = async () => (await measureImages(evaluator, trainer.parameters, data)).measures;
  const before = await measure();
  // One order for all conditions of a seed.
  const orderSeed = seedFor(seed, 'image transfer order');
  const { log, interrupted } = await trainImages(settings, { trainer, data, seed: orderSeed, measure, observer });
  return {
    log,
    interrupted,
    async finish(folder: string): Promise<ImageTransferResult> {
      const subject = `${model.architecture}, ${imageTransferTitle(settings)}`;
      const common = { folder, model, data, parameters: trainer.parameters, subject, before, log };
      return { ...(await measureFinalModel(common)), kept, total };
    },
  };
}
