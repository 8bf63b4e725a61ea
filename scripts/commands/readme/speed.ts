/** How long things take, and how fast a training step is: data/results/times.csv and bench.json as Markdown. */
import { existsSync, readFileSync } from 'node:fs';
import type { TableSchema } from '../../../lib/dist/runs/resultsTable.js';
import { durationText } from '../../lib/duration.mjs';
import { Failure } from '../../lib/failure.mjs';
import { markdownTable } from './markdown.js';

/** A row of times.csv. */
export interface TimesRow {
  /** What was timed: a name in STAGES, or a notebook and its preset ("01 quick"). */
  stage: string;
  /** Depth of the model, where it matters. */
  n_layers: number | null;
  seconds: number;
  /** As the table names it, such as "2 cores, Intel Xeon 2.1 GHz". */
  machine: string;
}

const STAGES: Record<string, string> = {
  setup: '`npm start` in a fresh clone, until JupyterLab answers',
  start: '`npm start` from then on',
  test: '`npm test` in a fresh clone, set-up included',
  base: 'training a base model',
  mask: 'discovering a subnetwork',
  transfer: 'one transfer run, mean over the curve',
  curve: 'a whole curve: base model, mask, every condition and n, one seed',
  bench: '`npm run bench`',
};
const NOTEBOOK = /^(\d\d) (quick|laptop|paper)$/;
const PRESETS: Record<string, string> = {
  quick: 'quick preset, everything computed',
  laptop: 'laptop preset, everything computed (3 seeds)',
  paper: "the paper's settings, from finished runs",
};

export const timesSchema: TableSchema<TimesRow> = {
  columns: [
    { name: 'stage', type: 'text', pattern: new RegExp(`^(${Object.keys(STAGES).join('|')})$|${NOTEBOOK.source}`) },
    { name: 'n_layers', type: 'integer', min: 1, optional: true },
    { name: 'seconds', type: 'number', min: 0 },
    { name: 'machine', type: 'text' },
  ],
  key: ['stage', 'n_layers', 'machine'],
};

/** A table of the measured times, in the order of the story. */
export function timesSection(rows: readonly TimesRow[]): string {
  const order = Object.keys(STAGES);
  // Notebooks stand after the commands, before their single stages.
  const notebooks = order.indexOf('base') - 0.5;
  const place = ({ stage }: TimesRow) => (order.includes(stage) ? order.indexOf(stage) : notebooks);
  const sorted = [...rows].sort(
    (a, b) =>
      place(a) - place(b) ||
      a.stage.localeCompare(b.stage, 'en') ||
      (a.n_layers ?? 0) - (b.n_layers ?? 0) ||
      a.machine.localeCompare(b.machine, 'en'),
  );
  const lines = sorted.map(({ stage, n_layers, seconds, machine }) => {
    const [, number, preset] = NOTEBOOK.exec(stage) ?? [];
    const what = number ? `notebook ${number}, ${PRESETS[preset]}` : STAGES[stage];
    return [`${what}${n_layers === null ? '' : ` (${n_layers} layers)`}`, durationText(seconds), machine];
  });
  return markdownTable(['what', 'time', 'machine'], lines, 'lrl');
}

/** Milliseconds by case and figure, as `npm run -s bench -- --json` prints them. */
export type Bench = Record<string, Record<string, number | null>>;

export function readBench(path: string): Bench {
  const bench: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const cases = typeof bench === 'object' && bench !== null ? Object.values(bench) : [null];
  if (!cases.every((value) => typeof value === 'object' && value !== null)) {
    throw new Failure(`${path} is not what the benchmark prints: make it with npm run -s bench -- --json > ${path}`);
  }
  return bench as Bench;
}

const FIGURES = [
  { figure: 'eagerMs', title: 'eager' },
  { figure: 'graphMs', title: 'graph' },
  { figure: 'compiledMs', title: 'compiled' },
  { figure: 'pytorchMs', title: 'PyTorch' },
  { figure: 'torchCompileMs', title: 'torch.compile' },
];
const CASES = [
  { name: 'layers2', title: '2 layers' },
  { name: 'layers12', title: '12 layers' },
  { name: 'resnet', title: 'ResNet, 64×64, batch 64' },
  { name: 'twoProcesses', title: '2 layers, two processes of one thread' },
];

/** The benchmark's table, columns and rows that were measured. */
export function speedSection(bench: Bench, times: readonly TimesRow[]): string {
  const cases = CASES.filter(({ name }) => bench[name]);
  const figures = FIGURES.filter(({ figure }) => cases.some(({ name }) => isTime(bench[name][figure])));
  const shares = [
    { title: 'compiled / eager', of: 'eagerMs' },
    { title: 'compiled / PyTorch', of: 'pytorchMs' },
  ].filter(({ of }) => cases.some(({ name }) => share(bench[name], of) !== '–'));
  const rows = cases.map(({ name, title }) => [
    title,
    ...figures.map(({ figure }) => millisecondsText(bench[name][figure])),
    ...shares.map(({ of }) => share(bench[name], of)),
  ]);
  const head = ['ms a step', ...figures.map(({ title }) => title), ...shares.map(({ title }) => title)];
  const machine = times.find(({ stage }) => stage === 'bench')?.machine;
  const first = cases
    .filter(({ name }) => isTime(bench[name].firstStepMs))
    .map(({ name, title }) => `${(Number(bench[name].firstStepMs) / 1000).toFixed(1)} s (${title})`);
  const notes = [
    `One training step: forward, backward and AdamW; of the base model with a batch of 50, clipping and dropout${machine ? `; ${machine}` : ''}.`,
    cases.some(({ name }) => name === 'twoProcesses') ? 'Two processes: time for a step of either, both running.' : '',
    first.length > 0 ? `Compiling and the first step take ${first.join(', ')}, once a process and shape.` : '',
  ];
  return `${markdownTable(head, rows, `l${'r'.repeat(head.length - 1)}`)}\n\n${notes.filter(Boolean).join(' ')}`;
}

const isTime = (ms: number | null | undefined): ms is number => typeof ms === 'number' && ms > 0;
const millisecondsText = (ms: number | null | undefined) => (isTime(ms) ? ms.toFixed(ms < 100 ? 1 : 0) : '–');

function share(measured: Bench[string], of: string): string {
  const [ours, other] = [measured.compiledMs, measured[of]];
  return isTime(ours) && isTime(other) ? (ours / other).toFixed(2) : '–';
}
