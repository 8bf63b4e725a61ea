/** The folder of a sweep: its plan, and beside it what its processes have done so far. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isOwned, keepBeating, PARTIAL, partialFolder, removeLeftovers, removeWhole } from '../../files/heartbeat';
import { readJson, writeJson } from '../../files/json';
import type { SweepJob, SweepPlan } from './plan';

/** What a process notes of a run. */
export interface SweepEvent {
  event: 'begin' | 'done' | 'failed';
  /** The run's name in the plan. */
  run: string;
  /** When, in milliseconds since 1970. */
  at: number;
  /** Why it failed. */
  message?: string;
}

const PLAN = 'plan.json';

/** Bytes that must be free for a run to begin: what a run writes, several times over. */
const ROOM = 50e6;

/**
 * A folder with plan.json and owner.json (the process that made the sweep), and by job a folder of tables and events in
 * jobs/ and, once it is finished, a marker in done/. Every job writes only into its own folder, so that no process waits for
 * another, on a network's disk too.
 */
export class SweepFolder {
  readonly plan: SweepPlan;
  #stopBeating = () => {};

  /**
   * Opens the folder of a sweep.
   *
   * @throws a sentence where it has no whole plan.
   */
  constructor(readonly path: string) {
    const file = join(path, PLAN);
    const plan = readJson(file) as Partial<SweepPlan> | null;
    if (!Array.isArray(plan?.jobs) || typeof plan?.tables !== 'string')
      throw new Error(`${file} is no plan of a sweep.`);
    this.plan = plan as SweepPlan;
  }

  /**
   * The sweeps in a folder, in the order of their names. What is no folder of a sweep is left alone: a folder without a
   * whole plan is named to `warn`.
   */
  static list(folder: string, { warn = console.warn }: { warn?: (sentence: string) => void } = {}): SweepFolder[] {
    return foldersIn(folder).flatMap((name) => {
      const path = join(folder, name);
      try {
        return [new SweepFolder(path)];
      } catch (error) {
        const because = existsSync(join(path, PLAN))
          ? (error as Error).message.replace(/\.$/, '')
          : `it has no ${PLAN}`;
        warn(`${path} is no whole sweep, and is left alone (${because}): delete it if nobody needs it.`);
        return [];
      }
    });
  }

  /** Makes the folder for a plan, owned by this process until that ends or removes it: whole or not there. */
  static create(path: string, plan: SweepPlan): SweepFolder {
    removeLeftovers(dirname(path), PARTIAL);
    const partial = partialFolder(path);
    try {
      mkdirSync(join(partial.path, 'done'));
      mkdirSync(join(partial.path, 'jobs'));
      writeJson(join(partial.path, PLAN), plan);
      renameSync(partial.path, path);
    } finally {
      partial.close();
    }
    const folder = new SweepFolder(path);
    folder.#stopBeating = keepBeating(path);
    return folder;
  }

  job(id: string): SweepJob {
    const job = this.plan.jobs.find((other) => other.id === id);
    if (!job) throw new Error(`The sweep in ${this.path} has no job ${JSON.stringify(id)}.`);
    return job;
  }

  /** The folder of a job's own tables. */
  tablesOf(job: string): string {
    return join(this.path, 'jobs', job);
  }

  /** The tables' folders of all jobs that have begun. */
  allTables(): string[] {
    return foldersIn(join(this.path, 'jobs')).map((job) => this.tablesOf(job));
  }

  note(job: string, event: Omit<SweepEvent, 'at'>): void {
    // On a line of its own, also after half a line.
    appendFileSync(this.#events(job), `\n${JSON.stringify({ ...event, at: Date.now() })}\n`);
  }

  /** What a job has noted; half a line, of a process that was killed, does not count. */
  events(job: string): SweepEvent[] {
    if (!existsSync(this.#events(job))) return [];
    const lines = readFileSync(this.#events(job), 'utf8').split('\n');
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as SweepEvent];
      } catch {
        return [];
      }
    });
  }

  /** Marks a job as finished. */
  finish(job: string): void {
    writeJson(this.#marker(job), {});
  }

  isFinished(job: string): boolean {
    return existsSync(this.#marker(job));
  }

  /**
   * Whether the process that made the sweep still runs.
   *
   * @param options.now the time in ms that heartbeats are compared with; without it, that of the file system, which is
   *   learnt by making a file.
   */
  isOwned(options: { now?: number } = {}): boolean {
    return isOwned(this.path, options);
  }

  /** Throws a sentence where a run would find no room for what it writes. */
  requireRoom(): void {
    const { bavail, bsize, blocks } = statfsSync(this.path);
    // Some file systems do not tell: they have no blocks.
    if (blocks > 0 && bavail * bsize < ROOM) {
      throw new Error(`The disk of ${this.path} is full: make room and run the same command again.`);
    }
  }

  remove(): void {
    this.#stopBeating();
    removeWhole(this.path);
  }

  #events(job: string): string {
    return join(this.tablesOf(job), 'events.jsonl');
  }

  #marker(job: string): string {
    return join(this.path, 'done', `${job}.json`);
  }
}

/** The names of the folders in a folder, sorted; none where it is not there. Hidden ones are not meant. */
function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory())
    .sort();
}
