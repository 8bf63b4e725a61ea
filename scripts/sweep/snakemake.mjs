// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { jupyterEnvironment, PYTHON, ROOT } from '../lib/project.mjs';
import { SINGLE_THREAD } from '../lib/singleThread.mjs';

/** How long Snakemake may take to withdraw its jobs from a cluster. */
const WITHDRAW_MS = 60_000;

/**
 * Runs Snakemake on the plan in a folder, in a process group of its own: Ctrl-C reaches it through `stop` alone.
 *
 * @param {object} options
 * @param {string} options.folder the sweep's folder
 * @param {number} options.cores processes at the same time
 * @param {string} [options.executor] local, where it is not given
 * @param {string[]} options.more arguments for Snakemake
 */
export function startSnakemake({ folder, cores, executor, more }) {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const log = join(folder, 'logs/snakemake.txt');
  const output = openSync(log, 'a');
  const args = [
    ...['-m', 'snakemake', '--snakefile', join(ROOT, 'scripts/sweep/Snakefile'), '--directory', folder],
    ...['--config', `node=${process.execPath}`, `script=${join(ROOT, 'scripts/sweep/job.mjs')}`],
    ...['--keep-going', '--nolock', '--scheduler', 'greedy', '--rerun-triggers', 'mtime'],
    ...['--runtime-source-cache-path', join(folder, '.snakemake/source-cache')],
    ...(executor ? ['--executor', executor, '--jobs', String(cores)] : ['--cores', String(cores)]),
    // A network's disk may show a finished job's marker late.
    ...(executor ? ['--latency-wait', '60'] : ['--profile', 'none']),
    ...['--workflow-profile', 'none', ...more],
  ];
  const child = spawn(PYTHON, args, {
    cwd: ROOT,
    env: { ...jupyterEnvironment(), ...SINGLE_THREAD, XDG_CACHE_HOME: join(folder, '.cache') },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  /** @param {NodeJS.Signals | 0} signal */
  const group = (signal) => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, signal);
    } catch {
      return false; // all have ended
    }
  };
  /** @type {Promise<number>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      // Jobs of a Snakemake that was killed would go on.
      group('SIGKILL');
      resolve(code ?? 1);
    });
  });
  return {
    log,
    ended,
    /** Ends everything that runs here; jobs in a cluster's queue are withdrawn by Snakemake first. */
    stop() {
      if (!executor) group('SIGKILL');
      else {
        child.kill('SIGINT');
        setTimeout(() => group('SIGKILL'), WITHDRAW_MS).unref();
      }
    },
  };
}
