/** Which settings a vision notebook runs with, and how to say so. */
import { type ImagePreset, imageChainSettings } from '../experiments/images/imagePresets';
import { temporaryFolder } from '../files/temporaryFolder';
import { dataFile } from '../runs/project';
import type { NotebookPreset } from './preset';

/**
 * The settings of the vision notebooks: where the others take the paper's, they take those for drawn images on a laptop, as
 * the paper's photographs are not everybody's.
 */
export function imagePresetOf(preset: NotebookPreset): Exclude<ImagePreset, 'paper'> {
  return preset === 'paper' ? 'laptop' : preset;
}

/** The folder of the tables: data/results, or for `quick` and `smoke` an empty one that is removed when the process ends. */
export function imageTables(preset: ImagePreset): string {
  if (preset !== 'quick' && preset !== 'smoke') return dataFile('results');
  return temporaryFolder();
}

/** Which runs of ours a chart shows: for its subtitle. */
export function imagePresetCaption(preset: ImagePreset): string {
  const { data } = imageChainSettings({ preset }).base;
  const images = data.source === 'drawn' ? `drawn images of ${data.size} pixels` : 'photographs of ImageNet';
  return `ours on ${images}, preset ${preset}`;
}

/** What the preset means for the results below it, as Markdown. */
export function imagePresetNote(preset: Exclude<ImagePreset, 'paper'>): string {
  const { base, mask, transfer } = imageChainSettings({ preset });
  if (base.data.source !== 'drawn') throw new Error(`The preset ${preset} has no drawn images.`);
  const { size, train } = base.data;
  const steps = (epochs: number, batchSize: number) => (epochs * Math.ceil(train / batchSize)).toLocaleString('en-US');
  return (
    `**Preset \`${preset}\`**: drawn images of ${size} x ${size} pixels in the place of ImageNet's photographs, and small ` +
    `networks, so **its numbers are not the paper's**: ${train.toLocaleString('en-US')} images to train on, ` +
    `${steps(base.epochs, base.batchSize)} steps for the base, ${steps(mask.epochs, mask.batchSize)} for a mask and ` +
    `${steps(transfer.epochs, transfer.batchSize)} for a transferred network.`
  );
}
