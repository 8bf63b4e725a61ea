/** What the difficulty of a task asks of its inputs: intrinsic dimension, radius, distance between classes. */
import { tf } from '../tensorflow/backend';
import { tidied } from '../tensorflow/tidy';

/** Points with a class each: values [rows, width], labels [rows]. A value of 1 counts `unit`, of pixels 1/255. */
export interface Cloud {
  rows: number;
  values: ArrayLike<number>;
  labels: ArrayLike<number>;
  unit?: number;
}

export interface CloudGeometry {
  /** Intrinsic dimension: maximum likelihood from the distances to the nearest points (Levina and Bickel, 2004). */
  m: number;
  /** Largest norm. */
  R: number;
  /** Smallest distance between points of different classes. */
  delta: number;
}

/** Nearest points are found in single precision, these more than needed; and numbers in one table of distances. */
const SPARE = 5;
const TABLE = 16_000_000;

/**
 * The geometry of a cloud, by comparing points with all others.
 *
 * @param options.of rows whose nearest points are looked for; by default all.
 * @param options.neighbours how many distances the dimension is estimated from.
 * @param options.from distances below do not count for delta: the released code takes 1 where it samples.
 */
export function cloudGeometry(
  { rows, values, labels, unit = 1 }: Cloud,
  { of, neighbours: k = 5, from = 0 }: { of?: ArrayLike<number>; neighbours?: number; from?: number } = {},
): CloudGeometry {
  if (!(k > 1 && k < rows)) throw new Error(`A dimension needs 2 or more neighbours, and fewer than points, not ${k}.`);
  const width = values.length / rows;
  const asked = Int32Array.from(of ?? { length: rows }, (row, i) => (of ? row : i));
  const distance = (a: number, b?: number): number => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (values[a * width + i] - (b === undefined ? 0 : values[b * width + i])) ** 2;
    return unit * Math.sqrt(sum);
  };
  const points = tf.tensor2d(
    Float32Array.from(values, (value) => value * unit),
    [rows, width],
  );
  const squares = tf.tidy(() => points.square().sum(1));
  const classes = tf.tensor1d(Int32Array.from(labels));
  const most = Math.min(rows, k + SPARE);
  /** Rows that may be the nearest to each of these, and the nearest of those that count for delta: [own, most] */
  const candidates = (own: Int32Array) =>
    tidied(() => {
      const at = tf.tensor1d(own, 'int32');
      // Minus the squared distances.
      const near = tf.matMul(tf.gather(points, at), points, false, true).mul(2).sub(squares);
      const closeness = near.sub(tf.gather(squares, at).expandDims(1));
      const out = tf
        .gather(classes, at)
        .expandDims(1)
        .equal(classes)
        .logicalOr(closeness.greater(1e-4 - from ** 2));
      const others = tf.where(out, tf.fill(closeness.shape, -1e30), closeness);
      return [closeness, others].map((one) => tf.topk(one, most).indices.dataSync());
    });
  let [sum, delta, R] = [0, Number.POSITIVE_INFINITY, 0];
  try {
    for (let start = 0, size = Math.ceil(TABLE / rows); start < asked.length; start += size) {
      const own = asked.subarray(start, start + size);
      const found = candidates(own);
      for (const [i, row] of own.entries()) {
        const [near, others] = found.map((all) =>
          [...all.subarray(i * most, (i + 1) * most)].filter((at) => at !== row),
        );
        const distances = near.map((other) => distance(row, other)).sort((a, b) => a - b);
        if (distances[0] === 0) throw new Error('Two points coincide: leave one of them out, as ln 0 is no number.');
        for (const one of distances.slice(0, k - 1)) sum += Math.log(distances[k - 1] / one);
        for (const one of others.filter((other) => labels[other] !== labels[row]).map((other) => distance(row, other)))
          if (one >= from) delta = Math.min(delta, one);
      }
    }
    for (let row = 0; row < rows; row++) R = Math.max(R, distance(row));
    return { m: (asked.length * (k - 1)) / sum, R, delta };
  } finally {
    tf.dispose([points, squares, classes]);
  }
}
