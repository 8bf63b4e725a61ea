import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readlinkSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { inWords, isAlive } from './atomicWrite';

/**
 * Runs `action` while no other process does so for the same path. The lock lies beside the file and is waited for up to
 * `timeout` seconds; one whose process, of this machine, has died is taken over.
 */
export function withLock<T>(path: string, action: () => T, timeout = 60): T {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const token = `${encodeURIComponent(hostname())}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const deadline = Date.now() + timeout * 1000;
  while (!acquired(lock, token)) {
    const holder = readIfThere(lock);
    if (holder !== undefined && isDead(holder)) removeDead(lock, holder);
    else if (Date.now() > deadline) {
      throw new Error(`${path} is in use by process ${holder} since ${timeout} s; if that has ended, delete ${lock}.`);
    } else pause(10);
  }
  try {
    return action();
  } finally {
    unlinkSync(lock);
  }
}

// A symbolic link that points to its owner's name: it comes into being with its content, unlike a file that is made
// first and written then.
function acquired(lock: string, token: string): boolean {
  try {
    symlinkSync(token, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw inWords(error, lock);
  }
}

function readIfThere(lock: string): string | undefined {
  try {
    return readlinkSync(lock);
  } catch {
    return undefined;
  }
}

function isDead(holder: string): boolean {
  const [, host, pid] = /^(.*)-(\d+)-[0-9a-f]{8}$/.exec(holder) ?? [];
  return host === encodeURIComponent(hostname()) && !isAlive(Number(pid));
}

/** Removes the lock of a dead holder, and never the one that another process has put in its place meanwhile. */
function removeDead(lock: string, holder: string): void {
  const removal = `${lock}-${holder}`;
  try {
    closeSync(openSync(removal, 'wx')); // whoever makes this file is the only one to remove this holder's lock
  } catch {
    pause(10);
    return;
  }
  try {
    if (readIfThere(lock) === holder) unlinkSync(lock);
  } finally {
    rmSync(removal, { force: true });
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
