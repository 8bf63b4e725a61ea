// @ts-check

import { ascending } from '../../lib/dist/evaluation/ascending.js';
import { chartImage } from '../../lib/dist/notebook/chartImage.js';
import { dataEfficiencyCurve } from '../../lib/dist/notebook/charts/dataEfficiency.js';
import { ourPoints, publishedPoints } from '../../lib/dist/notebook/points/dataEfficiency.js';

/** The README's picture, seen from the project's folder. */
export const PICTURE = 'docs/data-efficiency.png';

const LAYERS = 2;
/** One control is enough for a first look; drawn as released, as the published one was. */
const CONDITIONS = ['subnet', 'original', 'random', 'subnet_sampled'];

/**
 * The spec of the data-efficiency curve at 2 layers, published and ours as far as there are runs.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} data
 */
export function curveSpec({ published, curves }) {
  const runs = curves.filter(
    ({ n_layers, inherit_from, sampler }) =>
      n_layers === LAYERS && CONDITIONS.includes(inherit_from) && sampler !== 'described',
  );
  const theirs = published.curves.filter(
    ({ n_layers, inherit_from }) => n_layers === LAYERS && CONDITIONS.includes(inherit_from),
  );
  const seeds = ascending(runs.map(({ seed }) => seed)).length;
  const points = new Set(runs.map((run) => `${run.inherit_from}/${run.n_disambiguation}`)).size;
  const uneven = runs.length < seeds * points;
  return dataEfficiencyCurve({
    title: 'Learning "a^2 + ab" from mostly ambiguous data',
    subtitle: `GPT-2 of ${LAYERS} layers, ${seeds === 0 ? 'published' : `published and ${oursText(seeds, uneven)}`}`,
    rows: [...publishedPoints(theirs), ...ourPoints(runs).map((point) => ({ ...point, source: 'ours' }))],
    width: 600,
    height: 340,
  });
}

/**
 * @param {number} seeds
 * @param {boolean} uneven whether some points have fewer
 */
function oursText(seeds, uneven) {
  return seeds === 1
    ? 'ours: one run a point, 95 % interval of its test set'
    : `ours: mean of ${uneven ? 'up to ' : ''}${seeds} seeds, 95 % interval`;
}

/**
 * The picture as PNG.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} data
 */
export async function curvePicture(data) {
  return (await chartImage(curveSpec(data))).png;
}
