import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dispatcher, fetch } from 'undici';
import { Failure } from '../../lib/failure.mjs';
import { writeWhole } from '../../lib/files.mjs';
import { isPassing, reasonOf, unreachable } from './network.js';
import { type Known, problemOf } from './problem.js';
import { proxies } from './proxies.js';

/** Requests at a time. */
const CONCURRENCY = 8;
const ATTEMPTS = 3;
const TIMEOUT_MS = 60_000;

/**
 * Brings files that are missing in a folder, or not as they should be; what is whole stays. Each is checked before it
 * takes its name, so an interrupted call goes on where it stopped. Returns how many were fetched.
 */
export async function fetchFiles(options: {
  files: [path: string, known: Known][];
  /** Address to which a path is added. */
  from: string;
  to: string;
  onFile?: (done: number, fetched: number) => void;
}): Promise<number> {
  const { files, from, to, onFile } = options;
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

async function isWhole(path: string, known: Known): Promise<boolean> {
  try {
    return (await problemOf(readFileSync(path), known)) === undefined;
  } catch {
    return false; // it is not there
  }
}

/** `proxy` is its name for messages. */
async function download(
  address: string,
  { dispatcher, proxy }: { dispatcher: Dispatcher; proxy: string | undefined },
): Promise<Uint8Array> {
  let reason = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const response = await fetch(address, { dispatcher, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      reason = `the server answered ${response.status}`;
      if (!isPassing(response.status)) break;
    } catch (error) {
      reason = reasonOf(error);
    }
    if (attempt < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
  }
  throw unreachable(address, reason, proxy);
}
