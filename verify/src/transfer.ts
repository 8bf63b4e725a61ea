/** The transfer of a subnetwork and the training after it, frozen or trainable, against the vectors of kind transfer. */
import { type BinaryMask, countsPerLayer, type Subnetwork } from '../../lib/dist/masking/subnetwork';
import { transferSubnetwork } from '../../lib/dist/masking/transfer';
import { gpt2Logits, gpt2Shapes } from '../../lib/dist/models/gpt2';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf } from '../../lib/dist/tensorflow/variables';
import type { Batch } from '../../lib/dist/training/batches';
import { languageModel, languageModelEvaluator } from '../../lib/dist/training/languageModel';
import { gradientsOf, type Trainer, trainer as trainerOf } from '../../lib/dist/training/trainer';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';
import { layerOf, type Reference } from './reference';
import { compareReleasedSampler } from './releasedSamplers';
import { type CaseRun, compareCases, type Mode, tensorOfRows, trainerMode } from './steps';
import { float32Error, lossTolerance, steppedTolerance, untoldTolerance } from './tolerance';

/** Sums of copied values, in float64, agree but for the order of the sum. */
const COPIED = 1e-12;

/** A transferred model, and what it is trained and measured on. */
interface Transferred {
  subnetwork: Subnetwork;
  /** Parameters before the first step. */
  effective: HostTensors;
  ids: Rows;
}

export function compareTransfer(comparison: Comparison, modes: Mode[]): void {
  const { reference } = comparison;
  const { layers } = reference;
  const shapes = gpt2Shapes(reference.config);
  const masked = Object.fromEntries(layers.map(({ parameter }) => [parameter, shapes[parameter]]));
  const subnetwork = subnetworkOf(reference, masked);
  const fresh = reference.parameters('reinit/', masked, layerOf);
  const transferred: Transferred = {
    subnetwork,
    effective: transferSubnetwork({ base: reference.weights, subnetwork, fresh }),
    ids: reference.rows('ids'),
  };
  compareBefore(comparison, transferred);
  for (const mode of modes) compareTraining(comparison, transferred, mode);
  for (const { layer, parameter } of layers) {
    const counts = reference.json.get('released_samplers').get(layer);
    const ofLayer = { [parameter]: subnetwork[parameter] };
    compareReleasedSampler(comparison.at(`released_samplers, ${layer}`), counts, ofLayer);
  }
}

function subnetworkOf(reference: Reference, shapes: Record<string, number[]>): Subnetwork {
  return Object.fromEntries(
    Object.entries(shapes).map(([parameter, shape]): [string, BinaryMask] => {
      const name = `mask/${layerOf(parameter)}`;
      const keep = Uint8Array.from(reference.values(name, shape));
      if (keep.some((bit) => bit > 1)) throw new Error(`${name} holds other values than 0 and 1.`);
      return [parameter, { shape, keep }];
    }),
  );
}

/** The model before any step: counts of the mask, effective weights, logits and loss. */
function compareBefore(comparison: Comparison, { subnetwork, effective, ids }: Transferred): void {
  const { json, config, layers } = comparison.reference;
  const counts = countsPerLayer(subnetwork);
  layers.forEach(({ layer, parameter }, index) => {
    const { kept, total } = counts[index];
    comparison.number(`mask_kept of ${layer}`, kept, json.get('mask_kept').get(layer).number(), 0);
    comparison.number(`mask_size of ${layer}`, total, json.get('mask_size').get(layer).number(), 0);
    const values = floatsOf(parameter, effective[parameter]);
    for (const part of ['masked', 'free']) {
      comparison.sample(`effective_${part}/${layer}`, `idx_${part}/${layer}`, values, 0);
    }
    comparison.digest(`effective_digest of ${layer}`, values, json.get('effective_digest').get(layer), COPIED);
  });

  const { logits, loss } = tidied(() => {
    const parameters = tensorsOf(effective);
    const evaluator = languageModelEvaluator(config, { compiled: false });
    const logits = gpt2Logits(parameters, tensorOfRows(ids), config).dataSync();
    return { logits, loss: evaluator.loss(parameters, ids) };
  });
  const error = float32Error(json.get('float32_error_logits'));
  comparison.logits('logits', logits, [ids.rows, ids.tokens.length / ids.rows, config.vocabulary], error);
  comparison.bothRuns('loss', loss, json, lossTolerance(error));
}

/** All cases with one trainer, as the experiments do it. */
function compareTraining(comparison: Comparison, transferred: Transferred, mode: Mode): void {
  const { json, config, adam } = comparison.reference;
  const trainer = trainerOf(languageModel(config), {
    optimizer: { name: 'adamW', weightDecay: json.get('weight_decay').number(), ...adam },
    clip: json.find('clip')?.number(),
    freezable: true,
    ...trainerMode(mode),
  });
  compareCases(comparison, { mode, trainer }, (run) => {
    compareCase({ ...run, ...transferred, frozen: frozenPart(run.settings, transferred.subnetwork) });
  });
}

/** The layers whose transferred weights have no gradient, and so stay. */
function frozenPart(settings: JsonEntry, subnetwork: Subnetwork): Subnetwork {
  const key = 'parameters_without_gradient';
  const without = settings.matching(new RegExp(`^${key}`), key).texts();
  const isFrozen = (parameter: string) => without.some((name) => name.endsWith(`${parameter}_subnet`));
  return Object.fromEntries(Object.entries(subnetwork).filter(([parameter]) => isFrozen(parameter)));
}

interface Run extends CaseRun<Trainer<Batch>>, Transferred {
  /** The part of the subnetwork that is frozen. */
  frozen: Subnetwork;
}

/** A step that was made, and the parameters after it. */
interface Made {
  step: number;
  inStep: Comparison;
  now: HostTensors;
}

function compareCase(run: Run): void {
  const { comparison, steps, mode, ids, effective, frozen, trainer, evaluator, spread } = run;
  const { json, config } = comparison.reference;
  const learningRate = json.get('lr').number();
  trainer.start(effective, { seed: 0, frozen });
  if (mode === 'eager') compareGradients(run);
  for (const step of steps) {
    const inStep = comparison.at(`step ${step.number}`);
    const before = spread.ofLoss;
    const { loss } = trainer.step(step.batch, step.number, learningRate);
    spread.add(step.number, learningRate, (_, largest) => untoldTolerance(config, largest));
    const onIds = evaluator.loss(trainer.parameters, ids);
    inStep.scalar('loss_before', loss, step.scalar('loss_before'), before);
    inStep.scalar('loss_after_on_ids', onIds, step.scalar('loss_after_on_ids'), spread.ofLoss);
    const made = { step: step.number, inStep, now: trainer.snapshot() };
    compareMaskedLayers(run, made);
    compareOtherParameters(run, made);
  }
}

/** Gradients of the first batch in weights outside the subnetwork. */
function compareGradients({ comparison, name, steps, trainer }: Run): void {
  const { config, layers } = comparison.reference;
  const [{ batch }] = steps;
  const gradients = tidied(() => {
    const model = languageModel(config);
    const inputs = model.inputs(batch);
    return snapshot(gradientsOf(trainer.parameters, () => model.loss(trainer.parameters, inputs, {})).gradients);
  });
  for (const { layer, parameter } of layers) {
    const values = floatsOf(parameter, gradients[parameter]);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    comparison.sample(`${name}/grad_free/${layer}`, `idx_free/${layer}`, values, untoldTolerance(config, largest));
  }
}

/** Effective weights of the masked layers, and which of them moved. */
function compareMaskedLayers(run: Run, made: Made): void {
  const { comparison, name, settings, frozen } = run;
  const { step, inStep, now } = made;
  const digests = settings.get('effective_digest_after').items()[step - 1];
  for (const { layer, parameter } of comparison.reference.layers) {
    const values = floatsOf(parameter, now[parameter]);
    const tolerance = toleranceOf(run, parameter, `${layer} (effective)`);
    for (const part of ['masked', 'free']) {
      if (!comparison.reference.steps(`${name}/effective_${part}_after`).includes(step)) continue;
      const allowed = part === 'masked' && parameter in frozen ? 0 : tolerance; // frozen: bit for bit
      inStep.sample(`${name}/effective_${part}_after${step}/${layer}`, `idx_${part}/${layer}`, values, allowed);
    }
    inStep.digest(`effective_digest_after of ${layer}`, values, digests.get(layer), tolerance);
    compareMovement(run, made, { layer, parameter, tolerance });
  }
}

/** How many weights of a masked layer moved, in the subnetwork and outside, and how far. */
function compareMovement(
  { subnetwork, effective, settings, frozen }: Run,
  { step, inStep, now }: Made,
  { layer, parameter, tolerance }: { layer: string; parameter: string; tolerance: Float64Array },
): void {
  const { keep } = subnetwork[parameter];
  const [start, values] = [effective, now].map((tensors) => floatsOf(parameter, tensors[parameter]));
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
  if (isFrozen) inStep.number(`frozen weights of ${layer} that moved`, masked.moved, 0, 0);

  const theirs = settings.find(`after_step_${step}`)?.get(layer);
  if (!theirs) return;
  const compare = (key: string, ours: number, allowed: number) =>
    inStep.number(`${key}, ${layer}`, ours, theirs.get(key).number(), allowed);
  compare('effective: masked', masked.size, 0);
  compare('effective: free', free.size, 0);
  compare('effective: masked entries that changed', masked.moved, isFrozen ? 0 : masked.undecided);
  compare('effective: free entries that changed', free.moved, free.undecided);
  compare('max |change| of effective free entries', free.largest, free.highest - free.largest);
}

/** Embeddings, LayerNorm and biases. */
function compareOtherParameters(run: Run, { step, inStep, now }: Made): void {
  const { comparison, name, subnetwork, settings } = run;
  const digests = settings.find(`other_parameters_digest_after${step}`);
  const isSampled = comparison.reference.steps(`${name}/after`).includes(step);
  for (const [parameter, tensor] of Object.entries(now)) {
    if (parameter in subnetwork) continue;
    const values = floatsOf(parameter, tensor);
    const tolerance = toleranceOf(run, parameter, parameter);
    if (isSampled) inStep.sample(`${name}/after${step}/${parameter}`, `idx/${parameter}`, values, tolerance);
    const what = `other_parameters_digest_after of ${parameter}`;
    if (digests) inStep.digest(what, values, digests.get(parameter), tolerance);
  }
}

/** PyTorch's error after the last step holds for the steps before as well. */
function toleranceOf({ settings, spread }: Run, parameter: string, nameOfError: string): Float64Array {
  const errors = settings.matching(/^float32_error_after\d+$/, 'float32_error_after<k>');
  return steppedTolerance(float32Error(errors.get(nameOfError)), spread.of(parameter));
}
