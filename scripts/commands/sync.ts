import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments } from '../lib/arguments.mjs';
import { runScript } from '../lib/failure.mjs';
import { NOTEBOOKS, notebookFiles, requireMerged } from '../lib/notebooks.mjs';
import { jupyterEnvironment, PYTHON, ROOT } from '../lib/project.mjs';
import { runHere } from '../lib/run.mjs';
import { setUp } from '../setup/setUp.mjs';
import { copyPairs, keepReplaced } from './replaced.js';

const USAGE = `npm run sync [-- --check] [NOTEBOOK.ipynb ...]

Brings each notebook and its paired .ts file to the state of whichever was changed last; outputs are kept. --check changes
nothing, prints how they differ and fails where they do. What is replaced is kept in .jupyter/replaced.`;

runScript(async () => {
  const { values, positionals } = readArguments(
    { allowPositionals: true, options: { check: { type: 'boolean' }, help: { type: 'boolean' } } },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const files = positionals.length > 0 ? positionals : notebookFiles().map((name) => join(NOTEBOOKS, name));
  const stems = files.filter((path) => /\.(ipynb|ts)$/.test(path)).map((path) => resolve(path).replace(/\.\w+$/, ''));
  const notebooks = [...new Set(stems)].map((stem) => `${stem}.ipynb`);
  requireMerged(notebooks);
  await setUp();
  if (!values.check) {
    // Where there is only the text yet, the notebook is made from it.
    const existing = notebooks.map((path) => (existsSync(path) ? path : path.replace(/ipynb$/, 'ts')));
    const copies = copyPairs(notebooks);
    const status = await python('-m', 'jupytext', '--sync', ...existing);
    keepReplaced(copies);
    return status;
  }
  const status = await python('scripts/compare_pairs.py', ...notebooks);
  console.log(status === 0 ? 'Every notebook matches its .ts file.' : 'Run npm run sync.');
  return status;
});

function python(...args: string[]): Promise<number> {
  return runHere(PYTHON, args, { cwd: ROOT, env: jupyterEnvironment() });
}
