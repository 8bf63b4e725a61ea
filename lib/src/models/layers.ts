/** The layers of small networks: what each holds, and a pure function from its values and features to features. */
import { tf } from '../tensorflow/backend';
import { elementCount } from '../tensorflow/hostTensor';
import { linearOutIn } from '../tensorflow/ops';
import type { ForwardOptions } from './gpt2';

/** How the forward pass computes; {} is evaluation. */
export type NetworkPass = Pick<ForwardOptions, 'dropout'>;

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
  apply(x: tf.Tensor, own: Record<string, tf.Tensor>, pass: NetworkPass): tf.Tensor;
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

/** The pass's dropout, at its rate: nothing in evaluation. */
export function dropout(name?: string): Layer {
  return { name, shapes: sameShape, apply: (x, _own, pass) => pass.dropout?.apply(x) ?? x };
}
