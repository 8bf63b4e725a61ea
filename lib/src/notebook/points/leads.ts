/** How far the subnetwork is ahead of the other conditions. */
import type { CurvePoint } from '../../evaluation/dataEfficiency';
import { mean } from '../../evaluation/intervals';
import type { DataEfficiencyRow } from '../../runs/schemas';
import { conditionLabel, PUBLISHED } from '../charts/conditions';
import { ourPoints, type PublishedPoint } from './dataEfficiency';

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
