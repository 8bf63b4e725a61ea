// @ts-check
import { randomBytes } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identityOf, isRunning } from '../../lib/src/files/processes.js';
import { Failure } from '../lib/failure.mjs';
import { readText, writeWhole } from '../lib/files.mjs';

const BEAT_MS = 5000;

/** Without a heartbeat for so long, a set-up in another container or on another machine counts as ended. */
const SILENCE_MS = 300_000;

/**
 * Keeps two set-ups of one folder apart. The lock names the set-up's process and the programs that it runs at the moment,
 * since they may outlive a set-up that was killed. It is written anew every few seconds: that is all that another
 * container or machine can know of it. The library's locks work in the same way, but it may not be compiled yet.
 *
 * @param {string} root
 */
export function lockSetup(root) {
  const path = join(root, '.setup.lock');
  const self = lineOf(process.pid);
  take(path, self);
  let content = self;
  /** @param {string} next */
  const write = (next) => {
    if (readText(path) !== content) return; // it was taken over
    content = next;
    writeWhole(path, content);
  };
  const timer = setInterval(() => write(content), BEAT_MS);
  timer.unref();
  const programs = new Set();
  const writePrograms = () => write([self, ...programs].join('\n'));
  return {
    /**
     * Until what it returns is called, the lock also names this program.
     *
     * @param {number} pid
     */
    holdFor(pid) {
      const line = lineOf(pid);
      programs.add(line);
      writePrograms();
      return () => {
        programs.delete(line);
        writePrograms();
      };
    },
    release() {
      clearInterval(timer);
      if (readText(path) === content) rmSync(path, { force: true });
    },
  };
}

/**
 * Makes a lock. One whose processes have ended is removed first: in a lock of its own, and looked at again inside.
 *
 * @param {string} path
 * @param {string} self
 */
function take(path, self) {
  while (!isMade(path, self)) {
    refuseIfHeld(path);
    const removal = `${path}.removal`;
    take(removal, self);
    try {
      refuseIfHeld(path);
      rmSync(path, { force: true });
    } finally {
      rmSync(removal, { force: true });
    }
  }
}

/**
 * @param {string} path
 * @param {string} self
 */
function isMade(path, self) {
  try {
    writeFileSync(path, self, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return false;
    throw new Failure(`The set-up cannot write into its folder: ${message}.`);
  }
}

/** @param {string} path */
function refuseIfHeld(path) {
  const lines = (readText(path) ?? '').split('\n').filter((line) => line !== '');
  const runs = lines.map((line) => isRunning(line.split(' ')));
  const running = lines.find((_, i) => runs[i]);
  const unknown = lines.length === 0 || runs.includes(undefined);
  if (!running && !(unknown && silenceMs(path) < SILENCE_MS)) return;
  const [, pid, , host = ''] = (running ?? lines[0] ?? '').split(' ');
  const process = pid ? ` (process ${pid} on ${decodeURIComponent(host)})` : '';
  throw new Failure(
    `Another set-up of this folder is running${process}: wait until it has ended and run the command again.`,
  );
}

/**
 * A line that names a process, and for people its host.
 *
 * @param {number} pid
 */
function lineOf(pid) {
  return [...identityOf(pid), encodeURIComponent(hostname())].join(' ');
}

/**
 * How long ago a file was written, by the clock of its file system.
 *
 * @param {string} path
 */
function silenceMs(path) {
  const probe = `${path}.clock-${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(probe, '.');
    return statSync(probe).mtimeMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  } finally {
    rmSync(probe, { force: true });
  }
}
