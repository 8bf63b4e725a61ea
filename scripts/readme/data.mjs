// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  additionalTargetsSchema,
  baseModelsSchema,
  dataEfficiencySchema,
  realStimuliSchema,
  settingVariantsSchema,
  shapeBiasSchema,
  subnetworksSchema,
} from '../../lib/dist/experiments/index.js';
import { isCurveRow } from '../../lib/dist/notebook/points/dataEfficiency.js';
import {
  publishedBaseAccuracySchema,
  publishedDepthSchema,
  publishedFrozenOrTrainableSchema,
} from '../../lib/dist/runs/publishedSchemas.js';
import { readTable } from '../../lib/dist/runs/resultsTable.js';
import { Failure } from '../lib/failure.mjs';
import { readJson } from '../lib/files.mjs';
import { timesSchema } from './times.mjs';

/** @typedef {ReturnType<typeof readData>} Data */

/**
 * Reads what the README tells of: the published tables, which must be there, and ours, as far as they are there.
 *
 * @param {string} folder the project's data/
 */
export function readData(folder) {
  /** @param {string} name */
  const published = (name) => join(folder, 'published', name);
  /** @param {string} name */
  const results = (name) => join(folder, 'results', name);
  const absent = /** @type {const} */ ({ absent: 'empty' });
  const transfers = readTable(results('data-efficiency.csv'), dataEfficiencySchema, absent);
  return {
    published: {
      base: readTable(published('base-accuracy.csv'), publishedBaseAccuracySchema),
      curves: readTable(published('fig_depth_breakdown.csv'), publishedDepthSchema),
      frozen: readTable(published('fig_frozen_vs_trainable.csv'), publishedFrozenOrTrainableSchema),
    },
    bases: readTable(results('base-models.csv'), baseModelsSchema, absent),
    masks: readTable(results('subnetworks.csv'), subnetworksSchema, absent),
    transfers,
    /** The runs that belong to the published curves. */
    curves: transfers.filter(isCurveRow),
    variants: readTable(results('setting-variants.csv'), settingVariantsSchema, absent),
    targets: readTable(results('additional-targets.csv'), additionalTargetsSchema, absent),
    images: readTable(results('shape-bias.csv'), shapeBiasSchema, absent),
    stimuli: readTable(results('real-stimuli.csv'), realStimuliSchema, absent),
    times: readTable(results('times.csv'), timesSchema, absent),
    bench: readBench(results('bench.json')),
  };
}

/**
 * The output of `npm run -s bench -- --json`: milliseconds by case and figure.
 *
 * @param {string} path
 * @returns {Record<string, Record<string, number | null>> | undefined}
 */
function readBench(path) {
  if (!existsSync(path)) return undefined;
  const bench = readJson(path);
  const cases = typeof bench === 'object' && bench !== null ? Object.values(bench) : [];
  const isCase = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null;
  if (cases.length === 0 || !cases.every(isCase)) {
    throw new Failure(`${path} is not what the benchmark prints: make it with npm run -s bench -- --json > ${path}`);
  }
  return bench;
}
