/** One job of a sweep: its runs, one after the other, in this process. */
import { mkdirSync } from 'node:fs';
import type { RunStore } from '../../runs/runStore';
import type { Observer } from '../observer';
import type { SweepFolder } from './sweepFolder';
import type { PlannedRun } from './sweepPlan';
import { type FailedRun, failedRuns, standOf, TRIES } from './sweepProgress';
import { makeRun } from './sweepRuns';

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
  { store, observer }: { store: RunStore; observer?: Observer },
): Promise<FailedRun[] | undefined> {
  const job = folder.job(id);
  const { chains, jobs } = folder.plan;
  const tables = folder.tablesOf(id);
  mkdirSync(tables, { recursive: true });
  for (let run = nextRun(folder, id, job.runs); run; run = nextRun(folder, id, job.runs)) {
    const { name, request } = run;
    folder.requireRoom();
    folder.note(id, { event: 'begin', run: name });
    try {
      if (!(await makeRun(chains[job.chain], request, { store, tables, observer }))) return undefined;
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
