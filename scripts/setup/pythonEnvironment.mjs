// @ts-check
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { digestOf, readJson, writeWhole } from '../lib/files.mjs';
import { excerpt } from '../lib/run.mjs';
import { downloadFailure } from './step.mjs';

const VERSION = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** What npm start, sync and reproduce will do with the environment. */
const USES = [
  ['-m', 'jupyterlab', '--version'],
  ['-c', 'import jupyterlab_jupytext, jupytext, nbclient, nbconvert'],
];

/**
 * An optional package without which Jupyter starts in seconds less: with it jsonschema, which checks notebooks, makes a
 * grammar of internationalised addresses each time that it is loaded.
 */
const WITHOUT = 'rfc3987-syntax';

/** @type {import('./step.mjs').Step} */
export const pythonEnvironment = {
  name: () => 'Python environment with JupyterLab',
  isDone: async (context) => readJson(stampPath(context.root))?.works === true && (await isCurrent(context)),
  async make(context) {
    const { root, python, run } = context;
    // One that an earlier version of the set-up made was not tried.
    const problem = (await isCurrent(context)) ? await problemOf(context) : '';
    if (problem !== undefined) {
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
        await pipEnvironment(context),
      );
      if (status !== 0) throw downloadFailure({ what: 'JupyterLab', client: 'pip', output });
      await run(pythonPath(root), ['-m', 'pip', 'uninstall', '--quiet', '--yes', WITHOUT]);
      const left = await problemOf(context);
      if (left !== undefined) {
        throw new Failure(
          `${excerpt(left)}\nJupyterLab was installed and does not start: the lines above say why. Mend it and run the command again.`,
        );
      }
    }
    const version = (await run(pythonPath(root), ['-c', VERSION])).output.trim();
    const stamp = { root, python: version, requirements: requirementsOf(root), without: WITHOUT, works: true };
    writeWhole(stampPath(root), JSON.stringify(stamp));
  },
};

/**
 * True where the environment was made here, for today's requirements and with the Python that is there.
 *
 * @param {Pick<import('./step.mjs').Context, 'root' | 'run'>} context
 */
async function isCurrent({ root, run }) {
  const stamp = readJson(stampPath(root));
  if (!stamp || stamp.root !== root || stamp.requirements !== requirementsOf(root)) return false;
  if (stamp.without !== WITHOUT) return false;
  // The system's Python may have been replaced since.
  const { status, output } = await run(pythonPath(root), ['-c', VERSION]);
  return status === 0 && output.trim() === stamp.python;
}

/**
 * What a use of the environment prints where it fails, undefined where all work.
 *
 * @param {Pick<import('./step.mjs').Context, 'root' | 'run'>} context
 */
async function problemOf({ root, run }) {
  for (const args of USES) {
    const { status, output } = await run(pythonPath(root), args);
    if (status !== 0) return output;
  }
  return undefined;
}

/** Settings of pip that say where packages come from, and which. Any other could make it install elsewhere. */
const SOURCES = [
  ...['index-url', 'extra-index-url', 'find-links', 'no-index', 'trusted-host', 'keyring-provider'],
  ...['proxy', 'cert', 'client-cert', 'timeout', 'default-timeout', 'retries', 'resume-retries', 'use-feature'],
  ...['use-deprecated', 'cache-dir', 'no-cache-dir', 'constraint'],
].map((setting) => `PIP_${setting.toUpperCase().replaceAll('-', '_')}`);

/**
 * The variables of pip in the project's environment: the user's mirrors, proxies and certificates, from variables and from
 * pip's configuration files, and no other setting of the user's (such as target, prefix, user, require-virtualenv).
 *
 * @param {Pick<import('./step.mjs').Context, 'root' | 'run'>} context
 * @returns {Promise<NodeJS.ProcessEnv>} undefined: the variable must not be set
 */
export async function pipEnvironment({ root, run }) {
  const { env } = process;
  /** @type {NodeJS.ProcessEnv} */
  const unset = Object.fromEntries(
    Object.keys(env).flatMap((name) => (name.startsWith('PIP_') ? [[name, undefined]] : [])),
  );
  // Above whatever quietness a file sets.
  const args = ['-m', 'pip', 'config', 'list', '-vvv'];
  const { status, output } = await run(pythonPath(root), args, { ...unset, PIP_CONFIG_FILE: env.PIP_CONFIG_FILE });
  if (status !== 0) throw downloadFailure({ what: 'Packages', client: 'pip', output });
  const settings = { ...settingsIn(output), ...env };
  return {
    ...unset,
    ...Object.fromEntries(SOURCES.map((name) => [name, settings[name]])),
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_INPUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  };
}

/**
 * The settings in pip's files, under the names of the variables for the same.
 *
 * @param {string} listed what pip config list prints: section.name='value' as Python writes it
 * @returns {NodeJS.ProcessEnv}
 */
function settingsIn(listed) {
  const lines = [...listed.matchAll(/^(global|install|download)\.([\w-]+)=(['"])(.*)\3$/gm)];
  // The settings of a command go before the global ones.
  lines.sort(([, a], [, b]) => Number(a !== 'global') - Number(b !== 'global'));
  return Object.fromEntries(
    lines.map(([, , name, , value]) => [
      `PIP_${name.toUpperCase().replaceAll('-', '_')}`,
      value.replace(/\\(.)/g, (_, letter) => (/[nrt]/.test(letter) ? ' ' : letter)).trim(),
    ]),
  );
}

/** @param {string} root */
export const pythonPath = (root) => join(root, '.venv/bin/python');

/** @param {string} root */
const stampPath = (root) => join(root, '.venv/setup.json');

/** @param {string} root */
const requirementsOf = (root) => digestOf([join(root, 'scripts/requirements.txt')]);
