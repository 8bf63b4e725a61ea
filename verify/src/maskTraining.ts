/** Steps of mask training (continuous sparsification) against the vectors of kind mask-training. */

import { type Gpt2Config, gpt2Shapes } from '../../lib/dist/models/gpt2';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import { elementCount, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf } from '../../lib/dist/tensorflow/variables';
import type { Batch } from '../../lib/dist/training/batches';
import { type Evaluator, languageModelEvaluator } from '../../lib/dist/training/languageModelEvaluator';
import { batchLoss } from '../../lib/dist/training/languageModelTrainer';
import { type MaskTrainer, maskTrainer, scoreGradients } from '../../lib/dist/training/maskTrainer';
import { AdamSpread } from './adamSpread';
import type { Comparison } from './comparison';
import { compareDigest } from './digest';
import { compareSample } from './gpt2Forward';
import { compareHardMask } from './hardMask';
import type { JsonEntry } from './jsonEntry';
import { maskedLayers } from './maskedLayers';
import { type Mode, trainerMode } from './mode';
import type { Reference } from './reference';
import { float32Error, steppedTolerance, tensorTolerance } from './tolerance';
import {
  adamConstants,
  batchesOfReference,
  batchTensors,
  type CaseStep,
  rowsOfTensor,
  stepsOfCase,
} from './trainingSteps';

/** One case in one mode. */
export interface MaskRun {
  reference: Reference;
  comparison: Comparison;
  name: string;
  settings: JsonEntry;
  mode: Mode;
  /** Mode and case, for messages. */
  where: string;
  config: Gpt2Config;
  weights: HostTensors;
  evaluation: Rows;
  evaluator: Evaluator;
  trainer: MaskTrainer;
  spread: AdamSpread;
}

export function compareMaskTraining(reference: Reference, comparison: Comparison, modes: Mode[]): void {
  const { json } = reference;
  const config = reference.config();
  const weights = reference.weights(config);
  const evaluation = rowsOfTensor(reference, 'eval_batch', config);
  checkMaskedLayers(json, config);
  for (const mode of modes) {
    const trainer = maskTrainer({
      config,
      weightDecay: json.get('weight_decay').number(),
      adam: adamConstants(json),
      ...trainerMode(mode),
    });
    const evaluator = languageModelEvaluator(config, { compiled: mode === 'xla' });
    const shared = { reference, comparison, mode, config, weights, evaluation, evaluator, trainer };
    try {
      for (const [name, settings] of json.get('cases').entries()) {
        compareCase({ ...shared, name, settings, where: `${mode}, ${name}`, spread: new AdamSpread() });
      }
    } finally {
      trainer.dispose();
      evaluator.dispose();
    }
  }
}

/** The file must train exactly the masks that we train. */
function checkMaskedLayers(json: JsonEntry, config: Gpt2Config): void {
  const theirs = json
    .get('trainable_parameters')
    .items()
    .map((item) => item.text());
  const ours = maskedLayers(config).map(({ layer }) => `${layer}.weight_mask_params`);
  const missing = ours.find((name) => !theirs.some((other) => other.endsWith(name)));
  if (missing !== undefined) throw new Error(`trainable_parameters lacks ${missing}.`);
  if (theirs.length !== ours.length) {
    throw new Error(`trainable_parameters has ${theirs.length} entries for ${ours.length} masked weights.`);
  }
}

function compareCase(run: MaskRun): void {
  const { reference, comparison, mode, where, name, settings, config, trainer, weights, spread } = run;
  const batches = batchesOfReference(reference, config);
  const adam = adamConstants(reference.json);
  const learningRate = reference.json.get('lr').number();
  const lambda = settings.get('lambda').number();
  trainer.start(weights, startScores(reference, settings, config));
  for (const step of stepsOfCase(reference.json.get('cases'), name, batches.length)) {
    const at = `${where}, step ${step.number}`;
    const batch = batches[step.number - 1];
    const temperature = step.settings.get('temperature').number();
    if (mode === 'eager') compareGradients(run, step, { batch, temperature, lambda });

    const before = spread.ofLoss;
    const { loss, crossEntropy, l0 } = trainer.step(batch, step.number, { learningRate, temperature, lambda });
    spread.add(trainer.optimizer, { step: step.number, learningRate, adam }, (parameter) =>
      gradientTolerance(settings, step, parameter.replace(/\.weight$/, '')),
    );
    comparison.scalar(`${at}: task_loss`, crossEntropy, step.scalar('task_loss'), before);
    comparison.scalar(`${at}: l0_sum`, l0, step.scalar('l0_sum'));
    comparison.scalar(`${at}: l0_term`, lambda * l0, step.scalar('l0_term'));
    const parts = step.scalar('task_loss').tolerance + step.scalar('l0_term').tolerance;
    comparison.scalar(`${at}: total_loss`, loss, { ...step.scalar('total_loss'), tolerance: parts }, before);

    const scores = trainer.snapshot();
    for (const { layer, parameter } of maskedLayers(config)) {
      const sample = `${name}/step${step.number}/score/${layer}`;
      const [values, tolerance] = [scores[parameter].data as Float32Array, scoreTolerance(run, layer, parameter)];
      compareSample(reference, comparison, {
        where: `${where}: ${sample}`,
        sample,
        indices: `idx/${layer}`,
        values,
        tolerance,
      });
    }
    compareHardMask(run, step, scores);
  }
  const end = trainer.snapshot();
  for (const { layer, parameter } of maskedLayers(config)) {
    const digest = settings.get('score_digest_float64').get(layer);
    const [values, tolerance] = [end[parameter].data as Float32Array, scoreTolerance(run, layer, parameter)];
    compareDigest(comparison, `${where}: score_digest_float64 of ${layer}`, values, digest, tolerance);
  }
}

/** Scores at the start: tensors under a prefix ("start/*"), or one number everywhere ("float32(-0.1) = … everywhere"). */
function startScores(reference: Reference, settings: JsonEntry, config: Gpt2Config): HostTensors {
  const start = settings.get('start').text();
  const prefix = /^(.+\/)\*$/.exec(start)?.[1];
  const value = Number(/^float32\(([^)]+)\)/.exec(start)?.[1]);
  if (prefix === undefined && !Number.isFinite(value)) {
    throw new Error(`The start "${start}" is neither "<prefix>/*" nor "float32(<number>) …".`);
  }
  const shapes = gpt2Shapes(config);
  return Object.fromEntries(
    maskedLayers(config).map(({ layer, parameter }) => {
      const shape = shapes[parameter];
      const data = prefix
        ? Float32Array.from(reference.values(prefix + layer, shape))
        : new Float32Array(elementCount(shape)).fill(value);
      return [parameter, { dtype: 'F32', shape, data }];
    }),
  );
}

/** Tolerance of the scores after the steps so far; PyTorch's error after the last step holds for those before as well. */
export function scoreTolerance({ settings, spread }: MaskRun, layer: string, parameter: string): Float64Array {
  const errors = settings.get('float32_error');
  const key = errors.keys().find((name) => /^score_after\d+$/.test(name)) ?? 'score_after<k>';
  return steppedTolerance(float32Error(errors.get(key).get(layer)), spread.of(parameter));
}

/** Tolerance of a step's gradient where the scores are the reference's. */
function gradientTolerance(settings: JsonEntry, step: CaseStep, layer: string): number {
  return tensorTolerance(float32Error(settings.get('float32_error').get('grad').items()[step.number - 1].get(layer)));
}

/** The step's gradients at our own scores. */
function compareGradients(
  run: MaskRun,
  step: CaseStep,
  { batch, temperature, lambda }: { batch: Batch; temperature: number; lambda: number },
): void {
  const { reference, comparison, where, name, settings, config, weights, trainer, spread } = run;
  const gradients = tidied(() => {
    const { ids, weights: rowWeights } = batchTensors(batch);
    const {
      crossEntropy,
      l0,
      gradients: found,
    } = scoreGradients({
      parameters: tensorsOf(weights),
      scores: trainer.scores,
      crossEntropy: (masked) => batchLoss(masked, ids, rowWeights, config),
      temperature: tf.scalar(temperature),
      lambda: tf.scalar(lambda),
    });
    tf.dispose([crossEntropy, l0]);
    return new Map(Object.entries(found).map(([parameter, values]) => [parameter, values.dataSync() as Float32Array]));
  });
  const digests = settings.get('grad_digest_float64').items()[step.number - 1];
  for (const { layer, parameter } of maskedLayers(config)) {
    const values = gradients.get(parameter) as Float32Array;
    // A score that is off by d changes the slope of its mask by a share of up to 2 · temperature · d.
    const common = gradientTolerance(settings, step, layer);
    const tolerance = new Float64Array(values.length).fill(common);
    if (step.number > 1) {
      spread.of(parameter).forEach((own, index) => {
        tolerance[index] += 2 * Math.min(1, temperature * own) * Math.abs(values[index]);
      });
    }
    const sample = `${name}/step${step.number}/grad/${layer}`;
    compareSample(reference, comparison, {
      where: `${where}: ${sample}`,
      sample,
      indices: `idx/${layer}`,
      values,
      tolerance,
    });
    const digest = `${where}, step ${step.number}: grad_digest_float64 of ${layer}`;
    compareDigest(comparison, digest, values, digests.get(layer), tolerance);
  }
}
