// @ts-check
import { imagePoints, lastImagePoints } from '../../lib/dist/notebook/points/imageTransfers.js';
import { accuracyText, markdownTable } from './markdown.mjs';

/**
 * Shape bias of transferred image models, beside their accuracy: a line a condition; empty where there is no run.
 *
 * @param {Pick<import('./data.mjs').Data, 'images'>} data
 */
export function visionPart({ images }) {
  const points = imagePoints(images.filter(({ preset, model }) => preset === 'laptop' && model === 'resnet'));
  if (points.length === 0) return '';
  const lines = lastImagePoints(points).map(({ condition, normalization, seeds, plain, pooled, bias, low, high }) => [
    condition,
    normalization,
    accuracyText(plain),
    accuracyText(pooled),
    `${accuracyText(bias)} (${accuracyText(low)} to ${accuracyText(high)})`,
    String(seeds),
  ]);
  const head = ['a ResNet starts from', 'normalisation', 'plain', 'mean-pooled', 'shape bias', 'seeds'];
  return `### Vision, on drawn images\n\n${markdownTable(head, lines, 'llrrrr')}\n\n${NOTE}`;
}

const NOTE =
  'After training on plain images: accuracy on plain and on mean-pooled ones, and the share of shape decisions among those ' +
  'for either cue, with the 95 % interval over seeds. Normalisation: with the statistics of the base, which stay (eval, ' +
  "released), or of each batch (train). The images are not the paper's photographs: notebook 11 says what can be compared.";
