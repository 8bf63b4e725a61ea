/** How long runs take on one core, for plans: it is corrected by what is measured as soon as runs finish. */
import type { Cost } from '../runs/stage';
import { batchCount } from '../training/batches';
import type { BaseModelSettings, DiscoverySettings } from './settings';

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

/** Epochs in which base models solve the task where patience ends them: the 4th or 5th of the paper's. */
const SOLVED_AFTER_EPOCHS = 5;

const milliseconds = (what: keyof typeof MILLISECONDS, layers: number): number => {
  const [fixed, perLayer] = MILLISECONDS[what];
  return fixed + perLayer * layers;
};

interface Work {
  layers: number;
  epochs: number;
  rows: number;
  batchSize: number;
}

/** `usual`: the batch size at which a step was measured; at these sizes its time is about proportional. */
function costOf(of: 'step' | 'maskStep', usual: number, { layers, epochs, rows, batchSize }: Work): Cost {
  const steps = epochs * batchCount(rows, batchSize);
  const ms = (steps * milliseconds(of, layers) * batchSize) / usual + epochs * milliseconds('evaluation', layers);
  // Measured 850 MiB at 2 layers, with as much again to spare.
  return {
    steps,
    seconds: ms / 1000,
    startSeconds: milliseconds('start', layers) / 1000,
    memoryMb: 1500 + 100 * layers,
  };
}

export const baseCost = (settings: BaseModelSettings): Cost =>
  costOf('step', 50, { ...settings, epochs: Math.min(settings.epochs, SOLVED_AFTER_EPOCHS + settings.patience) });

export const maskCost = (settings: DiscoverySettings): Cost =>
  costOf('maskStep', 500, { ...settings, layers: settings.base.layers });

/** `rows`: how many it trains on. */
export const transferCost = (settings: Omit<Work, 'rows'>, rows: number): Cost =>
  costOf('step', 50, { ...settings, rows });
