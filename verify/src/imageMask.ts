/** The mask step of the kinds resnet and vit: gradients, losses, and the logits that the soft and the hard mask give. */
import { applyMask, hardMask, softMask, subnetworkOf } from '../../lib/dist/masking/continuousSparsification';
import { countsPerLayer } from '../../lib/dist/masking/subnetwork';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { imageTensors } from '../../lib/dist/training/imageBatches';
import { imageMaskTrainer } from '../../lib/dist/training/imageMaskTrainer';
import { imageLoss } from '../../lib/dist/training/imageTrainer';
import { scoreGradients } from '../../lib/dist/training/maskTrainer';
import { compareDigest } from './digest';
import { compareSample } from './gpt2Forward';
import { activationTolerance, type ImageRun } from './imageModels';
import { type Mode, trainerMode } from './mode';
import { float32Error, roundings, tensorTolerance } from './tolerance';

/** Roundings that the sum of a soft mask goes through: of sigmoid, of partial sums, of layers. */
const SUM_ROUNDINGS = 16;

export function compareImageMask(run: ImageRun, modes: Mode[]): void {
  const { reference, model } = run;
  checkTrained(run);
  const scores: HostTensors = Object.fromEntries(
    model.maskedWeights.map((name) => {
      const shape = model.shapes[name];
      const data = Float32Array.from(reference.values(`mask_score/${layerOf(name)}`, shape));
      return [name, { dtype: 'F32', shape, data }];
    }),
  );
  compareMasked(run, scores);
  compareGradients(run, scores);
  for (const mode of modes) compareStep(run, scores, mode);
}

function layerOf(weight: string): string {
  return weight.replace(/\.weight$/, '');
}

/** The file must train what we train. */
function checkTrained({ reference, model }: ImageRun): void {
  const settings = reference.json.get('mask');
  const trained = settings
    .get('trainable_parameters')
    .items()
    .map((item) => item.text());
  const ours = [...model.trainedWithMask, ...model.maskedWeights.map((name) => `${name}_mask_params`)];
  const missing = ours.find((name) => !trained.some((other) => other.endsWith(name)));
  if (missing !== undefined) throw new Error(`trainable_parameters lacks ${missing}.`);
  if (trained.length !== ours.length) {
    throw new Error(`trainable_parameters has ${trained.length} entries, but we train ${ours.length}.`);
  }
}

/** Logits under the soft and under the hard mask, and the weights that the hard one keeps. */
function compareMasked(run: ImageRun, scores: HostTensors): void {
  const { reference, comparison, model, weights, batch, classes } = run;
  const settings = reference.json.get('mask');
  const temperature = settings.get('temperature').number();
  const ours = tidied(() => {
    const [pixels] = imageTensors(batch);
    const [values, parameters] = [tensorsOf(scores), tensorsOf(weights)];
    const logits = (mask: Record<string, tf.Tensor>) =>
      model.logits(applyMask(parameters, mask), pixels as tf.Tensor4D).dataSync();
    return {
      soft: logits(softMask(values, temperature)),
      hard: logits(hardMask(values)),
      counts: countsPerLayer(subnetworkOf(values)),
    };
  });
  const shape = [batch.labels.length, classes];
  for (const [name, values] of [
    ['mask_soft_logits', ours.soft],
    ['mask_hard_logits', ours.hard],
  ] as const) {
    const theirs = reference.values(name, shape);
    comparison.numbers(name, values, theirs, activationTolerance(run, theirs));
  }
  const kept = settings.get('hard_kept');
  for (const { parameter, kept: count } of ours.counts) {
    const layer = layerOf(parameter);
    comparison.number(`hard_kept of ${layer}`, count, kept.get(layer).number(), 0);
  }
}

function compareGradients(run: ImageRun, scores: HostTensors): void {
  const { reference, comparison, model, weights, batch } = run;
  const settings = reference.json.get('mask');
  const gradients = tidied(() => {
    const parameters = variablesOf(tensorsOf(weights));
    const variables = variablesOf(tensorsOf(scores));
    const inputs = imageTensors(batch);
    const computed = scoreGradients({
      parameters,
      scores: variables,
      others: Object.fromEntries(model.trainedWithMask.map((name) => [name, parameters[name]])),
      crossEntropy: (masked) => imageLoss(model, masked, inputs),
      temperature: tf.scalar(settings.get('temperature').number()),
      lambda: tf.scalar(settings.get('lambda').number()),
    });
    const values = Object.entries(computed.gradients).map(([name, value]) => ({ name, values: value.dataSync() }));
    tf.dispose([parameters, variables, computed.crossEntropy, computed.l0]);
    return values;
  });
  const errors = reference.json.get('float32_error').get('mask_grad');
  // Under the name that the whole training has for them.
  const others = settings.get('extra_trainables_gradient_digest').entries();
  for (const { name, values } of gradients) {
    if (name in scores) {
      const layer = layerOf(name);
      const sample = `mask_grad_sample/${layer}`;
      const tolerance = tensorTolerance(float32Error(errors.get(layer)));
      compareSample(reference, comparison, { sample, indices: `idx/${name}`, values, tolerance });
    } else {
      const digest = others.find(([key]) => key.endsWith(name))?.[1];
      if (!digest) throw new Error(`extra_trainables_gradient_digest has nothing for ${name}.`);
      const tolerance = activationTolerance(run, [digest.get('max_abs').number()]);
      compareDigest(comparison, `extra_trainables_gradient_digest of ${name}`, values, digest, tolerance);
    }
  }
}

/** The losses that a step of the trainer tells. */
function compareStep(run: ImageRun, scores: HostTensors, mode: Mode): void {
  const { reference, comparison, model, weights, batch } = run;
  const settings = reference.json.get('mask');
  const trainer = imageMaskTrainer({ model, ...trainerMode(mode) });
  try {
    trainer.start(weights, scores);
    const [temperature, lambda] = ['temperature', 'lambda'].map((key) => settings.get(key).number());
    const { loss, l0 } = trainer.step(batch, 1, { learningRate: 1e-3, temperature, lambda });
    const l0Sum = settings.get('l0_sum_float64').number();
    comparison.number(`${mode}: l0_sum_float64`, l0, l0Sum, roundings(SUM_ROUNDINGS, l0Sum));
    // A logit enters the loss directly and through the softmax's normaliser.
    const tolerance = 2 * activationTolerance(run, reference.values('mask_soft_logits'));
    for (const key of ['total_loss_float64', 'total_loss_float32']) {
      comparison.number(`${mode}: ${key}`, loss, settings.get(key).number(), tolerance);
    }
  } finally {
    trainer.dispose();
  }
}
