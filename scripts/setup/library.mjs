// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';

/** What is compiled, and a file of its output. */
const PROJECTS = {
  lib: 'lib/dist/index.js',
  verify: 'verify/dist/verifyFolder.js',
  workshop: 'workshop/dist/index.js',
  'scripts/commands': 'scripts/dist/verify.js',
};

/**
 * The compiled library lib/dist, and what is compiled with it. The compiler itself knows what is up to date, and takes half a
 * second to say so.
 *
 * @type {import('./step.mjs').Step}
 */
export const library = {
  name: () => 'library (TypeScript)',
  isDone: () => false,
  async make({ root, run }) {
    // Its record of what is up to date does not notice that the output was deleted.
    const force = Object.values(PROJECTS).every((file) => existsSync(join(root, file))) ? [] : ['--force'];
    const args = ['node_modules/typescript/bin/tsc', '-b', ...Object.keys(PROJECTS), ...force];
    const { status, output } = await run(process.execPath, args);
    if (status !== 0) throw new Failure(`${output.trimEnd()}\nThe library does not compile: mend the errors above.`);
  },
};
