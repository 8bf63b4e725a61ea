// @ts-check
import { accuraciesPart, distancesPart } from './curves.mjs';
import { stagesPart } from './stages.mjs';
import { visionPart } from './vision.mjs';

/**
 * What we measured beside what is published, as far as there are runs.
 *
 * @param {import('./data.mjs').Data} data
 */
export function resultsSection(data) {
  const parts = [stagesPart(data), accuraciesPart(data), distancesPart(data), visionPart(data)].filter(Boolean);
  return parts.length > 0 ? parts.join('\n\n') : 'No run is finished yet.';
}
