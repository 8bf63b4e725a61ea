// @ts-check
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { readText } from './lib/files.mjs';
import { NOTEBOOKS } from './lib/notebooks.mjs';
import { jupyterEnvironment, PYTHON, ROOT } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm run sync [-- --check] [NOTEBOOK.ipynb ...]

Brings each notebook and its paired .ts file to the state of whichever was changed last; outputs are kept. --check changes
nothing and fails where a pair differs.`;

runScript(async () => {
  const { values, positionals } = readArguments(
    { allowPositionals: true, options: { check: { type: 'boolean' }, help: { type: 'boolean' } } },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const stems = positionals.length > 0 ? positionals.map((path) => resolve(path)) : notebookFiles();
  await setUp();
  let different = 0;
  for (const stem of new Set(stems.map((path) => path.replace(/\.(ipynb|ts)$/, '')))) {
    if (values.check) {
      const problem = await difference(stem);
      if (problem) console.log(`${relative(ROOT, stem)}: ${problem}`);
      if (problem) different += 1;
    } else {
      const { output } = await jupytext(
        '--sync',
        [`${stem}.ts`, `${stem}.ipynb`].find((path) => existsSync(path)) ?? stem,
      );
      console.log(output.trimEnd());
    }
  }
  if (values.check) console.log(different === 0 ? 'Every notebook matches its .ts file.' : 'Run npm run sync.');
  return different > 0 ? 1 : 0;
});

function notebookFiles() {
  return readdirSync(NOTEBOOKS)
    .filter((file) => /\.(ipynb|ts)$/.test(file))
    .map((file) => join(NOTEBOOKS, file));
}

/**
 * How a notebook and its .ts file differ, or undefined.
 *
 * @param {string} stem their common path
 */
async function difference(stem) {
  const text = readText(`${stem}.ts`);
  if (text === undefined) return 'the .ts file is missing';
  if (!existsSync(`${stem}.ipynb`)) return 'the .ipynb file is missing';
  const { output } = await jupytext('--to', 'ts:percent', '--output', '-', `${stem}.ipynb`);
  return output === text ? undefined : 'the .ipynb and the .ts file differ';
}

/** @param {string[]} args */
async function jupytext(...args) {
  const result = await run(PYTHON, ['-m', 'jupytext', '--quiet', ...args], { cwd: ROOT, env: jupyterEnvironment() });
  if (result.status !== 0) throw new Failure(`${result.output.trimEnd()}\njupytext failed with the lines above.`);
  return result;
}
