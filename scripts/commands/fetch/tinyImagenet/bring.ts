import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../../lib/failure.mjs';
import { diskError } from '../disk.js';
import { fetchArchive, md5Of } from '../fetchArchive.js';
import { unzip } from '../unzip.js';
import { checkTinyImagenet, Damage, NAME } from './check.js';
import { type Listing, trainingFolder, WNID } from './listing.js';

const ARCHIVE = `${NAME}.zip`;

/** A zip file's last record, with its signature and the longest comment. */
const END_OF_ZIP = 22 + 65_535;

interface Options {
  listing: Listing;
  /** An address of the archive, or of the folder where it lies (with / at its end), or a zip file or folder on this machine. */
  from?: string;
  /** The folder that will hold train/ and val/. */
  to: string;
  log?: (line: string) => void;
  /** How long a new attempt to fetch waits, in ms. */
  pause?: number;
}

/**
 * Brings Tiny ImageNet into a folder and returns where train/ and val/ lie. What is whole there stays; what is fetched or
 * copied is checked beside the folder and takes its place when it is whole. A zip file or folder of the user's is only read.
 */
export async function bringTinyImagenet(options: Options): Promise<string> {
  const { listing, from, to, log = console.log, pause } = options;
  const beside = `${to}.partial`;
  const replaced = `${to}.replaced`;
  try {
    const source = sourceOf(from ?? listing.address);
    if (source.kind !== 'address') requireThere(source.path);
    const there = await wholeAt(to, listing, log);
    if (there) return there;

    for (const leftOver of [beside, replaced]) rmSync(leftOver, { recursive: true, force: true });
    mkdirSync(dirname(to), { recursive: true });
    if (source.kind === 'folder') {
      const root = await checkTinyImagenet(source.path, listing, progress('checked', log));
      log(`Copying ${root} to ${to}`);
      copyPictures(root, beside);
    } else {
      const zip = source.kind === 'zip' ? source.path : `${to}.zip.part`;
      if (source.kind === 'zip') await checkZip(zip, listing);
      else await fetchWithProgress({ from: source.path, part: zip, listing, log, pause });
      log(`Unpacking ${zip}`);
      await unpack(zip, beside, progress('unpacked', log, total(listing)));
    }
    const root = await checkTinyImagenet(beside, listing, progress('checked', log)).catch((error) => {
      if (!(error instanceof Damage)) throw error;
      throw new Failure(`What came from ${source.path} is not Tiny ImageNet as it was published: ${error.problem}.`);
    });
    const old = existsSync(to);
    if (old) renameSync(to, replaced);
    renameSync(root, to);
    if (old) keepTest(replaced, to);
    for (const leftOver of [beside, replaced]) rmSync(leftOver, { recursive: true, force: true });
    if (source.kind === 'address') rmSync(`${to}.zip.part`);
    return to;
  } catch (error) {
    // Half a copy is of no use; what was fetched is kept.
    rmSync(beside, { recursive: true, force: true });
    if (existsSync(replaced) && !existsSync(to)) renameSync(replaced, to);
    throw diskError(error, { folder: dirname(to), gb: gbOf(listing) });
  }
}

/** Checks a folder of the user's where it lies, and returns the one in it that holds train/ and val/. */
export async function checkInPlace(folder: string, listing: Listing, log = console.log): Promise<string> {
  try {
    requireThere(folder, ', which TINY_IMAGENET names');
    return await checkTinyImagenet(folder, listing, progress('checked', log));
  } catch (error) {
    throw diskError(error, { folder, gb: gbOf(listing) });
  }
}

type Source = { kind: 'address' | 'zip' | 'folder'; path: string };

function sourceOf(from: string): Source {
  if (/^https?:\/\//.test(from)) return { kind: 'address', path: from.endsWith('/') ? from + ARCHIVE : from };
  const isFolder = statSync(from, { throwIfNoEntry: false })?.isDirectory();
  return { kind: isFolder ? 'folder' : 'zip', path: from };
}

function requireThere(path: string, named = ''): void {
  if (existsSync(path)) return;
  throw new Failure(
    `There is no ${path}${named}: give the folder that holds train/ and val/ of Tiny ImageNet, or ${ARCHIVE}, or leave it out and npm run fetch-data -- tiny-imagenet fetches it.`,
  );
}

/**
 * The folder with train/ and val/ where all is whole already; undefined where it must be brought, as nothing is there or
 * something of it is lost. What is none of Tiny ImageNet is never replaced.
 */
async function wholeAt(to: string, listing: Listing, log: (line: string) => void): Promise<string | undefined> {
  if (!existsSync(to)) return undefined;
  if (!statSync(to).isDirectory()) throw new Failure(`${to} is no folder: name another one with --to.`);
  if (readdirSync(to).length === 0) return undefined;
  try {
    return await checkTinyImagenet(to, listing, progress('checked', log));
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const strange = strangeIn(to, listing);
    if (strange !== undefined) {
      throw new Failure(`${to} holds something else than Tiny ImageNet (${strange}): name a new folder with --to.`);
    }
    if (!error.isLoss) {
      throw new Failure(
        `${to} is not Tiny ImageNet as it was published: ${error.problem}. Delete it or name another folder with --to, and run the command again.`,
      );
    }
    log(`${to} is not whole (${error.problem}): it is brought anew.`);
    return undefined;
  }
}

/** Something in a folder that is none of Tiny ImageNet. */
function strangeIn(folder: string, listing: Listing): string | undefined {
  const namesOf = (...path: string[]) =>
    existsSync(join(folder, ...path)) ? readdirSync(join(folder, ...path)).filter((name) => !name.startsWith('.')) : [];
  if (namesOf().join() === NAME) return strangeIn(join(folder, NAME), listing);
  const top = ['train', 'val', 'test', 'wnids.txt', 'words.txt'];
  const foreign = namesOf().find((name) => !top.includes(name));
  if (foreign !== undefined) return foreign;
  const wnid = namesOf('train').find((name) => !WNID.test(name) || !(trainingFolder(name) in listing.pictures));
  if (wnid !== undefined) return `train/${wnid}`;
  const other = namesOf('val').find((name) => !['images', 'val_annotations.txt'].includes(name));
  return other && `val/${other}`;
}

/** Says of a zip file of the user's what is wrong with it. */
async function checkZip(zip: string, { bytes, md5 }: Listing): Promise<void> {
  const advice = 'fetch it again, or unpack it yourself and give the folder, which is then checked picture by picture';
  const file = await open(zip);
  const { size } = await file.stat();
  const start = Buffer.alloc(2);
  const end = Buffer.alloc(Math.min(size, END_OF_ZIP));
  await file.read(start, 0, 2, 0);
  await file.read(end, 0, end.length, size - end.length);
  await file.close();
  if (start.toString('latin1') !== 'PK') throw new Failure(`${zip} is no zip file: give ${ARCHIVE} or a folder.`);
  if (size < bytes && !end.includes('PK\x05\x06', 0, 'latin1')) {
    throw new Failure(`${zip} is cut off: it has ${size} of ${bytes} bytes. Fetch or copy it again.`);
  }
  if (size !== bytes) {
    throw new Failure(`${zip} is not the published archive: it has ${size} bytes instead of ${bytes}; ${advice}.`);
  }
  const found = await md5Of(zip);
  if (found !== md5) {
    throw new Failure(`${zip} is not the published archive: its MD5 is ${found} instead of ${md5}; ${advice}.`);
  }
}

async function fetchWithProgress(options: {
  from: string;
  part: string;
  listing: Listing;
  log: (line: string) => void;
  pause?: number;
}): Promise<void> {
  const { from, part, listing, log, pause } = options;
  const all = listing.bytes;
  const mb = (bytes: number) => Math.round(bytes / 1e6);
  const before = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  if (before !== all) log(`Fetching ${from} (${before > 0 ? `from ${mb(before)} MB on, of ` : ''}${mb(all)} MB)`);
  let said = Math.floor((before / all) * 10);
  const onBytes = (bytes: number) => {
    const tenth = Math.floor((bytes / all) * 10);
    if (tenth !== said) log(`${mb(bytes)} of ${mb(all)} MB`);
    said = tenth;
  };
  await fetchArchive({ from, known: listing, part, onBytes, pause });
}

/** Everything but the test pictures, which have no labels. */
function unpack(zip: string, to: string, onPicture: (done: number) => void): Promise<void> {
  const unwanted = /^(?:tiny-imagenet-200\/)*test\/|(?:^|\/)(?:__MACOSX\/|\._)/;
  let done = 0;
  const onFile = (name: string) => {
    if (name.endsWith('.JPEG')) onPicture(++done);
  };
  return unzip({ zip, to, wants: (name) => !unwanted.test(name), onFile });
}

function copyPictures(root: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ['train', 'val', 'wnids.txt', 'words.txt']) {
    cpSync(join(root, name), join(to, name), { recursive: true, dereference: true });
  }
}

/** Test pictures that a user has unpacked are not thrown away with a damaged folder. */
function keepTest(replaced: string, to: string): void {
  if (existsSync(join(replaced, 'test'))) renameSync(join(replaced, 'test'), join(to, 'test'));
}

/** Says after each tenth how many pictures are done. */
function progress(verb: string, log: (line: string) => void, all?: number) {
  let said = 0;
  return (done: number, total = all ?? 0) => {
    const tenth = Math.floor((done / total) * 10);
    if (tenth > said) log(`${done.toLocaleString('en')} of ${total.toLocaleString('en')} pictures ${verb}`);
    said = tenth;
  };
}

/** How many pictures there are. */
export function total({ pictures }: Listing): number {
  return Object.values(pictures).reduce((sum, { count }) => sum + count, 0);
}

/** Disk space for the archive and the pictures, of which each takes a block of 4 KiB. */
function gbOf(listing: Listing): number {
  return (listing.bytes + total(listing) * 4096) / 1e9;
}
