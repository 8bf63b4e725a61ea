// @ts-check

/** A problem that the user can solve: its message is one clear sentence, shown without a stack. */
export class Failure extends Error {}

/**
 * Runs a command-line script: a Failure prints its sentence, and every error ends with exit status 1.
 *
 * @param {() => Promise<number | void>} script returns the exit status, 0 where it returns nothing
 */
export function runScript(script) {
  script().then(
    (status) => {
      process.exitCode = status ?? 0;
    },
    (error) => {
      console.error(error instanceof Failure ? error.message : error);
      process.exitCode = 1;
    },
  );
}
