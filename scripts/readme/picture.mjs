// @ts-check

import { ascending } from '../../lib/dist/evaluation/ascending.js';
import { chartImage } from '../../lib/dist/notebook/chartImage.js';
import { dataEfficiencyFacets } from '../../lib/dist/notebook/charts/dataEfficiencyFacets.js';
import { ourPoints, publishedPoints } from '../../lib/dist/notebook/points/dataEfficiency.js';

/** The README's picture, seen from the project's folder. */
export const PICTURE = 'docs/data-efficiency.png';

/** The least and the greatest of the paper's depths; notebook 05 has them all. */
const DEPTHS = [2, 12];
/** One control is enough for a first look; drawn as released, as the published one was. */
const CONDITIONS = ['subnet', 'original', 'random', 'subnet_sampled'];

/**
 * The spec of the data-efficiency curves, published and ours as far as there are runs: a panel for each depth.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} data
 */
export function curveSpec({ published, curves }) {
  const rows = DEPTHS.flatMap((layers) => {
    const runs = curves.filter(
      ({ n_layers, inherit_from, sampler }) =>
        n_layers === layers && CONDITIONS.includes(inherit_from) && sampler !== 'described',
    );
    const theirs = published.curves.filter(
      ({ n_layers, inherit_from }) => n_layers === layers && CONDITIONS.includes(inherit_from),
    );
    const panel = `${layers} layers${oursText(runs)}`;
    const ours = ourPoints(runs).map((point) => ({ ...point, source: 'ours' }));
    return [...publishedPoints(theirs), ...ours].map((point) => ({ ...point, panel }));
  });
  return dataEfficiencyFacets({
    title: 'Learning "a^2 + ab" from mostly ambiguous data',
    subtitle: 'dashed: published, solid: ours, with 95 % intervals',
    rows,
    width: 400,
    height: 300,
  });
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
