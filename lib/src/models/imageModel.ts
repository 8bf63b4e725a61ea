/** What image models have in common: trainers and evaluators know them only as this. */
import type { tf } from '../tensorflow/backend';
import { randomUniform } from '../tensorflow/dropout';
import { elementCount, type HostTensors } from '../tensorflow/hostTensor';
import type { BatchStatistics } from '../tensorflow/imageOps';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import type { Parameters } from './gpt2';

/** What batch normalisation works with: the statistics of the batch (train), or those that the model holds (eval). */
export type NormalizationMode = 'train' | 'eval';

export interface ImageForwardOptions {
  /** Only ResNet has batch normalisation; ViT computes the same in both modes. */
  normalization?: NormalizationMode;
  /** Receives the statistics of the batch, in the mode train: by the name under which the model holds the running ones. */
  onStatistics?: (name: string, statistics: BatchStatistics) => void;
}

/** A classifier of images as functions of named values. */
export interface ImageModel {
  /** Shape of every value that the model holds, by Hugging Face name. */
  shapes: Record<string, number[]>;
  /** Names of the values that are no parameters: the running statistics of batch normalisation. */
  statistics: string[];
  /** Names of the weights that carry a mask. */
  maskedWeights: string[];
  /** Names of the weights and biases of all normalisation layers. */
  normalizations: string[];
  /** Names of the parameters that discovery trains along with the mask (released setting). */
  trainedWithMask: string[];
  /** Whether XLA makes a training step faster. */
  xla: boolean;
  /** pixels [n, y, x, channel] → logits [n, classes] */
  logits(parameters: Parameters, pixels: tf.Tensor4D, options?: ImageForwardOptions): tf.Tensor2D;
}

/** Values of a model in JavaScript memory, with its sizes. */
/** How a model is saved: the names of its classes, and whether its floats are rounded to half precision. */
export interface SaveOptions {
  labels?: readonly string[];
  floats?: 'F32' | 'F16';
}

export interface SavedModel<Config> {
  config: Config;
  parameters: HostTensors;
}

/**
 * New weights for the masked layers of a transferred model (method section 2): Kaiming uniform with a = sqrt(5), that is
 * uniform within 1 / sqrt(inputs of a unit).
 */
export function freshMaskedWeights({ shapes, maskedWeights }: ImageModel, seed: number): HostTensors {
  return tidied(() =>
    snapshot(
      Object.fromEntries(maskedWeights.map((name, stream) => [name, kaimingUniform(shapes[name], seed, stream)])),
    ),
  );
}

/** Uniform within 1 / sqrt(in): `shape` is [out, in, …], the bound that of its weight or, for a bias, of `fanIn`. */
export function kaimingUniform(
  shape: number[],
  seed: number,
  stream: number,
  fanIn = elementCount(shape.slice(1)),
): tf.Tensor {
  return randomUniform(shape, seed, stream, 1 / Math.sqrt(fanIn));
}

/**
 * A pretrained model, with or without a classifier, with a new one, to be fine-tuned on other classes (method section 2: 16
 * in the place of ImageNet's 1,000). The classifier's values come from `fresh`, a new model of the same layout.
 */
export function replaceClassifier<Config extends { classes: number }>(
  pretrained: SavedModel<Config>,
  fresh: SavedModel<Config>,
): SavedModel<Config> {
  const parameters: HostTensors = {};
  for (const name of new Set([...Object.keys(pretrained.parameters), ...Object.keys(fresh.parameters)])) {
    const [old, replacement] = [pretrained.parameters[name], fresh.parameters[name]];
    const isNew = name.startsWith('classifier.');
    if (!(isNew ? replacement : old?.shape.join() === replacement?.shape.join())) {
      throw new Error(
        `The new classifier does not fit the pretrained model, which has another ${name}: make both of one layout.`,
      );
    }
    parameters[name] = isNew ? replacement : old;
  }
  return { config: { ...pretrained.config, classes: fresh.config.classes }, parameters };
}
