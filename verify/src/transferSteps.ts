/** The transfer of a subnetwork and the training after it, against the vectors of kind transfer. */

import { type BinaryMask, countsPerLayer, type Subnetwork } from '../../lib/dist/masking/subnetwork';
import { transferSubnetwork } from '../../lib/dist/masking/transfer';
import { type Gpt2Config, gpt2Logits, gpt2Shapes } from '../../lib/dist/models/gpt2';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf } from '../../lib/dist/tensorflow/variables';
import type { Batch } from '../../lib/dist/training/batches';
import { languageModelEvaluator } from '../../lib/dist/training/languageModelEvaluator';
import { type LanguageModelTrainer, languageModelTrainer } from '../../lib/dist/training/languageModelTrainer';
import type { Comparison } from './comparison';
import { compareDigest } from './digest';
import { compareLogits, compareSample, lossTolerance } from './gpt2Forward';
import { maskedLayers } from './maskedLayers';
import { type Mode, trainerMode } from './mode';
import type { Reference } from './reference';
import { compareReleasedSampler } from './releasedSamplers';
import { float32Error } from './tolerance';
import { adamConstants, batchesOfReference, rowsOfTensor } from './trainingSteps';
import { compareTransferCase } from './transferCase';

/** Sums of copied values, in float64, agree but for the order of the sum. */
const COPIED = 1e-12;

/** A transferred model, and what it is trained and measured on. */
export interface Transferred {
  config: Gpt2Config;
  subnetwork: Subnetwork;
  /** Parameters before the first step. */
  effective: HostTensors;
  batches: Batch[];
  ids: Rows;
}

export function compareTransfer(reference: Reference, comparison: Comparison, modes: Mode[]): void {
  const config = reference.config();
  const subnetwork = subnetworkOf(reference, config);
  const fresh = Object.fromEntries(
    maskedLayers(config).map(({ layer, parameter }) => [
      parameter,
      reference.tensor(`reinit/${layer}`, subnetwork[parameter].shape),
    ]),
  );
  const transferred: Transferred = {
    config,
    subnetwork,
    effective: transferSubnetwork({ base: reference.weights(config), subnetwork, fresh }),
    batches: batchesOfReference(reference, config),
    ids: rowsOfTensor(reference, 'ids', config),
  };
  compareBefore(reference, comparison, transferred);
  for (const mode of modes) compareTraining(reference, comparison, transferred, mode);
  for (const { layer, parameter } of maskedLayers(config)) {
    const counts = reference.json.get('released_samplers').get(layer);
    compareReleasedSampler(`released_samplers, ${layer}`, counts, comparison, { [parameter]: subnetwork[parameter] });
  }
}

function subnetworkOf(reference: Reference, config: Gpt2Config): Subnetwork {
  const shapes = gpt2Shapes(config);
  return Object.fromEntries(
    maskedLayers(config).map(({ layer, parameter }): [string, BinaryMask] => {
      const shape = shapes[parameter];
      const keep = Uint8Array.from(reference.values(`mask/${layer}`, shape));
      if (keep.some((bit) => bit > 1)) throw new Error(`mask/${layer} holds other values than 0 and 1.`);
      return [parameter, { shape, keep }];
    }),
  );
}

/** The model before any step: counts of the mask, effective weights, logits and loss. */
function compareBefore(reference: Reference, comparison: Comparison, transferred: Transferred): void {
  const { json } = reference;
  const { config, subnetwork, effective, ids } = transferred;
  const counts = countsPerLayer(subnetwork);
  maskedLayers(config).forEach(({ layer, parameter }, index) => {
    comparison.number(`mask_kept of ${layer}`, counts[index].kept, json.get('mask_kept').get(layer).number(), 0);
    comparison.number(`mask_size of ${layer}`, counts[index].total, json.get('mask_size').get(layer).number(), 0);
    const values = effective[parameter].data as Float32Array;
    for (const part of ['masked', 'free']) {
      const [sample, indices] = [`effective_${part}/${layer}`, `idx_${part}/${layer}`];
      compareSample(reference, comparison, { sample, indices, values, tolerance: 0 });
    }
    compareDigest(comparison, `effective_digest of ${layer}`, values, json.get('effective_digest').get(layer), COPIED);
  });

  const length = ids.tokens.length / ids.rows;
  const { logits, loss } = tidied(() => {
    const parameters = tensorsOf(effective);
    const tokens = tf.tensor2d(ids.tokens, [ids.rows, length], 'int32');
    const evaluator = languageModelEvaluator(config, { compiled: false });
    return { logits: gpt2Logits(parameters, tokens, config).dataSync(), loss: evaluator.loss(parameters, ids) };
  });
  const error = float32Error(json.get('float32_error_logits'));
  compareLogits(reference, comparison, logits, [ids.rows, length, config.vocabulary], error);
  for (const key of ['loss_float64', 'loss_float32']) {
    comparison.number(key, loss, json.get(key).number(), lossTolerance(error));
  }
}

/** All cases with one trainer, as the experiments do it. */
function compareTraining(reference: Reference, comparison: Comparison, transferred: Transferred, mode: Mode): void {
  const { json } = reference;
  const { config } = transferred;
  const trainer: LanguageModelTrainer = languageModelTrainer({
    config,
    dropout: 0,
    weightDecay: json.get('weight_decay').number(),
    clip: json.find('clip')?.number(),
    adam: adamConstants(json),
    freezable: true,
    ...trainerMode(mode),
  });
  const evaluator = languageModelEvaluator(config, { compiled: mode === 'xla' });
  try {
    for (const name of json.get('cases').keys()) {
      compareTransferCase(reference, comparison, transferred, { name, mode, trainer, evaluator });
    }
  } finally {
    trainer.dispose();
    evaluator.dispose();
  }
}
