/** Rows of the data-efficiency tables as points of charts and rows of tables: published and ours by the same names. */
import {
  type CurvePoint,
  type EstimatedPoint,
  estimateCurves,
  type Measurement,
  samplesNeeded,
  samplesToReach,
} from '../../evaluation/dataEfficiency';
import { mean } from '../../evaluation/intervals';
import { nearerCurve } from '../../evaluation/nearerCurve';
import { CURVE_CONDITIONS } from '../../experiments/settings';
import type { DataEfficiencyRow, PublishedDepth } from '../../runs/schemas';
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
  return bySource(rows).flatMap(({ source, measurements }) =>
    estimateCurves(measurements).map((point) => ({ ...point, source })),
  );
}

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

/** How far one condition is ahead of another, in the published curves and in ours, over the n that all of them have. */
export interface LeadRow {
  /** The condition that is held against, as charts call it, and which of ours. */
  against: string;
  source: string;
  /** Number of n compared, and at how many of them the condition is ahead. */
  sizes: number;
  aheadPublished: number;
  aheadOurs: number;
  /** Mean difference of the accuracies; above 0 where the condition is ahead. */
  leadPublished: number;
  leadOurs: number;
}

/** The lead of one condition (by default the subnetwork) over each other one that we have runs of. */
export function leadRows(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedPoint[],
  condition = 'subnet',
): LeadRow[] {
  return pointLeads(ourPoints(rows), published, condition);
}

/** The same for points of ours, such as means over depths. */
export function pointLeads(
  ours: readonly (CurvePoint & { condition: string; source: string })[],
  published: readonly PublishedPoint[],
  condition = 'subnet',
): LeadRow[] {
  const others = new Map(ours.map((point) => [`${point.condition} ${point.source}`, point]));
  const at = <Point extends CurvePoint & { condition: string; source: string }>(
    points: readonly Point[],
    of: { condition: string; source: string },
    n: number,
  ) =>
    points.find((point) => point.condition === of.condition && point.source === of.source && point.n === n)?.accuracy;
  return [...others.values()]
    .filter((other) => other.condition !== condition)
    .flatMap((other) => {
      const leads = published
        .filter((point) => point.condition === condition)
        .flatMap(({ n, accuracy }) => {
          const publishedOther = at(published, { condition: other.condition, source: PUBLISHED }, n);
          const [own, ofOther] = [at(ours, { condition, source: 'ours' }, n), at(ours, other, n)];
          if (publishedOther === undefined || own === undefined || ofOther === undefined) return [];
          return [{ published: accuracy - publishedOther, ours: own - ofOther }];
        });
      if (leads.length === 0) return [];
      return [
        {
          against: conditionLabel(other.condition),
          source: other.source,
          sizes: leads.length,
          aheadPublished: leads.filter((lead) => lead.published > 0).length,
          aheadOurs: leads.filter((lead) => lead.ours > 0).length,
          leadPublished: mean(leads.map((lead) => lead.published)),
          leadOurs: mean(leads.map((lead) => lead.ours)),
        },
      ];
    });
}

/** How many samples a condition needs to reach an accuracy, as text: '> 640' where the largest n measured is not enough. */
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
  const text = samplesText;
  const ours = bySource(rows).flatMap(({ source, measurements }) =>
    samplesNeeded(measurements, accuracy).map(({ condition, samples, low, high, upTo, seeds }) => {
      const curve = measurements.filter((measurement) => measurement.condition === condition);
      const interval = seeds > 1 ? intervalText(text(low, [{ n: upTo }]), text(high, [{ n: upTo }])) : '';
      return { condition, source, samples: text(samples, curve), interval, seeds };
    }),
  );
  return [...new Set(published.map(({ condition }) => condition))].flatMap((condition) => {
    const curve = published.filter((point) => point.condition === condition);
    const samples = text(samplesToReach(curve, accuracy), curve);
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
  return samples === null ? `> ${curve.reduce((most, { n }) => Math.max(most, n), 0)}` : `${Math.round(samples)}`;
}

/**
 * Which kind of a sampled control lies nearer to its published curve, in a sentence; none where ours lacks one of them, or
 * no n is shared.
 */
export function nearerSampler(
  condition: 'subnet_sampled' | 'subnet_sampled_complement' | 'subnet_sampled_trainable',
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedPoint[],
): string | undefined {
  const curve = (points: readonly (CurvePoint & { condition: string; source: string })[], source: string) =>
    points.filter((point) => point.condition === condition && point.source === source);
  const ours = ourPoints(rows);
  const [described, released] = (['described', 'released'] as const).map((sampler) =>
    curve(ours, sourceOf({ sampler })),
  );
  const ofPaper = curve(published, PUBLISHED);
  const shared = ofPaper.filter(({ n }) => [described, released].every((points) => points.some((p) => p.n === n)));
  if (shared.length === 0) return undefined;
  const fit = nearerCurve({ first: described, second: released, published: shared });
  const verdict =
    fit.nearer === undefined
      ? 'Over all n together, ours do not tell which of the two the paper drew'
      : `Over all n together, the control as ${fit.nearer === 'first' ? 'described' : 'released'} is nearer`;
  return (
    `**${conditionLabel(condition)}.** ${verdict}: the root mean square difference from the published accuracy is ` +
    `${fit.first.toFixed(3)} as described and ${fit.second.toFixed(3)} as released (difference of the mean squares ` +
    `${signed(fit.excess)}, 95 % interval ${signed(fit.low)} to ${signed(fit.high)}). As released is nearer at ` +
    `${fit.secondAt.length} of ${plural(fit.sizes.length, 'number')} of samples (n = ${fit.secondAt.join(', ') || 'none'}).`
  );
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

/** What curves of ours rest on: the runs of each seed with their conditions and sizes, and what the intervals hold. */
export function restsOn(rows: readonly DataEfficiencyRow[]): string {
  if (rows.length === 0) return 'There are no finished runs of ours yet.';
  const seeds = [...new Set(rows.map(({ seed }) => seed))].sort((a, b) => a - b);
  const parts = seeds.map((seed) => {
    const runs = rows.filter((row) => row.seed === seed);
    const conditions = new Set(runs.map((row) => `${conditionOf(row)} ${row.sampler}`)).size;
    const sizes = [...new Set(runs.map((row) => row.n_disambiguation))].sort((a, b) => a - b);
    return `seed ${seed}: ${plural(runs.length, 'run')} (${plural(conditions, 'condition')}, n = ${sizes.join(', ')})`;
  });
  const points = ourPoints(rows);
  const single = points.filter(({ interval }) => interval === 'binomial').length;
  const intervals = [
    single > 0 && `${plural(single, 'point')} of single runs, whose intervals hold the sampling of the test set only`,
    single < points.length &&
      `${plural(points.length - single, 'mean')} over seeds, whose intervals are bootstrapped over seeds`,
  ];
  return (
    `Our curves rest on ${plural(rows.length, 'run')} with ${plural(seeds.length, 'seed')}: ${parts.join('; ')}. ` +
    `They have ${intervals.filter(Boolean).join(', and ')}.`
  );
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Our runs as measurements, apart by the way their control was drawn, in the order of CURVE_CONDITIONS. */
function bySource(rows: readonly DataEfficiencyRow[]): { source: string; measurements: Measurement[] }[] {
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
