import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PARTIAL, removeLeftovers, uniqueName } from './heartbeat';

/**
 * Writes a file so that at `path` there is at every moment either the whole old content or the whole new one, power loss
 * included: the content goes into a file beside it, to the disk, and then takes the name.
 * `write` gets a function that appends bytes; when it throws, the old content stays.
 */
export function atomicWrite(path: string, write: (append: (bytes: Uint8Array | string) => void) => void): void {
  const folder = dirname(path);
  const prefix = `${PARTIAL}${basename(path)}`;
  removeLeftovers(folder, `${prefix}@`);
  const partial = join(folder, uniqueName(prefix));
  try {
    const file = openSync(partial, 'wx');
    try {
      write((bytes) => appendAll(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes));
      syncOpen(file, path);
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

/** Makes a file's content safe against power loss. */
export function syncFile(path: string): void {
  syncPath(path, CANNOT_SYNC_FILES);
}

/** Makes the names in a folder safe against power loss, where its file system can do that. */
export function syncFolder(folder: string): void {
  syncPath(folder, CANNOT_SYNC_FOLDERS);
}

function syncOpen(file: number, path: string): void {
  try {
    fsyncSync(file);
  } catch (error) {
    warnIfCannotSync(error, path, CANNOT_SYNC_FILES);
  }
}

function syncPath(path: string, cannot: string[]): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    fsyncSync(file);
  } catch (error) {
    warnIfCannotSync(error, path, cannot);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What file systems answer that cannot do it. An input or output error is one of these for folders only (WSL, SMB). */
const CANNOT_SYNC_FILES = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];
const CANNOT_SYNC_FOLDERS = [...CANNOT_SYNC_FILES, 'EIO', 'EPERM', 'EACCES', 'EBADF', 'EISDIR'];

let warned = false;

/** @throws the error, unless it means that the file system cannot make this safe: that is said once. */
function warnIfCannotSync(error: unknown, path: string, cannot: string[]): void {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!cannot.includes(code)) throw inWords(error, path);
  if (warned) return;
  warned = true;
  console.warn(
    `The file system of ${path.split(`/${PARTIAL}`)[0]} cannot make what is written safe against power loss (fsync: ${code}); all else works as usual.`,
  );
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
  EPERM: 'its file system or your permissions do not allow that.',
  EROFS: 'its file system is read-only.',
  EIO: 'its disk reports an input or output error; what was there before is unchanged.',
  ENOENT: 'its folder does not exist; make it first.',
  ENOTDIR: 'a part of its path is a file and no folder.',
};

// One call writes at most 2^31 - 1 bytes, and may write fewer than asked.
function appendAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30));
}
