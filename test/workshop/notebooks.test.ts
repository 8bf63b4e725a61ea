import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, it } from 'vitest';
import { products } from '../../workshop/dist/notebook';
import { README, readmeNow } from '../../workshop/dist/overview';
import { WORKSHOP } from '../../workshop/dist/source';
import { readCells } from '../support/executedNotebook';

it.each(products().map(({ path, notebook }) => [relative(WORKSHOP, path), path, notebook] as const))(
  '%s is what its source makes',
  (_, path, notebook) => {
    const written = readCells(path).map(({ cell_type, source }) => [cell_type, source]);
    expect(written).toEqual(notebook.cells.map(({ cell_type, source }) => [cell_type, source.join('')]));
  },
);

it('the README lists the exercises as they are', () => {
  expect(readFileSync(README, 'utf8')).toBe(readmeNow());
});
