/**
 * The plan of a sweep: which runs, what each needs, which of them share a process. It is plain JSON, which a workflow
 * only carries out; settings come from `chainSettings`, so that notebooks and sweeps mean the same runs.
 */
import type { RunStore } from '../../runs/runStore';
import { type ChainSettings, chainSettings, originOf, type Preset } from '../settings';
import { plannedOrigins } from './sweepOrigins';
import { doneIn, nameOf, type OriginRequest, type RowRequest, storedAs } from './sweepRuns';
import { chunkSeconds, chunksOf, urgency } from './sweepSchedule';
import { conditionKey, isNamed, SWEEPS } from './sweeps';
import { memoryMb, startSeconds, workOf } from './sweepTimes';

/** A run of a plan. */
export interface PlannedRun {
  /** In words; no two runs of a plan have the same. */
  name: string;
  request: RowRequest | OriginRequest;
  /** Its id in the run store; null while it is open which attempt at the base model succeeds. */
  run: string | null;
  /** Whether it is in the store, so that only its row is missing. */
  stored: boolean;
  /** Optimizer steps (of a base model: usually), and seconds on one core. */
  steps: number;
  seconds: number;
}

/** Runs that one process makes one after the other. */
export interface SweepJob {
  id: string;
  /** Which of the plan's chains. */
  chain: string;
  /** Jobs that must be finished before. */
  needs: string[];
  runs: PlannedRun[];
  /** With the start of its process. */
  seconds: number;
  memoryMb: number;
  /** Where several jobs can begin, the one with the largest goes first. */
  priority: number;
}

export interface SweepPlan {
  sweep: string;
  /** Folder of the tables that the rows go into at the end. */
  tables: string;
  /** The settings of every chain, by a short name. */
  chains: Record<string, ChainSettings>;
  jobs: SweepJob[];
  /** Runs asked for whose rows are in the tables. */
  done: number;
}

export interface SweepOptions {
  /** A key of SWEEPS. */
  sweep: string;
  preset?: Preset;
  /** By default those of the sweep. */
  layers?: number[];
  seeds?: number[];
  /** The n of the runs; by default the sweep's. */
  sizes?: number[];
  /** Names of the conditions (`isNamed`); by default all of the sweep's. */
  conditions?: string[];
  /** Folder of the tables whose rows count as done. */
  tables: string;
  /** Where finished runs are found. */
  store: RunStore;
  /** Processes at the same time, for the sizes of the jobs. */
  cores?: number;
  /** Changes the settings of every chain. */
  change?: (settings: ChainSettings) => ChainSettings;
}

/** The plan of a sweep: the runs whose rows are missing, and what those start from where it is not in the store. */
export function sweepPlan(options: SweepOptions): SweepPlan {
  const { sweep: name, preset = 'paper', seeds = [1], sizes, conditions, tables, store, cores = 2, change } = options;
  const sweep = SWEEPS[name];
  if (!sweep) throw new Error(`Unknown sweep ${JSON.stringify(name)}: use one of ${Object.keys(SWEEPS).join(', ')}.`);
  const isDone = doneIn(tables);
  const plan: SweepPlan = { sweep: name, tables, chains: {}, jobs: [], done: 0 };
  const groups = new Map<string, Omit<Chunk, 'id'>>();
  for (const layers of options.layers ?? sweep.layers) {
    for (const seed of seeds) {
      const published = chainSettings({ preset, layers, seed });
      const settings = change?.(published) ?? published;
      const asked = sweep
        .requests(settings, sizes)
        .filter(({ condition }) => !conditions || conditions.some((name) => isNamed(conditionKey(condition), name)));
      const missing = asked.filter((request) => !isDone(settings, request));
      plan.done += asked.length - missing.length;
      if (missing.length === 0) continue;
      const chain = `${layers}-layers-seed-${seed}`;
      plan.chains[chain] = settings;
      const originFor = plannedOrigins(chain, settings, {
        store,
        tables,
        plan: (id, request, needs, run) => {
          plan.jobs.push(jobOf(settings, { id, chain, needs, runs: [plannedRun(settings, request, run, false)] }));
        },
      });
      for (const request of missing) {
        const origin = originOf(request.condition);
        const { needs, startsFrom } = originFor(origin, request);
        const at = startsFrom && storedAs(settings, request, startsFrom);
        const stored = at !== undefined && store.find(at.stage, at.settings) !== undefined;
        // Runs that start from the same load it once, and wait for nothing that they do not need.
        const label = [chain, request.kind, origin === 'none' ? 'random' : origin, request.variant]
          .filter(Boolean)
          .join('-')
          .replace(/[ _]/g, '-');
        const group = groups.get(label) ?? { chain, needs, runs: [] };
        group.runs.push(plannedRun(settings, request, at?.id, stored));
        groups.set(label, group);
      }
    }
  }
  const total = [...groups.values()].flatMap(({ runs }) => runs).reduce((sum, { seconds }) => sum + seconds, 0);
  for (const [label, { chain, needs, runs }] of groups) {
    const settings = plan.chains[chain];
    const length = chunkSeconds({ total, cores, start: startSeconds(settings.base.layers) });
    chunksOf(runs, length).forEach((chunk, i) => {
      plan.jobs.push(jobOf(settings, { id: `${label}-${i + 1}`, chain, needs, runs: chunk }));
    });
  }
  const urgent = urgency(plan.jobs);
  return { ...plan, jobs: plan.jobs.map((job) => ({ ...job, priority: Math.round(urgent.get(job.id) as number) })) };
}

type Chunk = Pick<SweepJob, 'id' | 'chain' | 'needs' | 'runs'>;

function jobOf(settings: ChainSettings, chunk: Chunk): SweepJob {
  const { layers } = settings.base;
  const work = chunk.runs.reduce((sum, { seconds }) => sum + seconds, 0);
  return { ...chunk, seconds: startSeconds(layers) + work, memoryMb: memoryMb(layers), priority: 0 };
}

function plannedRun(
  settings: ChainSettings,
  request: RowRequest | OriginRequest,
  run: string | undefined,
  stored: boolean,
): PlannedRun {
  const { steps, seconds } = workOf(settings, request);
  return { name: nameOf(settings, request), request, run: run ?? null, stored, steps, seconds: stored ? 0.1 : seconds };
}
