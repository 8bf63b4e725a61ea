/** How close our points lie to the published ones, measured by how far the published runs lie from each other. */

import type { PublishedFigure2 } from '../../runs/publishedSchemas';
import { mean } from '../../stats/intervals';
import { type SpreadPoint, withinSpread } from '../../stats/runSpread';
import { conditionLabel } from '../charts/conditions';
import { publishedPoints } from './dataEfficiency';
import type { DifferenceFromPublished } from './differences';

/**
 * The standard deviations of the five published runs of 12 layers. The complement control has none: that of the sampled
 * control stands in for it.
 */
export function publishedSpread(figure2: readonly PublishedFigure2[]): SpreadPoint[] {
  const known = figure2.flatMap(({ inherit_from, n_disambiguation, std_over_5_runs }) =>
    std_over_5_runs === null
      ? []
      : [{ condition: inherit_from as string, n: n_disambiguation, deviation: std_over_5_runs }],
  );
  const standIn = known
    .filter(({ condition }) => condition === 'subnet_sampled')
    .map((point) => ({ ...point, condition: 'subnet_sampled_complement' }));
  return [...known, ...standIn];
}

/** Published means over runs as points, with a band of one standard deviation where it is known. */
export function publishedWithSpread(rows: readonly PublishedFigure2[]) {
  return rows.map((row) => {
    const [point] = publishedPoints([row]);
    const deviation = row.std_over_5_runs;
    if (deviation === null) return point;
    return { ...point, low: Math.max(0, point.accuracy - deviation), high: Math.min(1, point.accuracy + deviation) };
  });
}

/** The distance of one of our curves from the published one. */
export interface DistanceRow {
  condition: string;
  source: string;
  points: number;
  /** Mean and largest |ours - published|. */
  'mean distance': number;
  'largest distance': number;
  /** Points within twice the published standard deviation, of those for which it is known. */
  within: string;
  share: number | null;
}

/** A line for each condition and source of the differences. */
export function distanceRows(
  differences: readonly DifferenceFromPublished[],
  spread: readonly SpreadPoint[],
): DistanceRow[] {
  const lines = new Map(differences.map(({ condition, source }) => [`${condition} ${source}`, { condition, source }]));
  return [...lines.values()].map(({ condition, source }) => {
    const own = differences.filter((row) => row.condition === condition && row.source === source);
    const distances = own.map(({ difference }) => Math.abs(difference));
    const { points, within, share } = withinSpread(own, spread);
    return {
      condition: conditionLabel(condition),
      source,
      points: own.length,
      'mean distance': mean(distances),
      'largest distance': distances.reduce((a, b) => Math.max(a, b), 0),
      within: `${within} of ${points}`,
      share,
    };
  });
}

/** The share over all conditions, in a sentence; none where no deviation is known. */
export function withinSpreadSentence(
  differences: readonly DifferenceFromPublished[],
  spread: readonly SpreadPoint[],
): string {
  const { points, within, share } = withinSpread(differences, spread);
  if (share === null) return 'There is no point of ours yet whose published run-to-run spread is known.';
  return (
    `**${within} of ${points} points (${(100 * share).toFixed(0)} %)** lie within twice the standard deviation of the ` +
    'published runs of 12 layers at the same n.'
  );
}
