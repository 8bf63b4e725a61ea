// @ts-check
import { join } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { runScript } from './lib/failure.mjs';
import { NOTEBOOKS, notebookNames, requireMerged } from './lib/notebooks.mjs';
import { ROOT } from './lib/project.mjs';
import { runHere } from './lib/run.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm run lint [-- --fix]

Checks formatting, lint rules and types of the library, the scripts, the tests and the notebooks. --fix applies the
formatting and the safe corrections.`;

const CHECKS = [
  { name: 'format and lint rules', program: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings'] },
  { name: 'types of the scripts and tests', program: 'typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'types of the notebooks', program: 'typescript/bin/tsc', args: ['-p', 'notebooks'] },
];

runScript(async () => {
  const { values } = readArguments({ options: { fix: { type: 'boolean' }, help: { type: 'boolean' } } }, USAGE);
  if (values.help) {
    console.log(USAGE);
    return;
  }
  requireMerged(notebookNames().map((name) => join(NOTEBOOKS, `${name}.ipynb`)));
  // The types of the scripts, tests and notebooks are those of the compiled library, which is type-checked on the way.
  await setUp();
  let failed = false;
  for (const { name, program, args } of CHECKS) {
    const fix = values.fix && program.includes('biome') ? ['--write'] : [];
    const status = await runHere(process.execPath, [join('node_modules', program), ...args, ...fix], { cwd: ROOT });
    console.log(`${name}: ${status === 0 ? 'passed' : 'failed'}`);
    failed ||= status !== 0;
  }
  return failed ? 1 : 0;
});
