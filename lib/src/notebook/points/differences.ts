/** How far ours are from the published points. */
import type { DataEfficiencyRow } from '../../experiments';
import { type OurPoint, ourPoints, type PublishedPoint } from './dataEfficiency';

/** One line of the table of differences, and one point of their chart. */
export interface DifferenceFromPublished {
  condition: string;
  source: string;
  n: number;
  published: number;
  ours: number;
  /** ours - published, and the interval of ours moved by the published value. */
  difference: number;
  low: number;
  high: number;
  runs: number;
}

/** Ours against the published value, for each published point that we have runs of. */
export function differenceRows(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedPoint[],
): DifferenceFromPublished[] {
  return pointDifferences(ourPoints(rows), published);
}

/** The same for points of ours, such as means over depths. */
export function pointDifferences(
  points: readonly (Omit<OurPoint, 'interval'> & { low: number; high: number })[],
  published: readonly PublishedPoint[],
): DifferenceFromPublished[] {
  return [...new Set(points.map(({ source }) => source))].flatMap((source) =>
    published.flatMap(({ condition, n, accuracy }) => {
      const ours = points.find((point) => point.source === source && point.condition === condition && point.n === n);
      if (!ours) return [];
      const [difference, low, high] = [ours.accuracy, ours.low, ours.high].map((value) => value - accuracy);
      return [
        { condition, source, n, published: accuracy, ours: ours.accuracy, difference, low, high, runs: ours.runs },
      ];
    }),
  );
}
