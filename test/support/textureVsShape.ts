import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './temporary';

/**
 * The texture-versus-shape data: what npm run fetch-data brought, or a copy beside the project in ../shared/data;
 * undefined where there is neither, which is said once.
 */
export const TEXTURE_VS_SHAPE = [join(PROJECT, 'data'), join(PROJECT, '../shared/data')]
  .map((folder) => join(folder, 'texture-vs-shape'))
  .find((folder) => existsSync(join(folder, 'raw-data')));

if (TEXTURE_VS_SHAPE === undefined) {
  console.warn('The texture-versus-shape data are not here: tests that read them are skipped (npm run fetch-data).');
}

/** The path of something in the data; only in tests that are skipped without them. */
export function textureVsShape(...path: string[]): string {
  return join(TEXTURE_VS_SHAPE ?? '', ...path);
}

/**
 * The data as notebooks look for them, put together from links in a folder: where only a sample of the cue-conflict images
 * is there, it stands for all of them. Without the data a folder in which there is nothing.
 */
export function notebookTextureVsShape(folder: string): string {
  const copy = join(folder, 'texture-vs-shape');
  const stimuli = 'stimuli/style-transfer-preprocessed-512';
  mkdirSync(join(copy, 'stimuli'), { recursive: true });
  if (TEXTURE_VS_SHAPE === undefined) return copy;
  const all = existsSync(textureVsShape(stimuli)) ? stimuli : `${stimuli}-sample`;
  symlinkSync(textureVsShape(all), join(copy, stimuli));
  for (const part of ['raw-data', 'stimuli/edges', 'stimuli/filled-silhouettes']) {
    symlinkSync(textureVsShape(part), join(copy, part));
  }
  return copy;
}
