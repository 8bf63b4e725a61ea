import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOutOfSpace } from './atomicWrite';

/** Folders that are removed when the process ends. */
const folders = new Set<string>();

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * Makes an empty folder for temporary files that is removed when the process ends.
 *
 * @throws a sentence where there is no place for it.
 */
export function temporaryFolder(): string {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'subtask-induction-'));
    folders.add(folder);
    return folder;
  } catch (error) {
    throw inTemporaryWords(error);
  }
}

/** Gives `action` a folder for temporary files, and removes it after that. */
export function withTemporaryFolder<T>(action: (folder: string) => T): T {
  const folder = temporaryFolder();
  try {
    return action(folder);
  } catch (error) {
    throw isOutOfSpace(error) ? inTemporaryWords(error) : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
  }
}

function inTemporaryWords(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const because =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'it is not there'
      : isOutOfSpace(error)
        ? 'its disk is full'
        : `nothing can be written there (${code})`;
  return new Error(
    `The folder for temporary files, ${tmpdir()}, cannot be used, because ${because}: put that right, or let the environment variable TMPDIR name another folder.`,
  );
}
