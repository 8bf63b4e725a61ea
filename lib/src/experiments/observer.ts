import type { EpochRecord, Progress } from '../training/fit';

/** Who watches a training run: a progress bar, a live chart, a log. */
export interface Observer {
  /** A run begins (or is taken from the store, when `stored`). */
  onRun?(run: { stage: string; title: string; stored: boolean }): void;
  /** A run that was cut off goes on after these epochs. */
  onResume?(log: EpochRecord[]): void;
  onStep?(progress: Progress): void;
  onEpoch?(record: EpochRecord): void;
  /** The run has ended without having learnt its task; `reason` says so, and what follows. */
  onStuck?(run: { title: string; reason: string }): void;
}
