import { describe, expect, it } from 'vitest';
import type { Batch } from '../../lib/dist/training/batches';
import {
  type EpochRecord,
  type FitOptions,
  type Metrics,
  type Progress,
  fit as train,
} from '../../lib/dist/training/fit';

/** Ten rows, of which row i is [i, i, i, i]. */
const rows = { rows: 10, tokens: Int32Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)) };
const rowsOf = ({ tokens, weights }: Batch) =>
  Array.from(weights.keys(), (i) => tokens[i * 4]).filter((_, i) => weights[i]);

/** fit with a score for each epoch; what is kept is the epoch. */
function fitScores(scores: number[], options: Partial<FitOptions<number>> = {}) {
  let current = 0;
  return train<number>({
    rows,
    batchSize: 4,
    epochs: scores.length,
    seed: 1,
    step: (_batch, step) => step,
    evaluate: (epoch) => {
      current = epoch;
      return { score: scores[epoch - 1] };
    },
    better: (candidate: Metrics, best: Metrics) => candidate.score > best.score,
    keep: () => current,
    ...options,
  });
}

describe('fit', () => {
  it('shows every row once an epoch, in an order drawn anew from the seed', async () => {
    const epochs = async (seed: number) => {
      const seen: number[][] = [[], [], []];
      await fitScores([0, 0, 0], {
        seed,
        step: (batch, _step, epoch) => seen[epoch - 1].push(...rowsOf(batch)),
      });
      return seen;
    };
    const seen = await epochs(1);
    for (const order of seen) expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seen[0]).not.toEqual(seen[1]);
    expect(await epochs(1)).toEqual(seen);
    expect(await epochs(2)).not.toEqual(seen);
  });

  it('logs an epoch a row: number, step, mean loss of its steps, measurements', async () => {
    const records: EpochRecord[] = [];
    const { log, interrupted } = await fitScores([5, 7], { onEpoch: (record) => records.push(record) });
    expect(log).toEqual([
      { epoch: 1, step: 3, train_loss: 2, score: 5 },
      { epoch: 2, step: 6, train_loss: 5, score: 7 },
    ]);
    expect(records).toEqual(log);
    expect(interrupted).toBe(false);
  });

  it('tells after each step where it is', async () => {
    const progress: Progress[] = [];
    await fitScores([0, 0], { onStep: (now) => progress.push(now) });
    expect(progress).toHaveLength(6);
    expect(progress[0]).toEqual({ epoch: 1, step: 1, steps: 6, loss: 1 });
    expect(progress[5]).toEqual({ epoch: 2, step: 6, steps: 6, loss: 6 });
  });

  it('keeps the best epoch: the first or the last of equals, as `better` says', async () => {
    const scores = [1, 3, 2, 3, 0];
    expect((await fitScores(scores)).best).toMatchObject({ kept: 2, record: { epoch: 2, score: 3 } });
    const laterWins = (candidate: Metrics, best: Metrics) => candidate.score >= best.score;
    expect((await fitScores(scores, { better: laterWins })).best?.kept).toBe(4);
  });

  it('keeps nothing but better epochs', async () => {
    let kept = 0;
    await fitScores([1, 3, 2, 4, 4], { keep: () => ++kept });
    expect(kept).toBe(3);
  });

  it('stops after `patience` epochs without a better one', async () => {
    const { log, best } = await fitScores([1, 2, 0, 0, 9, 9], { patience: 2 });
    expect([log.length, best?.kept]).toEqual([4, 2]);
    expect((await fitScores([1, 2, 0, 3, 0, 9], { patience: 2 })).log).toHaveLength(6);
  });

  it('stops where `stop` says so', async () => {
    const { log } = await fitScores([1, 2, 3, 4], { stop: ({ score }) => score >= 2 });
    expect(log).toHaveLength(2);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('says where the loss became %d', async (loss) => {
    const training = fitScores([0, 0], { step: (_batch, step) => (step === 5 ? loss : 1) });
    await expect(training).rejects.toThrow(`The loss became ${loss} at step 5 (epoch 2): lower the learning rate`);
  });

  it('stops at an interruption after the step, and returns the epochs before', async () => {
    const { log, best, interrupted } = await fitScores([4, 5, 6], {
      step: (_batch, step) => {
        if (step === 4) process.kill(process.pid, 'SIGINT');
        // The signal arrives when the loop gives way, at most 100 ms later.
        const until = performance.now() + 60;
        while (step >= 4 && performance.now() < until);
        return 1;
      },
      epochs: 1000,
    });
    expect(interrupted).toBe(true);
    expect(log.length).toBeLessThan(5);
    expect(log[0]).toMatchObject({ epoch: 1, score: 4 });
    expect(best?.record).toEqual(log.reduce((a, b) => (b.score > a.score ? b : a)));
  });

  it('goes on after the last whole epoch of a training that was cut off, to the same end', async () => {
    let file: string | undefined;
    /** Trains a model that is the rows it has seen, until the step `cutAt`. */
    const training = async (cutAt = Number.POSITIVE_INFINITY) => {
      let model: number[] = [];
      const steps: number[] = [];
      const told: number[] = [];
      const { log, best } = await fitScores([1, 3, 2, 4, 0], {
        step: (batch, step) => {
          if (step === cutAt) throw new Error('cut off');
          steps.push(step);
          model.push(...rowsOf(batch));
          return step;
        },
        checkpoints: {
          restore() {
            if (file === undefined) return undefined;
            const { state, ...training } = JSON.parse(file);
            model = state;
            return training;
          },
          save(log, best) {
            file = JSON.stringify({ state: model, log, best });
          },
        },
        onResume: (log) => told.push(...log.map(({ epoch }) => epoch)),
      });
      return { end: { log, best, model }, steps, told };
    };
    const undisturbed = await training();
    expect(JSON.parse(file ?? '').log).toHaveLength(4); // after the last epoch there is nothing to go on with
    file = undefined;
    await expect(training(11)).rejects.toThrow('cut off'); // in epoch 4, of three steps each
    const { end, steps, told } = await training();
    expect(end).toEqual(undisturbed.end);
    expect(steps).toEqual([10, 11, 12, 13, 14, 15]);
    expect([undisturbed.told, told]).toEqual([[], [1, 2, 3]]);
  });

  it('refuses a measurement that would hide a column of its own', async () => {
    await expect(fitScores([1], { evaluate: () => ({ train_loss: 1 }) })).rejects.toThrow(
      'A measurement cannot be called train_loss, as a column of the log is: name it otherwise.',
    );
  });

  it('measures the model as it is where there are no epochs', async () => {
    const { log, best, interrupted } = await fitScores([], { evaluate: (epoch) => ({ score: 10 + epoch }) });
    expect({ log, best, interrupted }).toEqual({
      log: [],
      best: { record: { epoch: 0, step: 0, train_loss: Number.NaN, score: 10 }, kept: 0 },
      interrupted: false,
    });
  });
});
