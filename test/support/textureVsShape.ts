import { existsSync } from 'node:fs';
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
