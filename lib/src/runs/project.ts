import { join, resolve } from 'node:path';
import { RunStore } from './runStore';

/** The project's folder: the library lies in lib/dist of it. */
export const PROJECT = resolve(__dirname, '../../..');

/** A file of data/, such as data/results/data-efficiency.csv. */
export function dataFile(...path: string[]): string {
  return join(PROJECT, 'data', ...path);
}

/** The project's run store: runs/, and the committed checkpoints. */
export function projectStore(): RunStore {
  return new RunStore({ folder: join(PROJECT, 'runs'), readOnly: [dataFile('checkpoints')] });
}
