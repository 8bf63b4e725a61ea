// @ts-check
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** A problem that the user can solve: its message is one clear sentence, shown without a stack. */
export class Failure extends Error {}

const LIBRARY = join(ROOT, 'lib/');

/**
 * What a script prints of an error: the sentence of a Failure and of what the library itself throws, or else, as it is a
 * mistake in the program or comes from outside of it, the whole error with its stack.
 *
 * @param {unknown} error
 */
export function printed(error) {
  if (error instanceof Failure) return error.message;
  // Mistakes are of other classes (TypeError, RangeError), and errors of the system have a code.
  if (!(error instanceof Error) || error.name !== 'Error' || 'code' in error) return error;
  const [thrower] = /^ +at .*/m.exec(error.stack?.replace(error.message, '') ?? '') ?? [''];
  return thrower.includes(LIBRARY) ? error.message : error;
}

/**
 * Runs a command-line script: every error ends with exit status 1.
 *
 * @param {() => Promise<number | void>} script returns the exit status, 0 where it returns nothing
 */
export function runScript(script) {
  script().then(
    (status) => {
      process.exitCode = status ?? 0;
    },
    (error) => {
      console.error(printed(error));
      process.exitCode = 1;
    },
  );
}
