// @ts-check
import { accuraciesPart, distancesPart } from './curves.mjs';
import { leadsPart } from './leads.mjs';
import { questionsPart } from './questions.mjs';
import { stagesPart } from './stages.mjs';
import { visionPart } from './vision.mjs';

/**
 * What we measured beside what is published, as far as there are runs.
 *
 * @param {import('./data.mjs').Data} data
 */
export function resultsSection(data) {
  const parts = [stagesPart, leadsPart, accuraciesPart, distancesPart, questionsPart, visionPart]
    .map((part) => part(data))
    .filter(Boolean);
  return parts.length > 0 ? parts.join('\n\n') : 'No run is finished yet.';
}
