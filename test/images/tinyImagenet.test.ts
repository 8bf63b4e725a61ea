import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../lib/dist/images/categories';
import { hasTinyImagenet, tinyImagenetFiles, tinyImagenetFolder } from '../../lib/dist/images/tinyImagenet';
import { ELEVEN, madeTinyImagenet } from '../experiments/images/smallImages';

const root = mkdtempSync(join(tmpdir(), 'tiny-imagenet-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('tinyImagenetFiles', () => {
  const folder = join(root, 'whole');
  beforeAll(() => madeTinyImagenet(folder));

  it('lists all photographs by class, or those of the eleven categories', () => {
    expect(hasTinyImagenet(folder)).toBe(true);
    const classes = tinyImagenetFiles('train', { labels: 'classes', folder });
    expect(classes.map(({ label }) => label)).toEqual([...Array(200).keys()].flatMap((label) => [label, label]));
    const categories = tinyImagenetFiles('train', { labels: 'categories', folder });
    expect(new Set(categories.map(({ label }) => CATEGORIES[label]))).toEqual(new Set(ELEVEN));
    expect(categories).toHaveLength(22);
    const validation = tinyImagenetFiles('val', { labels: 'classes', folder });
    expect(validation.map(({ label }) => label)).toEqual([...Array(200).keys()]);
    // The eleven classes of the categories were written first, as val_0 to val_10.
    const names = tinyImagenetFiles('val', { labels: 'categories', folder }).map(({ path }) => basename(path));
    expect(new Set(names)).toEqual(new Set(Array.from({ length: 11 }, (_, i) => `val_${i}.JPEG`)));
  });

  it('says in a sentence what is not as published', () => {
    const nowhere = join(root, 'nowhere');
    expect(() => tinyImagenetFiles('train', { labels: 'classes', folder: nowhere })).toThrow(
      `Tiny ImageNet is not in ${nowhere}: npm run fetch-data -- tiny-imagenet brings it`,
    );
    const few = join(root, 'few');
    mkdirSync(join(few, 'train/n01443537/images'), { recursive: true });
    mkdirSync(join(few, 'val'));
    writeFileSync(join(few, 'val/val_annotations.txt'), 'val_0.JPEG n01443537\n');
    expect(() => tinyImagenetFiles('train', { labels: 'classes', folder: few })).toThrow(
      'has 1 class folders, and Tiny ImageNet has 200',
    );
    const list = join(folder, 'val/val_annotations.txt');
    writeFileSync(list, 'val_0.JPEG n01443537\n');
    expect(() => tinyImagenetFiles('val', { labels: 'classes', folder })).toThrow(
      `${list}, line 1: there must be a file's name and its class with a tab between them.`,
    );
  });

  it('lie in the folder that TINY_IMAGENET names, or where npm run fetch-data puts them', () => {
    expect(tinyImagenetFolder(folder)).toBe(folder);
    mkdirSync(join(root, 'outer/tiny-imagenet-200/train'), { recursive: true });
    expect(tinyImagenetFolder(join(root, 'outer'))).toBe(join(root, 'outer/tiny-imagenet-200'));
    const archive = join(root, 'tiny-imagenet-200.zip');
    writeFileSync(archive, '');
    for (const named of ['', archive]) expect(tinyImagenetFolder(named)).toMatch(/data[/\\]tiny-imagenet-200$/);
  });
});
