/** Forward pass, gradients, running statistics, SGD and mask steps of image models against the vectors of kinds resnet and vit. */
import { tf } from '../../lib/dist/tensorflow/backend';
import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { imageClassifier, imageTensors } from '../../lib/dist/training/imageClassifier';
import { gradientsOf, trainer as trainerOf } from '../../lib/dist/training/trainer';
import type { Comparison } from './comparison';
import { compareImageMask } from './imageMask';
import type { ImageReference } from './imageReference';
import type { Reference } from './reference';
import { type Mode, trainerMode } from './steps';
import {
  activationTolerance,
  type Float32Error,
  lossTolerance,
  roundings,
  scalarTolerance,
  tensorTolerance,
} from './tolerance';

/** Roundings that an update by a small step adds to a value. */
const UPDATE_ROUNDINGS = 2;

/** Compares a kind whose model `read` makes from the reference. */
export function compareImageModel(read: (reference: Reference) => ImageReference) {
  return (comparison: Comparison, modes: Mode[]): void => {
    const image = read(comparison.reference);
    compareForward(comparison, image);
    compareGradients(comparison, image);
    // A model that XLA would slow down is trained without it.
    const used = modes.filter((mode) => mode !== 'xla' || image.model.xla);
    for (const mode of used) compareSteps(comparison.at(mode), image, mode);
    compareImageMask(comparison, image, used);
  };
}

function compareForward(comparison: Comparison, { model, weights, batch, classes }: ImageReference): void {
  for (const normalization of ['eval', 'train'] as const) {
    const ours = tidied(() => {
      const [pixels] = imageTensors(batch);
      return model.logits(tensorsOf(weights), pixels as tf.Tensor4D, { normalization }).dataSync();
    });
    const name = `${normalization}_logits`;
    comparison.logits(name, ours, [batch.labels.length, classes], comparison.reference.error(name));
  }
}

/** Loss and gradients in training mode, of every parameter; the loss with class weights too. */
function compareGradients(comparison: Comparison, { model, weights, batch, classWeights }: ImageReference): void {
  const { reference } = comparison;
  const computed = (ofClasses?: number[]) =>
    tidied(() => {
      const parameters = variablesOf(tensorsOf(weights));
      const trained = Object.fromEntries(
        Object.entries(parameters).filter(([name]) => !model.statistics.includes(name)),
      );
      const classifier = imageClassifier(model, { classWeights: ofClasses });
      const inputs = classifier.inputs(batch);
      const found = gradientsOf(trained, () => classifier.loss(parameters, inputs, { normalization: 'train' }));
      tf.dispose(parameters);
      return { loss: found.loss.dataSync()[0], gradients: snapshot(found.gradients) };
    });
  const { loss, gradients } = computed();
  const tolerance = lossTolerance(reference.error('train_logits'));
  comparison.bothRuns('train_loss', loss, reference.json, tolerance);
  const weighted = reference.json.get('weighted_loss_float64').number();
  comparison.number('weighted_loss_float64', computed(classWeights).loss, weighted, tolerance);
  comparison.gradients(gradients, (name) => gradientError(reference, name));
}

/** Steps of SGD with class weights; running statistics after the first. */
function compareSteps(comparison: Comparison, image: ImageReference, mode: Mode): void {
  const { reference } = comparison;
  const { model, weights, batch, classWeights } = image;
  const settings = reference.json.get('sgd');
  const [float64, float32] = ['losses_float64', 'losses_float32'].map((key) => settings.get(key).numbers());
  if (float64.length !== float32.length) throw new Error('The two lists of SGD losses differ in length.');
  const [momentum, weightDecay] = ['momentum', 'weight_decay'].map((key) => settings.get(key).number());
  const optimizer = { name: 'sgd', momentum, weightDecay } as const;
  const trainer = trainerOf(imageClassifier(model, { classWeights }), { optimizer, ...trainerMode(mode) });
  try {
    trainer.start(weights);
    const pairs = float64.map((value, index) => ({ float64: value, float32: float32[index] }));
    const logits = lossTolerance(reference.error('train_logits'));
    const relative = scalarTolerance(pairs);
    pairs.forEach((pair, index) => {
      const step = index + 1;
      const { loss } = trainer.step(batch, step, settings.get('lr').number());
      const theirs = { ...pair, tolerance: logits + relative * pair.float64 };
      comparison.at(`SGD step ${step}`).scalar('loss', loss, theirs);
      compareValues(comparison, image, step, trainer.snapshot());
    });
  } finally {
    trainer.dispose();
  }
}

/** Samples of the parameters, and all running statistics, where the reference has those of this step. */
function compareValues(comparison: Comparison, { model }: ImageReference, step: number, values: HostTensors): void {
  const { reference } = comparison;
  for (const [name, tensor] of Object.entries(values)) {
    const ours = floatsOf(name, tensor);
    const found = [`after${step}/${name}`, `sgd_after${step}/${name}`].filter((sample) => reference.has(sample));
    for (const sample of found) {
      if (model.statistics.includes(name)) {
        const tolerance = activationTolerance(reference.error('train_logits'), reference.values(sample));
        comparison.tensor(sample, ours, tensor.shape, tolerance);
      } else {
        const error = reference.error(`sgd_after${step}`, name);
        const tolerance = tensorTolerance(error) + roundings(UPDATE_ROUNDINGS * step, error.largest);
        comparison.sample(sample, `idx/${name}`, ours, tolerance);
      }
    }
  }
}

/**
 * The error of a gradient. A key's bias adds the same to all scores of a query, so its gradient is 0 and what is computed is
 * rounding errors alone: they may be as large as those of the key's weight.
 */
function gradientError(reference: Reference, name: string): Float32Error {
  if (!name.endsWith('.k_proj.bias')) return reference.error('grad', name);
  const { error, largest } = reference.error('grad', name.replace(/bias$/, 'weight'));
  const own = reference.json.get('float32_error').get('grad').get(name).get('max_abs_value').number();
  if (!(own <= roundings(1, largest))) throw new Error(`The gradient of ${name} should be 0, but goes up to ${own}.`);
  return { error, largest: own };
}
