import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../lib/arguments.mjs';
import { printingToStderr } from '../lib/compiled.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { ROOT } from '../lib/project.mjs';
import { run } from '../lib/run.mjs';
import { setUp } from '../setup/setUp.mjs';
import { measure, median } from './bench/measure.js';
import { compareSweeps, printSweeps } from './bench/sweep.js';

const USAGE = `npm run bench [-- --python PATH] [--json] [--rounds 3] [sweep|memory]

Times one training step of the base model (batch 50; forward, backward, clip, AdamW, dropout on) and of the laptop-scale
ResNet (batch 64, AdamW): operation by operation, compiled, and in PyTorch, where --python names a Python with torch and
transformers. Every figure comes from a process of its own and is the median over the rounds; the rounds alternate between
the candidates, so that a busy moment meets all.
--json prints one JSON object and nothing else (npm itself prints two lines before, unless it is called as npm run -s).
sweep times whole transfer runs instead, in one process and in two at the same time.
memory makes 10,000 steps instead and prints the memory in use on the way.`;

/** What is timed. */
interface Case {
  name: string;
  title: string;
  /** Our script and PyTorch's, and their arguments. */
  script: string;
  pytorch: string;
  args: string[];
  steps: number;
  /** The mode in which the library compiles that step. */
  compiled: string;
  /** Whether PyTorch's script knows torch.compile. */
  torchCompile: boolean;
}

/** Milliseconds by figure; null where it was not measured. */
type Figures = Record<string, number | null>;

const CASES: Case[] = [
  { ...gpt2(2), steps: 300 },
  { ...gpt2(12), steps: 80 },
  {
    name: 'resnet',
    title: 'ResNet, 64×64, batch 64',
    script: 'resnetStep.js',
    pytorch: 'resnet_step.py',
    args: [],
    steps: 40,
    compiled: 'graph',
    torchCompile: false,
  },
];

function gpt2(layers: number): Omit<Case, 'steps'> {
  return {
    name: `layers${layers}`,
    title: `${layers} layers`,
    script: 'step.js',
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
  const { python } = values;
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

  const report: Record<string, Figures> = {};
  for (const compared of CASES) report[compared.name] = await compareSteps(compared, { rounds, python });
  report.twoProcesses = await compareTwoProcesses({ rounds, python });
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
});

interface Options {
  rounds: number;
  /** A Python with PyTorch. */
  python?: string;
}

async function compareSteps(compared: Case, { rounds, python }: Options): Promise<Figures> {
  const times: Record<string, number[]> = {
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

/** Two processes of one thread each, at the same time: milliseconds a step of both together. */
async function compareTwoProcesses({ rounds, python }: Options): Promise<Figures> {
  const compiled: number[] = [];
  const pytorch: number[] = [];
  const [compared] = CASES;
  const sizes = { steps: 400, single: true };
  /** From the steps of the two processes. */
  const together = ([a, b]: number[]) => 1 / (1 / a + 1 / b);
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

/** Our step; `single` with one thread. */
function ours(compared: Case, options: { mode?: string; steps?: number; single?: boolean } = {}) {
  const { script, args } = compared;
  const { mode = compared.compiled, steps = compared.steps, single } = options;
  const path = join(ROOT, 'scripts/dist/bench', script);
  return measure<{ ms: number; firstStepMs: number; dataMs?: number }>(
    process.execPath,
    [path, ...args, `--steps=${steps}`, `--mode=${mode}`],
    single,
  );
}

/** PyTorch's step. */
async function torch(
  python: string,
  { pytorch, args, steps: usual }: Case,
  { steps = usual, single = false, compile = false } = {},
) {
  const path = join(ROOT, 'scripts/commands/bench', pytorch);
  const { threadLimit } = (await import('../../lib/dist/tensorflow/usableCores.js')).default;
  const all = [path, ...args, `--steps=${steps}`, `--threads=${single ? 1 : (threadLimit() ?? 0)}`];
  return measure<{ eagerMs: number; compileMs?: number }>(python, compile ? [...all, '--compile'] : all, single);
}

/** Ten thousand steps in one process: the memory in use must not grow. */
async function memory(): Promise<number> {
  const script = join(ROOT, 'scripts/dist/bench/memory.js');
  const { status, output } = await run(process.execPath, [script], { env: process.env });
  console.log(output.trimEnd());
  return status;
}

function print(report: Record<string, Figures>): void {
  const cell = (ms: number | null | undefined) =>
    (ms === null || ms === undefined ? '–' : ms.toFixed(ms < 100 ? 1 : 0)).padStart(9);
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
  const ratio = (a: number | null, b: number | null) => (a && b ? (a / b).toFixed(2) : '–');
  console.log(
    `\ncompiled / eager: ${ratio(report.layers2.compiledMs, report.layers2.eagerMs)} (2 layers), ` +
      `${ratio(report.layers12.compiledMs, report.layers12.eagerMs)} (12)` +
      `\ncompiled / PyTorch: ${ratio(report.layers2.compiledMs, report.layers2.pytorchMs)} (2 layers), ` +
      `${ratio(report.layers12.compiledMs, report.layers12.pytorchMs)} (12), ` +
      `${ratio(two.compiledMs, two.pytorchMs)} (two processes), ` +
      `${ratio(report.resnet.compiledMs, report.resnet.pytorchMs)} (ResNet)`,
  );
}
