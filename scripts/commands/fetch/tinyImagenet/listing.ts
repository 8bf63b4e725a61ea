import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownArchive } from '../fetchArchive.js';

/** data/tiny-imagenet.json */
export interface Listing extends KnownArchive {
  about: string;
  /** Where the archive lies. */
  address: string;
  /** The texts that go with the pictures: SHA-256 by path. */
  files: Record<string, string>;
  /** The folders of pictures, such as train/n01443537/images. */
  pictures: Record<string, Pictures>;
}

/** What is known of a folder of pictures: how many it holds, and the SHA-256 of what sha256sum prints of them. */
export interface Pictures {
  count: number;
  sha256: string;
}

const FILES = ['wnids.txt', 'words.txt', 'val/val_annotations.txt'];

export const VALIDATION = 'val/images';

/** Pictures that are read at a time. */
const CONCURRENCY = 16;

/** A class of ImageNet, by its number in WordNet. */
export const WNID = /^n\d{8}$/;

/** Where the pictures of a class of the training set lie. */
export const trainingFolder = (wnid: string) => `train/${wnid}/images`;

/** The names of a folder's pictures in the order of their bytes, as LC_ALL=C sorts them. */
export function pictureNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.JPEG') && !name.startsWith('.'))
    .sort();
}

/**
 * The SHA-256 of what `LC_ALL=C sha256sum *.JPEG` prints in a folder.
 *
 * @param onPicture sees every picture's bytes, and ends the reading where it throws
 */
export async function digestOfPictures(
  folder: string,
  names: string[],
  onPicture?: (name: string, bytes: Buffer) => void,
): Promise<string> {
  const digests: string[] = [];
  let next = 0;
  const worker = async () => {
    while (next < names.length) {
      const i = next++;
      const bytes = await readFile(join(folder, names[i]));
      onPicture?.(names[i], bytes);
      digests[i] = sha256(bytes);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return sha256(names.map((name, i) => `${digests[i]}  ${name}\n`).join(''));
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What `--list` writes down of a folder that is known to be whole; the archive is the one that was listed before. */
export async function listingOf(
  folder: string,
  { about, address, bytes, md5 }: Pick<Listing, 'about' | 'address' | 'bytes' | 'md5'>,
): Promise<Listing> {
  const wnids = readdirSync(join(folder, 'train')).filter((name) => WNID.test(name));
  const pictures: Listing['pictures'] = {};
  for (const path of [...wnids.sort().map(trainingFolder), VALIDATION]) {
    const names = pictureNames(join(folder, path));
    pictures[path] = { count: names.length, sha256: await digestOfPictures(join(folder, path), names) };
  }
  const files = Object.fromEntries(FILES.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
  return { about, address, bytes, md5, files, pictures };
}

/** A listing as JSON with a line for each folder. */
export function printedListing({ pictures, ...rest }: Listing): string {
  const lines = Object.entries(pictures).map(
    ([path, known]) => `    ${JSON.stringify(path)}: ${JSON.stringify(known)}`,
  );
  return `${JSON.stringify(rest, undefined, 2).replace(/\n\}$/, '')},\n  "pictures": {\n${lines.join(',\n')}\n  }\n}\n`;
}
