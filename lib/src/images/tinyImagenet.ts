/**
 * Tiny ImageNet (Stanford CS231n): 200 of ImageNet's classes as photographs of 64 x 64 pixels, 500 of each to train on and 50
 * to validate on. Of the 16 categories eleven are among them. ImageNet's terms apply; npm run fetch-data -- tiny-imagenet
 * brings them.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFiles, imageNames } from '../files/dataFiles';
import { readSynsets } from './imagenetFolder';
import type { LabelledFile } from './imageStream';

/** Side of a photograph in pixels. */
export const TINY_IMAGENET_SIZE = 64;
export const TINY_IMAGENET_CLASSES = 200;

const FOLDER = 'tiny-imagenet-200';

/**
 * Where the photographs lie: the folder that the environment variable TINY_IMAGENET names, or the fetched one, into which an
 * archive of that name is unpacked. A folder in which the tree lies one level down counts as well.
 */
export function tinyImagenetFolder(named = process.env.TINY_IMAGENET): string {
  if (!named || (existsSync(named) && statSync(named).isFile())) return join(__dirname, '../../../data', FOLDER);
  const below = join(named, FOLDER);
  return existsSync(join(below, 'train')) ? below : named;
}

/** Whether the photographs are there. */
export function hasTinyImagenet(folder = tinyImagenetFolder()): boolean {
  return existsSync(join(folder, 'train')) && existsSync(join(folder, 'val', 'val_annotations.txt'));
}

export type TinyImagenetSet = 'train' | 'val';

/**
 * The photographs of a set, sorted by class and name.
 *
 * @param options.labels `classes`: all photographs, the label is the place of their class among the 200 sorted ones;
 *   `categories`: those of the eleven categories, the label is an index into CATEGORIES.
 * @throws a sentence where the folder is not there, or is not Tiny ImageNet's as it is published.
 */
export function tinyImagenetFiles(
  set: TinyImagenetSet,
  { labels, folder = tinyImagenetFolder() }: { labels: 'classes' | 'categories'; folder?: string },
): LabelledFile[] {
  if (!hasTinyImagenet(folder)) {
    throw new Error(
      `Tiny ImageNet is not in ${folder}: npm run fetch-data -- tiny-imagenet brings it, or set TINY_IMAGENET to the ` +
        'unpacked folder that holds train/ and val/.',
    );
  }
  const classes = dataFiles(join(folder, 'train'));
  if (classes.length !== TINY_IMAGENET_CLASSES) {
    throw new Error(
      `${join(folder, 'train')} has ${classes.length} class folders, and Tiny ImageNet has ${TINY_IMAGENET_CLASSES}: ` +
        'npm run fetch-data -- tiny-imagenet says what is wrong.',
    );
  }
  const synsets = new Map(readSynsets().map(({ wnid, label }) => [wnid, label]));
  const labelOf = (wnid: string) => (labels === 'classes' ? classes.indexOf(wnid) : synsets.get(wnid));
  const files = set === 'train' ? classes.flatMap((wnid) => trainingFiles(folder, wnid)) : validationFiles(folder);
  return files.flatMap(({ path, wnid }) => {
    const label = labelOf(wnid);
    return label === undefined ? [] : [{ path, label }];
  });
}

interface ClassFile {
  path: string;
  wnid: string;
}

function trainingFiles(folder: string, wnid: string): ClassFile[] {
  const images = join(folder, 'train', wnid, 'images');
  if (!existsSync(images)) {
    throw new Error(`There is no folder ${images}: Tiny ImageNet's training photographs lie in train/CLASS/images.`);
  }
  return imageNames(images).map((name) => ({ path: join(images, name), wnid }));
}

/** The lines of val_annotations.txt: name, class and box, with tabs between them. */
function validationFiles(folder: string): ClassFile[] {
  const list = join(folder, 'val', 'val_annotations.txt');
  const lines = readFileSync(list, 'utf8').trim().split(/\r?\n/);
  return lines
    .map((line, i) => {
      const [name, wnid] = line.split('\t');
      if (!name || !/^n\d{8}$/.test(wnid ?? '')) {
        throw new Error(`${list}, line ${i + 1}: there must be a file's name and its class with a tab between them.`);
      }
      return { path: join(folder, 'val', 'images', name), wnid };
    })
    .sort((a, b) =>
      a.wnid < b.wnid ? -1 : a.wnid > b.wnid ? 1 : a.path.localeCompare(b.path, 'en', { numeric: true }),
    );
}
