/** The layers of small networks: what each holds, and a pure function from its values and features to features. */
import { tf } from '../tensorflow/backend';
import { elementCount } from '../tensorflow/hostTensor';
import { batchNorm as batchNormOp, convolution, maxPool as maxPoolOp, type Window } from '../tensorflow/imageOps';
import { linearOutIn } from '../tensorflow/ops';
import type { ForwardOptions } from './gpt2';
import type { ImageForwardOptions } from './imageModel';

/** How the forward pass computes; {} is evaluation. */
export type NetworkPass = Pick<ForwardOptions, 'dropout'> & ImageForwardOptions;

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
  /** Shapes of its parameters by the end of their names, and of its output. */
  shapes(input: number[]): { own: Record<string, number[]>; output: number[] };
  /** A parameter's fresh values: uniform within ±bound, or all the same. `own` are the shapes of the layer's parameters. */
  fresh?(part: string, own: Record<string, number[]>): { bound: number } | { value: number };
  /** Ends of the names of values that are no parameters. */
  statistics?: string[];
  apply(x: tf.Tensor, own: Record<string, tf.Tensor>, pass: NetworkPass, name: string): tf.Tensor;
}

const root = (fanIn: number): number => 1 / Math.sqrt(fanIn);

/** What linear layers share: weight [out, in, …], bias [out]. */
function linearLayer({ name, weight = root, bias = root }: LayerOptions): Pick<Layer, 'name' | 'fresh'> {
  return {
    name,
    fresh(part, own) {
      const fanIn = elementCount(own.weight.slice(1));
      return { bound: part === 'bias' ? bias(fanIn) : weight(fanIn, (own.weight[0] * fanIn) / own.weight[1]) };
    },
  };
}

/** A linear map of [width] or, flattened, [y, x, channel] to `units`: weight [out, in] and bias [out]. */
export function dense(units: number, options: LayerOptions = {}): Layer {
  const { useBias = true } = options;
  return {
    ...linearLayer(options),
    shapes: (input) => ({
      own: { weight: [units, elementCount(input)], ...(useBias && { bias: [units] }) },
      output: [units],
    }),
    apply(x, { weight, bias }) {
      const flat = x.reshape([x.shape[0], -1]) as tf.Tensor2D;
      return bias
        ? linearOutIn(flat, weight as tf.Tensor2D, bias as tf.Tensor1D)
        : tf.matMul(flat, weight as tf.Tensor2D, false, true);
    },
  };
}

/** A convolution of [y, x, in] to `channels`: weight [out, in, kernel, kernel] and bias [out]. By default it keeps the size. */
export function conv(
  channels: number,
  kernel: number,
  { stride = 1, padding = (kernel - 1) / 2, ...options }: Partial<Window> & LayerOptions = {},
): Layer {
  const { useBias = true } = options;
  const sideOf = (side: number) => Math.floor((side + 2 * padding - kernel) / stride) + 1;
  return {
    ...linearLayer(options),
    shapes: ([y, x, from]) => ({
      own: { weight: [channels, from, kernel, kernel], ...(useBias && { bias: [channels] }) },
      output: [sideOf(y), sideOf(x), channels],
    }),
    apply(x, { weight, bias }) {
      const value = convolution(x as tf.Tensor4D, weight as tf.Tensor4D, { stride, padding });
      return bias ? value.add(bias) : value;
    },
  };
}

/** Batch normalisation of the last axis; in training by the batch, else by running statistics. */
export function batchNorm({ name, epsilon = 1e-5 }: { name?: string; epsilon?: number } = {}): Layer {
  return {
    name,
    statistics: ['running_mean', 'running_var'],
    shapes: (input) => {
      const width = [input[input.length - 1]];
      return { own: { weight: width, bias: width, running_mean: width, running_var: width }, output: input };
    },
    fresh: (part) => ({ value: part === 'weight' || part === 'running_var' ? 1 : 0 }),
    apply(x, { weight, bias, running_mean: mean, running_var: variance }, { normalization, onStatistics }, own) {
      if (normalization !== 'train') {
        const scale = weight.mul(variance.add(epsilon).rsqrt());
        return x.mul(scale).add(bias.sub(mean.mul(scale)));
      }
      const images = (x.rank === 4 ? x : x.reshape([x.shape[0], 1, 1, -1])) as tf.Tensor4D;
      const { value, statistics } = batchNormOp(images, weight as tf.Tensor1D, bias as tf.Tensor1D, epsilon);
      onStatistics?.(own, statistics);
      return value.reshape(x.shape);
    },
  };
}

const sameShape = (input: number[]) => ({ own: {}, output: input });

/** A function of every value. */
export function activation(apply: (x: tf.Tensor) => tf.Tensor, name?: string): Layer {
  return { name, shapes: sameShape, apply };
}
export const relu = (name?: string): Layer => activation((x) => x.relu(), name);
export const tanh = (name?: string): Layer => activation((x) => x.tanh(), name);
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

/** The pass's dropout, at its rate: nothing in evaluation. */
export function dropout(name?: string): Layer {
  return { name, shapes: sameShape, apply: (x, _own, pass) => pass.dropout?.apply(x) ?? x };
}

/** The largest of each `pieces` neighbouring units: [width] → [width / pieces]. */
export function maxOut(pieces: number, name?: string): Layer {
  return {
    name,
    shapes: ([width]) => ({ own: {}, output: [width / pieces] }),
    apply: (x) => x.reshape([x.shape[0], -1, pieces]).max(2),
  };
}

/** The largest value of each square of this side; use it before or after a ReLU. */
export function maxPool(
  size: number,
  { stride = size, padding = 0, name = undefined as string | undefined } = {},
): Layer {
  const sideOf = (side: number) => Math.floor((side + 2 * padding - size) / stride) + 1;
  return {
    name,
    shapes: ([y, x, channels]) => ({ own: {}, output: [sideOf(y), sideOf(x), channels] }),
    apply: (x) => maxPoolOp(x as tf.Tensor4D, { size, stride, padding }),
  };
}

/** The mean over all places: [y, x, channel] → [channel]. */
export function meanPool(name?: string): Layer {
  return {
    name,
    shapes: ([, , channels]) => ({ own: {}, output: [channels] }),
    apply: (x) => x.mean([1, 2]),
  };
}
