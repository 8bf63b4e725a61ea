/** Image models by their settings: made, saved and opened in the same way, whatever their architecture. */

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

/** Saves values as a Hugging Face folder. */
export function saveImageModel(folder: string, settings: ImageModelSettings, parameters: HostTensors): void {
  if (settings.architecture === 'resnet') saveResnet(folder, { ...settings, parameters, labels: CATEGORIES });
  else saveVit(folder, { ...settings, parameters, labels: CATEGORIES });
}

/** The values in a folder that saveImageModel wrote. */
export function loadImageModel(folder: string, settings: ImageModelSettings): HostTensors {
  return (settings.architecture === 'resnet' ? loadResnet(folder) : loadVit(folder)).parameters;
}

/** A pretrained model's values, whatever its classifier, with a new one of the settings; one of other sizes is an error. */
export function pretrainedImageModel(folder: string, settings: ImageModelSettings, seed: number): HostTensors {
  const { architecture, config } = settings;
  const open: typeof loadResnet | typeof loadVit = architecture === 'resnet' ? loadResnet : loadVit;
  const pretrained: SavedModel<ImageModelSettings['config']> = open(folder, { classifier: false });
  if (canonicalJson({ ...pretrained.config, classes: config.classes }) !== canonicalJson(config)) {
    throw new Error(`The pretrained model in ${folder} has other sizes than the settings ask for.`);
  }
  return replaceClassifier(pretrained, { config, parameters: freshImageModel(settings, seed) }).parameters;
}
