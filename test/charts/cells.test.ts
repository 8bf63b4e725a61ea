import { expect, it } from 'vitest';
import { cells } from '../../lib/dist/charts/cells';
import { draw } from '../support/draw';

const rows = ['layer 0', 'layer 1'].flatMap((block) =>
  ['query', 'key'].flatMap((part) => ['head 0', 'head 1'].map((head, i) => ({ block, part, head, share: 0.25 * i }))),
);
const options = { title: 'x', x: 'part', y: 'head', value: { field: 'share', format: '.1%' }, facet: 'block' };

it('writes the value in each cell, and panels with the same lines are drawn without a warning', async () => {
  const { items, texts, warnings } = await draw(cells(rows, { ...options, columns: 1 }));
  expect(warnings).toEqual([]);
  expect(items.filter(({ mark }) => mark === 'rect')).toHaveLength(8);
  expect(texts.filter((text) => text === '25.0%').length).toBeGreaterThanOrEqual(4);
  expect(texts).toEqual(expect.arrayContaining(['layer 0', 'layer 1', 'head 0', 'query']));
});

it('draws panels that lack some lines on the same axis, without a warning', async () => {
  const uneven = rows.filter(({ block, head }) => block === 'layer 0' || head === 'head 0');
  const { items, warnings } = await draw(cells(uneven, options));
  expect(warnings).toEqual([]);
  expect(items.filter(({ mark }) => mark === 'rect')).toHaveLength(6);
});

it('names its sides where an axis has a title', async () => {
  const { texts } = await draw(cells(rows, { ...options, x: { field: 'part', title: 'part of the layer' } }));
  expect(texts).toContain('part of the layer');
  expect(texts).not.toContain('head');
});
