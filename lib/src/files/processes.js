// @ts-check
/**
 * A process among those of all machines, and whether it still runs. Plain JavaScript: the set-up's lock takes it from here
 * before the library is compiled (scripts/setup/lock.mjs).
 */
const { createHash, randomBytes } = require('node:crypto');
const { readFileSync, readlinkSync } = require('node:fs');

/** This machine since it was started, and in it the PID namespace; something nobody else has, where that is not known. */
const PLACE = kernelAndNamespace() ?? randomBytes(6).toString('hex');

/**
 * Names a process of this place: the place, its number, and its start, which is 0 where that is not known.
 *
 * @param {number} pid
 */
exports.identityOf = (pid) => [PLACE, String(pid), startOf(String(pid)) || '0'];

/**
 * Whether a process runs; undefined where that cannot be told from here.
 *
 * @param {string[]} identity
 */
exports.isRunning = ([place, pid, start]) => {
  if (place !== PLACE) return undefined;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
  }
  const found = startOf(pid);
  return found === undefined || start === '0' ? undefined : found === start;
};

function kernelAndNamespace() {
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  if (!namespace || !boot) return undefined; // no Linux, or a sandbox that hides it
  return createHash('sha256').update(`${boot} ${namespace}`).digest('hex').slice(0, 12);
}

/**
 * When a process started, in the kernel's ticks, which together with its number never comes back; empty for a zombie, which
 * has ended and waits to be reaped, and undefined where /proc does not tell, or is of another PID namespace.
 *
 * @param {string} pid
 */
function startOf(pid) {
  if (attempt(() => readlinkSync('/proc/self')) !== String(process.pid)) return undefined;
  // After the name in brackets: state, and as the twentieth field the start.
  const fields = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' '));
  return fields?.[0] === 'Z' ? '' : fields?.[19];
}

/**
 * @template T
 * @param {() => T} read
 */
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
