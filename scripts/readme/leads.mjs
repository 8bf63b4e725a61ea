// @ts-check

import { ascending } from '../../lib/dist/evaluation/ascending.js';
import { PUBLISHED } from '../../lib/dist/notebook/charts/conditions.js';
import { depthLeads, depthLeadsSentence } from '../../lib/dist/notebook/points/leads.js';
import { differenceText, markdownTable } from './markdown.mjs';

/** What the subnetwork is held against: heading, condition, and which of ours. */
const AGAINST = [
  ['full model', 'original', 'ours'],
  ['random init', 'random', 'ours'],
  ['sampled, as described', 'subnet_sampled', 'ours, as described'],
  ['sampled, as released', 'subnet_sampled', 'ours, as released'],
  ['complement, as described', 'subnet_sampled_complement', 'ours, as described'],
  ['complement, as released', 'subnet_sampled_complement', 'ours, as released'],
];

/**
 * How far the subnetwork is ahead of the other conditions at each depth, published and ours; empty without runs of ours.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} curves
 */
export function leadsPart({ published, curves }) {
  const leads = depthLeads(curves, published.curves);
  if (leads.every(({ source }) => source === PUBLISHED)) return '';
  /** @param {number} layers @param {string} condition @param {string} source */
  const leadText = (layers, condition, source) => {
    const of = (/** @type {string} */ which) =>
      leads.find((row) => row.layers === layers && row.condition === condition && row.source === which);
    const [lead, all] = [of(source), of(PUBLISHED)];
    const text = differenceText(lead?.difference);
    const sizes = lead && all && lead.points.length < all.points.length ? ` (${lead.points.length} n)` : '';
    return `${lead?.ahead ? `**${text}**` : text}${sizes}`;
  };
  const lines = ascending(leads.map(({ layers }) => layers)).flatMap((layers) => [
    [String(layers), PUBLISHED, ...AGAINST.map(([, condition]) => leadText(layers, condition, PUBLISHED))],
    ['', 'ours', ...AGAINST.map(([, condition, source]) => leadText(layers, condition, source))],
  ]);
  const head = ['layers', 'lead of the subnetwork over', ...AGAINST.map(([heading]) => heading)];
  const note =
    'Lead: mean difference of the accuracies over the n up to 1,000; bold where its 95 % interval does not hold 0, and with ' +
    'the number of n where runs of some are missing. Notebook 05 has the intervals.';
  return `${markdownTable(head, lines, `rl${'r'.repeat(AGAINST.length)}`)}\n\n${note} ${depthLeadsSentence(leads)}`;
}
