// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { digestOf, readJson, writeWhole } from '../lib/files.mjs';
import { excerpt } from '../lib/run.mjs';
import { downloadFailure } from './step.mjs';

const VERSION = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** pip in the project's environment; a user's setting to install elsewhere must not lead it astray. */
export const PIP_ENVIRONMENT = { PIP_USER: '0', PIP_NO_INPUT: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };

/** @type {import('./step.mjs').Step} */
export const pythonEnvironment = {
  name: () => 'Python environment with JupyterLab',
  async isDone({ root, run }) {
    const stamp = readJson(stampPath(root));
    if (!stamp || stamp.root !== root || stamp.requirements !== requirementsOf(root)) return false;
    // The system's Python may have been replaced since.
    const { status, output } = await run(pythonPath(root), ['-c', VERSION]);
    return status === 0 && output.trim() === stamp.python && existsSync(join(root, '.venv/bin/jupyter-lab'));
  },
  async make({ root, python, run }) {
    // A half-made environment cannot be told from a whole one, so it is made anew; pip's cache makes that quick.
    const made = await run(await python(), ['-m', 'venv', '--clear', '.venv']);
    if (made.status !== 0) {
      throw new Failure(
        `${excerpt(made.output)}\nPython could not make the environment .venv: mend what it says above and run the command again.`,
      );
    }
    const { status, output } = await run(
      pythonPath(root),
      ['-m', 'pip', 'install', '--quiet', '--requirement', 'scripts/requirements.txt'],
      PIP_ENVIRONMENT,
    );
    if (status !== 0) throw downloadFailure({ what: 'JupyterLab', client: 'pip', output });
    const version = (await run(pythonPath(root), ['-c', VERSION])).output.trim();
    writeWhole(stampPath(root), JSON.stringify({ root, python: version, requirements: requirementsOf(root) }));
  },
};

/** @param {string} root */
export const pythonPath = (root) => join(root, '.venv/bin/python');

/** @param {string} root */
const stampPath = (root) => join(root, '.venv/setup.json');

/** @param {string} root */
const requirementsOf = (root) => digestOf([join(root, 'scripts/requirements.txt')]);
