// @ts-check
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../lib/files.mjs';
import { downloadFailure } from './step.mjs';

/** The file that npm writes into node_modules at the end of an installation. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * True where node_modules holds what package-lock.json asks for. Packages for other platforms are optional there.
 *
 * @param {string} root
 */
export function packagesMatchLock(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, INSTALLED))?.packages;
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (!path.startsWith('node_modules/')) return true;
    return installed[path] ? installed[path].version === version : optional === true;
  });
}

/** @type {import('./step.mjs').Step} */
export const npmPackages = {
  name: () => 'npm packages',
  isDone: ({ root }) => packagesMatchLock(root),
  async make({ root, run }) {
    // npm ci empties node_modules first: interrupted there, the list of what was installed would lie.
    rmSync(join(root, INSTALLED), { force: true });
    const { status, output } = await run('npm', ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund']);
    if (status !== 0 || !packagesMatchLock(root)) {
      throw downloadFailure({ what: 'The npm packages', client: 'npm', output });
    }
  },
};
