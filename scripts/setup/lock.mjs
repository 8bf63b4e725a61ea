// @ts-check
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { readText } from '../lib/files.mjs';

/**
 * Keeps two set-ups of one folder apart. The lock names the set-up's process and the program that it runs at the moment,
 * since that program may outlive a set-up that was killed.
 *
 * @param {string} root
 */
export function lockSetup(root) {
  const path = join(root, '.setup.lock');
  const holder = (readText(path) ?? '').split('\n').find(isAlive);
  if (holder) {
    throw new Failure(
      `Another set-up of this folder is running (process ${holder.split(' ')[0]}): wait until it has ended and run the command again.`,
    );
  }
  rmSync(path, { force: true });
  const self = identity(process.pid);
  try {
    writeFileSync(path, self, { flag: 'wx' });
  } catch {
    throw new Failure(
      'Another set-up of this folder has just started: wait until it has ended and run the command again.',
    );
  }
  return {
    /** @param {number | undefined} pid */
    holdFor: (pid) => writeFileSync(path, pid ? `${self}\n${identity(pid)}` : self),
    release: () => rmSync(path, { force: true }),
  };
}

/**
 * A process's number and the time when it started, which together never come back; empty where it has ended.
 *
 * @param {number | string} pid
 */
function identity(pid) {
  // After the name in brackets: state, and as the twentieth field the start. A zombie has ended and waits to be reaped.
  const fields = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ') ?? ['Z'];
  return fields[0] === 'Z' ? '' : `${pid} ${fields[19]}`;
}

/** @param {string} holder */
function isAlive(holder) {
  return holder !== '' && holder === identity(holder.split(' ')[0]);
}
