// @ts-check

import { chartImage } from '../../lib/dist/charts/chartImage.js';
import { dataEfficiencyFacets } from '../../lib/dist/notebook/charts/dataEfficiencyFacets.js';
import { ourPoints, publishedPoints } from '../../lib/dist/notebook/points/dataEfficiency.js';
import { depthsText, meanOverDepths } from '../../lib/dist/notebook/points/depths.js';
import { ascending } from '../../lib/dist/stats/ascending.js';

/** The README's picture, seen from the project's folder. */
export const PICTURE = 'docs/data-efficiency.png';

/** The least and the greatest of the paper's depths; notebook 05 has them all. */
const DEPTHS = [2, 12];
/** One control is enough for a first look; drawn as released, as the published one was. */
const CONDITIONS = ['subnet', 'original', 'random', 'subnet_sampled'];

/**
 * The spec of the data-efficiency curves, published and ours as far as there are runs: a panel for the mean over depths,
 * where ours are of several, and one for each of two depths.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} data
 */
export function curveSpec({ published, curves }) {
  const runs = curves.filter(
    ({ inherit_from, sampler }) => CONDITIONS.includes(inherit_from) && sampler !== 'described',
  );
  const theirs = published.curves.filter(({ inherit_from }) => CONDITIONS.includes(inherit_from));
  const means = meanOverDepths(runs, theirs);
  const panels = DEPTHS.map((layers) => {
    const own = runs.filter(({ n_layers }) => n_layers === layers);
    const points = publishedPoints(theirs.filter(({ n_layers }) => n_layers === layers));
    return panelOf(`${layers} layers${oursText(own)}`, points, ourPoints(own));
  });
  if (means.depths.length > 1) panels.unshift(panelOf(depthsText(means.depths), means.published, means.ours));
  return dataEfficiencyFacets({
    title: 'Learning "a^2 + ab" from mostly ambiguous data',
    subtitle: 'dashed: published, solid: ours, with 95 % intervals',
    rows: panels.flat(),
    columns: panels.length,
    width: 330,
    height: 300,
  });
}

/**
 * @param {string} panel
 * @param {import('../../lib/dist/notebook/points/dataEfficiency.js').PublishedPoint[]} published
 * @param {import('../../lib/dist/notebook/points/depths.js').MeanPoint[]} ours
 */
function panelOf(panel, published, ours) {
  return [...published, ...ours.map((point) => ({ ...point, source: 'ours' }))].map((point) => ({ ...point, panel }));
}

/** @param {import('./data.mjs').Data['curves']} runs of one depth */
function oursText(runs) {
  const seeds = ascending(runs.map(({ seed }) => seed)).length;
  if (seeds === 0) return '';
  const points = new Set(runs.map((run) => `${run.inherit_from}/${run.n_disambiguation}`)).size;
  const uneven = runs.length < seeds * points;
  return seeds === 1 ? '; ours: one run a point' : `; ours: mean of ${uneven ? 'up to ' : ''}${seeds} seeds`;
}

/**
 * The picture as PNG.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} data
 */
export async function curvePicture(data) {
  return (await chartImage(curveSpec(data))).png;
}
