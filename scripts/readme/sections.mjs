// @ts-check
import { missingSection } from './missing.mjs';
import { resultsSection } from './results.mjs';
import { speedSection } from './speed.mjs';
import { timesSection } from './times.mjs';

/**
 * Every part of the README that is made from data, by the name of its marker.
 *
 * @param {import('./data.mjs').Data} data
 * @returns {Record<string, string>}
 */
export function sections(data) {
  return {
    results: resultsSection(data),
    missing: missingSection(data),
    times: timesSection(data.times),
    speed: speedSection(data),
  };
}
