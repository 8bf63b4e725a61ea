import { IMAGENET_COLOURS, normalisePixels } from '../../images/imageFile';
import { streamImages } from '../../images/imageStream';
import type { ImageBatch } from '../../training/imageBatches';
import type { ImagenetSettings } from './imageSettings';

/** ViT's released feature extractor. */
const HALF = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

export type FileBatchesOptions = Parameters<typeof streamImages>[0] & {
  size: number;
  /** How pixels are normalised. */
  colours: ImagenetSettings['colours'];
};

/** Batches of image files, read while they are needed: of one size, the last one filled up with weight 0. */
export async function* fileBatches({ colours, ...options }: FileBatchesOptions): AsyncGenerator<ImageBatch> {
  const { batchSize, size } = options;
  const scale = colours === 'half' ? HALF : IMAGENET_COLOURS;
  for await (const { images, labels, count } of streamImages(options)) {
    const batch = {
      pixels: new Float32Array(batchSize * size * size * 3),
      labels: new Int32Array(batchSize),
      weights: new Float32Array(batchSize).fill(1, 0, count),
    };
    batch.pixels.set(normalisePixels(images, scale));
    batch.labels.set(labels);
    yield batch;
  }
}
