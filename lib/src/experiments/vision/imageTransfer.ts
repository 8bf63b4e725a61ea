/** Vision stage 3: does a model that starts with the subnetwork look at shape? (method section 2; notebook 11) */
import { complement } from '../../masking/subnetwork';
import { seedFor } from '../../tasks/random';
import type { EpochRecord } from '../../training/fit';
import { stageRun } from '../stageRun';
import type { ImageRunResult } from './finalModel';
import { imageTransferTitle } from './imageConditionNames';
import { type ImageCondition, imageOriginOf } from './imageConditions';
import { imageDataOf } from './imageData';
import { imageTrainerFor } from './imageMachines';
import { imageModelOf, saveImageModel } from './imageModels';
import type { ImageChainSettings, ImageTransferSettings } from './imageSettings';
import { type ImageStartsFrom, imageStartingPoint } from './imageStartingPoint';
import { optimizerOf, trainImages } from './imageTraining';
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
    train: (checkpoint) => train(settings, startsFrom, checkpoint, workshop),
    save({ parameters, finish }, folder) {
      // Kept, so that the model can be measured on other images later.
      saveImageModel(folder, settings.model, parameters);
      return finish(folder);
    },
  });
  return made.partial ? (made.partial as unknown as ImageTransfer) : made.finished;
}

async function train(
  settings: ImageTransferSettings,
  startsFrom: ImageStartsFrom,
  checkpoint: string,
  { observer, folders }: ImageWorkshop,
) {
  const { model, seed, normalization, trained } = settings;
  const imageModel = imageModelOf(model);
  const data = await imageDataOf(settings.data, seed, folders);
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
  const { log, interrupted, finish } = await trainImages(settings, {
    trainer,
    model,
    data,
    // One order for all conditions of a seed.
    seed: seedFor(seed, 'image transfer order'),
    subject: `${model.architecture}, ${imageTransferTitle(settings)}`,
    checkpoint,
    observer,
  });
  return {
    log,
    interrupted,
    parameters: trainer.snapshot(),
    finish: async (folder: string): Promise<ImageTransferResult> => ({ ...(await finish(folder)), kept, total }),
  };
}
