// @ts-check
import { Failure } from '../lib/failure.mjs';
import { excerpt } from '../lib/run.mjs';

/**
 * What the steps of the set-up share.
 *
 * @typedef {object} Context
 * @property {string} root the project's folder
 * @property {'cpu' | 'gpu'} variant which build of TensorFlow
 * @property {() => Promise<string>} python a Python that can make virtual environments
 * @property {() => Promise<string[]>} compiler a C++ compiler
 * @property {(program: string, args: string[], env?: NodeJS.ProcessEnv) => Promise<{status: number, output: string}>} run
 *   runs a program in the project's folder
 *
 * @typedef {object} Step
 * @property {(context: Context) => string} name what is being made
 * @property {(context: Context) => boolean | Promise<boolean>} isDone quick, and true only for a whole product
 * @property {(context: Context) => Promise<void>} make may be interrupted at any moment and run again
 */

/**
 * Makes something, with a line that says what, and one how long it took: others may be made beside it.
 *
 * @param {string} what
 * @param {() => Promise<void>} make
 */
export async function saying(what, make) {
  console.log(`${what} ...`);
  const start = Date.now();
  try {
    await make();
  } catch (error) {
    console.log(`${what}: failed`);
    throw error;
  }
  console.log(`${what}: made in ${((Date.now() - start) / 1000).toFixed(0)} s`);
}

const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network request|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Failed to establish a new connection|Temporary failure in name resolution|Connection (?:refused|reset|aborted|broken)/;
const DISK_FULL = /ENOSPC|No space left on device/;

/**
 * Turns the failure of a download into one sentence.
 *
 * @param {object} failed
 * @param {string} failed.what what was being downloaded
 * @param {'npm' | 'pip'} failed.client
 * @param {string} failed.output what the client printed
 */
export function downloadFailure({ what, client, output }) {
  if (DISK_FULL.test(output)) return new Failure(`The disk is full: make room and run the command again (${what}).`);
  if (NETWORK.test(output)) {
    return new Failure(
      `${what} could not be downloaded because the registry was not reached: check the network (and ${client}'s proxy and mirror settings, which are honoured) and run the command again, it goes on where it stopped.`,
    );
  }
  return new Failure(`${excerpt(output)}\n${what} could not be installed: ${client} failed with the lines above.`);
}
