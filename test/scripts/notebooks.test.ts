import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Checkout } from './checkout';

const checkout = new Checkout();
afterAll(() => checkout.remove());

it('the hidden twins of notebooks are no notebooks', async () => {
  const folder = join(checkout.root, 'notebooks');
  mkdirSync(folder);
  for (const name of ['02-b.ipynb', '02-b.ts', '01-a.ipynb', '._01-a.ipynb', '._01-a.ts', '.ipynb_checkpoints']) {
    writeFileSync(join(folder, name), '');
  }
  const { notebookNames, notebookFiles } = await import(join(checkout.root, 'scripts/lib/notebooks.mjs'));
  expect(notebookNames()).toEqual(['01-a', '02-b']);
  expect(notebookFiles().sort()).toEqual(['01-a.ipynb', '02-b.ipynb', '02-b.ts']);
});
