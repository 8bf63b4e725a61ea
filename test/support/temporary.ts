import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The project's folder. */
export const PROJECT = join(__dirname, '../..');

/** A new folder inside the project, whose packages can be imported from there; removed after the test. */
export function projectFolder(name: string): string {
  mkdirSync(join(PROJECT, 'test/tmp'), { recursive: true });
  const folder = mkdtempSync(join(PROJECT, 'test/tmp', `${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
