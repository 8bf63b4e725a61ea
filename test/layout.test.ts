import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from './support/temporary';

/** Folders of lib/src from the top down: each may import those below it alone. */
const FOLDERS = [
  'notebook',
  'experiments',
  'charts',
  'tables',
  'runs',
  'training',
  'masking',
  'models',
  'stats',
  'images',
  'tasks',
  'tensorflow',
  'files',
];

it('the arrows of the library go one way', () => {
  const source = join(PROJECT, 'lib/src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\/.*\.ts$/.test(name));
  const folderOf = (path: string) => path.split('/')[0];
  const imports = files.flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)'/gm)].map(
      ([, path]) => ({ file, target: relative(source, join(source, dirname(file), path)) }),
    ),
  );
  const wrong = imports
    .filter(({ file, target }) => FOLDERS.indexOf(folderOf(target)) < FOLDERS.indexOf(folderOf(file)))
    .map(({ file, target }) => `${file} imports ${target}`);
  // Charts draw rows, whatever these are of.
  const ofCharts = imports.filter(({ file }) => folderOf(file) === 'charts').map(({ target }) => folderOf(target));
  expect(new Set(ofCharts)).toEqual(new Set(['charts', 'images']));
  expect([...new Set(files.map(folderOf))].sort()).toEqual([...FOLDERS].sort());
  expect(wrong).toEqual([]);
});
