/** Runs that are there already, whoever made them. */
import { canonicalJson } from '../files/json';
import type { RunStore } from '../runs/runStore';
import type { EpochRecord } from '../training/fit';
import type { BaseModel, BaseModelResult } from './baseModel';
import type { BaseModelSettings } from './settings';

/** A base run without its weights. */
export type BaseModelRun = Omit<BaseModel, 'parameters' | 'id'> & { id: string };

/** Every finished base run with these settings but for seed and attempt, stuck ones too, by seed and attempt. */
export function finishedBaseModels(settings: BaseModelSettings, { store }: { store: RunStore }): BaseModelRun[] {
  const kindOf = (of: BaseModelSettings) => canonicalJson({ ...of, seed: 0, attempt: 0 });
  return store
    .list('base')
    .map((run) => ({
      id: run.id,
      settings: run.settings as unknown as BaseModelSettings,
      log: run.log() as EpochRecord[],
      result: run.result<BaseModelResult>(),
    }))
    .filter((run) => kindOf(run.settings) === kindOf(settings))
    .sort((a, b) => a.settings.seed - b.settings.seed || a.settings.attempt - b.settings.attempt);
}
