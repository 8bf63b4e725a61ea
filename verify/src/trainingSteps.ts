/** What the kinds adamw-steps, mask-training and transfer have in common: batches, optimizer settings, lists of steps. */
import type { Gpt2Config } from '../../lib/dist/models/gpt2';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { Batch } from '../../lib/dist/training/batches';
import type { AdamConstants } from '../../lib/dist/training/languageModelTrainer';
import type { JsonEntry } from './jsonEntry';
import type { Reference } from './reference';
import { scalarTolerance } from './tolerance';

/** The batch of each step, from `batches` [steps, rows, tokens]. */
export function batchesOfReference(reference: Reference, config: Gpt2Config): Batch[] {
  const { data, shape } = reference.tokens('batches', config, 3);
  const [steps, rows, length] = shape;
  return Array.from({ length: steps }, (_, step) => ({
    tokens: data.slice(step * rows * length, (step + 1) * rows * length),
    weights: new Float32Array(rows).fill(1),
  }));
}

/** The rows of a batch or of a tensor of token ids, as the evaluator takes them. */
export function rowsOfBatch({ tokens, weights }: Batch): Rows {
  return { tokens, rows: weights.length };
}

export function rowsOfTensor(reference: Reference, name: string, config: Gpt2Config): Rows {
  const { data, shape } = reference.tokens(name, config);
  return { tokens: data, rows: shape[0] };
}

/** A batch as the gradient functions take it. */
export function batchTensors({ tokens, weights }: Batch): { ids: tf.Tensor2D; weights: tf.Tensor1D } {
  const ids = tf.tensor2d(tokens, [weights.length, tokens.length / weights.length], 'int32');
  return { ids, weights: tf.tensor1d(weights) };
}

/** AdamW's constants from `betas` and `eps`. */
export function adamConstants(json: JsonEntry): Required<AdamConstants> {
  const [beta1, beta2] = json.get('betas').numbers();
  return { beta1, beta2, epsilon: json.get('eps').number() };
}

/** One scalar of a step, in both precisions, with its tolerance. */
export interface StepScalar {
  float64: number;
  float32: number;
  tolerance: number;
}

/** A step of a case: its settings (the same in both precisions) and its scalars. */
export interface CaseStep {
  /** From 1. */
  number: number;
  settings: JsonEntry;
  scalar(key: string): StepScalar;
}

/**
 * The steps of a case, from `steps_float64` and `steps_float32`. A scalar's tolerance comes from that key's differences over all
 * cases and steps of the file.
 */
export function stepsOfCase(cases: JsonEntry, name: string, batches: number): CaseStep[] {
  const pairsOf = (caseName: string) => {
    const entry = cases.get(caseName);
    const [float64, float32] = [entry.get('steps_float64').items(), entry.get('steps_float32').items()];
    if (float64.length !== float32.length || float64.length > batches) {
      throw new Error(
        `The case ${caseName} has ${float64.length} steps in float64 and ${float32.length} in float32, for ${batches} batches.`,
      );
    }
    return float64.map((step, index) => ({ float64: step, float32: float32[index] }));
  };
  const valuesOf = (pair: { float64: JsonEntry; float32: JsonEntry }, key: string) => ({
    float64: pair.float64.get(key).number(),
    float32: pair.float32.get(key).number(),
  });
  const relativeTolerance = (key: string) =>
    scalarTolerance(cases.keys().flatMap((caseName) => pairsOf(caseName).map((pair) => valuesOf(pair, key))));
  return pairsOf(name).map((pair, index) => {
    if (pair.float64.get('step').number() !== index + 1) throw new Error(`The steps of ${name} are not 1, 2, 3, ….`);
    return {
      number: index + 1,
      settings: pair.float64,
      scalar: (key) => {
        const values = valuesOf(pair, key);
        return { ...values, tolerance: relativeTolerance(key) * Math.abs(values.float64) };
      },
    };
  });
}
