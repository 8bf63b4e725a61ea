/** What the transfer runs of a chain start from: base model and masks, taken from the store or planned as jobs. */
import { readTable } from '../../runs/resultsTable';
import { type RunStore, runId } from '../../runs/runStore';
import { baseModelsSchema } from '../../runs/schemas';
import type { BaseModelResult } from '../baseModel';
import type { StartSettings } from '../chain';
import {
  type BaseModelSettings,
  type ChainSettings,
  type DiscoverySettings,
  MOST_ATTEMPTS,
  type Origin,
} from '../settings';
import { changedChain, type OriginRequest, type RowRequest } from './sweepRuns';

/** What a run must wait for, and the settings of what it starts from; those are unknown while the attempt is. */
export interface PlannedOrigin {
  needs: string[];
  startsFrom?: StartSettings;
}

/** Plans a job for a base model or mask; `run` is its id in the store, where that is known. */
export type PlanOrigin = (id: string, request: OriginRequest, needs: string[], run: string | undefined) => void;

/**
 * A function that says what a run of an origin needs in the chain of these settings, and has jobs planned for whatever is
 * not in the store: each once. `chain` begins the jobs' ids.
 */
export function plannedOrigins(
  chain: string,
  settings: ChainSettings,
  { store, tables, plan }: { store: RunStore; tables: string; plan: PlanOrigin },
): (origin: Origin, request: Pick<RowRequest, 'variant'>) => PlannedOrigin {
  const known = new Map<string, PlannedOrigin>();

  const baseOrigin = (): PlannedOrigin => {
    const base = successfulAttempt(settings.base, { store, tables });
    if (base && store.find('base', base)) return { needs: [], startsFrom: settingsOnly(base) };
    const id = `${chain}-base`;
    plan(id, { kind: 'base' }, [], base && runId('base', base));
    return { needs: [id], startsFrom: base && settingsOnly(base) };
  };

  const maskOrigin = (id: string, request: OriginRequest): PlannedOrigin => {
    const untrained = request.kind === 'untrained mask';
    const changed = changedChain(settings, request);
    const under = untrained
      ? { needs: [], startsFrom: settingsOnly({ ...changed.base, epochs: 0 }) }
      : origin('base', {});
    const base = under.startsFrom?.base?.settings;
    const discovery = base && { ...changed.discovery, base };
    if (base && discovery && store.find('mask', discovery) && store.find('base', base)) {
      return { needs: [], startsFrom: settingsOnly(base, discovery) };
    }
    plan(id, request, under.needs, discovery && runId('mask', discovery));
    return { needs: [id], startsFrom: base && settingsOnly(base, discovery) };
  };

  const origin = (of: Origin, { variant }: Pick<RowRequest, 'variant'>): PlannedOrigin => {
    if (of === 'none') return { needs: [], startsFrom: {} };
    // A variant of the transfer runs alone shares the chain's mask.
    const own = variant && changedChain(settings, { variant }).discovery !== settings.discovery;
    const request: OriginRequest = { kind: of, ...(own ? { variant } : {}) };
    const id = [chain, of, request.variant].filter(Boolean).join('-').replace(/[ _]/g, '-');
    const made = known.get(id) ?? (of === 'base' ? baseOrigin() : maskOrigin(id, request));
    known.set(id, made);
    return made;
  };
  return origin;
}

/** The settings of the attempt that made the base model, if the store or base-models.csv knows it. */
function successfulAttempt(
  first: BaseModelSettings,
  { store, tables }: { store: RunStore; tables: string },
): BaseModelSettings | undefined {
  const rows = readTable(`${tables}/base-models.csv`, baseModelsSchema, { absent: 'empty' });
  for (let attempt = first.attempt; attempt < first.attempt + MOST_ATTEMPTS; attempt++) {
    const settings = { ...first, attempt };
    const id = runId('base', settings);
    const ended = store.find('base', settings)?.result<BaseModelResult>() ?? rows.find(({ run }) => run === id);
    if (!ended) return undefined;
    if (!ended.stuck) return settings;
  }
  return undefined;
}

function settingsOnly(base: BaseModelSettings, discovery?: DiscoverySettings): StartSettings {
  return { base: { settings: base }, discovery: discovery && { settings: discovery } };
}
