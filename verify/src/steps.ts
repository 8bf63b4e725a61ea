/** What the comparisons of training steps have in common: ways to compute, batches, optimizer settings, lists of steps. */
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { AdamW, Optimizer } from '../../lib/dist/tensorflow/optimizers';
import type { Batch } from '../../lib/dist/training/batches';
import { type Evaluator, languageModelEvaluator } from '../../lib/dist/training/languageModel';
import { AdamSpread } from './adamSpread';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';
import { type StepScalar, scalarTolerance } from './tolerance';

/** How a training step is computed: operation by operation, as one graph, or as one graph compiled by XLA. */
export type Mode = 'eager' | 'graph' | 'xla';

export const MODES: Mode[] = ['eager', 'graph', 'xla'];

/** The trainers' options for a mode. */
export function trainerMode(mode: Mode): { compiled: boolean; xla: boolean } {
  return { compiled: mode !== 'eager', xla: mode === 'xla' };
}

/** Refuses a file that trains other parameters than we do, whose names end like ours. */
export function requireTrained(json: JsonEntry, ours: string[]): void {
  const theirs = json.get('trainable_parameters').texts();
  const missing = ours.find((name) => !theirs.some((other) => other.endsWith(name)));
  if (missing !== undefined) throw new Error(`trainable_parameters lacks ${missing}.`);
  if (theirs.length !== ours.length) {
    throw new Error(`trainable_parameters has ${theirs.length} entries, but we train ${ours.length}.`);
  }
}

/** The rows of a batch, as the evaluator takes them. */
export function rowsOfBatch({ tokens, weights }: Batch): Rows {
  return { tokens, rows: weights.length };
}

/** [rows, tokens] */
export function tensorOfRows({ tokens, rows }: Rows): tf.Tensor2D {
  return tf.tensor2d(tokens, [rows, tokens.length / rows], 'int32');
}

/** A case in one mode. */
export interface CaseRun<T> {
  /** Of the mode and case. */
  comparison: Comparison;
  name: string;
  settings: JsonEntry;
  steps: CaseStep[];
  mode: Mode;
  trainer: T;
  evaluator: Evaluator;
  spread: AdamSpread;
}

/** Compares cases of a kind (by default all) in one mode with one trainer, as the experiments do it, and frees the trainer. */
export function compareCases<T extends { optimizer: Optimizer; dispose(): void }>(
  comparison: Comparison,
  { mode, trainer }: { mode: Mode; trainer: T },
  compare: (run: CaseRun<T>) => void,
  cases = comparison.reference.json.get('cases').entries(),
): void {
  const { config, json, adam } = comparison.reference;
  const batches = comparison.reference.batches();
  const evaluator = languageModelEvaluator(config, { compiled: mode === 'xla' });
  try {
    for (const [name, settings] of cases) {
      const spread = new AdamSpread(trainer.optimizer as AdamW, adam);
      const steps = stepsOfCase(json.get('cases'), name, batches);
      compare({
        comparison: comparison.at(`${mode}, ${name}`),
        name,
        settings,
        steps,
        mode,
        trainer,
        evaluator,
        spread,
      });
    }
  } finally {
    trainer.dispose();
    evaluator.dispose();
  }
}

/** A step of a case: its settings (the same in both precisions) and its scalars. */
export interface CaseStep {
  /** From 1. */
  number: number;
  batch: Batch;
  settings: JsonEntry;
  scalar(key: string): StepScalar;
}

/**
 * The steps of a case, from `steps_float64` and `steps_float32`. A scalar's tolerance comes from that key's differences over all
 * cases and steps of the file.
 */
function stepsOfCase(cases: JsonEntry, name: string, batches: Batch[]): CaseStep[] {
  const pairsOf = (caseName: string) => {
    const entry = cases.get(caseName);
    const [float64, float32] = [entry.get('steps_float64').items(), entry.get('steps_float32').items()];
    if (float64.length !== float32.length || float64.length > batches.length) {
      throw new Error(
        `The case ${caseName} has ${float64.length} steps in float64 and ${float32.length} in float32, for ${batches.length} batches.`,
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
      batch: batches[index],
      settings: pair.float64,
      scalar: (key) => {
        const values = valuesOf(pair, key);
        return { ...values, tolerance: relativeTolerance(key) * Math.abs(values.float64) };
      },
    };
  });
}
