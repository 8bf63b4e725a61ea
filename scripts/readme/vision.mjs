// @ts-check

import { rowsOfChains } from '../../lib/dist/experiments/vision/imageRows.js';
import { imageChainSettings } from '../../lib/dist/experiments/vision/imageSettings.js';
import { imagePoints, lastImagePoints } from '../../lib/dist/notebook/points/imageTransfers.js';
import { accuracyText, markdownTable } from './markdown.mjs';

/**
 * Shape bias of transferred image models, beside their accuracy: a line a condition; empty where there is no run.
 *
 * @param {Pick<import('./data.mjs').Data, 'images'>} data
 */
export function visionPart({ images }) {
  const lines = MODELS.flatMap(({ architecture, name }) => {
    const rows = rowsOfChains(images, imageChainSettings({ architecture }), 'laptop');
    return lastImagePoints(imagePoints(rows)).map((point) => [
      name,
      point.condition,
      point.normalization,
      accuracyText(point.plain),
      accuracyText(point.pooled),
      `${accuracyText(point.bias)} (${accuracyText(point.low)} to ${accuracyText(point.high)})`,
      String(point.seeds),
    ]);
  });
  if (lines.length === 0) return '';
  const head = ['model', 'starts from', 'normalisation', 'plain', 'mean-pooled', 'shape bias', 'seeds'];
  return `### Vision, on drawn images\n\n${markdownTable(head, lines, 'lllrrrr')}\n\n${NOTE}`;
}

const MODELS = /** @type {const} */ ([
  { architecture: 'resnet', name: 'ResNet' },
  { architecture: 'vit', name: 'ViT' },
]);

const NOTE =
  'After training on plain images: accuracy on plain and on mean-pooled ones, and the share of shape decisions among those ' +
  'for either cue, with the 95 % interval over seeds. Normalisation: with the statistics of the base, which stay (eval, ' +
  "released), or of each batch (train). The images are not the paper's photographs: notebook 11 says what can be compared.";
