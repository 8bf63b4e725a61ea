/** The mask step of the kinds resnet and vit: gradients, losses, and the logits that the soft and the hard mask give. */
import { applyMask, hardMask, softMask, subnetworkOf } from '../../lib/dist/masking/continuousSparsification';
import { countsPerLayer } from '../../lib/dist/masking/subnetwork';
import { tf } from '../../lib/dist/tensorflow/backend';
import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { imageClassifier, imageTensors } from '../../lib/dist/training/imageClassifier';
import { maskTrainer, scoreGradients } from '../../lib/dist/training/maskTrainer';
import type { Comparison } from './comparison';
import type { ImageReference } from './imageReference';
import { layerOf } from './reference';
import { type Mode, requireTrained, trainerMode } from './steps';
import { activationTolerance, roundings, tensorTolerance } from './tolerance';

/** Roundings that the sum of a soft mask goes through: of sigmoid, of partial sums, of layers. */
const SUM_ROUNDINGS = 16;

/** A model and the scores of its mask. */
interface Masked extends ImageReference {
  scores: HostTensors;
  temperature: number;
  lambda: number;
}

export function compareImageMask(comparison: Comparison, image: ImageReference, modes: Mode[]): void {
  const { reference } = comparison;
  const { model } = image;
  const settings = reference.json.get('mask');
  requireTrained(settings, [...model.trainedWithMask, ...model.maskedWeights.map((name) => `${name}_mask_params`)]);
  const shapes = Object.fromEntries(model.maskedWeights.map((name) => [name, model.shapes[name]]));
  const scores = reference.parameters('mask_score/', shapes, layerOf);
  const [temperature, lambda] = ['temperature', 'lambda'].map((key) => settings.get(key).number());
  const masked = { ...image, scores, temperature, lambda };
  compareMasked(comparison, masked);
  compareGradients(comparison, masked);
  for (const mode of modes) compareStep(comparison.at(mode), masked, mode);
}

/** Tolerance of values, given the largest of them, that are computed as the logits are. */
function toleranceOf({ reference }: Comparison, theirs: ArrayLike<number>): number {
  return activationTolerance(reference.error('train_logits'), theirs);
}

/** Logits under the soft and under the hard mask, and the weights that the hard one keeps. */
function compareMasked(comparison: Comparison, masked: Masked): void {
  const { model, weights, batch, classes, scores, temperature } = masked;
  const { reference } = comparison;
  const ours = tidied(() => {
    const [pixels] = imageTensors(batch);
    const [values, parameters] = [tensorsOf(scores), tensorsOf(weights)];
    const logits = (mask: Record<string, tf.Tensor>) =>
      model.logits(applyMask(parameters, mask), pixels as tf.Tensor4D).dataSync();
    return {
      logits: { soft: logits(softMask(values, temperature)), hard: logits(hardMask(values)) },
      counts: countsPerLayer(subnetworkOf(values)),
    };
  });
  for (const [kind, values] of Object.entries(ours.logits)) {
    const name = `mask_${kind}_logits`;
    const tolerance = toleranceOf(comparison, reference.values(name));
    comparison.tensor(name, values, [batch.labels.length, classes], tolerance);
  }
  const theirs = reference.json.get('mask').get('hard_kept');
  for (const { parameter, kept } of ours.counts) {
    const layer = layerOf(parameter);
    comparison.number(`hard_kept of ${layer}`, kept, theirs.get(layer).number(), 0);
  }
}

function compareGradients(comparison: Comparison, masked: Masked): void {
  const { model, weights, batch, scores, temperature, lambda } = masked;
  const { reference } = comparison;
  const gradients = tidied(() => {
    const parameters = variablesOf(tensorsOf(weights));
    const variables = variablesOf(tensorsOf(scores));
    const inputs = imageTensors(batch);
    const computed = scoreGradients({
      parameters,
      scores: variables,
      others: Object.fromEntries(model.trainedWithMask.map((name) => [name, parameters[name]])),
      crossEntropy: (values) => imageClassifier(model).loss(values, inputs, {}),
      temperature: tf.scalar(temperature),
      lambda: tf.scalar(lambda),
    });
    tf.dispose([parameters, variables, computed.crossEntropy, computed.l0]);
    return snapshot(computed.gradients);
  });
  // Under the name that the whole training has for them.
  const others = reference.json.get('mask').get('extra_trainables_gradient_digest').entries();
  for (const [name, tensor] of Object.entries(gradients)) {
    const values = floatsOf(name, tensor);
    if (name in scores) {
      const layer = layerOf(name);
      const tolerance = tensorTolerance(reference.error('mask_grad', layer));
      comparison.sample(`mask_grad_sample/${layer}`, `idx/${name}`, values, tolerance);
    } else {
      const digest = others.find(([key]) => key.endsWith(name))?.[1];
      if (!digest) throw new Error(`extra_trainables_gradient_digest has nothing for ${name}.`);
      const tolerance = toleranceOf(comparison, [digest.get('max_abs').number()]);
      comparison.digest(`extra_trainables_gradient_digest of ${name}`, values, digest, tolerance);
    }
  }
}

/** The losses that a step of the trainer tells. */
function compareStep(comparison: Comparison, masked: Masked, mode: Mode): void {
  const { model, weights, batch, scores, temperature, lambda } = masked;
  const { reference } = comparison;
  const settings = reference.json.get('mask');
  const trainer = maskTrainer(imageClassifier(model), trainerMode(mode));
  try {
    trainer.start(weights, scores);
    const { loss, l0 } = trainer.step(batch, 1, { learningRate: 1e-3, temperature, lambda });
    const l0Sum = settings.get('l0_sum_float64').number();
    comparison.number('l0_sum_float64', l0, l0Sum, roundings(SUM_ROUNDINGS, l0Sum));
    // A logit enters the loss directly and through the softmax's normaliser.
    const tolerance = 2 * toleranceOf(comparison, reference.values('mask_soft_logits'));
    comparison.bothRuns('total_loss', loss, settings, tolerance);
  } finally {
    trainer.dispose();
  }
}
