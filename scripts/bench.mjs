// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { measure, median } from './bench/measure.mjs';
import { compareSweeps, printSweeps } from './bench/sweep.mjs';
import { readArguments } from './lib/arguments.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { ROOT } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm run bench [-- --python PATH] [--json] [--rounds 3] [sweep|memory]

Times one training step of the base model (batch 50; forward, backward, clip, AdamW, dropout on) and of the laptop-scale
ResNet (batch 64, AdamW): operation by operation, compiled, and in PyTorch, where --python names a Python with torch and
transformers. Every figure comes from a process of its own and is the median over the rounds; the rounds alternate between
the candidates, so that a busy moment meets all.
--json prints one JSON object and nothing else (npm itself prints two lines before, unless it is called as npm run -s).
sweep times whole transfer runs instead, in one process and in two at the same time.
memory makes 10,000 steps instead and prints the memory in use on the way.`;

/**
 * What is timed: our script and PyTorch's, their arguments, the mode in which the library compiles that step, and whether
 * PyTorch's script knows torch.compile.
 *
 * @typedef {{name: string, title: string, script: string, pytorch: string, args: string[], steps: number, compiled: string, torchCompile: boolean}} Case
 */

/** @type {Case[]} */
const CASES = [
  { ...gpt2(2), steps: 300 },
  { ...gpt2(12), steps: 80 },
  {
    name: 'resnet',
    title: 'ResNet, 64×64, batch 64',
    script: 'resnet_step.mjs',
    pytorch: 'resnet_step.py',
    args: [],
    steps: 40,
    compiled: 'graph',
    torchCompile: false,
  },
];

/** @param {number} layers */
function gpt2(layers) {
  return {
    name: `layers${layers}`,
    title: `${layers} layers`,
    script: 'step.mjs',
    pytorch: 'pytorch_step.py',
    args: [`--layers=${layers}`],
    compiled: 'xla',
    torchCompile: true,
  };
}

runScript(async () => {
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        python: { type: 'string' },
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '3' },
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
  const [benchmark, ...others] = positionals;
  const unknown = ['sweep', 'memory', undefined].includes(benchmark) ? others[0] : benchmark;
  if (unknown) throw new Failure(`Unknown benchmark "${unknown}".\n\n${USAGE}`);
  if (values.json) await printingToStderr(setUp);
  else await setUp();
  if (benchmark === 'memory') return memory();
  if (benchmark === 'sweep') {
    const sweeps = await compareSweeps({ rounds });
    if (values.json) console.log(JSON.stringify(sweeps));
    else printSweeps(sweeps);
    return 0;
  }

  /** @type {Record<string, Record<string, number | null>>} */
  const report = {};
  for (const compared of CASES) report[compared.name] = await compareSteps(compared, { rounds, python });
  report.twoProcesses = await compareTwoProcesses({ rounds, python });
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
});

/**
 * @param {Case} compared
 * @param {{rounds: number, python?: string}} options
 */
async function compareSteps(compared, { rounds, python }) {
  /** @type {Record<string, number[]>} */
  const times = {
    eagerMs: [],
    graphMs: [],
    compiledMs: [],
    pytorchMs: [],
    torchCompileMs: [],
    firstStepMs: [],
    dataMs: [],
  };
  for (let round = 0; round < rounds; round++) {
    times.eagerMs.push((await ours(compared, { mode: 'eager', steps: Math.ceil(compared.steps / 4) })).ms);
    if (python) times.pytorchMs.push((await torch(python, compared)).eagerMs);
    if (compared.compiled !== 'graph') times.graphMs.push((await ours(compared, { mode: 'graph' })).ms);
    const compiled = await ours(compared);
    times.compiledMs.push(compiled.ms);
    times.firstStepMs.push(compiled.firstStepMs);
    if (compiled.dataMs !== undefined) times.dataMs.push(compiled.dataMs);
  }
  if (python && compared.torchCompile)
    times.torchCompileMs.push((await torch(python, compared, { compile: true })).compileMs ?? Number.NaN);
  return Object.fromEntries(
    Object.entries(times).map(([figure, values]) => [figure, values.length > 0 ? median(values) : null]),
  );
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
  const [compared] = CASES;
  const sizes = { steps: 400, single: true };
  /** @param {number[]} times steps of the two processes */
  const together = ([a, b]) => 1 / (1 / a + 1 / b);
  for (let round = 0; round < rounds; round++) {
    const ourTwo = await Promise.all([ours(compared, sizes), ours(compared, sizes)]);
    compiled.push(together(ourTwo.map(({ ms }) => ms)));
    if (python) {
      const theirTwo = await Promise.all([torch(python, compared, sizes), torch(python, compared, sizes)]);
      pytorch.push(together(theirTwo.map(({ eagerMs }) => eagerMs)));
    }
  }
  return { compiledMs: median(compiled), pytorchMs: python ? median(pytorch) : null };
}

/**
 * @param {Case} compared
 * @param {{mode?: string, steps?: number, single?: boolean}} [options] `single`: with one thread
 * @returns {Promise<{ms: number, firstStepMs: number, dataMs?: number}>}
 */
function ours({ script, args, steps: usual, compiled }, { mode = compiled, steps = usual, single } = {}) {
  const path = join(ROOT, 'scripts/bench', script);
  return measure(process.execPath, [path, ...args, `--steps=${steps}`, `--mode=${mode}`], single);
}

/**
 * @param {string} python
 * @param {Case} compared
 * @param {{steps?: number, single?: boolean, compile?: boolean}} [options]
 * @returns {Promise<{eagerMs: number, compileMs?: number}>}
 */
async function torch(python, { pytorch, args, steps: usual }, { steps = usual, single, compile = false } = {}) {
  const path = join(ROOT, 'scripts/bench', pytorch);
  const { threadLimit } = (await import('../lib/dist/tensorflow/usableCores.js')).default;
  const all = [path, ...args, `--steps=${steps}`, `--threads=${single ? 1 : (threadLimit() ?? 0)}`];
  return measure(python, compile ? [...all, '--compile'] : all, single);
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
  for (const { name, title } of CASES) {
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
      `${ratio(two.compiledMs, two.pytorchMs)} (two processes), ` +
      `${ratio(report.resnet.compiledMs, report.resnet.pytorchMs)} (ResNet)`,
  );
}
