import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, fetch } from 'undici';
import { Failure } from '../../lib/failure.mjs';
import { isPassing, reasonOf, unreachable } from './network.js';
import { proxies } from './proxies.js';

/** What is known of an archive: its length and the MD5 of its bytes. */
export interface KnownArchive {
  bytes: number;
  md5: string;
}

interface Options {
  /** Address of the archive. */
  from: string;
  known: KnownArchive;
  /** The file into which it comes. What an interrupted call left there is kept, and the rest is asked for. */
  part: string;
  onBytes?: (bytes: number) => void;
  /** How long a server may be silent, and how long a new attempt waits, in ms. */
  silence?: number;
  pause?: number;
}

/** Attempts in a row that bring nothing. */
const ATTEMPTS = 3;

/**
 * Brings a large archive, piece by piece where the connection breaks, and checks its length and MD5. A server that does
 * not know ranges sends it from the beginning. Where pieces do not fit together, since the file has changed on the
 * server, all is fetched once more.
 */
export async function fetchArchive(options: Options): Promise<void> {
  const { from, known, part } = options;
  mkdirSync(dirname(part), { recursive: true });
  if (bytesOf(part) > known.bytes) rmSync(part);
  for (const lastAttempt of [false, true]) {
    const inOnePiece = await fetchPieces(options);
    const md5 = await md5Of(part);
    if (md5 === known.md5) return;
    rmSync(part);
    if (inOnePiece || lastAttempt) throw unexpected(from, `its MD5 is ${md5} instead of ${known.md5}`);
  }
}

/** The length of a file, 0 where there is none. */
function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The MD5 of a file's bytes, in hexadecimal digits. */
export async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Adds to the file until it is as long as it should be. Returns whether all of it came now and at once. */
async function fetchPieces(options: Options): Promise<boolean> {
  const { from, known, part, pause = 1000 } = options;
  const { dispatcher, proxyFor } = proxies(process.env);
  let size = bytesOf(part);
  let inOnePiece = false;
  let failed = 0;
  while (size < known.bytes) {
    const piece = await fetchPiece({ ...options, dispatcher, proxy: proxyFor(from), start: size });
    const goesOn = piece.start === size && piece.bytes > 0;
    inOnePiece = piece.start === 0;
    size = piece.start + piece.bytes;
    if (size >= known.bytes) break;
    if (goesOn) failed = 0;
    if (++failed >= ATTEMPTS) throw unreachable(from, piece.reason, proxyFor(from));
    await new Promise((resolve) => setTimeout(resolve, pause * failed));
  }
  return inOnePiece;
}

interface Piece {
  /** Where in the file it begins: 0 where the server sent everything anew. */
  start: number;
  bytes: number;
  /** Why it ended. */
  reason: string;
}

/** Fetches what follows the first `start` bytes, as far as the connection lasts, and writes it to the file. */
async function fetchPiece(
  options: Options & { start: number; dispatcher: Dispatcher; proxy: string | undefined },
): Promise<Piece> {
  const { from, known, part, dispatcher, proxy, onBytes, silence = 60_000 } = options;
  const piece: Piece = { start: options.start, bytes: 0, reason: '' };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('the server fell silent')), silence);
  let file: FileHandle | undefined;
  try {
    const headers = { 'accept-encoding': 'identity', ...(piece.start > 0 && { range: `bytes=${piece.start}-` }) };
    const response = await fetch(from, { dispatcher, signal: controller.signal, headers });
    const { begins, length } = extentOf(response);
    if (length !== undefined && length !== known.bytes) {
      throw unexpected(from, `it has ${length} bytes instead of ${known.bytes}`);
    }
    if (response.status === 416 || (response.status === 206 && begins !== piece.start)) {
      rmSync(part, { force: true }); // the server cannot go on from there
      return { start: 0, bytes: 0, reason: `the server answered ${response.status}` };
    }
    if (!response.ok || !response.body) {
      piece.reason = `the server answered ${response.status}`;
      if (!isPassing(response.status)) throw unreachable(from, piece.reason, proxy);
      return piece;
    }
    if (response.status !== 206) piece.start = 0;
    file = await writing(open(part, piece.start > 0 ? 'a' : 'w'));
    for await (const chunk of response.body) {
      timer.refresh();
      if (piece.start + piece.bytes === 0 && chunk[0] !== 'P'.charCodeAt(0)) throw noZip(from);
      if (piece.start + piece.bytes + chunk.length > known.bytes) {
        throw unexpected(from, `it has more than ${known.bytes} bytes`);
      }
      await writing(file.appendFile(chunk));
      piece.bytes += chunk.length;
      onBytes?.(piece.start + piece.bytes);
    }
    piece.reason = `the connection ended after ${piece.start + piece.bytes} of ${known.bytes} bytes`;
  } catch (error) {
    if (error instanceof WriteError) throw error.cause;
    if (error instanceof Failure) {
      if (file) rmSync(part); // nothing of another file is gone on with
      throw error;
    }
    piece.reason = reasonOf(error);
  } finally {
    clearTimeout(timer);
    await file?.close();
    controller.abort();
  }
  return piece;
}

/** An error of the disk, which another attempt would not mend. */
class WriteError extends Error {}

function writing<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause) => {
    throw new WriteError('', { cause });
  });
}

/** Where an answer begins in the file, and how long the whole file is, as far as the server says so. */
function extentOf({ status, headers }: { status: number; headers: { get(name: string): string | null } }) {
  if (status === 200) {
    const length = headers.get('content-encoding') ? null : headers.get('content-length');
    return { begins: 0, length: length === null ? undefined : Number(length) };
  }
  const [, begins, length] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  return { begins: Number(begins), length: Number(length) >= 0 ? Number(length) : undefined };
}

function unexpected(from: string, reason: string): Failure {
  return new Failure(`${from} is not the archive that was expected: ${reason}. Fetch it from elsewhere with --from.`);
}

function noZip(from: string): Failure {
  return new Failure(
    `${from} is no zip file: give the address of the archive itself, or look whether the network asks for a login.`,
  );
}
