/** Data-efficiency curves over several depths: their mean, and what each depth needs. */

import type { DataEfficiencyRow } from '../../experiments';
import type { PublishedDepth } from '../../runs/publishedSchemas';
import { ascending } from '../../stats/ascending';
import { meanOfEstimates } from '../../stats/combinedIntervals';
import { type CommonDepths, commonDepths } from '../../stats/commonDepths';
import { type CurvePoint, samplesToReach } from '../../stats/dataEfficiency';
import { groupBy } from '../../stats/groupBy';
import { mean } from '../../stats/intervals';
import { PUBLISHED } from '../charts/conditions';
import { listed } from '../words';
import {
  conditionOf,
  type OurPoint,
  ourPoints,
  type PublishedPoint,
  publishedPoints,
  sourceOf,
} from './dataEfficiency';

/** A curve among the conditions of a figure: what it starts from, and which of ours. */
export interface Line {
  condition: string;
  source: string;
}

/** A mean over depths; `runs` counts the runs of all of them. */
export type MeanPoint = Omit<OurPoint, 'interval'>;

/** Curves averaged over the same depths at every n. */
export interface MeanOverDepths extends CommonDepths {
  ours: MeanPoint[];
  /** The published mean over the same depths, at every published n. */
  published: PublishedPoint[];
}

/** The curves of figure 2, left: the sampled control as the released code draws it, which made the figure. */
export const MEAN_LINES: Line[] = [
  { condition: 'subnet', source: 'ours' },
  { condition: 'original', source: 'ours' },
  { condition: 'random', source: 'ours' },
  { condition: 'subnet_sampled', source: 'ours, as released' },
];

/** Whether a run of ours lies on a line, at whatever depth. */
export function isOn(row: DataEfficiencyRow, { condition, source }: Line): boolean {
  return conditionOf(row) === condition && sourceOf(row) === source;
}

/** The depths and n that have most points in common (see commonDepths), where a point counts if all `lines` have it. */
export function depthsOfMean(
  rows: readonly DataEfficiencyRow[],
  { lines = MEAN_LINES }: { lines?: readonly Line[] } = {},
): CommonDepths {
  const points = [...groupBy(rows, (row) => `${row.n_layers} ${row.n_disambiguation}`).values()];
  const complete = points.filter((runs) => lines.every((line) => runs.some((row) => isOn(row, line))));
  return commonDepths(complete.map(([{ n_layers, n_disambiguation }]) => ({ layers: n_layers, n: n_disambiguation })));
}

/**
 * The mean over depths of our curves and of the published ones, over the depths and n of `depthsOfMean`; further lines are
 * averaged where all these depths have them. Each depth counts the same, however many seeds it has; its interval comes from
 * those of the depths.
 */
export function meanOverDepths(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedDepth[],
  { lines = MEAN_LINES }: { lines?: readonly Line[] } = {},
): MeanOverDepths {
  const { depths, sizes } = depthsOfMean(rows, { lines });
  const points = depths.flatMap((depth) => ourPoints(rows.filter(({ n_layers }) => n_layers === depth)));
  const every = [...new Map(points.map((point) => [`${point.condition} ${point.source}`, point])).values()];
  const ours = every.flatMap(({ condition, source }) =>
    sizes.flatMap((n): MeanPoint[] => {
      const parts = points.filter((point) => point.condition === condition && point.source === source && point.n === n);
      if (parts.length < depths.length) return [];
      const { mean: accuracy, low, high } = meanOfEstimates(parts.map((part) => ({ ...part, mean: part.accuracy })));
      const runs = parts.reduce((sum, part) => sum + part.runs, 0);
      return [{ condition, source, n, accuracy, low, high, runs }];
    }),
  );
  return { depths, sizes, ours, published: publishedMean(published, depths) };
}

/** The published mean over some depths, for each condition and n that all of them have. */
export function publishedMean(published: readonly PublishedDepth[], depths: readonly number[]): PublishedPoint[] {
  if (depths.length === 0) return [];
  const points = publishedPoints(published.filter(({ n_layers }) => depths.includes(n_layers)));
  return [...groupBy(points, ({ condition, n }) => `${condition} ${n}`).values()]
    .filter((group) => group.length === depths.length)
    .map((group) => ({ ...group[0], accuracy: mean(group.map(({ accuracy }) => accuracy)) }));
}

/** What a mean is over, in words: 'mean over 2 and 12 layers', '2 layers alone'. */
export function depthsText(depths: readonly number[]): string {
  if (depths.length === 0) return 'no depth yet';
  return depths.length > 1 ? `mean over ${listed(depths)} layers` : `${depths[0]} layers alone`;
}

/** A curve's samples needed at one depth; for the chart over depths. */
export interface SamplesAtDepth extends Line {
  layers: number;
  samples: number;
}

/**
 * The samples that each published and each of our curves needs for an accuracy, depth by depth. A curve is left out where
 * it does not reach the accuracy, or where it has no run at a published n between the two points that it is read from.
 */
export function samplesByDepth(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedDepth[],
  accuracy: number,
): SamplesAtDepth[] {
  const sizes = ascending(published.map(({ n_disambiguation }) => n_disambiguation));
  return depthsOf(published).flatMap((layers) => {
    const of = <Row extends { n_layers: number }>(all: readonly Row[]) => all.filter((row) => row.n_layers === layers);
    const points: (Line & CurvePoint)[] = [...publishedPoints(of(published)), ...ourPoints(of(rows))];
    const lines = [...new Map(points.map((point) => [`${point.condition} ${point.source}`, point])).values()];
    return lines.flatMap(({ condition, source }) => {
      const curve = points.filter((point) => point.condition === condition && point.source === source);
      const samples = samplesToReach(curve, accuracy);
      if (samples === null || (source !== PUBLISHED && hasGapAt(samples, curve, sizes))) return [];
      return [{ condition, source, layers, samples }];
    });
  });
}

/** Whether a published n is missing between the measured neighbours of `samples`, or below the first of them. */
function hasGapAt(samples: number, curve: readonly CurvePoint[], sizes: readonly number[]): boolean {
  const measured = curve.map(({ n }) => n);
  const below = measured.filter((n) => n < samples).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const above = measured.filter((n) => n >= samples).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return sizes.some((n) => n > below && n < above);
}

/** The depths that occur, in ascending order. */
export function depthsOf(rows: readonly { n_layers: number }[]): number[] {
  return ascending(rows.map(({ n_layers }) => n_layers));
}
