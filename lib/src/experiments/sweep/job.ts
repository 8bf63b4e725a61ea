/** One job of a sweep: its runs, one after the other, in this process. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../../runs/columns';
import { tablesOf } from '../../runs/experiment';
import type { Observer } from '../../runs/observer';
import type { RunStore } from '../../runs/runStore';
import { isFound, Runner } from '../../runs/stage';
import { type AnyExperiment, EXPERIMENTS } from '..';
import type { SweepFolder } from './folder';
import { experimentOf, type PlannedRun, stageOf } from './plan';
import { type FailedRun, failedRuns, standOf, TRIES } from './progress';

/**
 * Makes the runs of a job that are not made yet; begun again after its process was killed, it goes on. A run that throws,
 * or takes its process with it, is tried once more, after the others.
 *
 * The job is finished when every run is made or was tried twice. A base model or mask that failed leaves it unfinished,
 * so that nothing starts that needs it. Returns the runs that failed; undefined where the person stopped it.
 *
 * @throws a sentence where the disk is full.
 */
export async function runSweepJob(
  folder: SweepFolder,
  id: string,
  { store, observer, experiment: named }: { store: RunStore; observer?: Observer; experiment?: AnyExperiment },
): Promise<FailedRun[] | undefined> {
  const job = folder.job(id);
  const { sweep, jobs, folders } = folder.plan;
  const experiment = experimentOf(named ?? sweep);
  const tables = folder.tablesOf(id);
  mkdirSync(tables, { recursive: true });
  const runner = new Runner({ store, tables, observer, folders });
  const make = async (run: PlannedRun) =>
    run.stage === experiment.stage.name
      ? (await experiment.make(run, runner)) !== undefined
      : isFound(await runner.run(stageOf(experiment, run.stage), run.settings, run.key));
  for (let run = nextRun(folder, id, job.runs); run; run = nextRun(folder, id, job.runs)) {
    const { name } = run;
    folder.requireRoom();
    folder.note(id, { event: 'begin', run: name });
    try {
      if (!(await make(run))) return undefined;
      folder.note(id, { event: 'done', run: name });
    } catch (error) {
      folder.note(id, { event: 'failed', run: name, message: (error as Error).message });
    }
  }
  const failed = failedRuns(job, folder.events(id));
  const isNeeded = jobs.some(({ needs }) => needs.includes(id));
  if (failed.length === 0 || !isNeeded) folder.finish(id);
  return failed;
}

/** The run to make next: one that was not tried, else one whose first try failed. */
function nextRun(folder: SweepFolder, id: string, runs: PlannedRun[]): PlannedRun | undefined {
  const events = folder.events(id);
  const open = runs
    .map((run) => ({ run, ...standOf(run, events) }))
    .filter(({ done, tries }) => !done && tries < TRIES);
  return open.sort((a, b) => a.tries - b.tries)[0]?.run;
}

/** What gathering did with the rows of a table. */
export interface Gathered {
  table: string;
  added: number;
  /** Rows that are there with other values, and were left as they are. */
  differing: number;
}

/** Every table that the runs of experiments fill, by its file's name. */
export function allTables(experiments: readonly AnyExperiment[] = Object.values(EXPERIMENTS)): Map<string, Table> {
  return new Map(experiments.flatMap(tablesOf).map((table) => [table.file, table]));
}

/**
 * Adds the rows in the tables of the folders `from` to the tables in `into`, which is made if need be. Tables are sorted, so
 * their bytes depend on the rows alone; gathering twice changes nothing.
 */
export function gatherTables(from: string[], into: string, experiments?: readonly AnyExperiment[]): Gathered[] {
  mkdirSync(into, { recursive: true });
  return [...allTables(experiments).values()].flatMap((table) => {
    const parts = from.filter((folder) => existsSync(join(folder, table.file)));
    if (parts.length === 0) return [];
    const rows = parts.flatMap((folder) => table.read(folder));
    const { added, differing } = table.add(into, rows);
    return [{ table: table.file, added, differing: differing.length }];
  });
}
