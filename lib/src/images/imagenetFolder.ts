import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCsvText } from '../files/csv';
import { dataFiles, imageNames } from '../files/dataFiles';
import { CATEGORIES, labelOf } from './categories';
import type { LabelledFile } from './imageStream';

/** The synsets of the 16 categories: wnid ("n02690373") to label, and the index among ImageNet's 1,000 classes. */
export interface Synset {
  wnid: string;
  label: number;
  imagenetIndex: number;
}

const TABLE = join(__dirname, '../../../data/16-class-imagenet.csv');

/** Reads the table of synsets (columns category, wnid, imagenet_index); the default is the project's. */
export function readSynsets(path = TABLE): Synset[] {
  const { columns, rows } = readCsvText(path);
  const [category, wnid, index] = ['category', 'wnid', 'imagenet_index'].map((name) => {
    const column = columns.indexOf(name);
    if (column < 0) throw new Error(`${path} lacks the column "${name}".`);
    return column;
  });
  const synsets = rows.map((cells, i) => ({
    wnid: cells[wnid],
    label: labelOf(cells[category], `${path}, row ${i + 1}: the category`),
    imagenetIndex: Number(cells[index]),
  }));
  const wrong = synsets.findIndex(
    ({ wnid: name, imagenetIndex }) => !/^n\d{8}$/.test(name) || !(imagenetIndex >= 0 && imagenetIndex < 1000),
  );
  if (wrong >= 0)
    throw new Error(`${path}, row ${wrong + 1}: a synset is an "n" with 8 digits and an index of 0..999.`);
  return synsets;
}

/**
 * The images of an ImageNet folder (one folder a synset, named by its wnid) that belong to the 16 categories, sorted by
 * name. Synsets without a folder are fine as long as every category has an image.
 */
export function imagenetFiles(folder: string): LabelledFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`There is no folder ${folder}: give the one that holds ImageNet's class folders (n01440764, ...).`);
  }
  const [synsets, there] = [readSynsets(), new Set(dataFiles(folder))];
  return CATEGORIES.flatMap((category, label) => {
    const wnids = synsets.filter((synset) => synset.label === label).map(({ wnid }) => wnid);
    const found = wnids.filter((wnid) => there.has(wnid)).sort();
    if (found.length === 0) {
      throw new Error(
        `${folder} lacks the category ${category}: none of its class folders (${wnids.join(', ')}) is there.`,
      );
    }
    const images = found.flatMap((wnid) =>
      imageNames(join(folder, wnid)).map((name) => ({ path: join(folder, wnid, name), label })),
    );
    if (images.length === 0) throw new Error(`The class folders of ${category} in ${folder} hold no image.`);
    return images;
  });
}

/**
 * Weights of the categories in the loss: the inverse of how often each occurs, scaled to a vector of unit length
 * (released setting; a weighted mean is the same at any scale). A category that does not occur is an error, or has the
 * weight 0 with `absent: 'none'`.
 */
export function inverseFrequencyWeights(
  labels: ArrayLike<number>,
  { absent = 'error' }: { absent?: 'error' | 'none' } = {},
): Float32Array {
  const counts = new Float64Array(CATEGORIES.length);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  const missing = CATEGORIES.filter((_, label) => counts[label] === 0);
  if (missing.length > 0 && absent === 'error')
    throw new Error(`There is no image of ${missing.join(', ')}, so it can have no class weight.`);
  const inverse = Array.from(counts, (count) => (count > 0 ? 1 / count : 0));
  const length = Math.hypot(...inverse);
  return Float32Array.from(inverse, (weight) => weight / length);
}
