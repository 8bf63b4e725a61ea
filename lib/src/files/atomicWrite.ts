import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file so that at `path` there is at every moment either the whole old content or the whole new one, power loss
 * included: the content goes into a file beside it, to the disk, and then takes the name.
 * `write` gets a function that appends bytes; when it throws, the old content stays.
 */
export function atomicWrite(path: string, write: (append: (bytes: Uint8Array | string) => void) => void): void {
  const folder = dirname(path);
  const prefix = `.partial-${basename(path)}`;
  removeLeftovers(folder, `${prefix}@`);
  const partial = join(folder, uniqueName(prefix));
  try {
    const file = openSync(partial, 'wx');
    try {
      write((bytes) => appendAll(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw inWords(error, path);
  }
  syncFolder(folder);
}

/** `prefix` made unique among all processes, in a way that lets `removeLeftovers` see whether its owner is alive. */
export function uniqueName(prefix: string): string {
  return `${prefix}@${encodeURIComponent(hostname())}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Removes the files and folders named by `uniqueName` whose names begin so and whose process, of this machine, has died. */
export function removeLeftovers(folder: string, beginning: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // no such folder: nothing is left over, and the writing that follows says what is wrong
  }
  for (const name of names) {
    const [, host, pid] = /@([^@]*)-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
    if (name.startsWith(beginning) && host === encodeURIComponent(hostname()) && !isAlive(Number(pid))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Whether a process with this id runs on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as another user
  }
}

/** Makes the names in a folder safe against power loss. */
export function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whether an error says that the disk, the quota or the largest file size leaves no room. */
export function isOutOfSpace(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');
}

/** A file system error while writing `path`, as a sentence that says what to do; other errors are returned as they are. */
export function inWords(error: unknown, path: string): unknown {
  const sentence = WRITE_ERRORS[(error as NodeJS.ErrnoException | null)?.code ?? ''];
  return sentence ? new Error(`Cannot write ${path}: ${sentence}`) : error;
}

const WRITE_ERRORS: Record<string, string | undefined> = {
  ENOSPC: 'the disk is full; free some space and run again, what was there before is unchanged.',
  EDQUOT: 'your disk quota is used up; free some space and run again, what was there before is unchanged.',
  EFBIG: 'it is larger than this system lets a file be (ulimit -f); raise the limit and run again.',
  EACCES: 'you have no permission to write in its folder.',
  EROFS: 'its file system is read-only.',
  ENOENT: 'its folder does not exist; make it first.',
};

// One call writes at most 2^31 - 1 bytes, and may write fewer than asked.
function appendAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30));
}
