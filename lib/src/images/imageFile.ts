import sharp from 'sharp';
import type { RgbImage } from './meanPooling';

/** Mean and standard deviation of ImageNet's training images, red, green, blue, of 0..1. */
export const IMAGENET_COLOURS = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

/**
 * Decodes an image file to RGB; transparency is dropped. Pixels lie as they are stored: an EXIF orientation is not applied,
 * as torchvision's and Pillow's loaders do not. With `shorterSide` it is
 * resized so that its shorter side has so many pixels, its proportions kept; `kernel` says how: "linear" as the paper's
 * training does (with antialiasing), "lanczos3" for small copies of stimuli. A file that cannot be decoded is an error that
 * names it.
 */
export async function readImage(
  path: string,
  { shorterSide, kernel = 'linear' }: { shorterSide?: number; kernel?: 'linear' | 'lanczos3' } = {},
): Promise<RgbImage> {
  try {
    let pipeline = sharp(path, { failOn: 'error' });
    if (shorterSide !== undefined) {
      pipeline = pipeline.resize({ width: shorterSide, height: shorterSide, fit: 'outside', kernel });
    }
    const { data, info } = await pipeline
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { image: new Uint8Array(data.buffer, data.byteOffset, data.length), height: info.height, width: info.width };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** How an image must be turned to be upright, by its EXIF data: 1 (not at all) to 8. */
export async function orientationOf(path: string): Promise<number> {
  try {
    return (await sharp(path).metadata()).orientation ?? 1;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  const reason = (error as Error).message.split('\n')[0];
  return new Error(`${path} cannot be read as an image (${reason}): replace it or take it away.`);
}

/** Writes an RGB image as a PNG file. */
export async function writePng(path: string, { image, height, width }: RgbImage): Promise<void> {
  await sharp(image, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

/**
 * Pixels of 0..255, [..., 3], as a network's input: of 0..1, less the mean, divided by the standard deviation of each
 * colour. Both default to ImageNet's; the released ViT feature extractor uses 0.5 for all.
 */
export function normalisePixels(
  images: Uint8Array,
  { mean, deviation }: { mean: readonly number[]; deviation: readonly number[] } = IMAGENET_COLOURS,
): Float32Array {
  const table = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[channel]) / deviation[channel]),
  );
  const [red, green, blue] = table;
  const out = new Float32Array(images.length);
  for (let i = 0; i < images.length; i += 3) {
    out[i] = red[images[i]];
    out[i + 1] = green[images[i + 1]];
    out[i + 2] = blue[images[i + 2]];
  }
  return out;
}
