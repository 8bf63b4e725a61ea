/**
 * The plan of a sweep: the missing runs of an experiment, what each needs, which of them share a process. It is plain JSON,
 * which a workflow only carries out; the settings are the experiment's, so that notebooks and sweeps mean the same runs.
 */
import { canonicalJson } from '../../files/json';
import type { Place, Wanted } from '../../runs/experiment';
import type { RunStore } from '../../runs/runStore';
import { Runner, type Stage, stagesBelow } from '../../runs/stage';
import { type AnyExperiment, EXPERIMENTS } from '..';
import { chunkSeconds, chunksOf, urgency } from './schedule';

/** A run of a plan. */
export interface PlannedRun extends Wanted {
  /** In words; no two runs of a plan have the same. */
  name: string;
  /** The name of its stage. */
  stage: string;
  /** Its id in the store; null while it is open which attempt at the base model succeeds. */
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
  /** The experiment's name. */
  sweep: string;
  /** Folder of the tables that the rows go into at the end. */
  tables: string;
  /** Where data lie that are no part of the settings. */
  folders?: object;
  jobs: SweepJob[];
  /** Runs asked for whose rows are in the tables. */
  done: number;
  /** Sentences about stored runs that others would start from although their rows in the tables have other values. */
  differing: string[];
}

/** What an experiment is asked for, and where its rows and runs are. */
export type SweepOptions = Record<string, unknown> &
  Pick<Place, 'preset' | 'folders'> & {
    tables: string;
    store: RunStore;
    /** Processes at the same time, for the sizes of the jobs. */
    cores?: number;
  };

/** The experiment of a name, or itself. */
export function experimentOf(named: string | AnyExperiment): AnyExperiment {
  const found = typeof named === 'string' ? EXPERIMENTS[named] : named;
  if (found) return found;
  const known = Object.keys(EXPERIMENTS).join(', ');
  throw new Error(`There is no experiment ${JSON.stringify(named)}: use one of ${known}.`);
}

/** How many runs of an experiment are there, and how many are missing, of those that it asks for by itself. */
export function standOfRuns(experiment: AnyExperiment, place: Pick<Place, 'preset' | 'tables'> = {}) {
  const wanted = experiment.wanted(place);
  const there = wanted.filter(({ rows }) => rows.length > 0).length;
  return { there, missing: wanted.length - there };
}

/** The plan of a sweep: the runs whose rows are missing, and what those start from where it is not in the store. */
export function sweepPlan(named: string | AnyExperiment, options: SweepOptions): SweepPlan {
  const { tables, store, folders, cores = 2 } = options;
  const experiment = experimentOf(named);
  const { stage } = experiment;
  const runner = new Runner({ store, tables });
  const wanted = experiment.wanted(options);
  const missing = wanted.filter(({ rows }) => rows.length === 0);
  const jobs: SweepJob[] = [];
  const groups = new Map<string, Pick<SweepJob, 'needs' | 'runs'>>();
  const origins = new Map<string, { label: string; needs: string[] }>();
  const labels = new Set<string>();
  const differing: string[] = [];

  /** A label that no other has. */
  const free = (label: string): string => {
    const slug = label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    for (let number = 1; ; number++) {
      const one = number === 1 ? slug : `${slug}-${number}`;
      if (labels.has(one)) continue;
      labels.add(one);
      return one;
    }
  };
  /** The jobs that a run must wait for, so that the runs are there which its settings name. */
  const needsOf = (of: Stage, settings: object, chain: string, key: object) => {
    const below = Object.entries(of.startsFrom ?? {}).flatMap(([field, origin]) => {
      const own = settings[field as keyof typeof settings] as object | undefined;
      return own ? [originOf(origin as Stage, own, chain, key)] : [];
    });
    return { label: below.at(-1)?.label, needs: [...new Set(below.flatMap(({ needs }) => needs))] };
  };
  /** The same for one of those runs, which becomes a job if it is not in the store. */
  const originOf = (of: Stage, settings: object, chain: string, key: object): { label: string; needs: string[] } => {
    const text = `${of.name} ${canonicalJson(settings)}`;
    const planned = origins.get(text);
    if (planned) return planned;
    const { needs } = needsOf(of, settings, chain, key);
    const known = runner.known(of, settings);
    const label = free(`${chain} ${of.name}`);
    const origin = { label, needs: known?.stored && needs.length === 0 ? [] : [label] };
    if (known?.stored) differing.push(...runner.differing(of, known.settings, key));
    // What takes no steps is made by the run that starts from it.
    if (of.cost(settings).steps === 0) origin.needs = needs;
    else if (origin.needs.length > 0) jobs.push(jobOf(label, needs, [plannedRun(of, { key, settings }, chain)]));
    origins.set(text, origin);
    return origin;
  };
  const names = new Set<string>();
  const plannedRun = (of: Stage, { key, settings }: Wanted, chain: string): PlannedRun => {
    const known = runner.known(of, settings);
    const stored = known?.stored !== undefined;
    const { steps, seconds } = of.cost(settings);
    const words = `${of.title(settings)} (${chain})`;
    const name = names.has(words) ? `${words} ${canonicalJson(key)}` : words;
    names.add(name);
    return {
      name,
      stage: of.name,
      key,
      settings,
      run: known?.id ?? null,
      stored,
      steps,
      seconds: stored ? 0.1 : seconds,
    };
  };

  for (const { key, settings } of missing) {
    const words = experiment.chain(key);
    const chain = 'seed' in settings ? `${words}, seed ${settings.seed}` : words;
    const { label = chain, needs } = needsOf(stage, settings, chain, key);
    // Runs that start from the same load it once, and wait for nothing that they do not need.
    const group = groups.get(label) ?? { needs, runs: [] };
    group.runs.push(plannedRun(stage, { key, settings }, words));
    groups.set(label, group);
  }
  const total = [...groups.values()].flatMap(({ runs }) => runs).reduce((sum, { seconds }) => sum + seconds, 0);
  for (const [label, { needs, runs }] of groups) {
    const { startSeconds: start } = stage.cost(runs[0].settings);
    chunksOf(runs, chunkSeconds({ total, cores, start })).forEach((chunk) => {
      jobs.push(jobOf(free(`${label} runs`), needs, chunk));
    });
  }
  const urgent = urgency(jobs);
  return {
    sweep: experiment.name,
    tables,
    ...(folders && { folders }),
    jobs: jobs.map((job) => ({ ...job, priority: Math.round(urgent.get(job.id) as number) })),
    done: wanted.length - missing.length,
    differing,
  };

  function jobOf(id: string, needs: string[], runs: PlannedRun[]): SweepJob {
    const costs = runs.map((run) => stageOf(experiment, run.stage).cost(run.settings));
    const seconds = runs.reduce((sum, run) => sum + run.seconds, costs[0].startSeconds);
    return { id, needs, runs, seconds, memoryMb: Math.max(...costs.map(({ memoryMb }) => memoryMb)), priority: 0 };
  }
}

/** The stage of a name, among those that an experiment's runs start from and its own. */
export function stageOf({ stage }: AnyExperiment, name: string): Stage {
  return stagesBelow(stage).find((one) => one.name === name) as Stage;
}
