import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const NEW_CLAIM = `process.stdout.write(require(${JSON.stringify(resolve('lib/dist/files/heartbeat.js'))}).uniqueName(''))`;

let ended: string | undefined;

/** The claim of a process of this machine that has ended. */
export function endedClaim(): string {
  ended ??= spawnSync(process.execPath, ['-e', NEW_CLAIM]).stdout.toString().slice(1);
  return ended;
}

/** A claim of this process as another machine, or another container of this one, would make it. */
export const ELSEWHERE = `0123456789ab-${process.pid}-1-01234567`;

/** An owner's file of a claim. */
export const ownerFile = (claim: string, pid = 1): string => JSON.stringify({ claim, host: 'elsewhere', pid });

/** Whether this system refuses PID namespaces, as containers have them, to this user: then their tests are skipped. */
export const namespacesRefused = spawnSync('unshare', ['--pid', '--fork', 'true']).status !== 0;
if (namespacesRefused) console.warn('unshare --pid is not allowed here: tests of two PID namespaces are skipped.');
