import { random } from '../tasks/random';

/** An RGB image: row-major [height, width, 3], 0..255. */
export interface RgbImage {
  image: Uint8Array;
  height: number;
  width: number;
}

/**
 * Mean pooling (paper, section 5): every segment is painted with the mean colour that its pixels have in the original
 * image. Larger segments first, so that smaller ones within them stay visible; segments of equal size in the given order;
 * last the pixels that belong to no segment, with their own mean. Means are truncated to whole numbers, as released.
 *
 * `masks` are the segments, each row-major [height, width] with 0 for pixels outside; they may overlap, and empty ones
 * are left out. Returns a new image.
 */
export function meanPool({ image, height, width, masks }: RgbImage & { masks: readonly Uint8Array[] }): Uint8Array {
  checkImage({ image, height, width });
  const pixels = height * width;
  const segments = masks.map((mask, i) => {
    if (mask.length !== pixels) {
      throw new Error(
        `Mask ${i + 1} has ${mask.length} pixels, but the image has ${width} x ${height}: give masks of the image's size.`,
      );
    }
    return segmentOf(image, mask);
  });
  const pooled = new Uint8Array(pixels * 3);
  const uncovered = new Uint8Array(pixels).fill(1);
  for (const segment of segments.filter(({ area }) => area > 0).sort((a, b) => b.area - a.area)) {
    paint(pooled, segment);
    for (let i = 0; i < pixels; i++) if (segment.mask[i] !== 0) uncovered[i] = 0;
  }
  paint(pooled, segmentOf(image, uncovered));
  return pooled;
}

/** Mean pooling through a partition: `labels`, row-major [height, width], numbers each pixel's segment from 0. */
export function meanPoolLabels({ image, height, width, labels }: RgbImage & { labels: Int32Array }): Uint8Array {
  checkImage({ image, height, width });
  if (labels.length !== height * width) {
    throw new Error(`There are ${labels.length} labels for ${width} x ${height} pixels: give one a pixel.`);
  }
  const count = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const sums = new Float64Array(count * 4); // red, green, blue, pixels
  labels.forEach((label, i) => {
    if (label < 0) throw new Error(`A segment's label must not be negative, as ${label} is.`);
    for (let channel = 0; channel < 3; channel++) sums[label * 4 + channel] += image[i * 3 + channel];
    sums[label * 4 + 3]++;
  });
  return image.map((_, i) => {
    const label = labels[Math.floor(i / 3)];
    return Math.floor(sums[label * 4 + (i % 3)] / sums[label * 4 + 3]);
  });
}

interface Segment {
  mask: Uint8Array;
  area: number;
  colour: number[];
}

function segmentOf(image: Uint8Array, mask: Uint8Array): Segment {
  let [red, green, blue, area] = [0, 0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    red += image[3 * i];
    green += image[3 * i + 1];
    blue += image[3 * i + 2];
    area++;
  }
  return { mask, area, colour: [red, green, blue].map((sum) => Math.floor(sum / area)) };
}

function paint(image: Uint8Array, { mask, colour: [red, green, blue] }: Segment): void {
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    image[3 * i] = red;
    image[3 * i + 1] = green;
    image[3 * i + 2] = blue;
  }
}

/** Throws a sentence if an image has not the number of values that its height and width ask for. */
export function checkImage({ image, height, width }: RgbImage): void {
  if (image.length !== height * width * 3) {
    throw new Error(
      `The image has ${image.length} values, but ${width} x ${height} pixels of three colours are ${height * width * 3}.`,
    );
  }
}

/** Image number `index` of many of one size, row-major [count, y, x, 3]; a copy of its own. */
export function imageAt({ images, size }: { images: Uint8Array; size: number }, index: number): RgbImage {
  const values = size * size * 3;
  const count = images.length / values;
  if (!(Number.isInteger(index) && index >= 0 && index < count)) {
    throw new Error(`There is no image ${index} among ${count}: they are counted from 0.`);
  }
  return { image: images.slice(index * values, (index + 1) * values), height: size, width: size };
}

/** A partition to look at: each segment in a colour of its own, which says nothing but which segment it is. */
export function paintLabels(of: { labels: Int32Array; height: number; width: number }): RgbImage {
  const { labels, height, width } = of;
  const colours = new Map<number, number[]>();
  const painted = { image: new Uint8Array(labels.length * 3), height, width };
  checkImage(painted);
  labels.forEach((label, i) => {
    let colour = colours.get(label);
    if (!colour) {
      const draw = random(label, 'colour of a segment');
      colour = [0, 1, 2].map(() => 40 + draw.integer(200));
      colours.set(label, colour);
    }
    painted.image.set(colour, 3 * i);
  });
  return painted;
}
