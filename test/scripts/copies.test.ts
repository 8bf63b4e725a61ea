import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyNotebooks } from '../../scripts/lib/copies.mjs';
import { projectFolder } from '../support/temporary';

it('copies are made, brought up to date where nobody has changed them, and left alone where somebody has', () => {
  const from = projectFolder('copies');
  const to = join(from, 'mine');
  const write = (folder: string, name: string, text: string) => writeFileSync(join(folder, `${name}.ipynb`), text);
  const read = (name: string) => readFileSync(join(to, `${name}.ipynb`), 'utf8');
  for (const name of ['00-one', '01-two', '02-three']) write(from, name, 'first');
  mkdirSync(to);
  write(to, 'own', 'a notebook of mine');

  expect(copyNotebooks({ from, to })).toEqual([]);
  expect(['00-one', '01-two', '02-three'].map(read)).toEqual(['first', 'first', 'first']);
  // jupytext's own setting: nothing here has a .ts file.
  expect(readFileSync(join(to, 'jupytext.toml'), 'utf8')).toBe('formats = "ipynb"\n');

  write(to, '01-two', 'changed by me');
  expect(copyNotebooks({ from, to })).toEqual([]);
  for (const name of ['00-one', '01-two']) write(from, name, 'second');
  rmSync(join(to, '02-three.ipynb'));
  expect(copyNotebooks({ from, to })).toEqual(['01-two']);
  expect(['00-one', '01-two', '02-three', 'own'].map(read)).toEqual([
    'second',
    'changed by me',
    'first',
    'a notebook of mine',
  ]);
  expect(copyNotebooks({ from, to })).toEqual(['01-two']);

  // Deleted, it comes anew.
  rmSync(join(to, '01-two.ipynb'));
  expect(copyNotebooks({ from, to })).toEqual([]);
  expect(read('01-two')).toBe('second');
  expect(existsSync(join(to, '01-two.ts'))).toBe(false);
});

it('links of a copy lead to what those of the notebook lead to', () => {
  const from = projectFolder('links');
  const to = join(from, 'mine');
  const links = (text: string) => `See [nats](${text}docs/glossary.md#nats) and [01](01-base-model.ipynb).`;
  writeFileSync(join(from, '00-one.ipynb'), links('../'));
  expect(copyNotebooks({ from, to })).toEqual([]);
  expect(readFileSync(join(to, '00-one.ipynb'), 'utf8')).toBe(links('../../'));

  // Such a copy does not count as changed.
  writeFileSync(join(from, '00-one.ipynb'), `${links('../')} And more.`);
  expect(copyNotebooks({ from, to })).toEqual([]);
  expect(readFileSync(join(to, '00-one.ipynb'), 'utf8')).toBe(`${links('../../')} And more.`);
});

it('a copy in a folder as deep as the notebook keeps its links', () => {
  const root = projectFolder('workshop-links');
  const [from, to] = [join(root, 'workshop/exercises'), join(root, 'mine/workshop')];
  mkdirSync(from, { recursive: true });
  const text =
    'See [a mask](../../../docs/glossary.md#mask), [07](../../07-controls.ipynb) and [W4](W4-honest-controls.ipynb).';
  writeFileSync(join(from, 'W3.ipynb'), text);
  expect(copyNotebooks({ from, to })).toEqual([]);
  expect(readFileSync(join(to, 'W3.ipynb'), 'utf8')).toBe(text);
});
