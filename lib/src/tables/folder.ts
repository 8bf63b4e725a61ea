import { temporaryFolder } from '../files/temporaryFolder';
import { dataFile } from '../runs/project';

const folders = new Map<string, string>();

/**
 * The folder of the tables that a preset's runs fill and its notebooks read: data/results for the presets `paper` and
 * `laptop`; for any other an empty one, which is removed when the process ends (its runs stay in the run store).
 */
export function folder(preset: string): string {
  if (preset === 'paper' || preset === 'laptop') return dataFile('results');
  if (!folders.has(preset)) folders.set(preset, temporaryFolder());
  return folders.get(preset) as string;
}
