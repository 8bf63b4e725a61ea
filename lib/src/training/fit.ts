import type { Rows } from '../tasks/modularArithmetic';
import { random } from '../tasks/random';
import { type Batch, batchCount, batchesOf } from './batches';
import { type Interruption, withInterruption } from './interruption';

/** Measurements after an epoch, by name; epoch, step and train_loss are the log's own. */
export type Metrics = Record<string, number>;

/** One row of the log: an epoch. */
export type EpochRecord = { epoch: number; step: number; train_loss: number } & Metrics;

/** Where a running training is. */
export interface Progress {
  epoch: number;
  step: number;
  /** Steps of the whole training, if it does not stop early. */
  steps: number;
  /** Loss of the step just made. */
  loss: number;
}

/** The epoch that is preferred to all others so far, and what was kept of it. */
export interface Best<Kept> {
  record: EpochRecord;
  kept: Kept;
}

/** Where a training is kept at the end of its epochs, so that it can go on after it was cut off. */
export interface Checkpoints<Kept> {
  /** Puts the model into the state that was saved last and returns what came of its epochs; undefined if nothing was saved. */
  restore(): { log: EpochRecord[]; best: Best<Kept> } | undefined;
  /** Saves the state of the model, and what came of it so far. */
  save(log: EpochRecord[], best: Best<Kept>): void;
}

/** What is done with a model in training, whatever its batches are. */
export interface FitBatchesOptions<B, Kept> {
  /** With 0 the model is measured as it is: the log is empty, and the best record that of epoch 0. */
  epochs: number;
  /** Batches of an epoch. */
  stepsPerEpoch: number;
  /** The batches of an epoch (counted from 1), in the order of training. */
  batches(epoch: number): Iterable<B> | AsyncIterable<B>;
  /** Trains on a batch and returns its loss; `step` counts from 1. */
  step(batch: B, step: number, epoch: number): number;
  /** Measures the model after an epoch. */
  evaluate(epoch: number): Metrics | Promise<Metrics>;
  /** True where the later measurement is to be preferred; by default it always is. */
  better?(candidate: Metrics, best: Metrics): boolean;
  /** Takes what is to be kept of the model, by default nothing: called after each epoch that is better than all before. */
  keep?(): Kept;
  /** Stops after so many epochs without a better one. */
  patience?: number;
  /** Stops after an epoch for another reason. */
  stop?(record: EpochRecord): boolean;
  /** Takes the state after every epoch but the last; a training that was cut off goes on from there, to the same end. */
  checkpoints?: Checkpoints<Kept>;
  /** Told of the epochs before, where it goes on. */
  onResume?(log: EpochRecord[]): void;
  onStep?(progress: Progress): void;
  onEpoch?(record: EpochRecord): void;
}

export interface FitOptions<Kept> extends Omit<FitBatchesOptions<Batch, Kept>, 'batches' | 'stepsPerEpoch'> {
  rows: Rows;
  batchSize: number;
  /** Seed of the order of the rows, drawn anew each epoch. */
  seed: number;
}

export interface Fitted<Kept> {
  log: EpochRecord[];
  /** The best epoch's record and what was kept of it; undefined when interrupted before the first epoch's end. */
  best?: Best<Kept>;
  /** True where the person stopped it: log and best are those of the epochs before. */
  interrupted: boolean;
}

/** Trains on rows: epochs of shuffled batches, a measurement after each, the best model kept. */
export function fit<Kept>({ rows, batchSize, seed, ...options }: FitOptions<Kept>): Promise<Fitted<Kept>> {
  return fitBatches({
    ...options,
    stepsPerEpoch: batchCount(rows.rows, batchSize),
    batches: (epoch) => shuffledBatches(rows, batchSize, seed, epoch),
  });
}

/** The batches of an epoch (counted from 1): all rows in an order drawn for it. */
export function shuffledBatches(rows: Rows, batchSize: number, seed: number, epoch: number): Iterable<Batch> {
  return batchesOf(rows, batchSize, random(seed, `order ${epoch}`).permutation(rows.rows));
}

/** The one training loop: epochs of batches, a measurement after each, the best model kept. */
export function fitBatches<B, Kept>(options: FitBatchesOptions<B, Kept>): Promise<Fitted<Kept>> {
  return withInterruption((interruption) => run(options, interruption));
}

async function run<B, Kept>(options: FitBatchesOptions<B, Kept>, interruption: Interruption): Promise<Fitted<Kept>> {
  const { epochs, stepsPerEpoch, patience = Number.POSITIVE_INFINITY, checkpoints } = options;
  const { better = () => true, keep = () => undefined as Kept } = options;
  const measured = async (own: { epoch: number; step: number; train_loss: number }): Promise<EpochRecord> => {
    const metrics = await options.evaluate(own.epoch);
    const taken = Object.keys(metrics).find((name) => name in own);
    if (taken)
      throw new Error(`A measurement cannot be called ${taken}, as a column of the log is: name it otherwise.`);
    return { ...own, ...metrics };
  };
  if (epochs === 0) {
    const record = await measured({ epoch: 0, step: 0, train_loss: Number.NaN });
    return { log: [], best: { record, kept: keep() }, interrupted: false };
  }
  const resumed = checkpoints?.restore();
  if (resumed) options.onResume?.(resumed.log);
  const log = [...(resumed?.log ?? [])];
  let best = resumed?.best;
  let step = log.at(-1)?.step ?? 0;
  for (let epoch = log.length + 1; epoch <= epochs; epoch++) {
    const before = step;
    let lossSum = 0;
    for await (const batch of options.batches(epoch)) {
      const loss = options.step(batch, ++step, epoch);
      if (!Number.isFinite(loss)) {
        throw new Error(
          `The loss became ${loss} at step ${step} (epoch ${epoch}): lower the learning rate, or clip gradients.`,
        );
      }
      lossSum += loss;
      options.onStep?.({ epoch, step, steps: epochs * stepsPerEpoch, loss });
      if (await interruption.check()) return { log, best, interrupted: true };
    }
    const record = await measured({ epoch, step, train_loss: lossSum / (step - before) });
    log.push(record);
    if (!best || better(record, best.record)) best = { record, kept: keep() };
    options.onEpoch?.(record);
    if (options.stop?.(record) || epoch - best.record.epoch >= patience) break;
    if (epoch < epochs) checkpoints?.save(log, best);
  }
  return { log, best, interrupted: false };
}
