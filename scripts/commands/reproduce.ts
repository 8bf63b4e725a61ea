import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { readArguments } from '../lib/arguments.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { chooseNotebooks, notebookNames, requireMerged } from '../lib/notebooks.mjs';
import { jupyterEnvironment, PYTHON, ROOT } from '../lib/project.mjs';
import { excerpt, tail } from '../lib/run.mjs';
import { setUp } from '../setup/setUp.mjs';

const PRESETS = ['smoke', 'quick', 'paper'];
const USAGE = `npm run reproduce -- NOTEBOOK... [--preset smoke|quick|paper] [--output-dir FOLDER] [--jobs N]

Executes notebooks from top to bottom without a browser, in the order given, and writes the outputs into them; one that
fails is left as it was. NOTEBOOK is a number (01), a name or a path. --preset paper, the default, takes the paper's
settings, quick small ones, smoke those of which nothing is learned, to see whether a notebook runs. --output-dir writes
executed copies there and leaves the notebooks alone. --jobs runs N notebooks side by side, each with its share of the
cores; one that needs what another is just computing computes it too.`;

runScript(async () => {
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        preset: { type: 'string', default: 'paper' },
        'output-dir': { type: 'string' },
        jobs: { type: 'string', default: '1' },
        help: { type: 'boolean' },
      },
    },
    USAGE,
  );
  if (values.help) {
    console.log(`${USAGE}\n\nThe notebooks are ${notebookNames().join(', ')}.`);
    return 0;
  }
  const preset = String(values.preset);
  if (!PRESETS.includes(preset)) throw new Failure(`The preset is ${PRESETS.join(', ')}, and this is "${preset}".`);
  const jobs = Number(values.jobs);
  if (!(Number.isInteger(jobs) && jobs > 0))
    throw new Failure(`--jobs is a whole number from 1 on, and this is "${values.jobs}".`);
  const notebooks = chooseNotebooks(positionals);
  requireMerged(notebooks);
  await setUp();
  const copies = typeof values['output-dir'] === 'string' ? resolve(values['output-dir']) : undefined;
  if (copies) mkdirSync(copies, { recursive: true });

  let failures = 0;
  let interrupted = false;
  const waiting = [...notebooks];
  const runOneAfterTheOther = async () => {
    for (let notebook = waiting.shift(); notebook && !interrupted; notebook = waiting.shift()) {
      const name = basename(notebook, '.ipynb');
      const start = Date.now();
      const output = copies ? join(copies, basename(notebook)) : notebook;
      const result = await execute({ notebook, name, output, preset, jobs });
      const seconds = `${((Date.now() - start) / 1000).toFixed(0)} s`;
      if (result.interrupted) {
        interrupted = true;
        console.log(`${name}: interrupted after ${seconds}, the notebook was left as it was`);
      } else if (result.passed) console.log(`${name}: passed in ${seconds}`);
      else {
        failures += 1;
        console.log(`${name}: failed after ${seconds} ${result.where}: ${result.headline}`);
        console.error(result.details);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, runOneAfterTheOther));
  if (interrupted) return 130;
  return failures > 0 ? 1 : 0;
});

/** An environment in which TensorFlow takes its share of the cores, unless it is told otherwise. */
function shareOfCores(jobs: number): NodeJS.ProcessEnv {
  if (jobs === 1) return {};
  const threads = String(Math.max(1, Math.floor(availableParallelism() / jobs)));
  return { TF_NUM_INTRAOP_THREADS: process.env.TF_NUM_INTRAOP_THREADS ?? threads };
}

/** What runs for ten steps is not worth the seconds in which XLA compiles it. */
const WITHOUT_XLA = { TF_XLA_FLAGS: '--tf_xla_auto_jit=-1' };

/** Paths of a notebook and of what is written. */
interface Task {
  notebook: string;
  name: string;
  output: string;
  preset: string;
  /** How many run side by side. */
  jobs: number;
}

interface Executed extends Partial<Failed> {
  passed: boolean;
  interrupted?: boolean;
}

/** Where a notebook failed, what is wrong in one line, and more of it. */
interface Failed {
  where: string;
  headline: string;
  details: string;
}

/** A line that run_notebook.py prints. */
interface Progress {
  cell?: number;
  cells?: number;
  passed?: boolean;
  failed?: { cell: number; source: string; error: string };
}

function execute({ notebook, name, output, preset, jobs }: Task): Promise<Executed> {
  return new Promise((resolve, reject) => {
    const script = join(ROOT, 'scripts/run_notebook.py');
    const child = spawn(PYTHON, [script, notebook, dirname(notebook), output], {
      env: { ...jupyterEnvironment(), ...shareOfCores(jobs), ...(preset === 'smoke' && WITHOUT_XLA), PRESET: preset },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches the notebook through this script only, which ends the kernel in order.
      detached: true,
    });
    let last: Progress | undefined;
    let log = '';
    let interrupted = false;
    const stop = () => {
      interrupted = true;
      child.kill('SIGTERM');
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = JSON.parse(line) as Progress;
      if (last.cell && jobs === 1 && process.stdout.isTTY)
        process.stdout.write(`\r${name}: cell ${last.cell} of ${last.cells} `);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
      if (interrupted) resolve({ passed: false, interrupted });
      else if (last?.passed) resolve({ passed: true });
      else resolve({ passed: false, ...failure(last?.failed, log) });
    });
  });
}

/** `log` is what the runner itself wrote. */
function failure(failed: Progress['failed'], log: string): Failed {
  if (!failed) {
    return {
      where: 'outside of the cells',
      headline: tail(log, 1) || 'no reason given',
      details: excerpt(log),
    };
  }
  const lines = failed.error.split('\n');
  // What is wrong stands above the kernel's first "in line 3: …"; a cell may have written to stderr before.
  const place = lines.findIndex((line) => /^ {2}in (line \d+|the library)/.test(line));
  const said = place > 0 ? lines[place - 1] : lines.find((line) => /^(Uncaught )?\w*Error\b/.test(line));
  const headline = (said ?? lines[0]).trim();
  const indented = `${excerpt(failed.source)}\n\n${excerpt(failed.error)}`.replace(/^/gm, '    ');
  return { where: `at cell [${failed.cell}]`, headline, details: indented };
}
