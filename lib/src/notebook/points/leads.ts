/** How far the subnetwork is ahead of the other conditions, and whether chance could have made it so. */

import type { DataEfficiencyRow } from '../../experiments';
import type { PublishedDepth } from '../../runs/publishedSchemas';
import { ascending } from '../../stats/ascending';
import { groupBy } from '../../stats/groupBy';
import { meanOfPairedCurves, type PairedCurves, pairCurves } from '../../stats/pairedCurves';
import { conditionLabel, conditionStyles, PUBLISHED } from '../charts/conditions';
import { listed } from '../words';
import { conditionOf, sourceOf } from './dataEfficiency';

/** The lead of the subnetwork over one condition: 'first' is the subnetwork, 'second' the condition. */
export interface Lead extends PairedCurves {
  condition: string;
  /** 'published', or which of ours. */
  source: string;
}

/** The lead at one depth. */
export interface DepthLead extends Lead {
  layers: number;
}

/** A row of a published table, as far as leads need it. */
export type PublishedRun = Pick<PublishedDepth, 'n_layers' | 'inherit_from' | 'n_disambiguation' | 'test_accuracy'>;

/**
 * The leads at each depth, in the published curves and in ours, over the n that both conditions have. See pairCurves for the
 * interval; that of single runs, and of the published curves, holds the sampling of the test sets.
 *
 * @param options.upTo the largest n that counts, so that depths with runs at large n are compared with those without.
 */
export function depthLeads(
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedRun[],
  { upTo = 1000 }: { upTo?: number } = {},
): DepthLead[] {
  const runs = [
    // A published point is one number, so all belong to one seed.
    ...published.map((row) => ({ ...runOf(row), condition: row.inherit_from, source: PUBLISHED, seed: 1 })),
    ...rows.map((row) => ({ ...runOf(row), condition: conditionOf(row), source: sourceOf(row), seed: row.seed })),
  ].filter(({ n }) => n <= upTo);
  const curves = groupBy(runs, ({ layers, condition, source }) => `${layers} ${condition} ${source}`);
  const conditions = [...conditionStyles(runs.map(({ condition }) => condition)).keys()].filter((c) => c !== 'subnet');
  const sources = [PUBLISHED, ...[...new Set(rows.map(sourceOf))].sort()];
  return ascending(runs.map(({ layers }) => layers)).flatMap((layers) =>
    conditions.flatMap((condition) =>
      sources.flatMap((source): DepthLead[] => {
        const own = curves.get(`${layers} subnet ${source === PUBLISHED ? PUBLISHED : 'ours'}`);
        const other = curves.get(`${layers} ${condition} ${source}`);
        const paired = own && other && pairCurves(own, other);
        return paired ? [{ layers, condition, source, ...paired }] : [];
      }),
    ),
  );
}

function runOf({ n_layers, n_disambiguation, test_accuracy }: PublishedRun | DataEfficiencyRow) {
  return { layers: n_layers, n: n_disambiguation, accuracy: test_accuracy };
}

/** The mean over depths of each lead that all of these depths have, at the n that all of them have. */
export function meanLeads(leads: readonly DepthLead[], depths: readonly number[]): Lead[] {
  const lines = groupBy(
    leads.filter(({ layers }) => depths.includes(layers)),
    ({ condition, source }) => `${condition} ${source}`,
  );
  return [...lines.values()].flatMap((parts) => {
    const mean = parts.length === depths.length ? meanOfPairedCurves(parts) : undefined;
    return mean ? [{ condition: parts[0].condition, source: parts[0].source, ...mean }] : [];
  });
}

/** One line a lead, with its depth where it has one. */
export function leadsTable(leads: readonly (Lead & { layers?: number })[]) {
  return leads.map(({ layers, condition, source, difference, low, high, points, seeds, ahead }) => ({
    ...(layers === undefined ? {} : { layers }),
    against: conditionLabel(condition),
    source,
    lead: difference,
    low,
    high,
    subnetwork: ahead === undefined ? 'level' : ahead === 'first' ? 'ahead' : 'behind',
    n: points.length,
    seeds: source === PUBLISHED ? '' : seeds.join(', '),
  }));
}

/** What the subnetwork must have been compared with before it can be said to be ahead of everything else. */
const OTHERS = ['original', 'random', 'subnet_sampled'];

/**
 * At which depths the subnetwork is ahead of everything, and what it is not ahead of; published, and in ours. Depths where
 * one of the main figure's conditions is missing do not count.
 */
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
  const byDepth = [...groupBy(leads, ({ layers }) => layers)].filter(([, at]) =>
    OTHERS.every((other) => at.some(({ condition }) => condition === other)),
  );
  if (byDepth.length === 0) return `${where} the subnetwork is not compared with everything else at any depth yet.`;
  const full = byDepth.filter(([, at]) => at.every(({ ahead }) => ahead === 'first')).map(([layers]) => layers);
  const others = groupBy(
    byDepth.flatMap(([, at]) => at).filter(({ ahead }) => ahead !== 'first'),
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
