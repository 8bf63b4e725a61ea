/** How long runs take on one core, for a sweep's plan: it is corrected by what is measured as soon as runs finish. */
import { batchCount } from '../../training/batches';
import type { ChainSettings } from '../settings';
import { isOrigin, type OriginRequest, type RowRequest } from './sweepRuns';

/**
 * CPU time of a single-thread process, in milliseconds, as a + b · layers: measured at 2 and 12 layers with the paper's
 * sizes on an AMD EPYC at 2.6 GHz that was busy with other processes of this kind.
 */
const MILLISECONDS = {
  /** A training step of 50 rows. */
  step: [2.6, 3.9],
  /** A mask step of 500 rows. */
  maskStep: [9, 24],
  /** The measurements after an epoch of a transfer run. */
  evaluation: [0, 15],
  /** Starting a process, TensorFlow included, and compiling a step and an evaluation. */
  start: [3000, 1000],
} as const;

/**
 * Epochs after which base models stop, where patience ends them: they solve the task in the 4th or 5th of the paper's,
 * and the best one is about that.
 */
const SOLVED_AFTER_EPOCHS = 5;

function milliseconds(what: keyof typeof MILLISECONDS, layers: number): number {
  const [fixed, perLayer] = MILLISECONDS[what];
  return fixed + perLayer * layers;
}

/** Seconds that a process takes before its first training step. */
export function startSeconds(layers: number): number {
  return milliseconds('start', layers) / 1000;
}

/** Memory that a process asks a cluster for, in MiB: measured 850 at 2 layers, with as much again to spare. */
export function memoryMb(layers: number): number {
  return 1500 + 100 * layers;
}

/** Optimizer steps of a run, and the seconds that it takes when everything is compiled. */
export function workOf(
  { base, discovery, transfer }: ChainSettings,
  request: RowRequest | OriginRequest,
): { steps: number; seconds: number } {
  const { layers } = base;
  const work = (of: keyof typeof MILLISECONDS, epochs: number, rows: number, batchSize: number, usual: number) => {
    const steps = epochs * batchCount(rows, batchSize);
    // The rest of a step's time does not depend on the batch by much at these sizes, so it is taken to be proportional.
    const ms = (steps * milliseconds(of, layers) * batchSize) / usual + epochs * milliseconds('evaluation', layers);
    return { steps, seconds: ms / 1000 };
  };
  if (isOrigin(request) && request.kind === 'base') {
    const epochs = Math.min(base.epochs, SOLVED_AFTER_EPOCHS + base.patience);
    return work('step', epochs, base.rows, base.batchSize, 50);
  }
  if (isOrigin(request)) return work('maskStep', discovery.epochs, discovery.rows, discovery.batchSize, 500);
  // Ambiguous rows: one for each number. A target's samples are all that it trains on.
  const rows = request.kind === 'target' ? request.n : transfer.numbers + request.n;
  return work('step', transfer.epochs, rows, transfer.batchSize, 50);
}
