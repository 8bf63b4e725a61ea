/** The digits that the library reads, halves and shifts, against checksums and statistics (kind mnist, JSON only). */
import { createHash } from 'node:crypto';
import { type Digits, halved, readDigits, shifted, takeDigits } from '../../lib/dist/images/digits';
import type { Comparison } from './comparison';

/** The vectors' own, for means of doubles. */
const TOLERANCE = 1e-12;

export function compareDigits(comparison: Comparison): void {
  const { json } = comparison.reference;
  const sum = (what: string, bytes: Uint8Array, theirs: string) => {
    const ours = createHash('sha256').update(bytes).digest('hex');
    comparison.number(`${what} is the same`, Number(ours === theirs), 1, 0);
  };
  const sets = { train: readDigits('train'), test: readDigits('test') };
  for (const [set, digits] of Object.entries(sets)) {
    const entry = json.get(set);
    sum(`${set}: pixels_sha256`, digits.pixels, entry.get('pixels_sha256').text());
    sum(`${set}: labels_sha256`, digits.labels, entry.get('labels_sha256').text());
    const counts = Array.from({ length: 10 }, (_, digit) => digits.labels.filter((label) => label === digit).length);
    comparison.numbers(`${set}: count`, counts, entry.get('count').numbers(), 0);
    for (const [name, ours] of Object.entries(statistics(digits))) {
      const theirs = entry.find(name)?.number();
      if (theirs !== undefined) comparison.number(`${set}: ${name}`, ours, theirs, TOLERANCE);
    }
  }
  const subset = json.get('subset');
  const [first, last] = [subset.get('first').number(), subset.get('last').number()];
  const from = sets[subset.get('set').text() === 'test' ? 'test' : 'train'];
  const digits = takeDigits(
    from,
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  const ink = digits.pixels.reduce((total, pixel) => total + pixel, 0);
  comparison.number('subset: sum', ink, subset.get('sum').number(), 0);
  sum('subset: halved_sha256', halved(digits).pixels, subset.get('halved_sha256').text());
  for (const [place, entry] of subset.get('shifted').entries()) {
    // The vectors' (x, y) say where a pixel comes from, ours where it goes to.
    const [x, y] = place.split(',').map(Number);
    sum(`subset: shifted by ${place}`, shifted(digits, { right: -x, down: -y }).pixels, entry.text());
  }
}

/** Mean and standard deviation of the pixels, from 0 to 1, and the largest norm of a picture. */
function statistics({ rows, pixels }: Digits): Record<'mean' | 'std' | 'R', number> {
  const size = pixels.length / rows;
  let [ink, squares, largest] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    let own = 0;
    for (const pixel of pixels.subarray(row * size, (row + 1) * size)) {
      ink += pixel;
      own += pixel * pixel;
    }
    squares += own;
    largest = Math.max(largest, own);
  }
  const mean = ink / pixels.length / 255;
  const std = Math.sqrt(squares / pixels.length / 255 ** 2 - mean ** 2);
  return { mean, std, R: Math.sqrt(largest) / 255 };
}
