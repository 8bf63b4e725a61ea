// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';

/**
 * The compiled library lib/dist. The compiler itself knows what is up to date, and takes half a second to say so.
 *
 * @type {import('./step.mjs').Step}
 */
export const library = {
  name: () => 'library (TypeScript)',
  isDone: () => false,
  async make({ root, run }) {
    // Its record of what is up to date does not notice that the output was deleted.
    const force = existsSync(join(root, 'lib/dist/index.js')) ? [] : ['--force'];
    const { status, output } = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'lib', ...force]);
    if (status !== 0) throw new Failure(`${output.trimEnd()}\nThe library does not compile: mend the errors above.`);
  },
};
