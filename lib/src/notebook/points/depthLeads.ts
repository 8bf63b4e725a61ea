/** How far the subnetwork is ahead of each other condition, depth by depth, and whether chance could have made it so. */
import { ascending } from '../../evaluation/ascending';
import { groupBy } from '../../evaluation/groupBy';
import type { Interval } from '../../evaluation/intervals';
import { pairCurves } from '../../evaluation/pairedCurves';
import type { PublishedDepth } from '../../runs/publishedSchemas';
import type { DataEfficiencyRow } from '../../runs/schemas';
import { conditionLabel, conditionStyles, PUBLISHED } from '../charts/conditions';
import { listed } from '../words';
import { conditionOf, sourceOf } from './dataEfficiency';

/** The lead of the subnetwork over one condition at one depth, over all n together; with its 95 % interval. */
export interface DepthLead extends Interval {
  layers: number;
  /** The condition that is held against, and 'published' or which of ours. */
  condition: string;
  source: string;
  /** Mean difference of the accuracies, run by run; above 0 where the subnetwork is ahead. */
  difference: number;
  /** n compared, and the seeds of the runs; published curves of single depths are one run each. */
  sizes: number[];
  seeds: number[];
  /** Who is ahead, where the interval does not hold 0. */
  ahead: 'subnetwork' | 'other' | undefined;
}

/** A run of either table, as far as leads need it. */
interface Run {
  layers: number;
  condition: string;
  source: string;
  n: number;
  seed: number;
  accuracy: number;
}

/**
 * The leads of the published curves and of ours, over the n that both conditions have. See pairCurves for the interval; that
 * of single runs holds the sampling of the test sets.
 *
 * @param options.upTo the largest n that counts, so that depths with runs at large n are compared with those without.
 */
export function depthLeads(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedDepth[],
  { upTo = 1000 }: { upTo?: number } = {},
): DepthLead[] {
  const runs = [
    ...published.map((row) => ({
      ...row,
      condition: row.inherit_from as string,
      source: PUBLISHED as string,
      seed: 1,
    })),
    ...rows.map((row) => ({ ...row, condition: conditionOf(row), source: sourceOf(row) })),
  ]
    .filter(({ n_disambiguation }) => n_disambiguation <= upTo)
    .map(
      (row): Run => ({
        ...{ layers: row.n_layers, condition: row.condition, source: row.source },
        ...{ n: row.n_disambiguation, seed: row.seed, accuracy: row.test_accuracy },
      }),
    );
  const curves = groupBy(runs, ({ layers, condition, source }) => `${layers} ${condition} ${source}`);
  const sources = [PUBLISHED, ...[...new Set(rows.map(sourceOf))].sort()];
  return ascending(runs.map(({ layers }) => layers)).flatMap((layers) =>
    [...conditionStyles(runs.map(({ condition }) => condition)).keys()].flatMap((condition) =>
      sources.flatMap((source): DepthLead[] => {
        const own = curves.get(`${layers} subnet ${source === PUBLISHED ? PUBLISHED : 'ours'}`);
        const other = curves.get(`${layers} ${condition} ${source}`);
        const paired = own && other && condition !== 'subnet' ? pairCurves(own, other) : undefined;
        if (!paired) return [];
        const { difference, low, high, points, seeds } = paired;
        const ahead = paired.ahead && (paired.ahead === 'first' ? 'subnetwork' : 'other');
        return [{ layers, condition, source, difference, low, high, sizes: points.map(({ n }) => n), seeds, ahead }];
      }),
    ),
  );
}

/** One line a lead. */
export function depthLeadsTable(leads: readonly DepthLead[]) {
  return leads.map(({ layers, condition, source, difference, low, high, sizes, seeds, ahead }) => ({
    layers,
    against: conditionLabel(condition),
    source,
    lead: difference,
    low,
    high,
    subnetwork: ahead === undefined ? 'level' : ahead === 'subnetwork' ? 'ahead' : 'behind',
    n: sizes.length,
    seeds: source === PUBLISHED ? '' : seeds.join(', '),
  }));
}

/** At which depths the subnetwork is ahead of everything, and what it is not ahead of; published, and in ours. */
export function depthLeadsSentence(leads: readonly DepthLead[]): string {
  const isPublished = ({ source }: DepthLead) => source === PUBLISHED;
  return [
    sentenceOf('In the published curves', leads.filter(isPublished)),
    sentenceOf(
      'In ours',
      leads.filter((lead) => !isPublished(lead)),
    ),
  ].join(' ');
}

function sentenceOf(where: string, leads: readonly DepthLead[]): string {
  if (leads.length === 0) return `${where} there is nothing to compare yet.`;
  const byDepth = [...groupBy(leads, ({ layers }) => layers)];
  const full = byDepth.filter(([, at]) => at.every(({ ahead }) => ahead === 'subnetwork')).map(([layers]) => layers);
  const others = groupBy(
    leads.filter(({ ahead }) => ahead !== 'subnetwork'),
    ({ condition, source, ahead }) => {
      const drawn = source.split(', ')[1];
      return `${ahead ? 'behind' : 'level with'} the ${conditionLabel(condition)}${drawn ? ` (${drawn})` : ''}`;
    },
  );
  const exceptions = [...others].map(([what, at]) => `${what} at ${listed(at.map(({ layers }) => layers))} layers`);
  return (
    `${where} the subnetwork is ahead of everything else at **${full.length} of ${byDepth.length}** depths` +
    (full.length > 0 ? ` (${listed(full)} layers)` : '') +
    (exceptions.length > 0 ? `; it is ${listed(exceptions)}.` : '.')
  );
}
