import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from '../../../lib/failure.mjs';
import { jpegSize } from './jpeg.js';
import { digestOfPictures, type Listing, type Pictures, pictureNames, sha256, VALIDATION, WNID } from './listing.js';

/** What the archive calls its folder. */
export const NAME = 'tiny-imagenet-200';
const SIZE = 64;
const IMAGENET_CLASSES = 1000;

/** What is wrong with a folder that is Tiny ImageNet's by its layout. */
export class Damage extends Failure {
  /**
   * @param isLoss something is missing or cut off, so that nothing is lost where the folder is replaced; false where
   * something else lies in its place
   */
  constructor(
    folder: string,
    readonly problem: string,
    readonly isLoss: boolean,
    advice = `Unpack tiny-imagenet-200.zip again${isLoss ? '' : ', into another folder'}.`,
  ) {
    super(`${folder} is not ${isLoss ? 'whole' : 'Tiny ImageNet as it was published'}: ${problem}. ${advice}`);
  }
}

/**
 * Checks a folder picture by picture and returns the folder that holds train/ and val/: itself, or one in it that is called
 * tiny-imagenet-200. A Failure says what is wrong, the layout first, then what is missing, then contents.
 */
export async function checkTinyImagenet(
  folder: string,
  listing: Listing,
  onPicture?: (done: number, total: number) => void,
): Promise<string> {
  const root = rootOf(folder);
  refuseOtherLayouts(root);
  const folders = Object.entries(listing.pictures);
  const names = new Map(folders.map(([path]) => [path, namesIn(root, path)]));
  const found = (path: string) => names.get(path)?.length;
  const [first, ...others] = folders.filter(([path, { count }]) => found(path) !== count);
  if (first) {
    const more = others.length > 0 ? ` (${others.length + 1} folders are not whole)` : '';
    const isLoss = [first, ...others].every(([path, { count }]) => (found(path) ?? 0) < count);
    throw new Damage(root, countProblem(first, found(first[0])) + more, isLoss);
  }
  for (const [path, digest] of Object.entries(listing.files)) {
    if (!existsSync(join(root, path))) throw new Damage(root, `${path} is missing`, true);
    const content = readFileSync(join(root, path));
    if (sha256(content) !== digest) {
      throw new Damage(root, `${path} differs from the published one`, content.length === 0);
    }
  }
  const strange = wnidsIn(join(root, 'train')).find(
    (wnid) => !folders.some(([path]) => path.startsWith(`train/${wnid}/`)),
  );
  if (strange) throw new Damage(root, `train/${strange} is no class of it`, false);

  const total = folders.reduce((sum, [, { count }]) => sum + count, 0);
  let done = 0;
  for (const [path, known] of folders) {
    const digest = await digestOfPictures(join(root, path), names.get(path) ?? [], (name, bytes) => {
      const size = jpegSize(bytes);
      const is = size
        ? `has ${size.width} × ${size.height}`
        : bytes.length === 0
          ? 'is empty'
          : 'is no JPEG, or cut off';
      if (size?.width !== SIZE || size.height !== SIZE) {
        throw new Damage(root, `${path}/${name} is no JPEG of ${SIZE} × ${SIZE} pixels (it ${is})`, !size);
      }
      onPicture?.(++done, total);
    });
    if (digest !== known.sha256) {
      throw new Damage(
        root,
        `${short(path)} holds other pictures than the published ones, or under other names`,
        false,
      );
    }
  }
  return root;
}

/** The folder with train/ and val/ in a folder: as some programs unpack the archive, it lies in others of the same name. */
export function rootOf(folder: string): string {
  if (!isFolder(folder)) throw new Failure(`There is no folder ${folder}.`);
  let root = folder;
  while (!isFolder(root, 'train') && !isFolder(root, 'val') && isFolder(root, NAME)) root = join(root, NAME);
  const [train, val] = [isFolder(root, 'train'), isFolder(root, 'val')];
  if (train && val) return root;
  refuseImagenet(root);
  const held = train ? 'train/ but no val/' : val ? 'val/ but no train/' : 'no train/ and no val/';
  throw new Damage(folder, `it holds ${held}`, true, 'Give the folder that holds both.');
}

/** What is known under a name, but laid out in another way or another set of pictures. */
function refuseOtherLayouts(root: string): void {
  refuseImagenet(root);
  for (const path of ['val', VALIDATION]) {
    const [wnid] = wnidsIn(join(root, path));
    if (wnid === undefined) continue;
    throw new Failure(
      `${root} has another layout: the pictures of val/ are sorted into folders of classes (${path}/${wnid}), and here all must lie in val/images, beside val/val_annotations.txt. Unpack tiny-imagenet-200.zip again and leave it as it is.`,
    );
  }
  const flat = wnidsIn(join(root, 'train')).find(
    (wnid) => !isFolder(root, 'train', wnid, 'images') && pictureNames(join(root, 'train', wnid)).length > 0,
  );
  if (flat !== undefined) {
    throw new Failure(
      `${root} has another layout: the pictures of train/${flat} lie in that folder itself, and here they must lie in train/${flat}/images. Unpack tiny-imagenet-200.zip again and leave it as it is.`,
    );
  }
}

function refuseImagenet(root: string): void {
  const isChallenge = ['ILSVRC', 'Data/CLS-LOC', 'CLS-LOC'].some((path) => isFolder(root, path));
  const classes = Math.max(wnidsIn(root).length, wnidsIn(join(root, 'train')).length);
  if (!isChallenge && basename(root) !== 'CLS-LOC' && classes < IMAGENET_CLASSES) return;
  throw new Failure(
    `${root} is the full ImageNet, not Tiny ImageNet: the preset paper takes it, as the folder that holds its ${IMAGENET_CLASSES.toLocaleString('en')} folders of classes; here the 200 classes of tiny-imagenet-200.zip are wanted, which npm run fetch-data -- tiny-imagenet brings.`,
  );
}

function countProblem([path, { count }]: [string, Pictures], found: number | undefined): string {
  if (found === undefined) return `${short(path)} is missing`;
  return `${short(path)} holds ${found.toLocaleString('en')} of ${count.toLocaleString('en')} pictures`;
}

/** A folder of pictures as it is called in messages. */
function short(path: string): string {
  return path.replace(/\/images$/, '');
}

function namesIn(root: string, path: string): string[] | undefined {
  return isFolder(root, path) ? pictureNames(join(root, path)) : undefined;
}

function wnidsIn(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder).filter((name) => WNID.test(name)) : [];
}

function isFolder(...path: string[]): boolean {
  return statSync(join(...path), { throwIfNoEntry: false })?.isDirectory() === true;
}
