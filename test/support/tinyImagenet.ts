import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { type Listing, listingOf } from '../../scripts/commands/fetch/tinyImagenet/listing';
import { zipOf } from './zip';

export const CLASSES = ['n00000001', 'n00000002', 'n00000003'];

/** A made-up archive laid out as Tiny ImageNet, of three classes with four pictures each and five for validation. */
export interface MadeUp {
  /** The unpacked folder, without test/. */
  folder: string;
  /** The archive's bytes. */
  zip: Buffer;
  listing: Listing;
}

/** A JPEG that is all noise, of 64 x 64 pixels unless another width is wanted. */
export function noise(width = 64): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: width * 64 * 3 }, () => Math.random() * 256);
  return sharp(pixels, { raw: { width, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
}

/** Writes such a folder and makes its archive and its listing. */
export async function madeUp(folder: string): Promise<MadeUp> {
  const files: Record<string, Buffer> = {
    'wnids.txt': Buffer.from(CLASSES.join('\n')),
    'words.txt': Buffer.from(CLASSES.map((wnid) => `${wnid}\tsomething`).join('\n')),
    'val/val_annotations.txt': Buffer.from('val_0.JPEG\tn00000001\t0\t0\t63\t63\n'),
  };
  for (const wnid of CLASSES) {
    files[`train/${wnid}/${wnid}_boxes.txt`] = Buffer.from(`${wnid}_0.JPEG\t0\t0\t63\t63\n`);
    for (let i = 0; i < 4; i++) files[`train/${wnid}/images/${wnid}_${i}.JPEG`] = await noise();
  }
  for (let i = 0; i < 5; i++) files[`val/images/val_${i}.JPEG`] = await noise();
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const all = { ...files, 'test/images/test_0.JPEG': await noise() };
  const zip = zipOf(
    Object.fromEntries(Object.entries(all).map(([path, bytes]) => [`tiny-imagenet-200/${path}`, bytes])),
  );
  const listing = await listingOf(folder, { about: '', address: 'http://mirror.invalid/', ...knownOf(zip) });
  return { folder, zip, listing };
}

/** Length and MD5 of an archive. */
export function knownOf(zip: Buffer): { bytes: number; md5: string } {
  return { bytes: zip.length, md5: createHash('md5').update(zip).digest('hex') };
}
