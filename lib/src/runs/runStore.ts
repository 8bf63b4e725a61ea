import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inWords, isOutOfSpace, syncFile, syncFolder } from '../files/atomicWrite';
import { type CsvRow, readCsv } from '../files/csv';
import { LEFT_BEHIND, PARTIAL, partialFolder, removeIfPossible, removeLeftovers, uniqueName } from '../files/heartbeat';
import { canonicalJson, type Json, readJson, writeJson } from '../files/json';

/** A finished run: a folder with settings.json, result.json and whatever else its stage keeps (log.csv, weights, ...). */
export interface Run {
  /** Stage and settings hash: the name of the folder. */
  id: string;
  stage: string;
  path: string;
  settings: Json;
  /** The content of result.json. */
  result<T = Record<string, Json>>(): T;
  /** The rows of log.csv; none if the stage keeps no log. */
  log(): CsvRow[];
}

/** The name of a run: its stage and the first 12 hexadecimal digits of the SHA-256 of its settings as canonical JSON. */
export function runId(stage: string, settings: object): string {
  if (!/^[a-z][a-z0-9-]*$/.test(stage)) {
    throw new Error(`A stage is named by small letters, digits and hyphens, not ${JSON.stringify(stage)}.`);
  }
  return `${stage}-${createHash('sha256').update(canonicalJson(settings)).digest('hex').slice(0, 12)}`;
}

/**
 * Finished runs by stage and settings. A run is computed in a partial folder beside its place and renamed when it is
 * whole and on the disk, so a folder in the store is whole or not there, whenever a process is killed. Processes may
 * share a store without waiting for each other: the first to finish a run is the one that counts.
 */
export class RunStore {
  readonly folder: string;
  readonly #readOnly: string[];
  readonly #warn: (sentence: string) => void;
  readonly #distrusted = new Set<string>();

  /** Runs are made in `folder`, and also found in the `readOnly` folders (committed checkpoints), in this order. */
  constructor(options: { folder: string; readOnly?: string[]; warn?: (sentence: string) => void }) {
    const { folder, readOnly = [], warn = console.warn } = options;
    this.folder = folder;
    this.#readOnly = readOnly;
    this.#warn = warn;
  }

  /** The finished run of these settings, or undefined. A folder that is not a whole run is named and not trusted. */
  find(stage: string, settings: object): Run | undefined {
    const id = runId(stage, settings);
    for (const folder of [this.folder, ...this.#readOnly]) {
      const path = join(folder, id);
      const problem = problemOf(path);
      if (problem === undefined) return openRun(path);
      if (problem !== ABSENT && !this.#distrusted.has(path)) {
        this.#distrusted.add(path);
        this.#warn(`${path} is not used, because ${problem}; the run has to be made again.`);
      }
    }
    return undefined;
  }

  /** All finished runs of a stage, in the order of their names. */
  list(stage: string): Run[] {
    const paths = new Map<string, string>();
    for (const folder of [this.folder, ...this.#readOnly]) {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const path = join(folder, name);
        if (stageOf(name) === stage && !paths.has(name) && problemOf(path) === undefined) paths.set(name, path);
      }
    }
    return [...paths.keys()].sort().map((name) => openRun(paths.get(name) as string));
  }

  /**
   * The finished run of these settings, made by `make` if it is not there. `make` gets an empty folder, in which it
   * writes result.json and whatever else belongs to the run, and the name of a file beside it for what shall outlive
   * an attempt that is cut off, until the run is whole. When it throws, nothing else is left of it.
   */
  async produce(
    stage: string,
    settings: object,
    make: (folder: string, checkpoint: string) => Promise<void>,
  ): Promise<Run> {
    const path = join(this.folder, runId(stage, settings));
    const checkpoint = join(this.folder, `.checkpoint-${basename(path)}.safetensors`);
    const found = this.find(stage, settings);
    if (found) {
      rmSync(checkpoint, { force: true }); // of a process killed just before it would have removed it
      return found;
    }
    removeLeftovers(this.folder, PARTIAL);
    const workplace = this.#workplace(path);
    const partial = join(workplace.path, basename(path));
    try {
      await make(partial, checkpoint);
      writeJson(join(partial, SETTINGS), settings);
      if (!existsSync(join(partial, RESULT))) throw new Error(`The stage "${stage}" ended without writing ${RESULT}.`);
      syncTree(partial);
      this.#publish(partial, path);
      rmSync(checkpoint, { force: true });
    } catch (error) {
      if (!existsSync(workplace.path)) {
        throw new Error(
          `${path} was not made: this process was stopped for over ${LEFT_BEHIND / 60} minutes, and another removed what it had made; run again, and it goes on from its last checkpoint.`,
        );
      }
      throw isOutOfSpace(error) ? inWords(error, path) : error;
    } finally {
      workplace.close();
    }
    return openRun(path);
  }

  /**
   * A folder that this process holds, in which a run's own folder lies until it is whole. What a whole run needs of the file
   * system is tried before anything is computed.
   */
  #workplace(path: string): ReturnType<typeof partialFolder> {
    let workplace: ReturnType<typeof partialFolder>;
    try {
      workplace = partialFolder(path);
    } catch (error) {
      throw inWords(error, path);
    }
    try {
      const trial = join(workplace.path, 'trial');
      mkdirSync(trial);
      writeFileSync(join(trial, 'file'), '');
      renameSync(trial, join(workplace.path, 'renamed'));
      rmSync(join(workplace.path, 'renamed'), { recursive: true });
      mkdirSync(join(workplace.path, basename(path)));
      return workplace;
    } catch (error) {
      workplace.close();
      const { code } = error as NodeJS.ErrnoException;
      throw isOutOfSpace(error)
        ? inWords(error, path)
        : new Error(
            `Runs cannot be kept in ${this.folder}, whose file system does not rename folders (${code}): let SUBTASK_RUNS name a folder on another disk.`,
          );
    }
  }

  /** Renames a whole folder to its place, unless a whole run is there: then another process was first. */
  #publish(partial: string, path: string): void {
    for (let tries = 1; ; tries++) {
      try {
        renameSync(partial, path);
        break;
      } catch (error) {
        if (problemOf(path) === undefined) return;
        const isTaken = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
        if (!isTaken || tries === MOST_TRIES) throw inWords(error, path);
      }
      this.#discard(path);
    }
    syncFolder(this.folder);
  }

  /** Removes what is in a run's place and is not a whole run. */
  #discard(path: string): void {
    const aside = join(this.folder, uniqueName(`${PARTIAL}${basename(path)}`));
    try {
      renameSync(path, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // another process has just discarded it
      throw inWords(error, path);
    }
    // Another process may have put a whole run in its place between our look and our rename: it goes back.
    if (problemOf(aside, basename(path)) === undefined) {
      try {
        renameSync(aside, path);
        return;
      } catch {
        // A third process has filled the place meanwhile: one whole run is enough.
      }
    }
    removeIfPossible(aside);
  }
}

/** How often a place that others fill with what is no whole run is cleared. */
const MOST_TRIES = 10;
const SETTINGS = 'settings.json';
const RESULT = 'result.json';
const ABSENT = 'it is not there';

function stageOf(id: string): string | undefined {
  return /^([a-z][a-z0-9-]*)-[0-9a-f]{12}$/.exec(id)?.[1];
}

/** Why a folder is not the whole run that its name says; undefined if it is. */
function problemOf(path: string, id = basename(path)): string | undefined {
  if (!existsSync(path)) return ABSENT;
  try {
    for (const name of [SETTINGS, RESULT]) {
      if (!existsSync(join(path, name))) return `it has no ${name}`;
    }
    const settings = readJson(join(path, SETTINGS));
    const stage = stageOf(id);
    if (!stage || typeof settings !== 'object' || settings === null || runId(stage, settings) !== id) {
      return `its ${SETTINGS} does not belong to its name`;
    }
    readJson(join(path, RESULT));
  } catch (error) {
    return `it cannot be read (${(error as Error).message})`;
  }
  return undefined;
}

function openRun(path: string): Run {
  const id = basename(path);
  return {
    id,
    stage: stageOf(id) as string,
    path,
    settings: readJson(join(path, SETTINGS)),
    result: <T>() => readJson(join(path, RESULT)) as T,
    log: () => (existsSync(join(path, 'log.csv')) ? readCsv(join(path, 'log.csv')) : []),
  };
}

/** Everything in a folder to the disk: a rename must never survive a power loss that its content does not. */
function syncTree(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      syncTree(path);
      continue;
    }
    syncFile(path);
  }
  syncFolder(folder);
}
