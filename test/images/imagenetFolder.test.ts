import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../lib/dist/images/categories';
import { imagenetFiles, inverseFrequencyWeights, readSynsets } from '../../lib/dist/images/imagenetFolder';

const root = mkdtempSync(join(tmpdir(), 'imagenet-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('the table of synsets', () => {
  it('has 207 of the 1,000 classes, none twice, some in every category', () => {
    const synsets = readSynsets();
    expect(new Set(synsets.map(({ wnid }) => wnid)).size).toBe(synsets.length);
    expect(new Set(synsets.map(({ imagenetIndex }) => imagenetIndex)).size).toBe(synsets.length);
    expect(new Set(synsets.map(({ label }) => label)).size).toBe(CATEGORIES.length);
    // Facts of the 16-class data set: 109 or more breeds of dogs, one airplane ("airliner").
    expect(synsets.filter(({ label }) => CATEGORIES[label] === 'airplane')).toEqual([
      { wnid: 'n02690373', label: 0, imagenetIndex: 404 },
    ]);
    expect(synsets.filter(({ label }) => CATEGORIES[label] === 'dog').length).toBeGreaterThan(100);
  });

  it('names the row that is wrong', () => {
    const path = join(root, 'table.csv');
    writeFileSync(path, 'category,wnid,imagenet_index\ncat,n02123045,281\ntiger,n02129604,292\n');
    expect(() => readSynsets(path)).toThrow('row 2: the category is "tiger", which is none of');
    writeFileSync(path, 'category,wnid,imagenet_index\ncat,2123045,281\n');
    expect(() => readSynsets(path)).toThrow('row 1: a synset is');
    writeFileSync(path, 'category,wnid\ncat,n02123045\n');
    expect(() => readSynsets(path)).toThrow('lacks the column "imagenet_index"');
  });
});

describe('imagenetFiles', () => {
  const folder = join(root, 'train');
  const first = CATEGORIES.map((_, label) => readSynsets().find((synset) => synset.label === label)?.wnid ?? '');
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const wnid of [...first, 'n01440764']) {
      mkdirSync(join(folder, wnid), { recursive: true });
      for (const name of ['b.JPEG', 'a.JPEG', 'notes.txt']) writeFileSync(join(folder, wnid, name), '');
    }
  });

  it('lists the images of the 16 categories with their labels', () => {
    const files = imagenetFiles(folder);
    expect(files).toHaveLength(32);
    expect(files.slice(0, 3)).toEqual([
      { path: join(folder, first[0], 'a.JPEG'), label: 0 },
      { path: join(folder, first[0], 'b.JPEG'), label: 0 },
      { path: join(folder, first[1], 'a.JPEG'), label: 1 },
    ]);
  });

  it('counts no hidden twin as an image, and refuses copies', () => {
    for (const wnid of first) {
      for (const name of ['._a.JPEG', '._b.JPEG', '.DS_Store']) writeFileSync(join(folder, wnid, name), '');
    }
    writeFileSync(join(folder, '._n01440764'), '');
    const names = imagenetFiles(folder).map(({ path }) => basename(path));
    expect(names).toEqual(CATEGORIES.flatMap(() => ['a.JPEG', 'b.JPEG']));
    writeFileSync(join(folder, first[3], 'b (1).JPEG'), '');
    expect(() => imagenetFiles(folder)).toThrow('b (1).JPEG and b.JPEG are the same file twice');
  });

  it('says which class folder is missing or empty', () => {
    rmSync(join(folder, first[13]), { recursive: true });
    expect(() => imagenetFiles(folder)).toThrow(/lacks the category knife: none of its class folders \(n\d{8}/);
    mkdirSync(join(folder, first[13]));
    expect(() => imagenetFiles(folder)).toThrow('The class folders of knife');
    expect(() => imagenetFiles(join(root, 'nowhere'))).toThrow('There is no folder');
  });
});

describe('inverseFrequencyWeights', () => {
  it('are in inverse proportion to the counts, of unit length', () => {
    const labels = CATEGORIES.flatMap((_, label) => new Array(label + 1).fill(label));
    const weights = inverseFrequencyWeights(labels);
    expect(Math.hypot(...weights)).toBeCloseTo(1, 6);
    weights.forEach((weight, label) => expect(weight * (label + 1)).toBeCloseTo(weights[0], 6));
    expect(() => inverseFrequencyWeights([0, 1])).toThrow('There is no image of bicycle');
  });
});
