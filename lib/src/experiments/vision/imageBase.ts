/** Vision stage 1: a model of the 16 categories (method section 2; notebook 10). */
import { seedFor } from '../../tasks/random';
import type { HostTensors } from '../../tensorflow/hostTensor';
import type { EpochRecord } from '../../training/fit';
import { stageRun } from '../stageRun';
import type { ImageRunResult } from './finalModel';
import { imageDataOf } from './imageData';
import { imageTrainerFor } from './imageMachines';
import { freshImageModel, imageModelOf, loadImageModel, pretrainedImageModel, saveImageModel } from './imageModels';
import { type ImageBaseSettings, isUntrainedImageBase } from './imageSettings';
import { optimizerOf, trainImages } from './imageTraining';
import type { ImageWorkshop } from './imageWorkshop';

export interface ImageBase {
  settings: ImageBaseSettings;
  /** Name in the run store; undefined for a run that was interrupted. */
  id?: string;
  log: EpochRecord[];
  result: ImageRunResult;
  /** Parameters and running statistics after the last epoch, by Hugging Face name. */
  parameters: HostTensors;
}

/** The base model of the settings: from the store, or trained now. Interrupted, it returns what it has, without storing it. */
export async function imageBase(settings: ImageBaseSettings, workshop: ImageWorkshop): Promise<ImageBase> {
  const { seed, model } = settings;
  const title = `${isUntrainedImageBase(settings) ? 'untrained' : 'base'} ${model.architecture}, seed ${seed}`;
  const made = await stageRun({ stage: 'image-base', title, settings }, workshop, {
    train: (checkpoint) => train(settings, checkpoint, workshop),
    save({ parameters, finish }, folder) {
      saveImageModel(folder, model, parameters);
      return finish(folder);
    },
  });
  if (made.partial) return made.partial as unknown as ImageBase;
  return { ...made.finished, parameters: loadImageModel(made.path, model) };
}

async function train(settings: ImageBaseSettings, checkpoint: string, { observer, folders }: ImageWorkshop) {
  const { seed, model, body, start } = settings;
  const imageModel = imageModelOf(model);
  const data = await imageDataOf(settings.data, seed, folders);
  const isBody = (name: string) => !name.startsWith('classifier.');
  const trainer = imageTrainerFor(model, {
    optimizer: optimizerOf(settings),
    classWeights: data.classWeights,
    normalization: body === 'trained' ? 'train' : 'eval',
    frozen: body === 'trained' ? [] : Object.keys(imageModel.shapes).filter(isBody),
  });
  const initialSeed = seedFor(seed, 'image base initialisation');
  if (start === 'pretrained' && !folders?.pretrained) {
    throw new Error('These settings start from a pretrained model: say where it lies (folders.pretrained).');
  }
  const initial =
    start === 'fresh'
      ? freshImageModel(model, initialSeed)
      : pretrainedImageModel(folders?.pretrained as string, model, initialSeed);
  trainer.start(initial);
  const trained = await trainImages(settings, {
    trainer,
    model,
    data,
    seed: seedFor(seed, 'image base order'),
    subject: `${model.architecture}, base, seed ${seed}`,
    checkpoint,
    observer,
  });
  return { ...trained, parameters: trainer.snapshot() };
}
