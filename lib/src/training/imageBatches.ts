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
  const unknown = classWeights && labels.find((label) => classWeights[label] === undefined);
  if (unknown !== undefined) {
    throw new Error(`A batch has the label ${unknown}, but there are weights for ${classWeights?.length} classes.`);
  }
  return [
    tf.tensor4d(pixels, [size, side, side, CHANNELS]),
    tf.tensor1d(labels, 'int32'),
    tf.tensor1d(classWeights ? weights.map((weight, row) => weight * classWeights[labels[row]]) : weights, 'float32'),
  ];
}
