import { random } from '../tasks/random';
import { checkImage, type RgbImage } from './meanPooling';

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
export function paintLabels({
  labels,
  height,
  width,
}: {
  labels: Int32Array;
  height: number;
  width: number;
}): RgbImage {
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
