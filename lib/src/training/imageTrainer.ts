import type { Subnetwork } from '../masking/subnetwork';
import type { Parameters } from '../models/gpt2';
import type { ImageForwardOptions, ImageModel, NormalizationMode } from '../models/imageModel';
import { tf } from '../tensorflow/backend';
import { compile } from '../tensorflow/compile';
import type { HostTensors } from '../tensorflow/hostTensor';
import type { BatchStatistics } from '../tensorflow/imageOps';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import {
  type AdamWOptions,
  adamW,
  type Optimizer,
  type SgdOptions,
  sgd,
  type Variables,
} from '../tensorflow/optimizers';
import { assignValues, snapshot, zeroVariables } from '../tensorflow/variables';
import { freeEntries, releaseEntries } from './freeEntries';
import { type ImageBatch, imageTensors } from './imageBatches';
import { byName } from './languageModelTrainer';

/** How far a step moves the running statistics of batch normalisation towards the batch's (torch's default). */
const STATISTICS_MOMENTUM = 0.1;

export type ImageOptimizer =
  | ({ name: 'sgd' } & Omit<SgdOptions, 'free'>)
  | ({ name: 'adamW' } & Omit<AdamWOptions, 'free'>);

export interface ImageTrainerOptions {
  model: ImageModel;
  /** SGD with momentum 0.9 and decay 1e-4 by default (method section 2). */
  optimizer?: ImageOptimizer;
  /** A weight for each class: the loss is the weighted mean, in which only their ratios count. */
  classWeights?: readonly number[];
  /** What batch normalisation works with; in the mode eval its running statistics stay as they are. */
  normalization?: NormalizationMode;
  /** Names of parameters that stay as they are, such as `model.normalizations` (released: freeze_base). */
  frozen?: readonly string[];
  /** Take a frozen subnetwork in `start` (a graph of its own, so that a base model does not pay for it). */
  freezable?: boolean;
  /** compile() the step (with XLA where that is faster for the model, unless `xla` says otherwise), or run it eagerly. */
  compiled?: boolean;
  xla?: boolean;
}

/** Trains image models of one configuration, one after the other: the step is compiled once. */
export interface ImageTrainer {
  /** Everything that the model holds, running statistics too. */
  parameters: Variables;
  optimizer: Optimizer;
  /** Begins a training: the model's values, and the weights that stay as they are. */
  start(values: HostTensors, options?: { frozen?: Subnetwork }): void;
  /** One step on a batch. `step` counts from 1. Returns the loss: the weighted mean cross entropy before the step. */
  step(batch: ImageBatch, step: number, learningRate: number): { loss: number };
  snapshot(): HostTensors;
  dispose(): void;
}

export function imageTrainer(options: ImageTrainerOptions): ImageTrainer {
  const { model, optimizer: chosen = { name: 'sgd' }, classWeights, normalization = 'train' } = options;
  const { frozen = [], freezable = false, compiled = true, xla = model.xla } = options;
  const { shapes } = model;
  const unknown = frozen.find((name) => !(name in shapes));
  if (unknown !== undefined) throw new Error(`The model has no parameter ${unknown} that could be frozen.`);
  const fixed = new Set([...frozen, ...model.statistics]);
  const parameters = zeroVariables(shapes);
  const trained = Object.fromEntries(Object.entries(parameters).filter(([name]) => !fixed.has(name)));
  const free = freezable ? freeEntries(model.maskedWeights, shapes) : {};
  const optimizer = chosen.name === 'sgd' ? sgd(trained, { ...chosen, free }) : adamW(trained, { ...chosen, free });

  /** pixels [n, y, x, channel], labels [n], weights [n], coefficients of the optimizer → loss. */
  const step = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const [pixels, labels, weights, coefficients] = inputs;
    const { loss, gradients, statistics } = imageGradients(model, {
      parameters,
      trained,
      inputs: [pixels, labels, weights],
      normalization,
    });
    optimizer.update(gradients, coefficients as tf.Tensor1D);
    for (const [name, { mean, variance }] of Object.entries(statistics)) {
      follow(parameters[`${name}.running_mean`], mean);
      follow(parameters[`${name}.running_var`], variance);
    }
    tf.dispose(statistics as unknown as tf.TensorContainer);
    return [loss];
  };
  const variables = [...Object.values(parameters), ...Object.values(optimizer.slots), ...Object.values(free)];
  const graph = compiled ? compile(step, { variables, xla }) : undefined;
  const compute = graph ?? step;

  return {
    parameters,
    optimizer,
    start(values, { frozen: subnetwork } = {}) {
      if (subnetwork && !freezable) {
        throw new Error('This trainer takes no frozen subnetwork: make it with freezable: true.');
      }
      assignValues(parameters, values);
      optimizer.reset();
      releaseEntries(free, subnetwork);
    },
    step(batch, at, learningRate) {
      return tf.tidy(() => {
        const inputs = imageTensors(batch, classWeights);
        const [loss] = compute(...inputs, optimizer.coefficients(at, learningRate));
        return { loss: loss.dataSync()[0] };
      });
    },
    snapshot: () => snapshot(parameters),
    dispose() {
      graph?.dispose();
      optimizer.dispose();
      tf.dispose([parameters, free]);
    },
  };
}

/** Moves a running statistic towards a batch's. */
function follow(running: tf.Variable, batch: tf.Tensor): void {
  running.assign(running.mul(1 - STATISTICS_MOMENTUM).add(batch.mul(STATISTICS_MOMENTUM)));
}

/**
 * Loss of a batch, its gradient in the `trained` parameters by name, and (in the mode train) the statistics that batch
 * normalisation found, by the name of the layer. Dispose of the statistics (tf.dispose); they outlive a tf.tidy.
 */
export function imageGradients(
  model: ImageModel,
  options: {
    parameters: Parameters;
    trained: Variables;
    /** As imageTensors gives them. */
    inputs: tf.Tensor[];
    normalization: NormalizationMode;
  },
): { loss: tf.Scalar; gradients: Record<string, tf.Tensor>; statistics: Record<string, BatchStatistics> } {
  const { parameters, trained, inputs, normalization } = options;
  const statistics: Record<string, BatchStatistics> = {};
  const { value, grads } = tf.variableGrads(
    () =>
      imageLoss(model, parameters, inputs, {
        normalization,
        onStatistics: (name, { mean, variance }) => {
          statistics[name] = { mean: tf.keep(mean), variance: tf.keep(variance) };
        },
      }),
    Object.values(trained),
  );
  return { loss: value, gradients: byName(trained, grads), statistics };
}

/** Weighted mean cross entropy of a batch: sum of weight · loss, divided by the sum of the weights. */
export function imageLoss(
  model: ImageModel,
  parameters: Parameters,
  [pixels, labels, weights]: tf.Tensor[],
  options: ImageForwardOptions = {},
): tf.Scalar {
  const logits = model.logits(parameters, pixels as tf.Tensor4D, options);
  return tf.div(
    softmaxCrossEntropy(logits, labels as tf.Tensor1D)
      .mul(weights)
      .sum(),
    weights.sum(),
  );
}
