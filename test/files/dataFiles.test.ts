import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dataFiles, refuseCopies } from '../../lib/dist/files/dataFiles';

const folder = mkdtempSync(join(tmpdir(), 'data-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('dataFiles leaves out what systems put beside the files', () => {
  for (const name of [
    'b.csv',
    'a.csv',
    '._a.csv',
    '.DS_Store',
    'Thumbs.db',
    'Desktop.ini',
    '.partial-a.csv@host-1-00',
  ]) {
    writeFileSync(join(folder, name), '');
  }
  for (const name of ['cat', '__MACOSX', '.git']) mkdirSync(join(folder, name));
  expect(dataFiles(folder)).toEqual(['a.csv', 'b.csv', 'cat']);
});

it('refuseCopies names a file and its copy', () => {
  const pairs = [
    ['a (1).png', 'a.png'],
    ['a - Copy.png', 'a.png'],
    ['a - Copy (2).png', 'a - Copy.png'],
    ['a copy 2.png', 'a.png'],
    ['a.JPEG', 'a.png'],
  ];
  for (const [first, second] of pairs) {
    expect(() => refuseCopies('folder', ['b.png', first, second])).toThrow(
      `${join('folder', first)} and ${second} are the same file twice by their names: delete one.`,
    );
  }
  refuseCopies('folder', ['a.png', 'a1.png', 'a (x).png', 'A.png', 'photocopy.png', 'photo.png']);
});
