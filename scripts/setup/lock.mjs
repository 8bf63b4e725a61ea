// @ts-check
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { readText, writeWhole } from '../lib/files.mjs';

const BEAT_MS = 5000;

/** Without a heartbeat for so long, a set-up in another container or on another machine counts as ended. */
const SILENCE_MS = 300_000;

/**
 * Keeps two set-ups of one folder apart. The lock names the set-up's process and the program that it runs at the moment,
 * since that program may outlive a set-up that was killed. It is written anew every few seconds: that is all that another
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
  return {
    /** @param {number | undefined} pid */
    holdFor: (pid) => write(pid ? `${self}\n${lineOf(pid)}` : self),
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
  const running = lines.find((line) => isRunning(line) === true);
  const unknown = lines.length === 0 || lines.some((line) => isRunning(line) === undefined);
  if (!running && !(unknown && silenceMs(path) < SILENCE_MS)) return;
  const [, pid, , host = ''] = (running ?? lines[0] ?? '').split(' ');
  const process = pid ? ` (process ${pid} on ${decodeURIComponent(host)})` : '';
  throw new Failure(
    `Another set-up of this folder is running${process}: wait until it has ended and run the command again.`,
  );
}

/**
 * A process among those of all machines: kernel and PID namespace, number, start, and for people its host.
 *
 * @param {number} pid
 */
function lineOf(pid) {
  return `${place()} ${pid} ${startOf(pid) || '?'} ${encodeURIComponent(hostname())}`;
}

/**
 * Whether a process runs; undefined where that cannot be told from here.
 *
 * @param {string} line
 */
function isRunning(line) {
  const [where, pid, start] = line.split(' ');
  if (where === '?' || where !== place()) return undefined;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
  }
  const found = startOf(Number(pid));
  return found === undefined || start === '?' ? undefined : found === start;
}

/** This machine since it was started, and in it the PID namespace; "?" where that is not known. */
function place() {
  const namespace = readLink('/proc/self/ns/pid');
  const boot = readText('/proc/sys/kernel/random/boot_id');
  if (!namespace || !boot) return '?';
  return createHash('sha256').update(`${boot.trim()} ${namespace}`).digest('hex').slice(0, 12);
}

/**
 * When a process started, in the kernel's ticks, which together with its number never comes back; empty for a zombie, which
 * has ended and waits to be reaped, and undefined where /proc does not tell, or is of another PID namespace.
 *
 * @param {number} pid
 */
function startOf(pid) {
  if (readLink('/proc/self') !== String(process.pid)) return undefined;
  // After the name in brackets: state, and as the twentieth field the start.
  const fields = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return fields?.[0] === 'Z' ? '' : fields?.[19];
}

/** @param {string} path */
function readLink(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
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
