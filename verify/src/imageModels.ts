/** Forward pass, gradients, running statistics, SGD and mask steps of image models against the vectors of kinds resnet and vit. */
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { imageTensors } from '../../lib/dist/training/imageBatches';
import { imageGradients, imageTrainer } from '../../lib/dist/training/imageTrainer';
import type { Comparison } from './comparison';
import { compareDigest } from './digest';
import { compareSample, lossTolerance } from './gpt2Forward';
import { compareImageMask } from './imageMask';
import type { ImageReference } from './imageReference';
import type { JsonEntry } from './jsonEntry';
import { type Mode, trainerMode } from './mode';
import type { Reference } from './reference';
import { type Float32Error, float32Error, roundings, scalarTolerance, tensorTolerance } from './tolerance';

/** Roundings that an update by a small step adds to a value. */
const UPDATE_ROUNDINGS = 2;

/** What is compared, and with what. */
export interface ImageRun extends ImageReference {
  reference: Reference;
  comparison: Comparison;
}

/** Compares a kind whose model `read` makes from the reference. */
export function compareImageModel(read: (reference: Reference) => ImageReference) {
  return (reference: Reference, comparison: Comparison, modes: Mode[]): void => {
    const run: ImageRun = { ...read(reference), reference, comparison };
    compareForward(run);
    compareGradients(run);
    // A model that XLA would slow down is trained without it.
    const used = modes.filter((mode) => mode !== 'xla' || run.model.xla);
    for (const mode of used) compareSteps(run, mode);
    compareImageMask(run, used);
  };
}

function compareForward({ reference, comparison, model, weights, batch, classes }: ImageRun): void {
  for (const normalization of ['eval', 'train'] as const) {
    const ours = tidied(() => {
      const [pixels] = imageTensors(batch);
      return model.logits(tensorsOf(weights), pixels as tf.Tensor4D, { normalization }).dataSync();
    });
    const name = `${normalization}_logits`;
    const error = float32Error(reference.json.get('float32_error').get(name));
    const tolerance = tensorTolerance(error);
    const shape = [batch.labels.length, classes];
    comparison.numbers(name, ours, reference.values(name, shape), tolerance + error.error);
    comparison.numbers(`${name}_f64`, ours, reference.values(`${name}_f64`, shape), tolerance);
  }
}

/** Loss and gradients in training mode, of every parameter; the loss with class weights too. */
function compareGradients({ reference, comparison, model, weights, batch, classWeights }: ImageRun): void {
  const { json } = reference;
  const errors = json.get('float32_error');
  const computed = (ofClasses?: number[]) =>
    tidied(() => {
      const parameters = variablesOf(tensorsOf(weights));
      const trained = Object.fromEntries(
        Object.entries(parameters).filter(([name]) => !model.statistics.includes(name)),
      );
      const inputs = imageTensors(batch, ofClasses);
      const { loss, gradients, statistics } = imageGradients(model, {
        parameters,
        trained,
        inputs,
        normalization: 'train',
      });
      const result = {
        loss: loss.dataSync()[0],
        gradients: Object.entries(gradients).map(([name, value]) => ({
          name,
          shape: value.shape,
          values: value.dataSync(),
        })),
      };
      tf.dispose([parameters, statistics as unknown as tf.TensorContainer]);
      return result;
    });
  const { loss, gradients } = computed();
  const tolerance = lossTolerance(float32Error(errors.get('train_logits')));
  for (const key of ['train_loss_float64', 'train_loss_float32']) {
    comparison.number(key, loss, json.get(key).number(), tolerance);
  }
  comparison.number(
    'weighted_loss_float64',
    computed(classWeights).loss,
    json.get('weighted_loss_float64').number(),
    tolerance,
  );
  for (const { name, shape, values } of gradients) {
    const error = gradientError(errors.get('grad'), name);
    const allowed = tensorTolerance(error);
    if (reference.has(`grad/${name}`)) {
      comparison.numbers(`grad/${name}`, values, reference.values(`grad/${name}`, shape), allowed + error.error);
    }
    const sample = `grad_sample/${name}`;
    compareSample(reference, comparison, { sample, indices: `idx/${name}`, values, tolerance: allowed });
    const digest = json.get('grad_digest_float64').get(name);
    compareDigest(comparison, `grad_digest_float64 of ${name}`, values, digest, allowed);
  }
}

/** Steps of SGD with class weights; running statistics after the first. */
function compareSteps(run: ImageRun, mode: Mode): void {
  const { reference, comparison, model, weights, batch, classWeights } = run;
  const settings = reference.json.get('sgd');
  const [float64, float32] = ['losses_float64', 'losses_float32'].map((key) => settings.get(key).numbers());
  if (float64.length !== float32.length) throw new Error('The two lists of SGD losses differ in length.');
  const trainer = imageTrainer({
    model,
    classWeights,
    optimizer: {
      name: 'sgd',
      momentum: settings.get('momentum').number(),
      weightDecay: settings.get('weight_decay').number(),
    },
    ...trainerMode(mode),
  });
  try {
    trainer.start(weights);
    const pairs = float64.map((value, index) => ({ float64: value, float32: float32[index] }));
    const logits = lossTolerance(float32Error(reference.json.get('float32_error').get('train_logits')));
    const relative = scalarTolerance(pairs);
    pairs.forEach((pair, index) => {
      const step = index + 1;
      const { loss } = trainer.step(batch, step, settings.get('lr').number());
      comparison.scalar(`${mode}, SGD step ${step}: loss`, loss, {
        ...pair,
        tolerance: logits + relative * pair.float64,
      });
      compareValues(run, { mode, step, values: trainer.snapshot() });
    });
  } finally {
    trainer.dispose();
  }
}

/** Samples of the parameters, and all running statistics, where the reference has those of this step. */
function compareValues(run: ImageRun, { mode, step, values }: { mode: Mode; step: number; values: HostTensors }): void {
  const { reference, comparison, model } = run;
  for (const [name, { data, shape }] of Object.entries(values)) {
    const ours = data as Float32Array;
    const found = [`after${step}/${name}`, `sgd_after${step}/${name}`].filter((sample) => reference.has(sample));
    for (const sample of found) {
      const where = `${mode}: ${sample}`;
      if (model.statistics.includes(name)) {
        const theirs = reference.values(sample, shape);
        comparison.numbers(where, ours, theirs, activationTolerance(run, theirs));
      } else {
        const error = float32Error(reference.json.get('float32_error').get(`sgd_after${step}`).get(name));
        const tolerance = tensorTolerance(error) + roundings(UPDATE_ROUNDINGS * step, error.largest);
        compareSample(reference, comparison, { where, sample, indices: `idx/${name}`, values: ours, tolerance });
      }
    }
  }
}

/**
 * The error of a gradient. A key's bias adds the same to all scores of a query, so its gradient is 0 and what is computed is
 * rounding errors alone: they may be as large as those of the key's weight.
 */
function gradientError(errors: JsonEntry, name: string): Float32Error {
  if (!name.endsWith('.k_proj.bias')) return float32Error(errors.get(name));
  const { error, largest } = float32Error(errors.get(name.replace(/bias$/, 'weight')));
  const own = errors.get(name).get('max_abs_value').number();
  if (!(own <= roundings(1, largest))) throw new Error(`The gradient of ${name} should be 0, but goes up to ${own}.`);
  return { error, largest: own };
}

/**
 * Tolerance for values of which the files tell no float32 error, and that are computed from activations as the logits are: the
 * logits' error, as a share of the largest value.
 */
export function activationTolerance({ reference }: ImageRun, theirs: ArrayLike<number>): number {
  const { error, largest } = float32Error(reference.json.get('float32_error').get('train_logits'));
  const size = Math.max(...Array.from(theirs, Math.abs));
  return tensorTolerance({ error: (error / largest) * size, largest: size });
}
