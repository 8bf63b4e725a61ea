// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetch } from 'undici';
import { Failure } from '../lib/failure.mjs';
import { writeWhole } from '../lib/files.mjs';
import { proxies } from './proxies.mjs';
import { problemOf } from './verify.mjs';

/** Requests at a time. */
const CONCURRENCY = 8;
const ATTEMPTS = 3;
const TIMEOUT_MS = 60_000;

/**
 * Brings files that are missing in a folder, or not as they should be; what is whole stays. Each is checked before it
 * takes its name, so an interrupted call goes on where it stopped.
 *
 * @param {object} options
 * @param {[path: string, known: import('./verify.mjs').Known][]} options.files
 * @param {string} options.from address to which a path is added
 * @param {string} options.to
 * @param {(done: number, fetched: number) => void} [options.onFile]
 * @returns {Promise<number>} how many were fetched
 */
export async function fetchFiles({ files, from, to, onFile }) {
  const { dispatcher, proxyFor } = proxies(process.env);
  const proxy = proxyFor(from);
  let [next, done, fetched] = [0, 0, 0];
  let failed = false;
  const worker = async () => {
    while (next < files.length && !failed) {
      const [path, known] = files[next++];
      const target = join(to, path);
      if (!(await isWhole(target, known))) {
        const address = `${from}/${path.split('/').map(encodeURIComponent).join('/')}`;
        const bytes = await download(address, { dispatcher, proxy });
        const problem = await problemOf(bytes, known);
        if (problem) throw new Failure(`${path} from ${from} is not the file that was expected: ${problem}.`);
        writeWhole(target, bytes);
        fetched++;
      }
      onFile?.(++done, fetched);
    }
  };
  const workers = Array.from({ length: CONCURRENCY }, () =>
    worker().catch((error) => {
      failed = true; // the others end after their present file
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return fetched;
}

/**
 * @param {string} path
 * @param {import('./verify.mjs').Known} known
 */
async function isWhole(path, known) {
  try {
    return (await problemOf(readFileSync(path), known)) === undefined;
  } catch {
    return false; // it is not there
  }
}

/**
 * @param {string} address
 * @param {{dispatcher: import('undici').Dispatcher, proxy: string | undefined}} options `proxy`: its name for messages
 * @returns {Promise<Uint8Array>}
 */
async function download(address, { dispatcher, proxy }) {
  let reason = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const response = await fetch(address, { dispatcher, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      reason = `the server answered ${response.status}`;
      if (response.status < 500 && response.status !== 429) break;
    } catch (error) {
      reason = reasonOf(error);
    }
    if (attempt < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
  }
  throw new Failure(
    `${address} could not be fetched (${reason}): check the network${proxy ? `, the proxy ${proxy} (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)` : ''} and run the command again, it goes on where it stopped.`,
  );
}

/**
 * Why fetch failed, which the innermost cause of its error says.
 *
 * @param {unknown} error
 * @returns {string}
 */
function reasonOf(error) {
  const { cause, message } = /** @type {Error} */ (error);
  if (cause instanceof Error && cause.message) return reasonOf(cause);
  const [, status] = /^Proxy .*\((\d+)\)/.exec(message) ?? [];
  return status ? `the proxy answered ${status}` : message;
}
