import { normalisePixels } from '../images/imageFile';

/** Square images of one step. A batch that is not full is filled up with rows of weight 0, so that every step has one shape. */
export interface ImageBatch {
  /** Normalised values, [size, y, x, channel]. */
  pixels: Float32Array;
  /** Class of each image: [size] */
  labels: Int32Array;
  /** 1 for an image that counts, 0 for filling: [size] */
  weights: Float32Array;
}

/** Square images that lie in memory, with their labels. */
export interface ImageSet {
  /** Row-major [count, y, x, 3], 0..255. */
  images: Uint8Array;
  labels: Int32Array;
  count: number;
  size: number;
}

/** The values of an image of a set, not copied: [y, x, 3]. */
export function pixelsAt({ images, size }: Pick<ImageSet, 'images' | 'size'>, index: number): Uint8Array {
  return images.subarray(index * size * size * 3, (index + 1) * size * size * 3);
}

/** Batches of a set as it stands. */
export function batchesInOrder(set: ImageSet, batchSize: number): Generator<ImageBatch> {
  return batchesOfPixels({ ...set, batchSize, label: (i) => set.labels[i], pixels: (i) => pixelsAt(set, i) });
}

/** Batches of `count` images in an order, each as it is asked for. */
export function* batchesOfPixels(options: {
  count: number;
  batchSize: number;
  size: number;
  label(position: number): number;
  /** [size, size, 3], 0..255 */
  pixels(position: number): Uint8Array;
}): Generator<ImageBatch> {
  const { count, batchSize, size, label, pixels } = options;
  for (let start = 0; start < count; start += batchSize) {
    const images = new Uint8Array(batchSize * size * size * 3);
    const labels = new Int32Array(batchSize);
    const weights = new Float32Array(batchSize);
    for (let i = 0; i < batchSize && start + i < count; i++) {
      images.set(pixels(start + i), i * size * size * 3);
      labels[i] = label(start + i);
      weights[i] = 1;
    }
    yield { pixels: normalisePixels(images), labels, weights };
  }
}
