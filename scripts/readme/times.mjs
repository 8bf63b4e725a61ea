// @ts-check
/** How long things take: data/results/times.csv, a row for each measurement made. */
import { markdownTable } from './markdown.mjs';

/**
 * @typedef {object} TimesRow
 * @property {string} stage what was timed: a name in STAGES, or a notebook and its preset ("01 quick")
 * @property {number | null} n_layers depth of the model, where it matters
 * @property {number} seconds
 * @property {string} machine as the README names it, such as "2 cores, Intel Xeon 2.1 GHz"
 */

/** @type {Record<string, string>} */
const STAGES = {
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
const PRESETS = {
  quick: 'quick preset, everything computed',
  laptop: 'laptop preset, everything computed (3 seeds)',
  paper: "the paper's settings, from finished runs",
};

/** @type {import('../../lib/dist/runs/tableSchema.js').TableSchema<TimesRow>} */
export const timesSchema = {
  columns: [
    { name: 'stage', type: 'text', pattern: new RegExp(`^(${Object.keys(STAGES).join('|')})$|${NOTEBOOK.source}`) },
    { name: 'n_layers', type: 'integer', min: 1, optional: true },
    { name: 'seconds', type: 'number', min: 0 },
    { name: 'machine', type: 'text' },
  ],
  key: ['stage', 'n_layers', 'machine'],
};

/**
 * A table of the measured times; empty where there is none.
 *
 * @param {TimesRow[]} rows
 */
export function timesSection(rows) {
  if (rows.length === 0) return '';
  const order = Object.keys(STAGES);
  // Notebooks stand after the commands, before their single stages.
  const notebooks = order.indexOf('base') - 0.5;
  const place = (/** @type {TimesRow} */ { stage }) => (order.includes(stage) ? order.indexOf(stage) : notebooks);
  const sorted = [...rows].sort(
    (a, b) =>
      place(a) - place(b) ||
      a.stage.localeCompare(b.stage, 'en') ||
      (a.n_layers ?? 0) - (b.n_layers ?? 0) ||
      a.machine.localeCompare(b.machine, 'en'),
  );
  const lines = sorted.map(({ stage, n_layers, seconds, machine }) => {
    const depth = n_layers === null ? '' : ` (${n_layers} layers)`;
    return [`${describe(stage)}${depth}`, durationText(seconds), machine];
  });
  return `## How long it takes\n\n${markdownTable(['what', 'time', 'machine'], lines, 'lrl')}`;
}

/** @param {string} stage */
function describe(stage) {
  const [, number, preset] = NOTEBOOK.exec(stage) ?? [];
  return number ? `notebook ${number}, ${PRESETS[/** @type {keyof typeof PRESETS} */ (preset)]}` : STAGES[stage];
}

/** @param {number} seconds */
export function durationText(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${seconds.toFixed(0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
