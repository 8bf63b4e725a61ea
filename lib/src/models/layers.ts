/** The layers of small networks: what each holds, and a pure function from its values and features to features. */
import { tf } from '../tensorflow/backend';
import { elementCount } from '../tensorflow/hostTensor';
import { convolution, batchNorm as normalised, maxPool as pooled, type Window } from '../tensorflow/imageOps';
import { addBias, linearOutIn } from '../tensorflow/ops';
import { stopGradient } from '../tensorflow/tidy';
import type { ForwardOptions } from './gpt2';
import type { ImageForwardOptions } from './imageModel';

/** How the forward pass computes; {} is evaluation: no dropout, batch normalisation by its running statistics. */
export interface NetworkPass extends Pick<ForwardOptions, 'dropout'>, ImageForwardOptions {}

/** Fresh values of a layer: uniform within these bounds. torch's are 1 / √fanIn for both. */
export interface Bounds {
  weight?(fanIn: number, fanOut: number): number;
  bias?(fanIn: number): number;
}

interface LayerOptions extends Bounds {
  /** In front of its parameters' names, and of its output among the taps; by default its place in the list. */
  name?: string;
  /** Whether it adds a bias. */
  useBias?: boolean;
}

/** One layer: what it holds and makes of features of a shape without the rows, [width] or [y, x, channel]. */
export interface Layer {
  name?: string;
  /** Shapes of its parameters by the end of their names, and of its output; `outputs` are those of the layers before, by name. */
  shapes(input: number[], outputs?: Record<string, number[]>): { own: Record<string, number[]>; output: number[] };
  /** Parts that are no parameters: running statistics. */
  statistics?: readonly string[];
  /** A parameter's fresh values: uniform within ±bound, or all the same. `own` are the shapes of the layer's parameters. */
  fresh?(part: string, own: Record<string, number[]>): { bound: number } | { value: number };
  /** `taps` are the outputs of the layers before, by name. */
  apply(x: tf.Tensor, own: Record<string, tf.Tensor>, pass: NetworkPass, taps?: Record<string, tf.Tensor>): tf.Tensor;
}

const root = (fanIn: number): number => 1 / Math.sqrt(fanIn);

/** A linear map of [width] or, flattened, [y, x, channel] to `units`: weight [out, in] and bias [out]. */
export function dense(units: number, options: LayerOptions = {}): Layer {
  const { name, weight: weightBound = root, bias: biasBound = root, useBias = true } = options;
  return {
    name,
    shapes: (input) => ({
      own: { weight: [units, elementCount(input)], ...(useBias && { bias: [units] }) },
      output: [units],
    }),
    fresh: (part, { weight: [, fanIn] }) => ({ bound: part === 'bias' ? biasBound(fanIn) : weightBound(fanIn, units) }),
    apply(x, { weight, bias }) {
      const flat = x.reshape([x.shape[0], -1]) as tf.Tensor2D;
      return bias
        ? linearOutIn(flat, weight as tf.Tensor2D, bias as tf.Tensor1D)
        : tf.matMul(flat, weight as tf.Tensor2D, false, true);
    },
  };
}

const sameShape = (input: number[]) => ({ own: {}, output: input });

/** A function of every value. */
export function activation(apply: (x: tf.Tensor) => tf.Tensor, name?: string): Layer {
  return { name, shapes: sameShape, apply };
}
export const relu = (name?: string): Layer => activation((x) => x.relu(), name);
export const square = (name?: string): Layer => activation((x) => x.square(), name);

/** A factor for each unit or channel, 1 in a fresh network: a mask over it is a mask of units. weight [width] */
export function gate(name?: string): Layer {
  return {
    name,
    shapes: (input) => ({ own: { weight: input.slice(-1) }, output: input }),
    fresh: () => ({ value: 1 }),
    apply: (x, { weight }) => x.mul(weight),
  };
}

/** What a layer before gave, so that layers can branch; added to what comes in, a shortcut; and what comes in, without a gradient. */
export const from = (name: string): Layer => ({
  shapes: (_, outputs = {}) => ({ own: {}, output: outputs[name] }),
  apply: (_x, _own, _pass, taps = {}) => taps[name],
});
export const plus = (name: string): Layer => ({
  shapes: sameShape,
  apply: (x, _own, _pass, taps = {}) => x.add(taps[name]),
});
export const detach = (): Layer => activation(stopGradient);

/** The pass's dropout, at its rate: nothing in evaluation. */
export function dropout(name?: string): Layer {
  return { name, shapes: sameShape, apply: (x, _own, pass) => pass.dropout?.apply(x) ?? x };
}

/** A convolution of [y, x, in], `padding` pixels of zeros around it: weight [out, in, ky, kx], bias [out] → [y', x', out]. */
export function conv(
  channels: number,
  options: Omit<LayerOptions, 'useBias'> & Partial<Window> & { kernel?: number } = {},
): Layer {
  const { name, kernel = 3, stride = 1, padding = 0, weight: weightBound = root, bias: biasBound = root } = options;
  const area = kernel ** 2;
  const steps = (side: number) => Math.floor((side + 2 * padding - kernel) / stride) + 1;
  return {
    name,
    shapes: ([y, x, from]) => ({
      own: { weight: [channels, from, kernel, kernel], bias: [channels] },
      output: [steps(y), steps(x), channels],
    }),
    fresh: (part, { weight: [to, from] }) => ({
      bound: part === 'bias' ? biasBound(area * from) : weightBound(area * from, area * to),
    }),
    apply(x, { weight, bias }) {
      const y = convolution(x as tf.Tensor4D, weight as tf.Tensor4D, { stride, padding });
      return addBias(y.reshape([-1, channels]), bias as tf.Tensor1D).reshape(y.shape);
    },
  };
}

/** The same, 3 × 3 with padding 1, with weights of its own at each place: weight [places, 9 · in, out], bias [places, 1, out]. */
export function localConv(channels: number): Layer {
  return {
    shapes: ([y, x, from]) => ({
      own: { weight: [y * x, 9 * from, channels], bias: [y * x, 1, channels] },
      output: [y, x, channels],
    }),
    fresh: (_, { weight: [, fanIn] }) => ({ bound: root(fanIn) }),
    apply(images, { weight, bias }) {
      const [n, y, x, from] = images.shape;
      const padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]]); // biome-ignore format: an axis each
      const windows = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => padded.slice([0, i, j, 0], [n, y, x, from])));
      const seen = tf.concat(windows, 3).reshape([n, y * x, -1]); // [n, places, 9 · in]
      const sums = tf.matMul(seen.transpose([1, 0, 2]), weight).add(bias); // [places, n, out]
      return sums.transpose([1, 0, 2]).reshape([n, y, x, channels]);
    },
  };
}

/** The places of [y, x, channel] in another order: place i shows what `order[i]` showed. */
export function reordered(order: ArrayLike<number>): Layer {
  return {
    shapes: sameShape,
    apply(x) {
      const places = tf.tensor1d(Array.from(order), 'int32');
      return x.reshape([x.shape[0], order.length, -1]).gather(places, 1).reshape(x.shape);
    },
  };
}

/** The largest of each group of neighbouring channels: [..., groups · units] → [..., units] (max-out). */
export function maxOut(units: number, name?: string): Layer {
  return {
    name,
    shapes(input) {
      const channels = input[input.length - 1];
      if (channels % units > 0) throw new Error(`${channels} channels cannot be shared out to ${units} max-out units.`);
      return { own: {}, output: [...input.slice(0, -1), units] };
    },
    apply: (x) => x.reshape([...x.shape.slice(0, -1), units, -1]).max(-1),
  };
}

/** The largest value of each square of `size` pixels, next to each other: [y, x, channel] → [y / size, x / size, channel] */
export function maxPool(size: number, name?: string): Layer {
  return {
    name,
    shapes: ([y, x, channel]) => ({ own: {}, output: [Math.floor(y / size), Math.floor(x / size), channel] }),
    apply: (x) => pooled(x as tf.Tensor4D, { size, stride: size, padding: 0 }),
  };
}

/** The mean over all places: [y, x, channel] → [channel] */
export function globalAverage(name?: string): Layer {
  return { name, shapes: (input) => ({ own: {}, output: input.slice(-1) }), apply: (x) => x.mean([1, 2]) };
}

/**
 * Batch normalisation of each unit of [width] or channel of [y, x, channel]: weight, bias and running statistics [width]. As in
 * Keras, the running variance follows the variance with the divisor n of units, and with n − 1 of channels.
 */
export function batchNorm({ name, epsilon = 1e-5 }: { name?: string; epsilon?: number } = {}): Layer {
  const statistics = ['running_mean', 'running_var'];
  return {
    name,
    statistics,
    shapes(input) {
      const parts = ['weight', 'bias', ...statistics].map((part) => [part, input.slice(-1)]);
      return { own: Object.fromEntries(parts), output: input };
    },
    fresh: (part) => ({ value: Number(part === 'weight' || part === 'running_var') }),
    apply(x, { weight, bias, running_mean, running_var }, { normalization = 'eval', onStatistics }) {
      if (normalization === 'eval')
        return x.sub(running_mean).mul(running_var.add(epsilon).rsqrt().mul(weight)).add(bias);
      const images = (x.rank === 2 ? x.expandDims(1).expandDims(1) : x) as tf.Tensor4D;
      const { value, statistics } = normalised(images, weight as tf.Tensor1D, bias as tf.Tensor1D, epsilon);
      const divisor = x.rank === 2 ? 1 - 1 / x.shape[0] : 1;
      onStatistics?.('', { mean: statistics.mean, variance: statistics.variance.mul(divisor) });
      return value.reshape(x.shape);
    },
  };
}
