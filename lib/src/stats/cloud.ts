/** What the difficulty of a task asks of its inputs: intrinsic dimension, radius, distance between classes. */
import { tf } from '../tensorflow/backend';
import { tidied } from '../tensorflow/tidy';

/** Points with a class each. */
export interface Cloud {
  rows: number;
  /** [rows, width] */
  values: ArrayLike<number>;
  /** [rows] */
  labels: ArrayLike<number>;
  /** What a value of 1 counts: 1/255 for pixels. */
  unit?: number;
}

export interface CloudGeometry {
  /** Intrinsic dimension: maximum likelihood from the distances to the nearest points (Levina and Bickel, 2004). */
  m: number;
  /** Largest norm. */
  R: number;
  /** Smallest distance between points of different classes; and of those that are 1 or more, as the released code has it. */
  delta: number;
  deltaAsReleased: number;
}

/** More than are needed, as they are found in single precision. */
const SPARE = 5;
/** Numbers in one table of distances. */
const TABLE = 16_000_000;

/**
 * Looks for the nearest among all points. Candidates come from a matrix product in single precision, distances are double.
 *
 * @param options.of rows whose nearest points are looked for; by default all.
 * @param options.neighbours how many distances the dimension is estimated from.
 */
export function cloudGeometry(
  { rows, values, labels, unit = 1 }: Cloud,
  { of, neighbours = 5 }: { of?: ArrayLike<number>; neighbours?: number } = {},
): CloudGeometry {
  if (!(neighbours > 1 && neighbours < rows))
    throw new Error(
      `${neighbours} neighbours are no basis for a dimension: take 2 or more, and fewer than the points.`,
    );
  const width = values.length / rows;
  const asked = Int32Array.from(of ?? { length: rows }, (row, i) => (of ? row : i));
  const distance = (a: number, b?: number): number => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (values[a * width + i] - (b === undefined ? 0 : values[b * width + i])) ** 2;
    return unit * Math.sqrt(sum);
  };
  let R = 0;
  for (let row = 0; row < rows; row++) R = Math.max(R, distance(row));

  const points = tf.tensor2d(
    Float32Array.from(values as number[], (value) => value * unit),
    [rows, width],
  );
  const squares = tf.tidy(() => points.square().sum(1));
  const classes = tf.tensor1d(Int32Array.from(labels));
  /** For each row asked, the distances to its nearest points, or to those of other classes that are at least so far. */
  function* nearest(count: number, farther?: number): Generator<number[]> {
    const size = Math.ceil(TABLE / rows);
    for (let start = 0; start < asked.length; start += size) {
      const own = asked.subarray(start, start + size);
      const most = Math.min(rows, count + SPARE);
      const found = tidied(() => {
        const places = tf.tensor1d(own, 'int32');
        const [x, square, label] = [points, squares, classes].map((all) => tf.gather(all, places));
        const near = tf.matMul(x, points, false, true).mul(2).sub(squares).sub(square.expandDims(1));
        const none = (where: tf.Tensor) => tf.where(where, tf.fill(near.shape, Number.NEGATIVE_INFINITY), near);
        const others = farther === undefined ? near : none(label.expandDims(1).equal(classes));
        const left = farther ? tf.where(near.greater(1e-4 - farther ** 2), tf.fill(near.shape, -1e30), others) : others;
        return tf.topk(left, most).indices.dataSync();
      });
      for (const [i, row] of own.entries()) {
        const candidates = [...found.subarray(i * most, (i + 1) * most)];
        const isAsked = (other: number) => other !== row && (farther === undefined || labels[other] !== labels[row]);
        const distances = candidates.filter(isAsked).map((other) => distance(row, other));
        yield distances
          .filter((one) => one >= (farther ?? 0))
          .sort((a, b) => a - b)
          .slice(0, count);
      }
    }
  }
  const closest = (farther: number): number => {
    let least = Number.POSITIVE_INFINITY;
    for (const [one = least] of nearest(1, farther)) least = Math.min(least, one);
    return least;
  };
  try {
    let sum = 0;
    for (const distances of nearest(neighbours)) {
      if (distances[0] === 0) throw new Error('Two points coincide: leave one of them out, as ln 0 is no number.');
      const last = Math.log(distances[neighbours - 1]);
      for (const one of distances.slice(0, -1)) sum += last - Math.log(one);
    }
    const delta = closest(0);
    return { m: (asked.length * (neighbours - 1)) / sum, R, delta, deltaAsReleased: delta < 1 ? closest(1) : delta };
  } finally {
    tf.dispose([points, squares, classes]);
  }
}
