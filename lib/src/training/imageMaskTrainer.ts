import type { ImageModel } from '../models/imageModel';
import { type ImageBatch, imageTensors } from './imageBatches';
import { imageLoss } from './imageTrainer';
import { type MaskableModel, type MaskTrainer, type MaskTrainerBaseOptions, maskTrainerOf } from './maskTrainer';

export interface ImageMaskTrainerOptions extends MaskTrainerBaseOptions {
  model: ImageModel;
  /** A weight for each class, as in imageTrainer. */
  classWeights?: readonly number[];
}

/**
 * Trains masks over image models of one configuration (method section 2): batch normalisation in evaluation mode; in ViT the
 * class token and the position embeddings train along, as released.
 */
export function imageMaskTrainer(options: ImageMaskTrainerOptions): MaskTrainer<ImageBatch> {
  const { model, classWeights, xla = model.xla, ...others } = options;
  return maskTrainerOf(maskableImageModel(model, classWeights), { ...others, xla });
}

/** An image model as mask training needs it. */
function maskableImageModel(model: ImageModel, classWeights?: readonly number[]): MaskableModel<ImageBatch> {
  const { shapes, maskedWeights, trainedWithMask } = model;
  return {
    shapes,
    maskedWeights,
    trainedWithMask,
    inputs: (batch) => imageTensors(batch, classWeights),
    crossEntropy: (parameters, inputs) => imageLoss(model, parameters, inputs, { normalization: 'eval' }),
  };
}
