/** Training steps of the whole model (loss, clipping, AdamW) against the vectors of kind adamw-steps. */
import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import type { Batch } from '../../lib/dist/training/batches';
import { languageModel } from '../../lib/dist/training/languageModel';
import { type Trainer, trainer as trainerOf } from '../../lib/dist/training/trainer';
import { type Comparison, l2Tolerance } from './comparison';
import { type CaseRun, compareCases, type Mode, rowsOfBatch, trainerMode } from './steps';
import { float32Error, steppedTolerance, untoldTolerance } from './tolerance';

interface Run extends CaseRun<Trainer<Batch>> {
  clip: number;
}

export function compareAdamwSteps(comparison: Comparison, modes: Mode[]): void {
  const { config, json, adam } = comparison.reference;
  const cases = json.get('cases').entries();
  for (const mode of modes) {
    // Each case has its own clipping, and with it its own graph: one is enough for XLA, which takes seconds to compile.
    for (const [name, settings] of mode === 'xla' ? cases.slice(0, 1) : cases) {
      const optimizer = { name: 'adamW', weightDecay: settings.get('weight_decay').number(), ...adam } as const;
      const clip = settings.find('clip')?.number() ?? Number.POSITIVE_INFINITY;
      const trainer = trainerOf(languageModel(config), { optimizer, clip, ...trainerMode(mode) });
      compareCases(comparison, { mode, trainer }, (run) => compareCase({ ...run, clip }), [[name, settings]]);
    }
  }
}

function compareCase(run: Run): void {
  const { comparison, name, steps, clip, trainer, evaluator, spread } = run;
  const { reference } = comparison;
  const { config, weights } = reference;
  const evaluation = reference.rows('eval_batch');
  const sampled = reference.steps(`${name}/after`);
  trainer.start(weights, { seed: 0 });
  for (const step of steps) {
    const { batch } = step;
    const learningRate = step.settings.get('lr').number();
    const before = spread.ofLoss;
    const { loss, gradientNorm = Number.NaN } = trainer.step(batch, step.number, learningRate);
    spread.add(step.number, learningRate, (_, largest) => untoldTolerance(config, largest));
    const unclipped = Math.max(1, gradientNorm / clip);
    const after = unclipped * spread.ofLoss;
    const compare = (key: string, ours: number, more: number) =>
      comparison.at(`step ${step.number}`).scalar(key, ours, step.scalar(key), more);
    compare('loss_before', loss, unclipped * before);
    // By its second derivatives, the gradient follows the parameters several times more strongly than the loss.
    compare('grad_norm_before_clip', gradientNorm, (8 * gradientNorm * unclipped * before) / loss);
    compare('loss_after_same_batch', evaluator.loss(trainer.parameters, rowsOfBatch(batch)), after);
    compare('loss_after_eval_batch', evaluator.loss(trainer.parameters, evaluation), after);
    if (sampled.includes(step.number)) compareParameters(run, step.number, trainer.snapshot());
  }
  compareEnd(run, trainer.snapshot());
}

/** Sampled values of every parameter after a step. */
function compareParameters(run: Run, step: number, parameters: HostTensors): void {
  for (const [parameter, tensor] of Object.entries(parameters)) {
    const sample = `${run.name}/after${step}/${parameter}`;
    const values = floatsOf(parameter, tensor);
    run.comparison.sample(sample, `idx/${parameter}`, values, toleranceOf(run, parameter));
  }
}

/** All values of every parameter after the last step, and how far they went. */
function compareEnd(run: Run, parameters: HostTensors): void {
  const { comparison, settings } = run;
  for (const [parameter, tensor] of Object.entries(parameters)) {
    const values = floatsOf(parameter, tensor);
    const start = floatsOf(parameter, comparison.reference.weights[parameter]);
    const tolerance = toleranceOf(run, parameter);
    const digest = settings.get('final_digest_float64').get(parameter);
    comparison.digest(`final_digest_float64 of ${parameter}`, values, digest, tolerance);
    const change = Math.sqrt(values.reduce((sum, value, index) => sum + (value - start[index]) ** 2, 0));
    const theirs = settings.get('final_change_l2_float64').get(parameter).number();
    const allowed = l2Tolerance(values, tolerance);
    comparison.number(`final_change_l2_float64 of ${parameter}`, change, theirs, allowed);
  }
}

/** PyTorch's error after the last step holds for the steps before as well. */
function toleranceOf({ settings, spread }: Run, parameter: string): Float64Array {
  return steppedTolerance(float32Error(settings.get('float32_error_final').get(parameter)), spread.of(parameter));
}
