/** Training steps of a transferred model, with its subnetwork frozen or trainable (part of the kind transfer). */

import type { Subnetwork } from '../../lib/dist/masking/subnetwork';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import type { Evaluator } from '../../lib/dist/training/languageModelEvaluator';
import { batchGradients, type LanguageModelTrainer } from '../../lib/dist/training/languageModelTrainer';
import { AdamSpread } from './adamSpread';
import type { Comparison } from './comparison';
import { compareDigest } from './digest';
import { compareSample } from './gpt2Forward';
import type { JsonEntry } from './jsonEntry';
import { maskedLayers } from './maskedLayers';
import type { Mode } from './mode';
import type { Reference } from './reference';
import { float32Error, steppedTolerance, untoldTolerance } from './tolerance';
import { adamConstants, batchTensors, stepsOfCase } from './trainingSteps';
import type { Transferred } from './transferSteps';

interface CaseRun {
  name: string;
  mode: Mode;
  trainer: LanguageModelTrainer;
  evaluator: Evaluator;
}

/** What is compared after a step. */
interface After {
  reference: Reference;
  comparison: Comparison;
  transferred: Transferred;
  name: string;
  settings: JsonEntry;
  /** The part of the subnetwork that is frozen. */
  frozen: Subnetwork;
  where: string;
  step: number;
  now: HostTensors;
  spread: AdamSpread;
}

export function compareTransferCase(
  reference: Reference,
  comparison: Comparison,
  transferred: Transferred,
  { name, mode, trainer, evaluator }: CaseRun,
): void {
  const { json } = reference;
  const { config, effective, batches, ids } = transferred;
  const settings = json.get('cases').get(name);
  const frozen = frozenPart(settings, transferred);
  const adam = adamConstants(json);
  const learningRate = json.get('lr').number();
  const spread = new AdamSpread();
  trainer.start(effective, { seed: 0, frozen });
  if (mode === 'eager') compareGradients(reference, comparison, transferred, name, trainer);
  for (const step of stepsOfCase(json.get('cases'), name, batches.length)) {
    const where = `${mode}, ${name}, step ${step.number}`;
    const before = spread.ofLoss;
    const { loss } = trainer.step(batches[step.number - 1], step.number, learningRate);
    spread.add(trainer.optimizer, { step: step.number, learningRate, adam }, (_, largest) =>
      untoldTolerance(config, largest),
    );
    const onIds = evaluator.loss(trainer.parameters, ids);
    comparison.scalar(`${where}: loss_before`, loss, step.scalar('loss_before'), before);
    comparison.scalar(`${where}: loss_after_on_ids`, onIds, step.scalar('loss_after_on_ids'), spread.ofLoss);
    const now = trainer.snapshot();
    const after = { reference, comparison, transferred, name, settings, frozen, where, step: step.number, now, spread };
    compareMaskedLayers(after);
    compareOtherParameters(after);
  }
}

/** The layers whose transferred weights have no gradient, and so stay. */
function frozenPart(settings: JsonEntry, { config, subnetwork }: Transferred): Subnetwork {
  const key =
    settings.keys().find((name) => name.startsWith('parameters_without_gradient')) ?? 'parameters_without_gradient';
  const without = settings
    .get(key)
    .items()
    .map((item) => item.text());
  const layers = maskedLayers(config).filter(({ layer }) =>
    without.some((name) => name.endsWith(`${layer}.weight_subnet`)),
  );
  return Object.fromEntries(layers.map(({ parameter }) => [parameter, subnetwork[parameter]]));
}

/** Gradients of the first batch in weights outside the subnetwork. */
function compareGradients(
  reference: Reference,
  comparison: Comparison,
  { config, batches }: Transferred,
  name: string,
  trainer: LanguageModelTrainer,
): void {
  const gradients = tidied(() => {
    const { ids, weights } = batchTensors(batches[0]);
    const found = batchGradients(trainer.parameters, ids, weights, config).gradients;
    return new Map(Object.entries(found).map(([parameter, value]) => [parameter, value.dataSync() as Float32Array]));
  });
  for (const { layer, parameter } of maskedLayers(config)) {
    const values = gradients.get(parameter) as Float32Array;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const [sample, indices] = [`${name}/grad_free/${layer}`, `idx_free/${layer}`];
    compareSample(reference, comparison, { sample, indices, values, tolerance: untoldTolerance(config, largest) });
  }
}

/** Effective weights of the masked layers, and which of them moved. */
function compareMaskedLayers(after: After): void {
  const { reference, comparison, transferred, name, settings, frozen, where, step, now } = after;
  const digests = settings.get('effective_digest_after').items()[step - 1];
  for (const { layer, parameter } of maskedLayers(transferred.config)) {
    const values = now[parameter].data as Float32Array;
    const tolerance = toleranceOf(after, parameter, `${layer} (effective)`);
    for (const part of ['masked', 'free']) {
      if (!reference.steps(`${name}/effective_${part}_after`).includes(step)) continue;
      const sample = `${name}/effective_${part}_after${step}/${layer}`;
      compareSample(reference, comparison, {
        where: `${where}: ${sample}`,
        sample,
        indices: `idx_${part}/${layer}`,
        values,
        tolerance: part === 'masked' && parameter in frozen ? 0 : tolerance, // frozen: bit for bit
      });
    }
    compareDigest(comparison, `${where}: effective_digest_after of ${layer}`, values, digests.get(layer), tolerance);
    compareMovement(after, layer, parameter, tolerance);
  }
}

/** How many weights of a masked layer moved, in the subnetwork and outside, and how far. */
function compareMovement(after: After, layer: string, parameter: string, tolerance: Float64Array): void {
  const { comparison, transferred, settings, frozen, where, step, now } = after;
  const { keep } = transferred.subnetwork[parameter];
  const start = transferred.effective[parameter].data as Float32Array;
  const values = now[parameter].data as Float32Array;
  const part = (bit: number) => {
    const found = { size: 0, moved: 0, undecided: 0, largest: 0, highest: 0 };
    for (let i = 0; i < values.length; i++) {
      if (keep[i] !== bit) continue;
      const change = Math.abs(values[i] - start[i]);
      found.size++;
      if (change > 0) found.moved++;
      // Where the gradient is 0 but for rounding, so is the step, and rounding decides whether it is one.
      if (change <= tolerance[i]) found.undecided++;
      found.largest = Math.max(found.largest, change);
      found.highest = Math.max(found.highest, change + tolerance[i]);
    }
    return found;
  };
  const [free, masked] = [part(0), part(1)];
  const isFrozen = parameter in frozen;
  if (isFrozen) comparison.number(`${where}: frozen weights of ${layer} that moved`, masked.moved, 0, 0);

  const theirs = settings.find(`after_step_${step}`)?.get(layer);
  if (!theirs) return;
  const compare = (key: string, ours: number, allowed: number) =>
    comparison.number(`${where}: ${key}, ${layer}`, ours, theirs.get(key).number(), allowed);
  compare('effective: masked', masked.size, 0);
  compare('effective: free', free.size, 0);
  compare('effective: masked entries that changed', masked.moved, isFrozen ? 0 : masked.undecided);
  compare('effective: free entries that changed', free.moved, free.undecided);
  compare('max |change| of effective free entries', free.largest, free.highest - free.largest);
}

/** Embeddings, LayerNorm and biases. */
function compareOtherParameters(after: After): void {
  const { reference, comparison, transferred, name, settings, where, step, now } = after;
  const masked = new Set(maskedLayers(transferred.config).map(({ parameter }) => parameter));
  const digests = settings.find(`other_parameters_digest_after${step}`);
  for (const [parameter, { data }] of Object.entries(now)) {
    if (masked.has(parameter)) continue;
    const values = data as Float32Array;
    const tolerance = toleranceOf(after, parameter, parameter);
    const sample = `${name}/after${step}/${parameter}`;
    if (reference.steps(`${name}/after`).includes(step)) {
      const indices = `idx/${parameter}`;
      compareSample(reference, comparison, { where: `${where}: ${sample}`, sample, indices, values, tolerance });
    }
    if (digests) {
      const digest = digests.get(parameter);
      compareDigest(comparison, `${where}: other_parameters_digest_after of ${parameter}`, values, digest, tolerance);
    }
  }
}

/** PyTorch's error after the last step holds for the steps before as well. */
function toleranceOf({ settings, spread }: After, parameter: string, nameOfError: string): Float64Array {
  const key =
    settings.keys().find((candidate) => /^float32_error_after\d+$/.test(candidate)) ?? 'float32_error_after<k>';
  return steppedTolerance(float32Error(settings.get(key).get(nameOfError)), spread.of(parameter));
}
