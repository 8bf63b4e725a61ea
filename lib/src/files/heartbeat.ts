/**
 * Which process holds a lock, a partial folder or a sweep, and whether it has ended.
 *
 * A holder of this kernel and PID namespace is looked up: it runs, even if it is stopped, or it has ended. Of any other, in
 * another container or on another machine, only its heartbeat is known: it writes to a file every few seconds. How long
 * ago that was is told by the clock of the file system alone, since the clocks of machines differ.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { identityOf, isRunning } from './processes';

const BEAT_MS = 5000;

/**
 * Seconds without a heartbeat after which a folder or file counts as left behind. Nobody waits for its removal, so this
 * is far longer than training keeps timers waiting (compiling: a minute) or than a network's disk is away.
 */
export const LEFT_BEHIND = 900;

/** What begins the names of files and folders that are not whole yet. */
export const PARTIAL = '.partial-';

/** The file of a folder that names the process that holds it; its time of modification is the heartbeat. */
const OWNER = 'owner.json';

/** The content of an owner's file, such as a lock. */
export interface Owner {
  /** The process, and what tells this claim of it from its others. */
  claim: string;
  /** For people. */
  host: string;
  pid: number;
}

/** This process among those of all machines. */
const THIS_PROCESS = identityOf(process.pid).join('-');

/** What `uniqueName` adds to a name, and `Owner.claim`: a process and eight hexadecimal digits. */
function newClaim(): string {
  return `${THIS_PROCESS}-${randomBytes(4).toString('hex')}`;
}

/** `prefix` made unique among all processes, in a way that lets `removeLeftovers` see whose it is. */
export function uniqueName(prefix: string): string {
  return `${prefix}@${newClaim()}`;
}

/** Removes the files and folders named by `uniqueName` whose names begin so and whose process has ended. */
export function removeLeftovers(folder: string, beginning: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // no such folder: nothing is left over, and the writing that follows says what is wrong
  }
  for (const name of names) {
    const claim = /@([^@]*-[0-9a-f]{8})$/.exec(name)?.[1];
    if (!name.startsWith(beginning) || claim === undefined) continue;
    const path = join(folder, name);
    const owner = join(path, OWNER);
    if (hasEnded(claim, existsSync(owner) ? owner : path, { silence: LEFT_BEHIND })) removeIfPossible(path);
  }
}

/** Makes a folder beside a path, held by this process until `close`, which removes what is left of it. */
export function partialFolder(path: string): { path: string; close: () => void } {
  const folder = join(dirname(path), uniqueName(`${PARTIAL}${basename(path)}`));
  let stop = () => {};
  const close = () => {
    stop();
    removeIfPossible(folder);
  };
  try {
    mkdirSync(folder, { recursive: true });
    own(folder);
    stop = keepBeating(folder);
  } catch (error) {
    close();
    throw error;
  }
  return { path: folder, close };
}

/** Names this process as the holder of a folder. */
export function own(folder: string): void {
  writeFileSync(join(folder, OWNER), ownerText());
}

/** The heartbeat of a folder that this process owns, until the function that is returned is called. */
export function keepBeating(folder: string): () => void {
  const timer = setInterval(() => beat(join(folder, OWNER)), BEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Whether the process that holds a folder still runs; not, where nobody is named.
 *
 * @param options.now the clock of the file system in ms, where it shall not be asked by making a file.
 */
export function isOwned(folder: string, { now }: { now?: number } = {}): boolean {
  const path = join(folder, OWNER);
  return existsSync(path) && !hasEnded(readOwner(path)?.claim, path, { silence: LEFT_BEHIND, now });
}

/** The content of an owner's file for this process. */
export function ownerText(): string {
  return `${JSON.stringify({ claim: newClaim(), host: hostname(), pid: process.pid } satisfies Owner)}\n`;
}

/** What an owner's file says; undefined where it cannot be read, as one that was just begun. */
export function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Whether a process has ended: for certain, where it can be looked up, or else by `silence` seconds without a heartbeat. */
export function hasEnded(
  claim: string | undefined,
  beatFile: string,
  { silence, now }: { silence: number; now?: number },
): boolean {
  const [, ...identity] = /^([0-9a-f]{12})-(\d+)-(\d+)-[0-9a-f]{8}$/.exec(claim ?? '') ?? [];
  return !(isRunning(identity) ?? secondsSilent(beatFile, now) <= silence);
}

/** Removes something that others may still have open; what a network's disk keeps of it then goes another time. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It is another user's, or a file in it is still open somewhere.
  }
}

/** Removes a folder so that it is whole or not there for everybody else, at every moment. */
export function removeWhole(path: string): void {
  const aside = join(dirname(path), uniqueName(`${PARTIAL}${basename(path)}`));
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // another process has just removed it
    throw error;
  }
  removeIfPossible(aside);
}

/** Writes a byte of a file as it is: the file system then gives it its own time. */
function beat(path: string): void {
  try {
    const file = openSync(path, 'r+');
    try {
      const byte = Buffer.alloc(1);
      if (readSync(file, byte, 0, 1, 0) === 1) writeSync(file, byte, 0, 1, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // It was taken over and removed, or the disk does not answer: the next beat tries again.
  }
}

/** The last heartbeats that were seen, when by this process's clock, and how long ago they were then. */
const seen = new Map<string, { beat: number; at: number; age: number }>();

/** Seconds since the last heartbeat. A file is made to learn the file system's time, unless it is given: once for a beating file. */
function secondsSilent(path: string, now?: number): number {
  const beat = modified(path);
  if (beat === undefined) return 0; // it was just removed
  const at = performance.now();
  const before = seen.get(path);
  let last = before;
  if (before?.beat !== beat) {
    const isNewer = before !== undefined && beat > before.beat;
    last = { beat, at, age: isNewer ? 0 : (now ?? fileSystemTime(dirname(path))) - beat };
    seen.set(path, last);
  }
  return ((last?.age ?? 0) + at - (last?.at ?? at)) / 1000;
}

/** When a file or folder was modified. It is opened, since a network's disk may answer from memory otherwise. */
function modified(path: string): number | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      return fstatSync(file).mtimeMs;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function fileSystemTime(folder: string): number {
  const probe = join(folder, uniqueName(`${PARTIAL}clock`));
  try {
    writeFileSync(probe, '.', { flag: 'wx' });
    return modified(probe) ?? Date.now();
  } catch {
    return Date.now(); // nothing can be written, nor removed, there
  } finally {
    rmSync(probe, { force: true });
  }
}
