import { Failure } from '../../lib/failure.mjs';

/**
 * What the system says of a disk, as a sentence: that it is full, or that something on it cannot be read or written. Other
 * errors come back as they are.
 */
export function diskError(error: unknown, { folder, gb }: { folder: string; gb: number }): unknown {
  if (!(error instanceof Error) || error instanceof Failure || !('code' in error)) return error;
  const { code, path = folder } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        `The disk that holds ${folder} is full: make room (${gb.toFixed(1)} GB in all) and run the command again, it goes on where it stopped.`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        `${path} cannot be read or written (${code}): see to its permissions, or name another folder.`,
      );
    default:
      return error;
  }
}
