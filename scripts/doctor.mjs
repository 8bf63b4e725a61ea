// @ts-check
import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { NOTEBOOKS } from './lib/notebooks.mjs';
import { jupyterEnvironment, PYTHON, ROOT } from './lib/project.mjs';
import { run, tail } from './lib/run.mjs';
import { projectVersion, wordsOf } from './lib/words.mjs';

const USAGE = `npm run doctor [-- --json]

Says in half a minute whether notebooks run here: memory, disk, versions, TensorFlow, and a notebook that trains 50 steps and
draws. At the end stand two words, made of the project's version and the result: those of a whole class are equal where all is
well. --json prints the checks as JSON.`;

const GB = 1e9;
/** What a notebook needs once it has trained, and what a class leaves on the disk. */
const MEMORY_GB = 1.5;
const DISK_GB = 1;

/** @typedef {{check: string, ok: boolean, said: string, seconds: number}} Checked */

/** @type {[check: string, test: () => string | Promise<string>][]} */
const CHECKS = [
  ['memory', memory],
  ['disk', disk],
  ['Node', () => process.versions.node],
  ['JupyterLab', jupyterLab],
  ['TensorFlow', tensorflow],
  ['a notebook trains and draws', notebook],
];

runScript(async () => {
  const { values } = readArguments({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } }, USAGE);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  /** @type {Checked[]} */
  const results = [];
  for (const [check, test] of CHECKS) {
    const result = await checked(check, test);
    results.push(result);
    if (!values.json) {
      console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${check.padEnd(28)} ${result.said} (${result.seconds.toFixed(1)} s)`);
    }
  }
  const ok = results.every((result) => result.ok);
  const version = await projectVersion();
  const words = wordsOf(version, ok);
  if (values.json) console.log(JSON.stringify({ ok, version, words, checks: results }, null, 2));
  else if (ok) console.log(`\nAll is well (version ${version}). The words to read out: ${words}.`);
  else console.log(`\nNot ready (version ${version}): mend what has failed, from the top.`);
  return ok ? 0 : 1;
});

/**
 * @param {string} check
 * @param {() => string | Promise<string>} test
 * @returns {Promise<Checked>}
 */
async function checked(check, test) {
  const start = performance.now();
  let ok = true;
  let said = '';
  try {
    said = await test();
  } catch (error) {
    ok = false;
    said = /** @type {Error} */ (error).message;
  }
  return { check, ok, said, seconds: (performance.now() - start) / 1000 };
}

function memory() {
  const [free, all] = [availableMemory() / GB, totalmem() / GB];
  if (free < MEMORY_GB) {
    throw new Failure(`${free.toFixed(1)} GB are free, and a notebook needs ${MEMORY_GB}: close other programs.`);
  }
  return `${free.toFixed(1)} of ${all.toFixed(1)} GB free`;
}

/** What a new program can have: what the system keeps as a cache counts as free. */
function availableMemory() {
  const [, kilobytes] = /^MemAvailable:\s*(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
  return kilobytes ? Number(kilobytes) * 1024 : freemem();
}

function disk() {
  const { bavail, bsize } = statfsSync(ROOT);
  const free = (bavail * bsize) / GB;
  if (free < DISK_GB)
    throw new Failure(`${free.toFixed(1)} GB are free in ${ROOT}, and ${DISK_GB} is needed: make room.`);
  return `${free.toFixed(0)} GB free`;
}

async function jupyterLab() {
  requireSetUp(PYTHON);
  const { status, output } = await run(PYTHON, ['-m', 'jupyterlab', '--version'], { env: jupyterEnvironment() });
  if (status !== 0) {
    throw new Failure(`It does not start (${tail(output, 1)}): remove the folder .venv and run npm run setup.`);
  }
  return tail(output, 1);
}

async function tensorflow() {
  requireSetUp(join(ROOT, 'lib/dist/index.js'));
  const script =
    "const { tensorflow, kind } = require('subtask-induction').tensorflow.describeDevice(); console.log(tensorflow, kind)";
  const { status, output } = await run(process.execPath, ['-e', script], { cwd: ROOT });
  if (status !== 0) {
    throw new Failure(`It does not load (${firstError(output)}): remove the folder .native and run npm run setup.`);
  }
  return tail(output, 1);
}

/** @param {string} path */
function requireSetUp(path) {
  if (!existsSync(path)) throw new Failure('The set-up is not complete: run npm run setup.');
}

/** @param {string} output */
const firstError = (output) => /^.*Error: (.*)$/m.exec(output)?.[1] ?? tail(output, 1);

const CELLS = [
  `import { experiments, runs, show } from 'subtask-induction';
const settings = { ...experiments.chainSettings({ preset: 'tiny' }).base, epochs: 1, rows: 2500 };
const { result } = await experiments.trainBaseModel(settings, { store: runs.temporaryStore() });`,
  `await show({
  data: { values: [{ step: 0, loss: Math.log(7) }, { step: result.steps, loss: result.eval_loss }] },
  mark: 'line',
  encoding: { x: { field: 'step', type: 'quantitative' }, y: { field: 'loss', type: 'quantitative' } },
});`,
  "console.log(result.steps, 'steps');",
];

async function notebook() {
  for (const path of [PYTHON, join(ROOT, 'lib/dist/index.js')]) requireSetUp(path);
  const { temporaryFolder } = (await import('../lib/dist/files/temporaryFolder.js')).default;
  const path = join(temporaryFolder(), 'doctor.ipynb');
  const cells = CELLS.map((source, i) => {
    const id = `cell-${i}`;
    return { cell_type: 'code', id, metadata: {}, execution_count: null, outputs: [], source };
  });
  const kernelspec = { name: 'tslab', display_name: 'TypeScript', language: 'typescript' };
  writeFileSync(path, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  const program = [join(ROOT, 'scripts/run_notebook.py'), path, NOTEBOOKS, path];
  const { status, output } = await run(PYTHON, program, { cwd: ROOT, env: jupyterEnvironment() });
  if (status !== 0) {
    const [, error = JSON.stringify(tail(output, 1))] = /"error": ("(?:[^"\\]|\\.)*")/.exec(output) ?? [];
    throw new Failure(`It failed: ${JSON.parse(error).split('\n')[0]}`);
  }
  const outputs = JSON.parse(readFileSync(path, 'utf8')).cells.flatMap((/** @type {any} */ cell) => cell.outputs);
  if (!outputs.some((/** @type {any} */ { data }) => data?.['image/png'])) {
    throw new Failure('The chart has no picture: run npm run setup, then npm test -- test/notebook.');
  }
  return [outputs.at(-1).text].flat().join('').trim();
}
