import { rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inWords } from './atomicWrite';
import { hasEnded, ownerText, readOwner } from './heartbeat';
import { readIfThere } from './text';

/**
 * Seconds after which the lock of a process that cannot be looked up is taken over. What is done inside takes milliseconds
 * and lets no timer run, so making the lock is its only heartbeat.
 */
const SILENCE = 30;

/**
 * Runs `action` while no other process does so for the same path. The lock lies beside the file and is waited for up to
 * `timeout` seconds; one whose process has ended is taken over. `action` gets a function to be called just before it
 * writes: it throws where this process was stopped for so long that its lock was taken over.
 */
export function withLock<T>(path: string, action: (requireLock: () => void) => T, timeout = 60): T {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const own = ownerText();
  acquire(lock, own, { path, timeout });
  try {
    return action(() => {
      if (readIfThere(lock) === own) return;
      throw new Error(
        `${path} was not changed: this process was stopped for over ${SILENCE} s, and another took its lock; run again.`,
      );
    });
  } finally {
    release(lock, own);
  }
}

function acquire(lock: string, own: string, waiting: { path: string; timeout: number; since?: number }): void {
  const { path, timeout, since = performance.now() } = waiting;
  while (!isMade(lock, own)) {
    if (isLeft(lock)) {
      // In a lock of its own, and looked at again inside: what another has just put in its place stays.
      const removal = `${lock}.removal`;
      acquire(removal, own, { path, timeout, since });
      if (isLeft(lock)) rmSync(lock, { force: true });
      release(removal, own);
    } else if (performance.now() - since > timeout * 1000) {
      const owner = readOwner(lock);
      const holder = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
      throw new Error(`${path} is in use by ${holder} since ${timeout} s; if that has ended, delete ${lock}.`);
    } else pause(10);
  }
}

/** Makes a lock, unless there is one. */
function isMade(lock: string, own: string): boolean {
  try {
    writeFileSync(lock, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    release(lock, ''); // made, but there was no room for its content
    throw inWords(error, lock);
  }
}

/** Whether the process that made a lock has ended. */
function isLeft(lock: string): boolean {
  return hasEnded(readOwner(lock)?.claim, lock, { silence: SILENCE });
}

function release(lock: string, own: string): void {
  if (readIfThere(lock) === own) rmSync(lock, { force: true });
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
