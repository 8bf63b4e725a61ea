// @ts-check
import { publishedFrozenPoints, publishedGap } from '../../lib/dist/notebook/points/frozen.js';
import { comparisons } from '../../lib/dist/notebook/points/pairs.js';
import { frozenPairs, untrainedPairs, variantPairs } from '../../lib/dist/notebook/points/questions.js';
import { targetDifferences, targetRuns, targetSentence } from '../../lib/dist/notebook/points/targets.js';
import { differenceText, leadText, markdownTable } from './markdown.mjs';

/**
 * What notebooks 06 to 08 ask beyond the published curves, answered by pairs of our runs; empty without any.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'transfers' | 'variants' | 'targets'>} data
 */
export function questionsPart({ published, transfers, variants, targets }) {
  const questions = /** @type {const} */ ([
    ['frozen − trainable', frozenPairs(transfers)],
    ['untrained control', untrainedPairs(transfers)],
    ['as described − as released', variantPairs(variants, transfers)],
  ]);
  const lines = questions.flatMap(([question, pairs]) =>
    comparisons(pairs).map((compared, i) => [
      i === 0 ? question : '',
      compared.name,
      `${leadText(compared)} (${differenceText(compared.low)} to ${differenceText(compared.high)})`,
      String(compared.points.length),
      compared.seeds.join(', '),
    ]),
  );
  const sentences = /** @type {const} */ (['random', 'original']).map((against) =>
    targetSentence(targetDifferences(targets, { against }), { against }),
  );
  const head = ['question', 'runs', 'mean difference', 'n', 'seeds'];
  const note =
    'Mean difference of the accuracies of runs with the same n and seed, with its 95 % interval; bold where that does not ' +
    `hold 0. Published, as a mean over six depths: frozen − trainable ${publishedText(published.frozen)}. The untrained ` +
    'control has a mask for "ab" over weights that were never trained. Temperature and samples: one setting as the paper ' +
    'describes it, everything else as released. Notebooks 06 and 07 show every n.';
  return [
    lines.length > 0 && `${markdownTable(head, lines, 'llrrl')}\n\n${note}`,
    targets.length > 0 && `Other targets (notebook 08). ${[...sentences, targetRuns(targets)].join(' ')}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/**
 * The published differences of frozen and trainable, over all n.
 *
 * @param {import('./data.mjs').Data['published']['frozen']} rows
 */
function publishedText(rows) {
  const masks = /** @type {const} */ ([
    ['discovered', 'subnet'],
    ['sampled', 'subnet_sampled'],
  ]);
  const texts = masks.map(([mask, first]) => {
    const gap = publishedGap(publishedFrozenPoints(rows, mask), { first, second: `${first}_trainable` });
    return `${differenceText(gap['mean difference'])} (${mask})`;
  });
  return texts.join(' and ');
}
