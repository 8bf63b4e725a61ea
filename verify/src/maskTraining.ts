/** Steps of mask training (continuous sparsification) against the vectors of kind mask-training. */
import { gpt2Shapes } from '../../lib/dist/models/gpt2';
import { tf } from '../../lib/dist/tensorflow/backend';
import { elementCount, floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf } from '../../lib/dist/tensorflow/variables';
import type { Batch } from '../../lib/dist/training/batches';
import { languageModel } from '../../lib/dist/training/languageModel';
import { type MaskTrainer, maskTrainer, scoreGradients } from '../../lib/dist/training/maskTrainer';
import type { Comparison } from './comparison';
import { compareHardMask } from './hardMask';
import type { JsonEntry } from './jsonEntry';
import { layerOf, type Reference } from './reference';
import { type CaseRun, type CaseStep, compareCases, type Mode, requireTrained, trainerMode } from './steps';
import { float32Error, steppedTolerance, tensorTolerance } from './tolerance';

type Run = CaseRun<MaskTrainer<Batch>>;

export function compareMaskTraining(comparison: Comparison, modes: Mode[]): void {
  const { json, config, layers, adam } = comparison.reference;
  requireTrained(
    json,
    layers.map(({ layer }) => `${layer}.weight_mask_params`),
  );
  for (const mode of modes) {
    const optimizer = { name: 'adamW', weightDecay: json.get('weight_decay').number(), ...adam } as const;
    const trainer = maskTrainer(languageModel(config), { optimizer, ...trainerMode(mode) });
    compareCases(comparison, { mode, trainer }, compareCase);
  }
}

function compareCase(run: Run): void {
  const { comparison, name, settings, steps, mode, trainer, spread } = run;
  const { reference } = comparison;
  const { weights, layers } = reference;
  const learningRate = reference.json.get('lr').number();
  const lambda = settings.get('lambda').number();
  trainer.start(weights, startScores(reference, settings));
  for (const step of steps) {
    const temperature = step.settings.get('temperature').number();
    if (mode === 'eager') compareGradients(run, step, { temperature, lambda });

    const before = spread.ofLoss;
    const { loss, crossEntropy, l0 } = trainer.step(step.batch, step.number, { learningRate, temperature, lambda });
    spread.add(step.number, learningRate, (parameter) => gradientTolerance(settings, step, layerOf(parameter)));
    const inStep = comparison.at(`step ${step.number}`);
    const [taskLoss, l0Term] = [step.scalar('task_loss'), step.scalar('l0_term')];
    inStep.scalar('task_loss', crossEntropy, taskLoss, before);
    inStep.scalar('l0_sum', l0, step.scalar('l0_sum'));
    inStep.scalar('l0_term', lambda * l0, l0Term);
    const tolerance = taskLoss.tolerance + l0Term.tolerance;
    inStep.scalar('total_loss', loss, { ...step.scalar('total_loss'), tolerance }, before);

    const scores = trainer.snapshot();
    const tolerances = scoreTolerances(run);
    for (const { layer, parameter } of layers) {
      const values = floatsOf(parameter, scores[parameter]);
      comparison.sample(`${name}/step${step.number}/score/${layer}`, `idx/${layer}`, values, tolerances[parameter]);
    }
    compareHardMask(run, step, scores, tolerances);
  }
  const end = trainer.snapshot();
  const tolerances = scoreTolerances(run);
  for (const { layer, parameter } of layers) {
    const values = floatsOf(parameter, end[parameter]);
    const digest = settings.get('score_digest_float64').get(layer);
    comparison.digest(`score_digest_float64 of ${layer}`, values, digest, tolerances[parameter]);
  }
}

/** Scores at the start: tensors under a prefix ("start/*"), or one number everywhere ("float32(-0.1) = … everywhere"). */
function startScores(reference: Reference, settings: JsonEntry): HostTensors {
  const start = settings.get('start').text();
  const prefix = /^(.+\/)\*$/.exec(start)?.[1];
  const value = Number(/^float32\(([^)]+)\)/.exec(start)?.[1]);
  if (prefix === undefined && !Number.isFinite(value)) {
    throw new Error(`The start "${start}" is neither "<prefix>/*" nor "float32(<number>) …".`);
  }
  const all = gpt2Shapes(reference.config);
  const masked = reference.layers.map(({ parameter }) => [parameter, all[parameter]] as const);
  if (prefix) return reference.parameters(prefix, Object.fromEntries(masked), layerOf);
  const filled = (shape: number[]) => new Float32Array(elementCount(shape)).fill(value);
  return Object.fromEntries(masked.map(([name, shape]) => [name, { dtype: 'F32', shape, data: filled(shape) }]));
}

/** Tolerances of the scores after the steps so far; PyTorch's error after the last step holds for those before as well. */
function scoreTolerances({ comparison, settings, spread }: Run): Record<string, Float64Array> {
  const errors = settings.get('float32_error').matching(/^score_after\d+$/, 'score_after<k>');
  return Object.fromEntries(
    comparison.reference.layers.map(({ layer, parameter }) => [
      parameter,
      steppedTolerance(float32Error(errors.get(layer)), spread.of(parameter)),
    ]),
  );
}

/** Tolerance of a step's gradient where the scores are the reference's. */
function gradientTolerance(settings: JsonEntry, step: CaseStep, layer: string): number {
  return tensorTolerance(float32Error(settings.get('float32_error').get('grad').items()[step.number - 1].get(layer)));
}

/** The step's gradients at our own scores. */
function compareGradients(
  { comparison, name, settings, trainer, spread }: Run,
  step: CaseStep,
  { temperature, lambda }: { temperature: number; lambda: number },
): void {
  const { config, weights, layers } = comparison.reference;
  const { batch } = step;
  const gradients = tidied(() => {
    const model = languageModel(config);
    const inputs = model.inputs(batch);
    const computed = scoreGradients({
      parameters: tensorsOf(weights),
      scores: trainer.scores,
      crossEntropy: (masked) => model.loss(masked, inputs, {}),
      temperature: tf.scalar(temperature),
      lambda: tf.scalar(lambda),
    });
    tf.dispose([computed.crossEntropy, computed.l0]);
    return snapshot(computed.gradients);
  });
  const digests = settings.get('grad_digest_float64').items()[step.number - 1];
  for (const { layer, parameter } of layers) {
    const values = floatsOf(parameter, gradients[parameter]);
    // A score that is off by d changes the slope of its mask by a share of up to 2 · temperature · d.
    const tolerance = new Float64Array(values.length).fill(gradientTolerance(settings, step, layer));
    if (step.number > 1) {
      spread.of(parameter).forEach((own, index) => {
        tolerance[index] += 2 * Math.min(1, temperature * own) * Math.abs(values[index]);
      });
    }
    comparison.sample(`${name}/step${step.number}/grad/${layer}`, `idx/${layer}`, values, tolerance);
    const inStep = comparison.at(`step ${step.number}`);
    inStep.digest(`grad_digest_float64 of ${layer}`, values, digests.get(layer), tolerance);
  }
}
