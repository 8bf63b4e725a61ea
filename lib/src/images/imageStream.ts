import { random } from '../tasks/random';
import { readImage } from './imageFile';
import type { RgbImage } from './meanPooling';

/** A file with its label. */
export interface LabelledFile {
  path: string;
  label: number;
}

/** A batch of images that were read from files. */
export interface PixelBatch {
  /** Row-major [count, y, x, 3], 0..255. */
  images: Uint8Array;
  labels: Int32Array;
  /** Position of each image in the list of files. */
  indices: Int32Array;
  count: number;
}

/** A file that was left out, and why, in one sentence. */
export interface SkippedFile {
  path: string;
  reason: string;
}

/**
 * Reads images in batches while those before are being used: as many files as `prefetch` batches hold are decoded ahead,
 * by threads of their own, and never more are in memory.
 *
 * Every image is resized to `resize` pixels along its shorter side and cut to a square of `size`: with
 * `augment` at a random place, mirrored every other time (the paper's training), else from the centre. `shuffle` puts
 * the files in a random order. Order and cuts depend on `seed` and `epoch` alone. Only the last batch may be smaller.
 *
 * A file that cannot be read is left out and its place taken by the next; `onSkip` hears of it (by default it is
 * said once a file), and more than `skipLimit` of them are an error that names the last.
 */
export async function* streamImages(options: {
  files: readonly LabelledFile[];
  batchSize: number;
  seed?: number;
  epoch?: number;
  shuffle?: boolean;
  augment?: boolean;
  resize?: number;
  size?: number;
  kernel?: 'linear' | 'lanczos3';
  prefetch?: number;
  skipLimit?: number;
  onSkip?: (skipped: SkippedFile) => void;
}): AsyncGenerator<PixelBatch, void, void> {
  const { files, batchSize, seed = 0, epoch = 0, shuffle = false, augment = false, resize = 256, size = 224 } = options;
  const { kernel = 'linear', prefetch = 2, skipLimit = 100, onSkip = warnOnce } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new Error(`A batch must have a whole number of images, at least 1, not ${batchSize}.`);
  }
  const order = shuffle ? random(seed, `image order ${epoch}`).permutation(files.length) : files.map((_, i) => i);

  const read = async (index: number): Promise<Uint8Array | SkippedFile> => {
    const { path } = files[index];
    try {
      const image = await readImage(path, { shorterSide: resize, kernel });
      const crop: Crop = augment ? { seed, purpose: `${epoch} ${index}` } : 'centre';
      return cropSquare(image, size, crop, path);
    } catch (error) {
      return { path, reason: (error as Error).message };
    }
  };
  const ahead: { index: number; image: Promise<Uint8Array | SkippedFile> }[] = [];
  let next = 0;
  const fill = () => {
    while (next < order.length && ahead.length < prefetch * batchSize) {
      const index = order[next++];
      ahead.push({ index, image: read(index) });
    }
  };

  let skipped = 0;
  let batch: { index: number; image: Uint8Array }[] = [];
  fill();
  for (let first = ahead.shift(); first !== undefined; first = ahead.shift()) {
    fill();
    const image = await first.image;
    if (image instanceof Uint8Array) batch.push({ index: first.index, image });
    else {
      if (++skipped > skipLimit) {
        throw new Error(
          `More than ${skipLimit} of ${files.length} images could not be used; the last: ${image.reason}`,
        );
      }
      onSkip(image);
    }
    if (batch.length === batchSize) {
      yield assembled(files, batch, size);
      batch = [];
    }
  }
  if (batch.length > 0) yield assembled(files, batch, size);
}

const warned = new Set<string>();

function warnOnce({ path, reason }: SkippedFile): void {
  if (warned.has(path)) return;
  warned.add(path);
  console.warn(`${reason} It is left out, so there is one image less.`);
}

function assembled(
  files: readonly LabelledFile[],
  batch: { index: number; image: Uint8Array }[],
  size: number,
): PixelBatch {
  const images = new Uint8Array(batch.length * size * size * 3); // [count, y, x, 3]
  batch.forEach(({ image }, i) => images.set(image, i * size * size * 3));
  return {
    images,
    labels: Int32Array.from(batch, ({ index }) => files[index].label),
    indices: Int32Array.from(batch, ({ index }) => index),
    count: batch.length,
  };
}

/**
 * How a square is cut from an image: from its centre, or, as the paper's training does, at a random place and mirrored
 * every other time (which place depends on the seed and `purpose` alone).
 */
export type Crop = 'centre' | { seed: number; purpose: string };

/** Cuts a square of `size` pixels out of an image; one that is smaller is an error that begins with `where`. */
export function cropSquare(source: RgbImage, size: number, crop: Crop, where = 'The image'): Uint8Array {
  const { image, height, width } = source;
  if (height < size || width < size) {
    throw new Error(`${where} has ${width} x ${height} pixels, too few to cut ${size} x ${size} out of it.`);
  }
  let left = Math.round((width - size) / 2);
  let top = Math.round((height - size) / 2);
  let mirror = false;
  if (crop !== 'centre') {
    const draw = random(crop.seed, `crop ${crop.purpose}`);
    left = draw.integer(width - size + 1);
    top = draw.integer(height - size + 1);
    mirror = draw.integer(2) === 1;
  }
  const out = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    const from = ((top + y) * width + left) * 3;
    const row = image.subarray(from, from + size * 3);
    if (!mirror) {
      out.set(row, y * size * 3);
      continue;
    }
    for (let x = 0; x < size; x++) {
      const at = (y * size + size - 1 - x) * 3;
      out[at] = row[3 * x];
      out[at + 1] = row[3 * x + 1];
      out[at + 2] = row[3 * x + 2];
    }
  }
  return out;
}
