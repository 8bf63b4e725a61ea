import { join, resolve } from 'node:path';
import { temporaryFolder } from '../files/temporaryFolder';
import { RunStore } from './runStore';

/** The project's folder: the library lies in lib/dist of it. */
export const PROJECT = resolve(__dirname, '../../..');

/** A file of data/, such as data/results/data-efficiency.csv. */
export function dataFile(...path: string[]): string {
  return join(PROJECT, 'data', ...path);
}

/**
 * The project's run store: runs/ (or the folder that the environment variable SUBTASK_RUNS names, seen from the
 * project's folder), and the committed checkpoints.
 */
export function projectStore(environment: NodeJS.ProcessEnv = process.env): RunStore {
  const folder = resolve(PROJECT, environment.SUBTASK_RUNS || 'runs');
  return new RunStore({ folder, readOnly: [dataFile('checkpoints')] });
}

/** An empty run store that is removed when the process ends: what is asked of it is always computed. */
export function temporaryStore(): RunStore {
  return new RunStore({ folder: temporaryFolder() });
}

const folders = new Map<string, string>();

/**
 * The folder of the tables that a preset's runs fill and its notebooks read: data/results for the presets `paper`,
 * `photographs` and `laptop`; for any other an empty one, which is removed when the process ends (its runs stay in the run store).
 */
export function tablesFolder(preset: string): string {
  if (['paper', 'photographs', 'laptop'].includes(preset)) return dataFile('results');
  if (!folders.has(preset)) folders.set(preset, temporaryFolder());
  return folders.get(preset) as string;
}
