import { tf } from '../tensorflow/backend';

const CHANNELS = 3;

/** Square images of one step. A batch that is not full is filled up with rows of weight 0, so that every step has one shape. */
export interface ImageBatch {
  /** Normalised values, [size, y, x, channel]. */
  pixels: Float32Array;
  /** Class of each image: [size] */
  labels: Int32Array;
  /** 1 for an image that counts, 0 for filling: [size] */
  weights: Float32Array;
}

/**
 * The batch as tensors: pixels [size, y, x, channel], labels [size], weights [size], the last multiplied by the weights of
 * the images' classes.
 *
 * @throws a sentence where the pixels are no square images, or a label is no class.
 */
export function imageTensors({ pixels, labels, weights }: ImageBatch, classWeights?: readonly number[]): tf.Tensor[] {
  const size = labels.length;
  const side = Math.sqrt(pixels.length / size / CHANNELS);
  if (!Number.isInteger(side) || side === 0 || weights.length !== size) {
    throw new Error(
      `A batch has ${pixels.length} pixel values, ${size} labels and ${weights.length} weights: give square images of ` +
        `${CHANNELS} channels, and a label and a weight for each.`,
    );
  }
  const rowWeights = classWeights
    ? weights.map((weight, row) => weight * weightOf(classWeights, labels[row]))
    : weights;
  return [
    tf.tensor4d(pixels, [size, side, side, CHANNELS]),
    tf.tensor1d(labels, 'int32'),
    tf.tensor1d(rowWeights, 'float32'),
  ];
}

function weightOf(classWeights: readonly number[], label: number): number {
  const weight = classWeights[label];
  if (weight === undefined) {
    throw new Error(`A batch has the label ${label}, but there are weights for ${classWeights.length} classes.`);
  }
  return weight;
}
