/**
 * Image models by their settings: made, saved and opened in the same way, whatever their architecture; their trainers and
 * evaluators are made once in a process, so that compiling is paid once.
 */

import { canonicalJson } from '../../files/json';
import { CATEGORIES } from '../../images/categories';
import type { ImageModel, SavedModel } from '../../models/imageModel';
import { replaceClassifier } from '../../models/imageModel';
import { resnetInit, resnetModel } from '../../models/resnet';
import { loadResnet, saveResnet } from '../../models/resnetFile';
import { vitInit, vitModel } from '../../models/vit';
import { loadVit, saveVit } from '../../models/vitFile';
import type { HostTensors } from '../../tensorflow/hostTensor';
import { tidied } from '../../tensorflow/tidy';
import { snapshot } from '../../tensorflow/variables';
import type { ImageBatch } from '../../training/imageBatches';
import { type ImageEvaluator, imageClassifier, imageEvaluator } from '../../training/imageClassifier';
import { type MaskTrainer, maskTrainer } from '../../training/maskTrainer';
import { type Trainer, type TrainerOptions, trainer } from '../../training/trainer';
import { once } from '../machines';
import type { ImageModelSettings } from './imageSettings';

/** What trainers and evaluators need of the model. */
export function imageModelOf(settings: ImageModelSettings): ImageModel {
  return settings.architecture === 'resnet' ? resnetModel(settings.config) : vitModel(settings.config);
}

/** Fresh values. */
export function freshImageModel(settings: ImageModelSettings, seed: number): HostTensors {
  return tidied(() =>
    snapshot(settings.architecture === 'resnet' ? resnetInit(settings.config, seed) : vitInit(settings.config, seed)),
  );
}

/** Saves values as a Hugging Face folder, of single precision or of half. */
export function saveImageModel(
  folder: string,
  settings: ImageModelSettings,
  parameters: HostTensors,
  { floats }: { floats?: 'F32' | 'F16' } = {},
): void {
  const labels = settings.config.classes === CATEGORIES.length ? CATEGORIES : undefined;
  if (settings.architecture === 'resnet') saveResnet(folder, { ...settings, parameters, labels, floats });
  else saveVit(folder, { ...settings, parameters, labels, floats });
}

/** The values in a folder that saveImageModel wrote. */
export function loadImageModel(folder: string, settings: ImageModelSettings): HostTensors {
  return (settings.architecture === 'resnet' ? loadResnet(folder) : loadVit(folder)).parameters;
}

/** The names of all parameters but the classifier's, the last linear map from the representation to the classes. */
export const bodyOf = (settings: ImageModelSettings): string[] =>
  Object.keys(imageModelOf(settings).shapes).filter((name) => !name.startsWith('classifier.'));

/** A model's values with a new classifier of the settings in the place of its own. */
export function withNewClassifier(
  pretrained: SavedModel<ImageModelSettings['config']>,
  settings: ImageModelSettings,
  seed: number,
): HostTensors {
  const { config } = settings;
  return replaceClassifier(pretrained, { config, parameters: freshImageModel(settings, seed) }).parameters;
}

/** A pretrained model's values, whatever its classifier, with a new one of the settings; one of other sizes is an error. */
export function pretrainedImageModel(folder: string, settings: ImageModelSettings, seed: number): HostTensors {
  const { architecture, config } = settings;
  const open: typeof loadResnet | typeof loadVit = architecture === 'resnet' ? loadResnet : loadVit;
  const pretrained: SavedModel<ImageModelSettings['config']> = open(folder, { classifier: false });
  if (canonicalJson({ ...pretrained.config, classes: config.classes }) !== canonicalJson(config)) {
    throw new Error(`The pretrained model in ${folder} has other sizes than the settings ask for.`);
  }
  return withNewClassifier(pretrained, settings, seed);
}

/** The process's trainer of this model with these options. One training at a time. */
export function imageTrainerFor(
  settings: ImageModelSettings,
  options: Pick<TrainerOptions, 'optimizer' | 'normalization' | 'freezable'> & {
    classWeights?: readonly number[];
    /** Names of parameters that stay as they are, such as `model.normalizations` (released: freeze_base). */
    frozen?: readonly string[];
  },
): Trainer<ImageBatch> {
  const { classWeights, frozen = [], ...others } = options;
  const trained = (name: string) => !frozen.includes(name);
  return once('image trainer', { settings, options }, () =>
    trainer(imageClassifier(imageModelOf(settings), { classWeights }), { trained, ...others }),
  );
}

/** The process's mask trainer of this model. One training at a time. */
export function imageMaskTrainerFor(
  settings: ImageModelSettings,
  options: { classWeights?: readonly number[] },
): MaskTrainer<ImageBatch> {
  return once('image mask trainer', { settings, options }, () =>
    maskTrainer(imageClassifier(imageModelOf(settings), options)),
  );
}

/** The process's evaluator of this model. */
export function imageEvaluatorFor(settings: ImageModelSettings): ImageEvaluator {
  return once('image evaluator', settings, () => imageEvaluator(imageModelOf(settings)));
}
