import { createHash } from 'node:crypto';

/**
 * What is known of a file: the SHA-256 of its bytes, or, for a picture, the mean grey value of each cell of a 4 x 4 grid
 * (32 hexadecimal digits).
 */
export type Known = { sha256: string } | { means: string };

const GRID = 4;
/** Means were taken from copies of 64 x 64 pixels, which differ a little from those of the originals. */
const TOLERANCE = 3;

/** What is wrong with a file's bytes, or undefined where they are as they should be. */
export async function problemOf(bytes: Uint8Array, known: Known): Promise<string | undefined> {
  if ('sha256' in known) {
    const digest = createHash('sha256').update(bytes).digest('hex');
    return digest === known.sha256 ? undefined : 'its SHA-256 is not the one that is written down';
  }
  const expected = Buffer.from(known.means, 'hex');
  const means = await gridMeans(bytes).catch(() => undefined);
  if (!means) return 'it cannot be read as a picture';
  const fits = means.every((mean, i) => Math.abs(mean - expected[i]) <= TOLERANCE);
  return fits ? undefined : 'it shows another picture than the one that is written down';
}

/** Mean grey value (of red, green and blue) of each cell of the grid, row by row, of an encoded picture. */
export async function gridMeans(bytes: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(bytes, { failOn: 'error' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const sums = new Float64Array(GRID * GRID);
  const counts = new Float64Array(GRID * GRID);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    const column = Math.floor(((pixel % info.width) * GRID) / info.width);
    const row = Math.floor((Math.floor(pixel / info.width) * GRID) / info.height);
    sums[row * GRID + column] += data[i];
    counts[row * GRID + column]++;
  }
  return Uint8Array.from(sums, (sum, i) => Math.round(sum / counts[i]));
}
