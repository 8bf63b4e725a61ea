// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { digestOf, readJson, writeWhole } from '../lib/files.mjs';
import { jupyterEnvironment, ROOT } from '../lib/project.mjs';
import { run } from '../lib/run.mjs';
import { lockSetup } from '../setup/lock.mjs';
import { requireSpace } from '../setup/prerequisites.mjs';
import { pipEnvironment, pythonPath } from '../setup/pythonEnvironment.mjs';
import { downloadFailure, saying } from '../setup/step.mjs';

const SPACE_GB = 0.5;

/**
 * Puts Snakemake into the project's Python environment, unless it is there.
 *
 * @param {{slurm: boolean}} options `slurm`: with what submits jobs to Slurm
 */
export async function installSnakemake({ slurm }) {
  const files = ['requirements.txt', ...(slurm ? ['requirements-slurm.txt'] : [])];
  for (const file of files) {
    const requirements = join(ROOT, 'scripts/sweep', file);
    // Inside the environment, so that it goes when that is made anew.
    const stamp = join(ROOT, '.venv', `sweep-${file}.json`);
    const digest = digestOf([requirements]);
    if (readJson(stamp)?.requirements === digest && existsSync(join(ROOT, '.venv/bin/snakemake'))) continue;
    await install(requirements);
    writeWhole(stamp, JSON.stringify({ requirements: digest }));
  }
}

/** @param {string} requirements */
async function install(requirements) {
  const python = pythonPath(ROOT);
  const { status } = await run(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'], {
    env: jupyterEnvironment(),
  });
  if (status !== 0) {
    throw new Failure(
      'Snakemake, which runs sweeps, needs Python 3.11 or newer: install one, remove the folder .venv and run the command again with PYTHON=/path/to/python.',
    );
  }
  requireSpace(ROOT, SPACE_GB);
  const lock = lockSetup(ROOT);
  try {
    await saying('Snakemake (about 300 MB)', async () => {
      /** @type {import('../setup/step.mjs').Context['run']} */
      const runHeld = (program, args, env) =>
        run(program, args, { cwd: ROOT, env: { ...jupyterEnvironment(), ...env }, onProcess: lock.holdFor });
      const { status, output } = await runHeld(
        python,
        ['-m', 'pip', 'install', '--quiet', '--requirement', requirements],
        await pipEnvironment({ root: ROOT, run: runHeld }),
      );
      if (status !== 0) throw downloadFailure({ what: 'Snakemake', client: 'pip', output });
    });
  } finally {
    lock.release();
  }
}
