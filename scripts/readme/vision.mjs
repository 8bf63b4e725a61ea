// @ts-check

import { realStimuli, shapeBias } from '../../lib/dist/tables/images.js';
import { op } from '../../lib/dist/tables/op.js';
import { accuracyText, markdownTable } from './markdown.mjs';

/**
 * Shape bias of transferred image models, beside their accuracy: a line a condition; empty where there is no run.
 *
 * @param {Pick<import('./data.mjs').Data, 'images' | 'stimuli'>} data
 */
export function visionPart({ images, stimuli }) {
  const lines = /** @type {const} */ (['resnet', 'vit']).flatMap((architecture) => {
    const silhouettes = realStimuli({ architecture, rows: stimuli })
      .filter((d) => d.stimuli === 'silhouettes')
      .derive({ named: (d) => d.shape / d.shown })
      .groupby('condition', 'normalization')
      .rollup({
        real: (d) => op.sum(d.named) / op.count(),
        realLow: op.low('named', 160),
        realHigh: op.high('named', 160),
        models: op.count(),
      });
    const rows = shapeBias({ architecture, rows: images })
      .filter((d) => d.stage === 'transfer' && d.shapes === 'seen')
      .groupby('condition', 'normalization')
      .filter((d) => d.step === op.max(d.step))
      .groupby('model', 'condition', 'normalization')
      .rollup({
        plain: (d) => op.sum(d.plain) / op.count(),
        pooled: (d) => op.sum(d.pooled) / op.count(),
        of: (d) => op.bias({ shape: d.shape, texture: d.texture }),
        seeds: op.count(),
      })
      .join_left(silhouettes)
      .objects();
    return /** @type {any[]} */ (rows).map((row) => [
      row.model,
      row.condition,
      row.normalization,
      accuracyText(row.plain),
      accuracyText(row.pooled),
      `${accuracyText(row.of.bias)} (${accuracyText(row.of.low)} to ${accuracyText(row.of.high)})`,
      String(row.seeds),
      silhouetteText(row),
    ]);
  });
  if (lines.length === 0) return '';
  const measures = ['plain', 'mean-pooled', 'shape bias', 'seeds', 'real silhouettes'];
  const head = ['model', 'starts from', 'normalisation', ...measures];
  return `### Vision, on drawn images\n\n${markdownTable(head, lines, 'lllrrrrr')}\n\n${NOTE}`;
}

/** @param {{ real?: number, realLow: number, realHigh: number, models: number }} row */
function silhouetteText({ real, realLow, realHigh, models }) {
  if (real === undefined) return '–';
  const seeds = models === 1 ? '1 seed' : `${models} seeds`;
  return `${accuracyText(real)} (${accuracyText(realLow)} to ${accuracyText(realHigh)}; ${seeds})`;
}

const NOTE =
  'After training on plain images: accuracy on plain and on mean-pooled ones, and the share of shape decisions among those ' +
  'for either cue, with the 95 % interval over seeds. Normalisation: with the statistics of the base, which stay (eval, ' +
  'released), or of each batch (train). Real silhouettes: accuracy on the 160 of Geirhos et al., by chance 1 in 16. The ' +
  "drawn images are not the paper's photographs: notebook 11 says what can be compared.";
