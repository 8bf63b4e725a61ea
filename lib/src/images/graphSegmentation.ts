import { checkImage, type RgbImage } from './meanPooling';

/**
 * Felzenszwalb and Huttenlocher's graph-based segmentation (International Journal of Computer Vision 59, 2004), on the
 * grid of 8 neighbours and the distance of RGB colours: two segments are joined where the step between them is no larger
 * than the largest step needed within each, plus `scale` / its size.
 *
 * `sigma` (pixels) smooths the image first, and segments of fewer than `minSize` pixels are joined with a neighbour.
 * The defaults are the authors' for images of some hundred pixels a side. Returns each pixel's segment, row-major
 * [height, width], numbered from 0 in the order in which they first appear.
 */
export function graphSegments(options: RgbImage & { scale?: number; sigma?: number; minSize?: number }): {
  labels: Int32Array;
  count: number;
} {
  const { image, height, width, scale = 500, sigma = 0.8, minSize = 50 } = options;
  checkImage(options);
  if (!(scale >= 0 && sigma >= 0 && minSize >= 0)) {
    throw new Error(`scale, sigma and minSize must not be negative, as in ${scale}, ${sigma}, ${minSize}.`);
  }
  const edges = sortedEdges(smoothed(image, height, width, sigma), height, width);
  const pixels = height * width;
  const parent = Int32Array.from({ length: pixels }, (_, i) => i);
  const size = new Int32Array(pixels).fill(1);
  const allowed = new Float64Array(pixels).fill(scale); // largest step within, plus scale / size

  const root = (pixel: number): number => {
    let top = pixel;
    while (parent[top] !== top) {
      parent[top] = parent[parent[top]];
      top = parent[top];
    }
    return top;
  };
  const join = (a: number, b: number): number => {
    const [large, small] = size[a] >= size[b] ? [a, b] : [b, a];
    parent[small] = large;
    size[large] += size[small];
    return large;
  };
  for (let i = 0; i < edges.order.length; i++) {
    const edge = edges.order[i];
    const a = root(edges.from[edge]);
    const b = root(edges.to[edge]);
    const step = edges.step[edge];
    if (a === b || step > allowed[a] || step > allowed[b]) continue;
    const joined = join(a, b);
    allowed[joined] = step + scale / size[joined];
  }
  for (let i = 0; i < edges.order.length; i++) {
    const edge = edges.order[i];
    const a = root(edges.from[edge]);
    const b = root(edges.to[edge]);
    if (a !== b && (size[a] < minSize || size[b] < minSize)) join(a, b);
  }
  const names = new Int32Array(pixels).fill(-1);
  let count = 0;
  const labels = new Int32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const top = root(i);
    if (names[top] < 0) names[top] = count++;
    labels[i] = names[top];
  }
  return { labels, count };
}

/** Gaussian blur, [height, width, 3]; beyond the border its pixels continue. */
function smoothed(image: Uint8Array, height: number, width: number, sigma: number): Float32Array {
  const values = Float32Array.from(image);
  const reach = Math.ceil(4 * sigma);
  if (reach === 0) return values;
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(((i - reach) / sigma) ** 2) / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (from: Float32Array, length: number, step: number, lines: number, line: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let l = 0; l < lines; l++) {
      for (let i = 0; i < length; i++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let j = -reach; j <= reach; j++) {
            const at = Math.min(length - 1, Math.max(0, i + j));
            sum += weights[j + reach] * from[l * line + at * step + channel];
          }
          to[l * line + i * step + channel] = sum / total;
        }
      }
    }
    return to;
  };
  const row = width * 3;
  return along(along(values, width, 3, height, row), height, row, width, 3);
}

/** Steps are rounded to 1/64 of a grey value: then sorting them takes one pass. */
const STEPS = 64;
const LARGEST = Math.ceil(255 * Math.sqrt(3) * STEPS);

function sortedEdges(values: Float32Array, height: number, width: number) {
  const most = 4 * height * width;
  const [from, to, bins] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  let count = 0;
  const add = (a: number, b: number) => {
    const red = values[a * 3] - values[b * 3];
    const green = values[a * 3 + 1] - values[b * 3 + 1];
    const blue = values[a * 3 + 2] - values[b * 3 + 2];
    from[count] = a;
    to[count] = b;
    bins[count] = Math.round(Math.sqrt(red * red + green * green + blue * blue) * STEPS);
    count++;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (x + 1 < width) add(pixel, pixel + 1);
      if (y + 1 < height) add(pixel, pixel + width);
      if (x + 1 < width && y + 1 < height) add(pixel, pixel + width + 1);
      if (x + 1 < width && y > 0) add(pixel, pixel - width + 1);
    }
  }
  const starts = new Int32Array(LARGEST + 2);
  for (let i = 0; i < count; i++) starts[bins[i] + 1]++;
  for (let bin = 0; bin <= LARGEST; bin++) starts[bin + 1] += starts[bin];
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[starts[bins[i]]++] = i;
  const step = Float32Array.from(bins.subarray(0, count), (bin) => bin / STEPS);
  return { from, to, step, order };
}
