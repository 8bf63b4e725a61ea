// @ts-check
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { digestOf, readJson, writeWhole } from '../lib/files.mjs';
import { jupyterEnvironment, ROOT } from '../lib/project.mjs';
import { excerpt, run } from '../lib/run.mjs';
import { lockSetup } from '../setup/lock.mjs';
import { npmPackages } from '../setup/npmPackages.mjs';
import { findPython, requireSpace } from '../setup/prerequisites.mjs';
import { pipEnvironment, pythonPath } from '../setup/pythonEnvironment.mjs';
import { downloadFailure, saying } from '../setup/step.mjs';

/** All that the site needs and makes. */
export const SITE = join(ROOT, '.site');

const REQUIREMENTS = join(ROOT, 'scripts/site/requirements.txt');
const STAMP = join(SITE, '.venv/site.json');
const SPACE_GB = 0.4;

/** Makes what the site is built with, where it is missing: the npm packages, and Sphinx in an environment of its own. */
export async function setUpSite() {
  const wanted = { root: SITE, requirements: digestOf([REQUIREMENTS]) };
  const made = readJson(STAMP);
  const hasSphinx =
    made?.root === wanted.root &&
    made.requirements === wanted.requirements &&
    (await runIn(pythonPath(SITE), ['-m', 'sphinx', '--version'])).status === 0;
  const context = contextOf();
  const hasPackages = await npmPackages.isDone(context);
  if (hasSphinx && hasPackages) return;
  const python = hasSphinx ? undefined : await newPython();
  if (python) requireSpace(ROOT, SPACE_GB);
  const lock = lockSetup(ROOT);
  try {
    if (!hasPackages) await saying('npm packages', () => npmPackages.make(context));
    if (python) await saying('Python environment with Sphinx', () => makeEnvironment(python));
    writeWhole(STAMP, JSON.stringify(wanted));
  } finally {
    lock.release();
  }
}

/** @param {string} python */
async function makeEnvironment(python) {
  const made = await runIn(python, ['-m', 'venv', '--clear', join(SITE, '.venv')]);
  if (made.status !== 0) {
    throw new Failure(
      `${excerpt(made.output)}\nPython could not make the environment .site/.venv: mend what it says above and run the command again.`,
    );
  }
  const { status, output } = await runIn(
    pythonPath(SITE),
    ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS],
    await pipEnvironment({ root: SITE, run: runIn }),
  );
  if (status !== 0) throw downloadFailure({ what: 'Sphinx', client: 'pip', output });
}

/** A Python that can make environments, and is not too old for Sphinx. */
async function newPython() {
  const python = await findPython();
  const { status } = await runIn(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']);
  if (status === 0) return python;
  throw new Failure(
    'Sphinx, which makes the site, needs Python 3.11 or newer: install one or name it with PYTHON=/path/to/python3, then run the command again.',
  );
}

/** @returns {import('../setup/step.mjs').Context} */
const contextOf = () => ({
  root: ROOT,
  variant: 'cpu',
  python: findPython,
  compiler: () => Promise.reject(new Error('The site compiles nothing.')),
  run: runIn,
});

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function runIn(program, args, env) {
  return run(program, args, { cwd: ROOT, env: { ...jupyterEnvironment(), ...env } });
}
