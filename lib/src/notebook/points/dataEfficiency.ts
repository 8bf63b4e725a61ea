/** Rows of the data-efficiency tables as points of charts: published and ours by the same names. */

import type { DataEfficiencyRow } from '../../experiments';
import { CURVE_CONDITIONS } from '../../experiments/settings';
import type { PublishedDepth } from '../../runs/publishedSchemas';
import { type EstimatedPoint, estimateCurves, type Measurement } from '../../stats/dataEfficiency';
import { conditionLabel, PUBLISHED } from '../charts/conditions';

/** A published point as charts and comparisons take it. */
export interface PublishedPoint {
  condition: string;
  source: typeof PUBLISHED;
  n: number;
  accuracy: number;
}

/** The mean of our runs at one n of one condition, and where it comes from. */
export interface OurPoint extends EstimatedPoint {
  /** ours; for a sampled control: ours, as described (or released). */
  source: string;
}

/** Whether a run belongs to the published curves: one of their conditions, the subnetwork frozen. */
export function isCurveRow({ inherit_from, sampler, subnetwork }: DataEfficiencyRow): boolean {
  return CURVE_CONDITIONS.some(
    (condition) =>
      condition.inheritFrom === inherit_from &&
      (condition.sampler ?? null) === sampler &&
      (condition.subnetwork ?? null) === subnetwork,
  );
}

/** The condition of a row as charts name it: inherit_from, and whether transferred weights train on. */
export function conditionOf({
  inherit_from,
  subnetwork,
}: Pick<DataEfficiencyRow, 'inherit_from' | 'subnetwork'>): string {
  return subnetwork === 'trainable' ? `${inherit_from}_trainable` : inherit_from;
}

/** Where a row of ours comes from, as legends say it. */
export function sourceOf({ sampler }: Pick<DataEfficiencyRow, 'sampler'>): string {
  return sampler ? `ours, as ${sampler}` : 'ours';
}

/** A curve of ours in words: its condition and, of a control, how it was drawn; "sampled control, as released". */
export function curveLabel({ condition, source }: { condition: string; source: string }): string {
  return conditionLabel(condition) + source.replace(/^ours/, '');
}

/** The points of published rows, for one depth or for a panel that the caller has chosen. */
export function publishedPoints(
  rows: readonly Pick<PublishedDepth, 'inherit_from' | 'n_disambiguation' | 'test_accuracy'>[],
): PublishedPoint[] {
  return rows.map(({ inherit_from, n_disambiguation, test_accuracy }) => ({
    condition: inherit_from,
    source: PUBLISHED,
    n: n_disambiguation,
    accuracy: test_accuracy,
  }));
}

/** Means of our runs with their 95 % intervals: over seeds, or of the test set where there is one run. */
export function ourPoints(rows: readonly DataEfficiencyRow[]): OurPoint[] {
  return measurementsBySource(rows).flatMap(({ source, measurements }) =>
    estimateCurves(measurements).map((point) => ({ ...point, source })),
  );
}

/** Our runs as measurements, apart by the way their control was drawn, in the order of CURVE_CONDITIONS. */
export function measurementsBySource(
  rows: readonly DataEfficiencyRow[],
): { source: string; measurements: Measurement[] }[] {
  return ([null, 'described', 'released'] as const)
    .map((sampler) => ({
      source: sourceOf({ sampler }),
      measurements: rows
        .filter((row) => row.sampler === sampler)
        .map((row) => ({
          condition: conditionOf(row),
          n: row.n_disambiguation,
          seed: row.seed,
          accuracy: row.test_accuracy,
        })),
    }))
    .filter(({ measurements }) => measurements.length > 0);
}
