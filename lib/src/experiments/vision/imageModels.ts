/** Image models by their settings: made, saved and opened in the same way, whatever their architecture. */

import { canonicalJson } from '../../files/json';
import type { ImageModel } from '../../models/imageModel';
import { replaceClassifier } from '../../models/imageModel';
import { resnetInit, resnetModel } from '../../models/resnet';
import { loadResnet, saveResnet } from '../../models/resnetFile';
import { vitInit, vitModel } from '../../models/vit';
import { loadVit, saveVit } from '../../models/vitFile';
import type { HostTensors } from '../../tensorflow/hostTensor';
import { tidied } from '../../tensorflow/tidy';
import { snapshot } from '../../tensorflow/variables';
import { CATEGORIES } from '../../vision/categories';
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

/** A pretrained model's values with a new classifier of the settings' classes; one of other sizes is an error. */
export function pretrainedImageModel(folder: string, settings: ImageModelSettings, seed: number): HostTensors {
  const fresh = freshImageModel(settings, seed);
  const { config, parameters } =
    settings.architecture === 'resnet'
      ? replaceClassifier(loadResnet(folder), { config: settings.config, parameters: fresh })
      : replaceClassifier(loadVit(folder), { config: settings.config, parameters: fresh });
  if (canonicalJson(config) !== canonicalJson(settings.config)) {
    throw new Error(`The pretrained model in ${folder} has other sizes than the settings ask for.`);
  }
  return parameters;
}
