/** How far a sweep is: from its plan and what its processes have noted. */
import type { SweepEvent, SweepFolder } from './folder';
import type { PlannedRun, SweepJob } from './plan';
import { makespan } from './schedule';

/** How often a run is tried. */
export const TRIES = 2;

/** A run that failed as often as it is tried. */
export interface FailedRun {
  /** Its name in the plan. */
  name: string;
  job: string;
  reason: string;
}

export interface SweepProgress {
  /** Runs made, of those in the plan. */
  done: number;
  of: number;
  failed: FailedRun[];
  /** Runs that cannot begin, since what they need failed. */
  blocked: string[];
  /** Seconds until the end on so many cores, at the speed measured so far. */
  secondsLeft: number;
}

/** How a run stands in its job's events. */
export interface Stand {
  tries: number;
  done: boolean;
  /** When the try began that has not ended: it is running, or its process was killed. */
  since?: number;
  /** What the last try that threw said. */
  message?: string;
}

export function standOf({ name }: PlannedRun, events: SweepEvent[]): Stand {
  const stand: Stand = { tries: 0, done: false };
  for (const { run, event, at, message } of events) {
    if (run !== name) continue;
    if (event === 'begin') stand.tries++;
    if (event === 'done') stand.done = true;
    if (event === 'failed') stand.message = message;
    stand.since = event === 'begin' ? at : undefined;
  }
  return stand;
}

/** The runs of a job, none of which is running, that have failed for good. */
export function failedRuns(job: SweepJob, events: SweepEvent[]): FailedRun[] {
  return job.runs.flatMap((run) => {
    const { tries, done, since, message } = standOf(run, events);
    if (done || tries < TRIES) return [];
    const killed = 'its process was killed (by a signal, or for want of memory)';
    return [{ name: run.name, job: job.id, reason: since === undefined ? (message ?? killed) : killed }];
  });
}

/** How far a sweep is. `ended`: nothing of it runs any more. */
export function sweepProgress(
  folder: SweepFolder,
  { cores, ended = false, now = Date.now() }: { cores: number; ended?: boolean; now?: number },
): SweepProgress {
  const jobs = folder.plan.jobs.map((job) => ({ job, events: folder.events(job.id) }));
  const failed = jobs.flatMap(({ job, events }) => {
    const over = ended || folder.isFinished(job.id);
    // While it runs, only what threw is known to have failed.
    return failedRuns(job, events).filter(({ name }) => over || !isRunning(name, events));
  });
  const stopped = new Set<string>();
  for (const { job } of jobs) {
    // Jobs stand after those that they need.
    const lost = (need: string) => stopped.has(need) || failed.some((run) => run.job === need);
    if (job.needs.some(lost)) stopped.add(job.id);
  }
  const runs = jobs.flatMap(({ job, events }) => job.runs.map((run) => ({ job, run, ...standOf(run, events) })));
  const speed = speedOf(jobs);
  const left = jobs
    .filter(({ job }) => !folder.isFinished(job.id) && !stopped.has(job.id))
    .map(({ job, events }) => ({
      ...job,
      seconds: job.runs.reduce((sum, run) => {
        const { done, since } = standOf(run, events);
        const passed = since === undefined ? 0 : (now - since) / 1000;
        return done ? sum : sum + Math.max(0, run.seconds * speed - passed);
      }, 0),
    }));
  return {
    done: runs.filter(({ done }) => done).length,
    of: runs.length,
    failed,
    blocked: runs.filter(({ job, done }) => stopped.has(job.id) && !done).map(({ run }) => run.name),
    secondsLeft: makespan(left, cores),
  };
}

function isRunning(name: string, events: SweepEvent[]): boolean {
  return events.filter(({ run }) => run === name).at(-1)?.event === 'begin';
}

/** Seconds that finished runs took, over those planned for them; 1 while there is none. */
function speedOf(jobs: { job: SweepJob; events: SweepEvent[] }[]): number {
  let planned = 0;
  let taken = 0;
  for (const { job, events } of jobs) {
    let begun = 0;
    for (const { event, run, at } of events) {
      if (event === 'begin') begun = at;
      const of = job.runs.find(({ name }) => name === run);
      if (event !== 'done' || !of || of.stored) continue;
      planned += of.seconds;
      taken += (at - begun) / 1000;
    }
  }
  return planned > 0 ? taken / planned : 1;
}
