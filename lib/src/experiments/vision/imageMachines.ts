/** Image trainers and evaluators of this process, made once for each configuration: compiling is paid once. */

import type { ImageBatch } from '../../training/imageBatches';
import { type ImageEvaluator, imageEvaluator } from '../../training/imageEvaluator';
import { imageMaskTrainer } from '../../training/imageMaskTrainer';
import { type ImageTrainer, type ImageTrainerOptions, imageTrainer } from '../../training/imageTrainer';
import type { MaskTrainer } from '../../training/maskTrainer';
import { once } from '../machines';
import { imageModelOf } from './imageModels';
import type { ImageModelSettings } from './imageSettings';

/** The process's trainer of this model with these options. One training at a time. */
export function imageTrainerFor(
  settings: ImageModelSettings,
  options: Omit<ImageTrainerOptions, 'model'>,
): ImageTrainer {
  return once('image trainer', { settings, options }, () =>
    imageTrainer({ model: imageModelOf(settings), ...options }),
  );
}

/** The process's mask trainer of this model. One training at a time. */
export function imageMaskTrainerFor(
  settings: ImageModelSettings,
  options: { classWeights?: readonly number[] },
): MaskTrainer<ImageBatch> {
  return once('image mask trainer', { settings, options }, () =>
    imageMaskTrainer({ model: imageModelOf(settings), ...options }),
  );
}

/** The process's evaluator of this model. */
export function imageEvaluatorFor(settings: ImageModelSettings): ImageEvaluator {
  return once('image evaluator', settings, () => imageEvaluator(imageModelOf(settings)));
}
