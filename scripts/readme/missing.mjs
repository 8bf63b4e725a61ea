// @ts-check
import { CURVE_CONDITIONS } from '../../lib/dist/experiments/settings.js';
import { depthsOf } from '../../lib/dist/notebook/points/depths.js';
import { listed, plural } from '../../lib/dist/notebook/words.js';
import { countText } from './markdown.mjs';

/**
 * Which published results there are no runs for, as a list.
 *
 * @param {Pick<import('./data.mjs').Data, 'published' | 'curves' | 'transfers' | 'targets' | 'images'>} data
 */
export function missingSection({ published, curves, transfers, targets, images }) {
  const depths = depthsOf(published.curves);
  const begun = depths.filter((layers) => curves.some(({ n_layers }) => n_layers === layers));
  const untouched = depths.filter((layers) => !begun.includes(layers));
  const trainable = depthsOf(transfers.filter(({ subnetwork }) => subnetwork === 'trainable'));
  const items = [
    ...begun.flatMap((layers) => {
      const wanted = published.curves
        .filter(({ n_layers }) => n_layers === layers)
        .flatMap(({ inherit_from, n_disambiguation }) =>
          CURVE_CONDITIONS.filter(({ inheritFrom }) => inheritFrom === inherit_from).map(({ inheritFrom, sampler }) =>
            JSON.stringify([inheritFrom, sampler ?? null, n_disambiguation]),
          ),
        );
      const there = new Set(
        curves
          .filter(({ n_layers }) => n_layers === layers)
          .map((row) => JSON.stringify([row.inherit_from, row.sampler, row.n_disambiguation])),
      );
      const missing = wanted.filter((point) => !there.has(point)).length;
      if (missing === 0) return [];
      return [
        `**Data efficiency at ${layers} layers**: no run yet for ${countText(missing)} of ${plural(wanted.length, 'point')} (each published point of a control counts twice, for the two ways to draw it).`,
      ];
    }),
    ...(untouched.length > 0
      ? [
          `**Data efficiency at ${listed(untouched)} layers**: no run yet. The mean over depths (paper, figure 2) is over the others alone.`,
        ]
      : []),
    ...(trainable.length < depths.length
      ? [
          `**Frozen against trainable subnetworks**: the published curves are a mean over ${listed(depths)} layers, ours ${
            trainable.length > 0
              ? `have trainable runs at ${listed(trainable)} layers alone`
              : 'have no trainable run yet'
          }.`,
        ]
      : []),
    ...(targets.length > 0
      ? []
      : ['**Other targets**: no run yet that asks which expressions besides "a^2 + ab" a subnetwork for "ab" helps.']),
    ...(images.some(({ preset }) => preset === 'paper')
      ? []
      : [
          "**Vision on photographs**: no run on ImageNet, which is the user's to bring; the code knows the paper's settings (preset `paper`).",
        ]),
  ];
  return items.map((item) => `- ${item}`).join('\n');
}
