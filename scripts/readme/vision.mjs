// @ts-check

import { imageChainSettings } from '../../lib/dist/experiments/vision/imagePresets.js';
import { rowsOfChains } from '../../lib/dist/experiments/vision/imageRows.js';
import { imagePoints, lastImagePoints } from '../../lib/dist/notebook/points/imageTransfers.js';
import { realStimuliPoints } from '../../lib/dist/notebook/points/realStimuli.js';
import { accuracyText, markdownTable } from './markdown.mjs';

/**
 * Shape bias of transferred image models, beside their accuracy: a line a condition; empty where there is no run.
 *
 * @param {Pick<import('./data.mjs').Data, 'images' | 'stimuli'>} data
 */
export function visionPart({ images, stimuli }) {
  const lines = MODELS.flatMap(({ architecture, name }) => {
    const chain = imageChainSettings({ architecture });
    const rows = rowsOfChains(images, chain, 'laptop');
    const silhouettes = rowsOfChains(stimuli, chain, 'laptop').filter((row) => row.stimuli === 'silhouettes');
    const real = realStimuliPoints(silhouettes);
    return lastImagePoints(imagePoints(rows)).map((point) => [
      name,
      point.condition,
      point.normalization,
      accuracyText(point.plain),
      accuracyText(point.pooled),
      `${accuracyText(point.bias)} (${accuracyText(point.low)} to ${accuracyText(point.high)})`,
      String(point.seeds),
      silhouetteText(
        real.find((one) => one.condition === point.condition && one.normalization === point.normalization),
      ),
    ]);
  });
  if (lines.length === 0) return '';
  const measures = ['plain', 'mean-pooled', 'shape bias', 'seeds', 'real silhouettes'];
  const head = ['model', 'starts from', 'normalisation', ...measures];
  return `### Vision, on drawn images\n\n${markdownTable(head, lines, 'lllrrrrr')}\n\n${NOTE}`;
}

/** @param {import('../../lib/dist/notebook/points/realStimuli.js').RealStimuliPoint | undefined} point */
function silhouetteText(point) {
  if (!point) return '–';
  const seeds = point.seeds === 1 ? '1 seed' : `${point.seeds} seeds`;
  return `${accuracyText(point.accuracy)} (${accuracyText(point.low)} to ${accuracyText(point.high)}; ${seeds})`;
}

const MODELS = /** @type {const} */ ([
  { architecture: 'resnet', name: 'ResNet' },
  { architecture: 'vit', name: 'ViT' },
]);

const NOTE =
  'After training on plain images: accuracy on plain and on mean-pooled ones, and the share of shape decisions among those ' +
  'for either cue, with the 95 % interval over seeds. Normalisation: with the statistics of the base, which stay (eval, ' +
  'released), or of each batch (train). Real silhouettes: accuracy on the 160 of Geirhos et al., by chance 1 in 16. The ' +
  "drawn images are not the paper's photographs: notebook 11 says what can be compared.";
