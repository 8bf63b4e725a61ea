import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../../../lib/failure.mjs';
import { readJson, writeWhole } from '../../../lib/files.mjs';
import { ROOT } from '../../../lib/project.mjs';
import { bringTinyImagenet, checkInPlace, total } from './bring.js';
import { type Listing, listingOf, printedListing } from './listing.js';

interface Values {
  from?: string;
  to?: string;
  /** A folder whose checksums are written down, for those who develop the project. */
  list?: string;
  /** Another listing than data/tiny-imagenet.json. */
  listing?: string;
}

const FOLDER = join(ROOT, 'data/tiny-imagenet-200');

/** `npm run fetch-data -- tiny-imagenet`. Options come before the environment variable TINY_IMAGENET. */
export async function fetchTinyImagenet(values: Values): Promise<void> {
  const path = (name: string) => resolve(process.env.INIT_CWD ?? process.cwd(), name);
  const listingFile = values.listing ? path(values.listing) : join(ROOT, 'data/tiny-imagenet.json');
  const listing: Listing | undefined = readJson(listingFile);
  if (!listing) throw new Failure(`${listingFile} cannot be read.`);
  if (values.list !== undefined) {
    writeWhole(listingFile, printedListing(await listingOf(path(values.list), listing)));
    console.log(`${listingFile} lists ${path(values.list)}.`);
    return;
  }

  const own = process.env.TINY_IMAGENET ? path(process.env.TINY_IMAGENET) : undefined;
  const ownIsZip = own !== undefined && existsSync(own) && !statSync(own).isDirectory();
  const to = values.to ? path(values.to) : FOLDER;
  let root: string;
  if (own !== undefined && !ownIsZip && values.from === undefined && values.to === undefined) {
    root = await checkInPlace(own, listing);
  } else {
    const given = values.from ?? (ownIsZip ? own : undefined);
    const from = given === undefined || /^https?:\/\//.test(given) ? given : path(given);
    root = await bringTinyImagenet({ listing, from, to });
  }
  const isFound = root === FOLDER || values.to === undefined;
  const hint = isFound ? '' : ` Set the environment variable TINY_IMAGENET to this folder.`;
  console.log(`${total(listing).toLocaleString('en')} pictures are whole in ${root}.${hint}`);
}
