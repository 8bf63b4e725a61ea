/** Training steps of the whole model (loss, clipping, AdamW) against the vectors of kind adamw-steps. */

import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { type Evaluator, languageModelEvaluator } from '../../lib/dist/training/languageModelEvaluator';
import { type LanguageModelTrainer, languageModelTrainer } from '../../lib/dist/training/languageModelTrainer';
import { AdamSpread } from './adamSpread';
import type { Comparison } from './comparison';
import { compareDigest, l2Tolerance } from './digest';
import { compareSample } from './gpt2Forward';
import type { JsonEntry } from './jsonEntry';
import { type Mode, trainerMode } from './mode';
import type { Reference } from './reference';
import { float32Error, steppedTolerance, untoldTolerance } from './tolerance';
import { adamConstants, batchesOfReference, rowsOfBatch, rowsOfTensor, stepsOfCase } from './trainingSteps';

/** One case in one mode. */
interface Run {
  reference: Reference;
  comparison: Comparison;
  name: string;
  settings: JsonEntry;
  /** Mode and case, for messages. */
  where: string;
  weights: HostTensors;
  spread: AdamSpread;
}

export function compareAdamwSteps(reference: Reference, comparison: Comparison, modes: Mode[]): void {
  const config = reference.config();
  const weights = reference.weights(config);
  const cases = reference.json.get('cases').entries();
  for (const mode of modes) {
    const evaluator = languageModelEvaluator(config, { compiled: mode === 'xla' });
    // Each case has its own clipping, and with it its own graph: one is enough for XLA, which takes seconds to compile.
    for (const [name, settings] of mode === 'xla' ? cases.slice(0, 1) : cases) {
      const trainer = languageModelTrainer({
        config,
        dropout: 0,
        weightDecay: settings.get('weight_decay').number(),
        clip: settings.find('clip')?.number() ?? Number.POSITIVE_INFINITY,
        adam: adamConstants(reference.json),
        ...trainerMode(mode),
      });
      const where = `${mode}, ${name}`;
      try {
        compareCase(
          { reference, comparison, name, settings, where, weights, spread: new AdamSpread() },
          trainer,
          evaluator,
        );
      } finally {
        trainer.dispose();
      }
    }
    evaluator.dispose();
  }
}

function compareCase(run: Run, trainer: LanguageModelTrainer, evaluator: Evaluator): void {
  const { reference, comparison, name, weights, spread } = run;
  const config = reference.config();
  const adam = adamConstants(reference.json);
  const batches = batchesOfReference(reference, config);
  const evaluation = rowsOfTensor(reference, 'eval_batch', config);
  const clip = run.settings.find('clip')?.number() ?? Number.POSITIVE_INFINITY;
  const sampled = reference.steps(`${name}/after`);
  trainer.start(weights, { seed: 0 });
  for (const step of stepsOfCase(reference.json.get('cases'), name, batches.length)) {
    const where = `${run.where}, step ${step.number}`;
    const batch = batches[step.number - 1];
    const learningRate = step.settings.get('lr').number();
    const before = spread.ofLoss;
    const { loss, gradientNorm = Number.NaN } = trainer.step(batch, step.number, learningRate);
    spread.add(trainer.optimizer, { step: step.number, learningRate, adam }, (_, largest) =>
      untoldTolerance(config, largest),
    );
    const unclipped = Math.max(1, gradientNorm / clip);
    comparison.scalar(`${where}: loss_before`, loss, step.scalar('loss_before'), unclipped * before);
    // By its second derivatives, the gradient follows the parameters several times more strongly than the loss.
    const ofNorm = (8 * gradientNorm * unclipped * before) / loss;
    comparison.scalar(`${where}: grad_norm_before_clip`, gradientNorm, step.scalar('grad_norm_before_clip'), ofNorm);
    const after = unclipped * spread.ofLoss;
    const same = evaluator.loss(trainer.parameters, rowsOfBatch(batch));
    comparison.scalar(`${where}: loss_after_same_batch`, same, step.scalar('loss_after_same_batch'), after);
    const other = evaluator.loss(trainer.parameters, evaluation);
    comparison.scalar(`${where}: loss_after_eval_batch`, other, step.scalar('loss_after_eval_batch'), after);
    if (sampled.includes(step.number)) compareParameters(run, step.number, trainer.snapshot());
  }
  compareEnd(run, trainer.snapshot());
}

/** Sampled values of every parameter after a step. */
function compareParameters(run: Run, step: number, parameters: HostTensors): void {
  const { reference, comparison, name, where } = run;
  for (const [parameter, { data }] of Object.entries(parameters)) {
    const sample = `${name}/after${step}/${parameter}`;
    const [values, tolerance] = [data as Float32Array, toleranceOf(run, parameter)];
    compareSample(reference, comparison, {
      where: `${where}: ${sample}`,
      sample,
      indices: `idx/${parameter}`,
      values,
      tolerance,
    });
  }
}

/** All values of every parameter after the last step, and how far they went. */
function compareEnd(run: Run, parameters: HostTensors): void {
  const { comparison, settings, where, weights } = run;
  for (const [parameter, { data }] of Object.entries(parameters)) {
    const [values, start] = [data as Float32Array, weights[parameter].data as Float32Array];
    const tolerance = toleranceOf(run, parameter);
    const digest = settings.get('final_digest_float64').get(parameter);
    compareDigest(comparison, `${where}: final_digest_float64 of ${parameter}`, values, digest, tolerance);
    const change = Math.sqrt(values.reduce((sum, value, index) => sum + (value - start[index]) ** 2, 0));
    const theirs = settings.get('final_change_l2_float64').get(parameter).number();
    const allowed = l2Tolerance(values, tolerance);
    comparison.number(`${where}: final_change_l2_float64 of ${parameter}`, change, theirs, allowed);
  }
}

/** PyTorch's error after the last step holds for the steps before as well. */
function toleranceOf({ settings, spread }: Run, parameter: string): Float64Array {
  return steppedTolerance(float32Error(settings.get('float32_error_final').get(parameter)), spread.of(parameter));
}
