/**
 * Small dense and convolutional networks: a list of layers as named parameters and a pure forward pass, which gives the
 * output of every layer too (taps).
 *
 *     const { dense, relu } = models.layers;
 *     const mlp = network({ input: [784], layers: [dense(128), relu('hidden'), dense(10)] });
 *     const { output, taps } = mlp.forward(parameters, x); // taps.hidden is [rows, 128]
 */
import { tf } from '../tensorflow/backend';
import { randomUniform } from '../tensorflow/dropout';
import type { HostTensors } from '../tensorflow/hostTensor';
import type { BatchStatistics } from '../tensorflow/imageOps';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import type { Parameters } from './gpt2';
import { activation, dense, dropout, type Layer, type NetworkPass } from './layers';

/** A network as a function of named values. */
export interface Network {
  /** Shape of its input without the rows. */
  input: number[];
  /** Shape of every value that it holds, by name: `<layer>.weight`, `<layer>.bias`, … */
  shapes: Record<string, number[]>;
  /** Names of the values that are no parameters: the running statistics of batch normalisation. */
  statistics: string[];
  /** Names of the weights that carry a mask: those of all linear maps. */
  maskedWeights: string[];
  /** Fresh values. */
  init(seed: number): HostTensors;
  /** x [rows, ...input] → output [rows, ...], and the outputs of the layers by name (taps). */
  forward(
    parameters: Parameters,
    x: tf.Tensor,
    pass?: NetworkPass,
  ): { output: tf.Tensor2D; taps: Record<string, tf.Tensor> };
}

/** Makes a network of layers. */
export function network({ input, layers }: { input: number[]; layers: Layer[] }): Network {
  const shapes: Record<string, number[]> = {};
  const freshOf: Record<string, { bound: number } | { value: number }> = {};
  const statistics: string[] = [];
  let features = input;
  const outputs: Record<string, number[]> = {};
  const placed = layers.map((layer, place) => {
    const name = layer.name ?? String(place);
    const { own, output } = layer.shapes(features, outputs);
    features = output;
    outputs[name] = output;
    const parts = Object.keys(own);
    for (const part of parts) {
      if (`${name}.${part}` in shapes) throw new Error(`Two layers are called ${JSON.stringify(name)}: rename one.`);
      shapes[`${name}.${part}`] = own[part];
      freshOf[`${name}.${part}`] = layer.fresh?.(part, own) ?? { value: 0 };
    }
    statistics.push(...(layer.statistics ?? []).map((part) => `${name}.${part}`));
    return { layer, name, parts };
  });
  return {
    input,
    shapes,
    statistics,
    maskedWeights: Object.keys(shapes).filter((name) => name.endsWith('.weight') && shapes[name].length > 1),
    init: (seed) =>
      tidied(() =>
        snapshot(
          Object.fromEntries(
            Object.entries(shapes).map(([name, shape], stream) => {
              const fresh = freshOf[name];
              return [
                name,
                'value' in fresh ? tf.fill(shape, fresh.value) : randomUniform(shape, seed, stream, fresh.bound),
              ];
            }),
          ),
        ),
      ),
    forward(parameters, x, pass = {}) {
      const taps: Record<string, tf.Tensor> = {};
      let value = x;
      for (const { layer, name, parts } of placed) {
        const own = Object.fromEntries(parts.map((part) => [part, parameters[`${name}.${part}`]]));
        const { onStatistics } = pass;
        const named = {
          ...pass,
          onStatistics: onStatistics && ((_: string, of: BatchStatistics) => onStatistics(name, of)),
        };
        value = layer.apply(value, own, named, taps);
        taps[name] = value;
      }
      return { output: value as tf.Tensor2D, taps };
    },
  };
}

/** What a hidden layer does with its sums. */
export const ACTIVATIONS = {
  relu: (x: tf.Tensor) => x.relu(),
  tanh: (x: tf.Tensor) => x.tanh(),
  linear: (x: tf.Tensor) => x,
} as const;
export type Activation = keyof typeof ACTIVATIONS;

/** A dense network of `depth` hidden layers of one width. Their taps are `hidden 1`, `hidden 2`, …; the pass's dropout follows each. */
export function denseNetwork(of: {
  inputs: number;
  outputs: number;
  depth: number;
  width: number;
  hidden?: Activation;
}): Network {
  const { inputs, outputs, depth, width, hidden = 'relu' } = of;
  const layers = Array.from({ length: depth }, (_, i) => [
    dense(width),
    activation(ACTIVATIONS[hidden], `hidden ${i + 1}`),
    dropout(),
  ]);
  return network({ input: [inputs], layers: [...layers.flat(), dense(outputs, { name: 'output' })] });
}
