// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { ROOT } from './lib/project.mjs';
import { run, tail } from './lib/run.mjs';
import { SINGLE_THREAD } from './lib/singleThread.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm run bench [-- --python PATH] [--json] [--rounds 2] [memory]

Times one training step of the base model (batch 50; forward, backward, clip, AdamW, dropout on): operation by operation,
compiled, and in PyTorch, where --python names a Python with torch and transformers. Every figure is the median of a
process of its own, the best of the rounds; the rounds alternate between the candidates, so that a busy moment meets all.
--json prints one JSON object and nothing else (npm itself prints two lines before, unless it is called as npm run -s).
memory makes 10,000 steps instead and prints the memory in use on the way.`;

/** What a process is asked to time. */
const CASES = [
  { name: 'layers2', layers: 2, steps: 300 },
  { name: 'layers12', layers: 12, steps: 80 },
];

runScript(async () => {
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        python: { type: 'string' },
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '2' },
        help: { type: 'boolean' },
      },
    },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const python = /** @type {string | undefined} */ (values.python);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Failure(`--rounds is a whole number above 0, not ${values.rounds}.`);
  if (python && !existsSync(python))
    throw new Failure(`There is no Python at ${python}: give the path of its program.`);
  const unknown = positionals.find((word) => word !== 'memory');
  if (unknown) throw new Failure(`Unknown benchmark "${unknown}".\n\n${USAGE}`);
  if (values.json) await printingToStderr(setUp);
  else await setUp();
  if (positionals.includes('memory')) return memory();

  /** @type {Record<string, Record<string, number | null>>} */
  const report = {};
  for (const { name, layers, steps } of CASES) report[name] = await compareSteps({ layers, steps, rounds, python });
  report.twoProcesses = await compareTwoProcesses({ rounds, python });
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
});

/** @param {{layers: number, steps: number, rounds: number, python?: string}} options */
async function compareSteps({ layers, steps, rounds, python }) {
  /** @type {Record<string, number | null>} */
  const best = { eagerMs: null, graphMs: null, compiledMs: null, pytorchMs: null, torchCompileMs: null };
  let compileMs = Number.POSITIVE_INFINITY;
  /** @param {string} figure @param {number} ms */
  const note = (figure, ms) => {
    best[figure] = Math.min(best[figure] ?? Number.POSITIVE_INFINITY, ms);
  };
  for (let round = 0; round < rounds; round++) {
    note('eagerMs', (await ours({ layers, steps: Math.ceil(steps / 4), mode: 'eager' })).ms);
    if (python) note('pytorchMs', (await torch(python, { layers, steps })).eagerMs);
    note('graphMs', (await ours({ layers, steps, mode: 'graph' })).ms);
    const compiled = await ours({ layers, steps, mode: 'xla' });
    note('compiledMs', compiled.ms);
    compileMs = Math.min(compileMs, compiled.firstStepMs);
  }
  if (python) note('torchCompileMs', (await torch(python, { layers, steps, compile: true })).compileMs ?? Number.NaN);
  return { ...best, firstStepMs: compileMs };
}

/**
 * Two processes of one thread each, at the same time: milliseconds a step of both together.
 *
 * @param {{rounds: number, python?: string}} options
 */
async function compareTwoProcesses({ rounds, python }) {
  /** @type {number[]} */
  const compiled = [];
  /** @type {number[]} */
  const pytorch = [];
  const sizes = { layers: 2, steps: 400, single: true };
  /** @param {number[]} times steps of the two processes */
  const together = ([a, b]) => 1 / (1 / a + 1 / b);
  for (let round = 0; round < rounds; round++) {
    const ourTwo = await Promise.all([ours({ ...sizes, mode: 'xla' }), ours({ ...sizes, mode: 'xla' })]);
    compiled.push(together(ourTwo.map(({ ms }) => ms)));
    if (python) {
      const theirTwo = await Promise.all([torch(python, sizes), torch(python, sizes)]);
      pytorch.push(together(theirTwo.map(({ eagerMs }) => eagerMs)));
    }
  }
  return { compiledMs: Math.min(...compiled), pytorchMs: python ? Math.min(...pytorch) : null };
}

/**
 * @param {{layers: number, steps: number, mode: string, single?: boolean}} options `single`: with one thread
 * @returns {Promise<{ms: number, firstStepMs: number}>}
 */
function ours({ layers, steps, mode, single }) {
  const script = join(ROOT, 'scripts/bench/step.mjs');
  return measure(process.execPath, [script, `--layers=${layers}`, `--steps=${steps}`, `--mode=${mode}`], single);
}

/**
 * @param {string} python
 * @param {{layers: number, steps: number, single?: boolean, compile?: boolean}} options
 * @returns {Promise<{eagerMs: number, compileMs?: number}>}
 */
function torch(python, { layers, steps, single, compile = false }) {
  const script = join(ROOT, 'scripts/bench/pytorch_step.py');
  const args = [script, `--layers=${layers}`, `--steps=${steps}`, `--threads=${single ? 1 : 0}`];
  return measure(python, compile ? [...args, '--compile'] : args, single);
}

/**
 * Runs a program whose last line is its measurement as JSON.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {boolean} [single]
 */
async function measure(program, args, single) {
  const { status, output } = await run(program, args, { env: { ...process.env, ...(single ? SINGLE_THREAD : {}) } });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  if (status !== 0 || !line) throw new Failure(`${program} ${args.join(' ')} failed:\n${tail(output)}`);
  return JSON.parse(line);
}

/**
 * Runs something whose messages must not mix with this program's output.
 *
 * @param {() => Promise<void>} work
 */
async function printingToStderr(work) {
  const write = process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    await work();
  } finally {
    process.stdout.write = write;
  }
}

/** Ten thousand steps in one process: the memory in use must not grow. */
async function memory() {
  const script = join(ROOT, 'scripts/bench/memory.mjs');
  const { status, output } = await run(process.execPath, [script], { env: process.env });
  console.log(output.trimEnd());
  return status;
}

/** @param {Record<string, Record<string, number | null>>} report */
function print(report) {
  /** @param {number | null | undefined} ms */
  const cell = (ms) => (ms === null || ms === undefined ? '–' : ms.toFixed(ms < 100 ? 1 : 0)).padStart(9);
  console.log('Milliseconds a training step        eager    graph compiled  PyTorch  torch.compile   first step');
  for (const [name, title] of [
    ['layers2', '2 layers'],
    ['layers12', '12 layers'],
  ]) {
    const row = report[name];
    console.log(
      title.padEnd(32) +
        cell(row.eagerMs) +
        cell(row.graphMs) +
        cell(row.compiledMs) +
        cell(row.pytorchMs) +
        cell(row.torchCompileMs).padStart(15) +
        cell(row.firstStepMs).padStart(13),
    );
  }
  const two = report.twoProcesses;
  console.log(
    '2 layers, two processes together'.padEnd(32) + ' '.repeat(18) + cell(two.compiledMs) + cell(two.pytorchMs),
  );
  const ratio = (/** @type {number | null} */ a, /** @type {number | null} */ b) => (a && b ? (a / b).toFixed(2) : '–');
  console.log(
    `\ncompiled / eager: ${ratio(report.layers2.compiledMs, report.layers2.eagerMs)} (2 layers), ` +
      `${ratio(report.layers12.compiledMs, report.layers12.eagerMs)} (12)` +
      `\ncompiled / PyTorch: ${ratio(report.layers2.compiledMs, report.layers2.pytorchMs)} (2 layers), ` +
      `${ratio(report.layers12.compiledMs, report.layers12.pytorchMs)} (12), ` +
      `${ratio(two.compiledMs, two.pytorchMs)} (two processes)`,
  );
}
