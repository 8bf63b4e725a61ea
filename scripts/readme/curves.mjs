// @ts-check

import { conditionStyles, PUBLISHED } from '../../lib/dist/notebook/charts/conditions.js';
import { curveLabel, publishedPoints } from '../../lib/dist/notebook/points/dataEfficiency.js';
import { differenceRows } from '../../lib/dist/notebook/points/differences.js';
import { samplesNeededRows } from '../../lib/dist/notebook/points/samplesNeeded.js';
import { plural } from '../../lib/dist/notebook/words.js';
import { ascending } from '../../lib/dist/stats/ascending.js';
import { groupBy } from '../../lib/dist/stats/groupBy.js';
import { mean } from '../../lib/dist/stats/intervals.js';
import { accuracyText, countText, differenceText, markdownTable } from './markdown.mjs';

/** @typedef {Pick<import('./data.mjs').Data, 'published' | 'curves'>} Curves */

/** The depths whose accuracies are shown, as far as there are runs; notebook 05 has them all. */
const SHOWN_LAYERS = [2, 12];
/** The n whose accuracies are shown; notebooks 03 to 05 have them all. */
const SHOWN_SIZES = [0, 40, 100, 640, 2500];

/**
 * Accuracies at some n: a table for each depth that is shown.
 *
 * @param {Curves} curves
 */
export function accuraciesPart(curves) {
  return SHOWN_LAYERS.map((layers) => accuraciesAt(layers, curves))
    .filter(Boolean)
    .join('\n\n');
}

/**
 * For each condition of a depth the published accuracies, ours and the differences; empty without runs of ours.
 *
 * @param {number} layers
 * @param {Curves} curves
 */
function accuraciesAt(layers, curves) {
  const { rows, points, conditions } = atDepth(layers, curves);
  const differences = differenceRows(rows, points);
  if (differences.length === 0) return '';
  const measured = ascending(differences.map(({ n }) => n));
  const usual = SHOWN_SIZES.filter((n) => measured.includes(n));
  const sizes = usual.length > 0 ? usual : measured.slice(0, SHOWN_SIZES.length);
  const lines = conditions.flatMap(({ condition, label }) => {
    const ours = differences.filter((row) => row.condition === condition);
    const published = points.filter((point) => point.condition === condition);
    return [
      [label, PUBLISHED, ...sizes.map((n) => accuracyText(published.find((point) => point.n === n)?.accuracy))],
      ...[...new Set(ours.map(({ source }) => source))].flatMap((source) => {
        const found = sizes.map((n) => ours.find((row) => row.source === source && row.n === n));
        return [
          ['', source, ...found.map((row) => accuracyText(row?.ours))],
          ['', 'difference', ...found.map((row) => differenceText(row?.difference))],
        ];
      }),
    ];
  });
  const head = ['starts from', `test accuracy, ${layers} layers`, ...sizes.map((n) => `n = ${countText(n)}`)];
  return `${markdownTable(head, lines, `ll${'r'.repeat(sizes.length)}`)}\n\n${restsOn(rows)}`;
}

/**
 * Samples needed for an accuracy of 0.5, and the distance from the published curve: a line a curve, every depth.
 *
 * @param {Curves} curves
 */
export function distancesPart(curves) {
  const depths = ascending(curves.curves.map(({ n_layers }) => n_layers));
  const lines = depths.flatMap((layers) => {
    const { rows, points, conditions } = atDepth(layers, curves);
    const needed = samplesNeededRows(rows, points, 0.5);
    const differences = differenceRows(rows, points);
    return conditions.flatMap(({ condition, label }) => {
      const sizes = points.filter((point) => point.condition === condition).map(({ n }) => n);
      // These rows carry the labels that charts use.
      const published = needed.find((row) => row.condition === label && row.source === PUBLISHED);
      const ours = needed.filter((row) => row.condition === label && row.source !== PUBLISHED);
      return ours.map((curve) => {
        const compared = differences.filter((row) => row.condition === condition && row.source === curve.source);
        return [
          String(layers),
          curveLabel({ condition, source: curve.source }),
          published?.samples ?? '–',
          samplesText(curve, compared, sizes),
          ...distanceTexts(compared.map(({ difference }) => Math.abs(difference))),
          String(compared.length),
          String(Math.max(0, ...compared.map(({ runs }) => runs))),
        ];
      });
    });
  });
  if (lines.length === 0) return '';
  const head = [
    'layers',
    'starts from',
    'n50 published',
    'n50 ours',
    'mean distance',
    'largest',
    'points',
    'seeds, at most',
  ];
  const note =
    'n50: disambiguation samples for an accuracy of 0.5, with the 95 % interval over the seeds that have every n up to it; ' +
    'only for curves without gaps. ' +
    'Distance: |ours − published| in accuracy, over the points that both have.';
  return `${markdownTable(head, lines, 'rlrrrrrr')}\n\n${note}`;
}

/**
 * n50 of one of our curves, with its interval: not where it has gaps, which would put n50 anywhere into them.
 *
 * @param {{samples: string, interval: string}} curve
 * @param {{n: number}[]} compared
 * @param {number[]} sizes the published n
 */
function samplesText({ samples, interval }, compared, sizes) {
  const most = Math.max(...compared.map(({ n }) => n));
  if (compared.length === 0 || compared.length < sizes.filter((n) => n <= most).length) return '–';
  return interval ? `${samples} (${interval})` : samples;
}

/** @param {number[]} distances */
function distanceTexts(distances) {
  if (distances.length === 0) return ['–', '–'];
  return [accuracyText(mean(distances)), accuracyText(Math.max(...distances))];
}

/**
 * Our runs, the published points and the conditions of one depth.
 *
 * @param {number} layers
 * @param {Curves} curves
 */
function atDepth(layers, { published, curves }) {
  const points = publishedPoints(published.curves.filter(({ n_layers }) => n_layers === layers));
  const styles = conditionStyles(points.map(({ condition }) => condition));
  return {
    rows: curves.filter(({ n_layers }) => n_layers === layers),
    points,
    conditions: [...styles].map(([condition, { label }]) => ({ condition, label })),
  };
}

/** @param {Curves['curves']} rows of one depth */
function restsOn(rows) {
  const seeds = ascending(rows.map(({ seed }) => seed));
  const texts = seeds.map((seed) => {
    const runs = rows.filter((row) => row.seed === seed);
    const conditions = new Set(runs.map(({ inherit_from, sampler }) => `${inherit_from} ${sampler}`)).size;
    const sizes = ascending(runs.map((row) => row.n_disambiguation));
    const [least, most] = [sizes[0], sizes[sizes.length - 1]].map(countText);
    const range = sizes.length > 1 ? `n from ${least} to ${most}` : `n = ${least}`;
    return `${plural(runs.length, 'run')} (${plural(conditions, 'condition')}, ${range})`;
  });
  const parts = [...new Set(texts)].map((text) => {
    const same = seeds.filter((_, i) => texts[i] === text);
    return same.length > 1 ? `${text} with each of the seeds ${same.join(', ')}` : `${text} with seed ${same[0]}`;
  });
  if (seeds.length === 1) return `Ours is one run a point. It rests on ${parts.join('; ')}.`;
  const spread = seedSpread(rows);
  return (
    `Ours is the mean over seeds. It rests on ${parts.join('; ')}; each seed has a base model and a mask of its own.` +
    (spread === undefined
      ? ''
      : ` Between seeds a point varies with a standard deviation of ${accuracyText(spread)} (root mean square over conditions and n).`)
  );
}

/**
 * Standard deviation between the seeds of a point, root mean square over the points with several; undefined without one.
 *
 * @param {Curves['curves']} rows of one depth
 */
function seedSpread(rows) {
  const points = groupBy(rows, (row) => `${row.inherit_from} ${row.sampler} ${row.n_disambiguation}`);
  const variances = [...points.values()]
    .filter((runs) => runs.length > 1)
    .map((runs) => {
      const centre = mean(runs.map((run) => run.test_accuracy));
      return runs.reduce((sum, run) => sum + (run.test_accuracy - centre) ** 2, 0) / (runs.length - 1);
    });
  return variances.length > 0 ? Math.sqrt(mean(variances)) : undefined;
}
