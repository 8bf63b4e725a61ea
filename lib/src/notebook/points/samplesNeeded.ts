/** The samples that curves need to reach an accuracy, such as n50 and n90. */

import type { DataEfficiencyRow } from '../../experiments';
import { type CurvePoint, samplesNeeded, samplesToReach } from '../../stats/dataEfficiency';
import { conditionLabel, PUBLISHED } from '../charts/conditions';
import { measurementsBySource, type PublishedPoint } from './dataEfficiency';

/**
 * How many samples a condition needs to reach an accuracy, as text: '> 640' where the largest n measured is not enough,
 * '≤ 160' where the smallest measured, which is not 0, is.
 */
export interface SamplesNeededRow {
  /** As charts call it. */
  condition: string;
  source: string;
  samples: string;
  /** 95 % interval over seeds; empty where there is one seed or none is known. */
  interval: string;
  /** Seeds that the interval is drawn from: those with runs up to the samples needed. */
  seeds: number;
}

/** Samples needed by each published and each of our curves, condition by condition. */
export function samplesNeededRows(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedPoint[],
  accuracy: number,
): SamplesNeededRow[] {
  const ours = measurementsBySource(rows).flatMap(({ source, measurements }) =>
    samplesNeeded(measurements, accuracy).map(({ condition, samples, low, high, upTo, seeds }) => {
      const curve = measurements.filter((measurement) => measurement.condition === condition);
      const within = [{ n: 0 }, { n: upTo }];
      const interval = seeds > 1 ? intervalText(samplesText(low, within), samplesText(high, within)) : '';
      return { condition, source, samples: samplesText(samples, curve), interval, seeds };
    }),
  );
  return [...new Set(published.map(({ condition }) => condition))].flatMap((condition) => {
    const curve = published.filter((point) => point.condition === condition);
    const samples = samplesText(samplesToReach(curve, accuracy), curve);
    return [
      { condition, source: PUBLISHED as string, samples, interval: '', seeds: 1 },
      ...ours.filter((row) => row.condition === condition),
    ].map((row) => ({ ...row, condition: conditionLabel(row.condition) }));
  });
}

/**
 * The same for points of ours, such as means over depths; the interval is where the upper and the lower ends of their
 * intervals reach the accuracy.
 */
export function pointSamplesNeeded(
  points: readonly (CurvePoint & { condition: string; source: string; low: number; high: number })[],
  published: readonly PublishedPoint[],
  accuracy: number,
): Omit<SamplesNeededRow, 'seeds'>[] {
  const text = (curve: readonly CurvePoint[]): string => samplesText(samplesToReach(curve, accuracy), curve);
  return [...new Set(published.map(({ condition }) => condition))].flatMap((condition) => {
    const curve = published.filter((point) => point.condition === condition);
    const ours = points.filter((point) => point.condition === condition);
    return [
      { condition: conditionLabel(condition), source: PUBLISHED as string, samples: text(curve), interval: '' },
      ...[...new Set(ours.map(({ source }) => source))].map((source) => {
        const own = ours.filter((point) => point.source === source);
        const edge = (of: (point: (typeof own)[number]) => number) =>
          text(own.map((p) => ({ n: p.n, accuracy: of(p) })));
        const interval = intervalText(
          edge(({ high }) => high),
          edge(({ low }) => low),
        );
        return { condition: conditionLabel(condition), source, samples: text(own), interval };
      }),
    ];
  });
}

function intervalText(low: string, high: string): string {
  return low === high ? low : `${low} to ${high}`;
}

function samplesText(samples: number | null, curve: readonly { n: number }[]): string {
  const sizes = curve.map(({ n }) => n);
  if (samples === null) return `> ${Math.max(0, ...sizes)}`;
  return samples > 0 && samples === Math.min(...sizes) ? `≤ ${samples}` : `${Math.round(samples)}`;
}
