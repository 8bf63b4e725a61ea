/** The model that the hard mask leaves after a step of mask training (part of the kind mask-training). */
import { applyMask, hardMask, subnetworkOf } from '../../lib/dist/masking/continuousSparsification';
import { countsPerLayer } from '../../lib/dist/masking/subnetwork';
import { gpt2Logits } from '../../lib/dist/models/gpt2';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf } from '../../lib/dist/tensorflow/variables';
import type { Evaluator } from '../../lib/dist/training/languageModel';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';
import { type CaseStep, tensorOfRows } from './steps';
import { untoldTolerance } from './tolerance';

/** Kept weights, loss, accuracy and, where given, logits. */
export function compareHardMask(
  { comparison, name, evaluator }: { comparison: Comparison; name: string; evaluator: Evaluator },
  step: CaseStep,
  scores: HostTensors,
  tolerances: Record<string, Float64Array>,
): void {
  const { config, weights } = comparison.reference;
  const evaluation = comparison.reference.rows('eval_batch');
  const inStep = comparison.at(`step ${step.number}`);
  const after = step.settings.get('after_step');
  const settled = compareCounts(inStep, after, scores, tolerances);

  const { rows } = evaluation;
  const ours = tidied(() => {
    const model = applyMask(tensorsOf(weights), hardMask(tensorsOf(settled)));
    return {
      loss: evaluator.loss(model, evaluation),
      accuracy: evaluator.accuracy(model, evaluation),
      logits: gpt2Logits(model, tensorOfRows(evaluation), config).dataSync() as Float32Array,
    };
  });
  const largest = ours.logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tolerance = untoldTolerance(config, largest);
  // Not against their float32 run, whose mask may differ from the float64 run's in a score next to 0.
  const loss = after.get('eval_loss_hard_mask').number();
  inStep.number('eval_loss_hard_mask', ours.loss, loss, 2 * tolerance);
  const ties = tiedRows(ours.logits, evaluation, config.vocabulary, 2 * tolerance) / rows;
  const accuracy = after.get('eval_accuracy_hard_mask').number();
  // Written in float32 by some: half a row is more than that, and less than a row.
  inStep.number('eval_accuracy_hard_mask', ours.accuracy, accuracy, ties + 0.5 / rows);

  const logits = `${name}/eval_logits_after${step.number}`;
  const shape = [rows, evaluation.tokens.length / rows, config.vocabulary];
  if (comparison.reference.has(logits)) comparison.tensor(logits, ours.logits, shape, tolerance);
}

/** Compares the counts of kept weights. Returns the scores with the sides that the reference's have (see settle). */
function compareCounts(
  comparison: Comparison,
  after: JsonEntry,
  scores: HostTensors,
  tolerances: Record<string, Float64Array>,
): HostTensors {
  const counts = tidied(() => countsPerLayer(subnetworkOf(tensorsOf(scores))));
  const settled: HostTensors = {};
  let [total, undecidedInAll] = [0, 0];
  for (const { layer, parameter } of comparison.reference.layers) {
    const ours = counts.find((count) => count.parameter === parameter)?.kept as number;
    const theirs = after.get('hard_mask_kept').get(layer).number();
    const values = floatsOf(parameter, scores[parameter]);
    const tolerance = tolerances[parameter];
    const undecided = values.filter((value, index) => Math.abs(value) <= tolerance[index]).length;
    comparison.number(`hard_mask_kept of ${layer}`, ours, theirs, undecided);
    settled[parameter] = { ...scores[parameter], data: settle(values, tolerance, theirs - ours) };
    undecidedInAll += undecided;
    total += ours;
  }
  comparison.number('hard_mask_kept_total', total, after.get('hard_mask_kept_total').number(), undecidedInAll);
  return settled;
}

/**
 * A score nearer to 0 than its tolerance may fall on either side. Where the reference keeps `more` weights than we do (fewer, if
 * negative), so many of the least certain scores change sides: the model that is then evaluated is the reference's.
 */
function settle(scores: Float32Array, tolerance: Float64Array, more: number): Float32Array {
  if (more === 0) return scores;
  const certainty = (index: number) => Math.abs(scores[index]) / tolerance[index];
  const uncertain = Array.from(scores.keys())
    .filter((index) => (more > 0 ? scores[index] <= 0 : scores[index] > 0) && certainty(index) <= 1)
    .sort((a, b) => certainty(a) - certainty(b));
  const changed = scores.slice();
  for (const index of uncertain.slice(0, Math.abs(more))) changed[index] = more > 0 ? 1 : -1;
  return changed;
}

/** Rows in which the answer's logit after the separator is level with the best other one. */
function tiedRows(logits: Float32Array, { tokens, rows }: Rows, vocabulary: number, tolerance: number): number {
  const length = tokens.length / rows;
  let tied = 0;
  for (let row = 0; row < rows; row++) {
    const start = (row * length + length - 2) * vocabulary;
    const answer = tokens[(row + 1) * length - 1];
    let best = Number.NEGATIVE_INFINITY;
    for (let token = 0; token < vocabulary; token++) {
      if (token !== answer) best = Math.max(best, logits[start + token]);
    }
    if (Math.abs(logits[start + answer] - best) <= tolerance) tied++;
  }
  return tied;
}
