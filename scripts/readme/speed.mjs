// @ts-check
import { markdownTable } from './markdown.mjs';

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

/**
 * The benchmark's table, columns and rows that were measured; empty where nothing was.
 *
 * @param {Pick<import('./data.mjs').Data, 'bench' | 'times'>} data
 */
export function speedSection({ bench, times }) {
  const cases = CASES.filter(({ name }) => bench?.[name]);
  if (!bench || cases.length === 0) return '';
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
    isTime(bench.resnet?.dataMs) && isTime(bench.resnet.compiledMs)
      ? `Preparing a batch of the ResNet's images takes ${millisecondsText(bench.resnet.dataMs)} ms, ${Math.round((100 * Number(bench.resnet.dataMs)) / Number(bench.resnet.compiledMs))} % of its step.`
      : '',
    first.length > 0 ? `Compiling and the first step take ${first.join(', ')}, once a process and shape.` : '',
  ];
  return `${markdownTable(head, rows, `l${'r'.repeat(head.length - 1)}`)}\n\n${notes.filter(Boolean).join(' ')}`;
}

/** @param {number | null | undefined} ms */
const isTime = (ms) => typeof ms === 'number' && ms > 0;

/** @param {number | null | undefined} ms */
function millisecondsText(ms) {
  return isTime(ms) ? Number(ms).toFixed(Number(ms) < 100 ? 1 : 0) : '–';
}

/**
 * @param {Record<string, number | null>} measured
 * @param {string} of
 */
function share(measured, of) {
  const [ours, other] = [measured.compiledMs, measured[of]];
  return isTime(ours) && isTime(other) ? (Number(ours) / Number(other)).toFixed(2) : '–';
}
