/** The images of a vision experiment, wherever they come from: batches to train on, and the sets that it is measured on. */
import type { ImageBatch } from '../../training/imageBatches';
import { drawnImages } from './drawnImages';
import { type ImageFolders, imagenetImages } from './imagenetImages';
import type { ImageDataSettings } from './imageSettings';
import { photographs } from './photographs';

/** Whose drawings the shapes are: those of training, or others. Photographs are all "seen". */
export type ShapesShown = 'seen' | 'held out';

/** A cue-conflict image: categories are indices into CATEGORIES; the name is that of the source, "cat1-airplane1". */
export interface ConflictStimulus {
  name: string;
  shape: number;
  texture: number;
}

type Batches = Iterable<ImageBatch> | AsyncIterable<ImageBatch>;

export interface ImageData {
  /** Number of images that training shows in an epoch. */
  trainingImages: number;
  /** Which drawings the validation images can show. */
  shapes: ShapesShown[];
  /** Weights of the categories in the loss, where they are not as frequent as one another. */
  classWeights?: number[];
  /**
   * Training images of an epoch (counted from 1), a share of them mean-pooled: `seed` and epoch decide about the order and
   * about which images are pooled.
   */
  training(options: { pooledShare: number; seed: number; epoch: number; batchSize: number }): Batches;
  /** Validation images, in order. */
  evaluation(kind: 'plain' | 'pooled', shapes: ShapesShown, batchSize: number): Batches;
  /** Images whose shape and texture are of different categories (labels of the batches: the shapes). */
  conflict(shapes: ShapesShown): { stimuli: ConflictStimulus[]; batches(batchSize: number): Batches };
}

/** The images that the settings ask for. `folders` (ImageFolders) are needed for ImageNet's photographs only. */
export async function imageDataOf(settings: ImageDataSettings, seed: number, folders?: object): Promise<ImageData> {
  if (settings.source === 'drawn') return drawnImages(settings, seed);
  if (settings.source === 'tiny-imagenet') return photographs(settings, seed);
  if (!folders) throw new Error('These settings need an ImageNet folder: say where it lies (folders).');
  return imagenetImages(settings, folders as ImageFolders);
}
