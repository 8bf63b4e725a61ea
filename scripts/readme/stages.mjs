// @ts-check

import { chainSettings } from '../../lib/dist/experiments/settings.js';
import { ascending } from '../../lib/dist/stats/ascending.js';
import { mean } from '../../lib/dist/stats/intervals.js';
import { accuracyText, countText, differenceText, markdownTable } from './markdown.mjs';

/** @typedef {import('./data.mjs').Data} Data */

const HEAD = ['layers', 'base model and mask', 'published', 'ours', 'difference', 'seeds'];
const NOTE =
  'Ours is the mean over seeds, with lowest and highest where they differ. Models are evaluated after each epoch. Batches ' +
  'hold 50 rows; those of the published base model of 12 layers held 100.';

/**
 * Base models and masks, beside what is published of them.
 *
 * @param {Pick<Data, 'published' | 'bases' | 'masks'>} data
 */
export function stagesPart({ published, bases, masks }) {
  const depths = ascending([...bases, ...masks].map(({ n_layers }) => n_layers));
  const rows = depths.flatMap((layers) => {
    /** @type {<Row extends {n_layers: number}>(rows: Row[]) => Row[]} */
    const here = (rows) => rows.filter(({ n_layers }) => n_layers === layers);
    return [...baseRows(here(bases), here(published.base)), ...maskRows(here(masks))].map((cells) => [
      String(layers),
      ...cells,
    ]);
  });
  return rows.length > 0 ? `${markdownTable(HEAD, rows, 'rlrrrl')}\n\n${NOTE}` : '';
}

/**
 * @param {Data['bases']} attempts at one depth
 * @param {Data['published']['base']} published
 */
function baseRows(attempts, published) {
  if (attempts.length === 0) return [];
  const { expression, solvedAccuracy } = chainSettings().base;
  const solved = attempts.filter(({ stuck }) => !stuck);
  const stuck = attempts.length - solved.length;
  return [
    ...figureRow(`accuracy on "${expression}"`, {
      runs: solved,
      figure: (run) => run.eval_accuracy,
      published: published.at(-1)?.eval_accuracy,
      text: accuracyText,
      difference: differenceText,
    }),
    ...figureRow(`steps until accuracy ${solvedAccuracy}`, {
      runs: solved,
      figure: (run) => Number(run.solved_at_step),
      published: published.find(({ eval_accuracy }) => eval_accuracy >= solvedAccuracy)?.step,
      text: (steps) => countText(Math.round(steps)),
      difference: (steps) => differenceText(steps, 0),
    }),
    ['attempts that got stuck', '–', `${stuck} of ${attempts.length}`, '–', seedsOf(attempts)],
  ];
}

/** @param {Data['masks']} maps at one depth: a row for each masked weight of each mask */
function maskRows(maps) {
  const runs = [...new Set(maps.map(({ run }) => run))].map((run) => {
    const weights = maps.filter((map) => map.run === run);
    const sum = (/** @type {'kept' | 'total'} */ column) => weights.reduce((all, map) => all + map[column], 0);
    const { base, expression, temperature_schedule: schedule } = weights[0];
    const over = base === 'untrained' ? ', over an untrained model' : '';
    return {
      ...weights[0],
      name: `mask for "${expression}"${over}, temperature as ${schedule}`,
      share: sum('kept') / sum('total'),
    };
  });
  return [...new Set(runs.map(({ name }) => name))].sort().flatMap((name) => {
    const named = runs.filter((run) => run.name === name);
    return [
      ...figureRow(`${name}: accuracy`, { runs: named, figure: (run) => run.eval_accuracy, text: accuracyText }),
      ...figureRow(`${name}: weights kept`, { runs: named, figure: (run) => run.share, text: percentText }),
    ];
  });
}

/** @param {number} share */
const percentText = (share) => `${(100 * share).toFixed(1)} %`;

/**
 * The line of one figure, as a list of lines: none where there is no run.
 *
 * @template {{seed: number}} Run
 * @param {string} what
 * @param {object} options
 * @param {Run[]} options.runs
 * @param {(run: Run) => number} options.figure
 * @param {number} [options.published]
 * @param {(value: number) => string} options.text
 * @param {(value: number) => string} [options.difference]
 */
function figureRow(what, { runs, figure, published, text, difference = () => '–' }) {
  if (runs.length === 0) return [];
  const values = runs.map(figure);
  const ours = mean(values);
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))];
  return [
    [
      what,
      published === undefined ? '–' : text(published),
      low === high ? low : `${text(ours)} (${low} to ${high})`,
      published === undefined ? '–' : difference(ours - published),
      seedsOf(runs),
    ],
  ];
}

/** @param {{seed: number}[]} runs */
const seedsOf = (runs) => ascending(runs.map(({ seed }) => seed)).join(', ');
