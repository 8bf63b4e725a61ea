// @ts-check

import { PUBLISHED } from '../../lib/dist/notebook/charts/conditions.js';
import { depthsOfMean } from '../../lib/dist/notebook/points/depths.js';
import { depthLeads, depthLeadsSentence, meanLeads } from '../../lib/dist/notebook/points/leads.js';
import { listed } from '../../lib/dist/notebook/words.js';
import { ascending } from '../../lib/dist/stats/ascending.js';
import { leadText, markdownTable } from './markdown.mjs';

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
 * How far the subnetwork is ahead of the other conditions at each depth and as a mean over depths, published and ours; empty
 * without runs of ours.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves'>} curves
 */
export function leadsPart({ published, curves }) {
  const leads = depthLeads(curves, published.curves);
  if (leads.every(({ source }) => source === PUBLISHED)) return '';
  const { depths } = depthsOfMean(curves);
  const lines = [
    ...ascending(leads.map(({ layers }) => layers)).flatMap((layers) =>
      linesOf(
        String(layers),
        leads.filter((lead) => lead.layers === layers),
      ),
    ),
    ...(depths.length > 1 ? linesOf('mean', meanLeads(leads, depths)) : []),
  ];
  const head = ['layers', 'lead of the subnetwork over', ...AGAINST.map(([heading]) => heading)];
  const notes = [
    'Lead: mean difference of the accuracies over the n up to 1,000; bold where its 95 % interval does not hold 0, and with ' +
      'the number of n where runs of some are missing.',
    depths.length > 1 && `Mean: over ${listed(depths)} layers.`,
    'Notebooks 04 and 05 have the intervals.',
    depthLeadsSentence(leads),
  ];
  return `${markdownTable(head, lines, `rl${'r'.repeat(AGAINST.length)}`)}\n\n${notes.filter(Boolean).join(' ')}`;
}

/**
 * The published leads and ours, of one depth or of a mean.
 *
 * @param {string} name
 * @param {import('../../lib/dist/notebook/points/leads.js').Lead[]} leads
 */
function linesOf(name, leads) {
  /** @param {string} condition @param {string} source */
  const cell = (condition, source) => {
    const of = (/** @type {string} */ which) =>
      leads.find((row) => row.condition === condition && row.source === which);
    const [lead, all] = [of(source), of(PUBLISHED)];
    const sizes = lead && all && lead.points.length < all.points.length ? ` (${lead.points.length} n)` : '';
    return `${leadText(lead)}${sizes}`;
  };
  return [
    [name, PUBLISHED, ...AGAINST.map(([, condition]) => cell(condition, PUBLISHED))],
    ['', 'ours', ...AGAINST.map(([, condition, source]) => cell(condition, source))],
  ];
}
