/** The folder of a sweep: its plan, and beside it what its processes have done so far. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive, removeLeftovers, uniqueName } from '../../files/atomicWrite';
import { readJson, writeJson } from '../../files/json';
import type { SweepJob, SweepPlan } from './sweepPlan';

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

const PARTIAL = '.partial-';

/** Bytes that must be free for a run to begin: what a run writes, several times over. */
const ROOM = 50e6;

/**
 * A folder with plan.json and owner.json, and by job a folder of tables and events in jobs/ and, once it is finished, a
 * marker in done/. Every job writes only into its own folder, so that no process waits for another, on a network's disk
 * too.
 */
export class SweepFolder {
  readonly plan: SweepPlan;

  /** Opens the folder of a sweep. */
  constructor(readonly path: string) {
    this.plan = readJson(join(path, 'plan.json')) as unknown as SweepPlan;
  }

  /** The folders of sweeps in a folder, in the order of their names. */
  static list(folder: string): SweepFolder[] {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names
      .filter((name) => !name.startsWith(PARTIAL))
      .sort()
      .map((name) => new SweepFolder(join(folder, name)));
  }

  /** Makes the folder for a plan, owned by this process: whole or not there. */
  static create(path: string, plan: SweepPlan): SweepFolder {
    removeLeftovers(dirname(path), PARTIAL);
    const beside = join(dirname(path), uniqueName(`${PARTIAL}${basename(path)}`));
    mkdirSync(join(beside, 'done'), { recursive: true });
    mkdirSync(join(beside, 'jobs'));
    writeJson(join(beside, 'owner.json'), { host: hostname(), pid: process.pid });
    writeJson(join(beside, 'plan.json'), plan);
    renameSync(beside, path);
    return new SweepFolder(path);
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
    return readdirSync(join(this.path, 'jobs')).map((job) => this.tablesOf(job));
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

  /** Whether the process that made the sweep still runs; one on another machine is taken to. */
  isOwned(): boolean {
    const owner = join(this.path, 'owner.json');
    if (!existsSync(owner)) return false; // another sweep has just removed the folder
    const { host, pid } = readJson(owner) as { host: string; pid: number };
    return host !== hostname() || isAlive(pid);
  }

  /** Throws a sentence where a run would find no room for what it writes. */
  requireRoom(): void {
    const { bavail, bsize } = statfsSync(this.path);
    if (bavail * bsize < ROOM) {
      throw new Error(`The disk of ${this.path} is full: make room and run the same command again.`);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #events(job: string): string {
    return join(this.tablesOf(job), 'events.jsonl');
  }

  #marker(job: string): string {
    return join(this.path, 'done', `${job}.json`);
  }
}
