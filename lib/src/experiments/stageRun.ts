/** What every stage does with a run: announce it, take it from the store or train it now, and keep it if it was not stopped. */
import { join } from 'node:path';
import { writeCsv } from '../files/csv';
import { writeJson } from '../files/json';
import type { RunStore } from '../runs/runStore';
import type { EpochRecord } from '../training/fit';
import type { Observer } from './observer';

/** A run that is whole: what each stage's own record begins with. */
export interface FinishedRun<Settings, Result> {
  settings: Settings;
  id: string;
  log: EpochRecord[];
  result: Result;
}

/** Thrown inside `produce` where the person stopped a run: nothing is stored, `partial` is what there is of it. */
class Interrupted extends Error {
  constructor(readonly partial: unknown) {
    super('The run was stopped before its end; what it had is not stored.');
  }
}

/** How a stage makes a run that is not in the store. */
interface Making<Trained, Result> {
  /** `checkpoint` names a file in which it may keep what it needs to go on with, should it be cut off. */
  train(checkpoint: string): Promise<Trained>;
  /** Writes the stage's own files into the run's folder, and returns the result. */
  save(trained: Trained, folder: string): Result | Promise<Result>;
}

/**
 * The run of a stage with these settings: from the store, or made now. Stopped by the person, the run is not stored, and
 * what `train` returned is there as `partial`.
 */
export async function stageRun<
  Settings extends object,
  Trained extends { log: EpochRecord[]; interrupted: boolean },
  Result extends object,
>(
  { stage, title, settings }: { stage: string; title: string; settings: Settings },
  { store, observer }: { store: RunStore; observer?: Observer },
  { train, save }: Making<Trained, Result>,
): Promise<
  | { partial: Omit<Trained, 'interrupted'> & { settings: Settings } }
  | { partial?: undefined; finished: FinishedRun<Settings, Result>; path: string }
> {
  observer?.onRun?.({ stage, title, stored: store.find(stage, settings) !== undefined });
  try {
    const run = await store.produce(stage, settings, async (folder, checkpoint) => {
      const trained = await train(checkpoint);
      const { interrupted, ...rest } = trained;
      if (interrupted) throw new Interrupted({ settings, ...rest });
      writeCsv(join(folder, 'log.csv'), trained.log);
      writeJson(join(folder, 'result.json'), await save(trained, folder));
    });
    const log = run.log() as EpochRecord[];
    return { finished: { settings, id: run.id, log, result: run.result<Result>() }, path: run.path };
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return { partial: error.partial as Omit<Trained, 'interrupted'> & { settings: Settings } };
  }
}
