/** Who watches training runs: a progress bar, a live chart, a log. */
import type { EpochRecord, Progress } from '../training/fit';

export interface Observer {
  /** A run begins (or is taken from the store, when `stored`). `measures`: the columns of its log to draw, and their names. */
  onRun?(run: { stage: string; title: string; stored: boolean; measures?: Readonly<Record<string, string>> }): void;
  /** A run that was cut off goes on after these epochs. */
  onResume?(log: EpochRecord[]): void;
  onStep?(progress: Progress): void;
  onEpoch?(record: EpochRecord): void;
  /** The run has ended without having learnt its task; `reason` says so, and what follows. */
  onStuck?(run: { title: string; reason: string }): void;
}

/** An observer of many runs, each of which makes rows of a table. */
export interface RowsObserver<Row> extends Observer {
  /** The rows of a run are there: the `done`th of `of`. */
  onRows?(rows: Row[], done: number, of: number): void;
  /** Shows the last state of what is still open. */
  finish?(): Promise<void>;
}

/** An observer that writes lines, such as "epoch 5, step 20000: train_loss 2.41, eval_loss 2.31, eval_accuracy 1". */
export function runLog(write: (line: string) => void): Observer {
  return {
    onRun({ title, stored }) {
      write(stored ? `${title}: taken from the run store` : title);
    },
    onResume(log) {
      const { epoch, step } = log[log.length - 1];
      write(`goes on after epoch ${epoch}, step ${step}`);
    },
    onStuck({ reason }) {
      write(reason);
    },
    onEpoch({ epoch, step, ...metrics }) {
      const texts = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
      write(`epoch ${epoch}, step ${step}: ${texts.join(', ')}`);
    },
  };
}
