// @ts-check
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { readText } from '../lib/files.mjs';

/**
 * Keeps two set-ups of one folder apart. The lock holds the process numbers of the set-up and of the program that it
 * runs at the moment, since that program may outlive a set-up that was killed.
 *
 * @param {string} root
 */
export function lockSetup(root) {
  const path = join(root, '.setup.lock');
  const running = (readText(path) ?? '').split('\n').map(Number).find(isAlive);
  if (running) {
    throw new Failure(
      `Another set-up of this folder is running (process ${running}): wait until it has ended and run the command again (if no set-up is running, delete ${path}).`,
    );
  }
  rmSync(path, { force: true });
  try {
    writeFileSync(path, `${process.pid}`, { flag: 'wx' });
  } catch {
    throw new Failure(
      'Another set-up of this folder has just started: wait until it has ended and run the command again.',
    );
  }
  return {
    /** @param {number | undefined} pid */
    holdFor: (pid) => writeFileSync(path, `${process.pid}\n${pid ?? ''}`),
    release: () => rmSync(path, { force: true }),
  };
}

/** @param {number} pid */
function isAlive(pid) {
  if (!pid || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
