import { random } from '../tasks/random';
import type { RgbImage } from './meanPooling';

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
