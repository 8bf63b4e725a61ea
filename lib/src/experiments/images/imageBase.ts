/** Vision stage 1: a model of the 16 categories (method section 2; notebook 10). */
import type { Made, Stage, Training } from '../../runs/stage';
import { seedFor } from '../../tasks/random';
import { elementCount, type HostTensors } from '../../tensorflow/hostTensor';
import {
  bodyOf,
  freshImageModel,
  imageModelOf,
  loadImageModel,
  pretrainedImageModel,
  saveImageModel,
  withNewClassifier,
} from './imageModels';
import type { ImageFolders } from './imagenetImages';
import { type ImagePretraining, imagePretrainingStage } from './imagePretraining';
import { type ImageBaseSettings, isUntrainedImageBase } from './imageSettings';
import { IMAGE_MEASURES, type ImageRunResult, imageCost, trainImages } from './imageTraining';
import { changeOfBase } from './photographChanges';
import { imageRunColumns, noTransfer, rowsOver, shapeBiasSchema } from './shapeBiasTable';

/** Parameters and running statistics after the last epoch, by Hugging Face name. */
interface Parameters {
  parameters: HostTensors;
}
export type ImageBase = Made<ImageBaseSettings, ImageRunResult, Parameters>;

/** The run that the settings may name. */
interface Inputs {
  pretraining?: ImagePretraining;
}

export const imageBaseStage: Stage<ImageBaseSettings, ImageRunResult, Parameters, Inputs> = {
  name: 'image-base',
  title: (settings) =>
    `${isUntrainedImageBase(settings) ? 'untrained' : 'base'} ${settings.model.architecture}, seed ${settings.seed}`,
  measures: IMAGE_MEASURES,
  startsFrom: { pretraining: imagePretrainingStage },
  cost: (settings) => imageCost(settings, settings.model),
  train,
  save: ({ parameters }, folder, { model }) => saveImageModel(folder, model, parameters),
  load: (folder, { model }) => ({ parameters: loadImageModel(folder, model) }),
  tables: [shapeBiasSchema],
  gather({ id, settings, log, result }, _, { preset, changed }) {
    if (isUntrainedImageBase(settings)) return [];
    const { maskedWeights, shapes } = imageModelOf(settings.model);
    const weights = maskedWeights.reduce((sum, name) => sum + elementCount(shapes[name]), 0);
    const common = {
      ...imageRunColumns(settings, preset, changeOfBase(changed)),
      stage: 'base' as const,
      ...noTransfer,
      inherit_from: null,
      pooled_share: settings.pooledShare,
      kept: weights,
      total: weights,
      run: id,
      base_run: null,
    };
    return [[shapeBiasSchema, rowsOver(common, log, result)]];
  },
};

async function train(settings: ImageBaseSettings, training: Training<Inputs>) {
  const { pretraining } = training.inputs;
  const { pretrained } = (training.folders ?? {}) as Partial<ImageFolders>;
  const { seed, model, body, start } = settings;
  const initialSeed = seedFor(seed, 'image base initialisation');
  return trainImages(
    settings,
    {
      normalization: body === 'trained' ? 'train' : 'eval',
      frozen: body === 'trained' ? [] : bodyOf(model),
      start() {
        if (pretraining)
          return [withNewClassifier({ ...pretraining.settings.model, ...pretraining }, model, initialSeed)];
        if (start === 'fresh') return [freshImageModel(model, initialSeed)];
        if (pretrained) return [pretrainedImageModel(pretrained, model, initialSeed)];
        throw new Error('These settings start from a pretrained model: say where it lies (folders.pretrained).');
      },
      order: seedFor(seed, 'image base order'),
      subject: `${model.architecture}, base, seed ${seed}`,
    },
    training,
  );
}
