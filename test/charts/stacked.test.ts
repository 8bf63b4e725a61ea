import { expect, it } from 'vitest';
import { charts } from '../../lib/dist';
import { draw } from '../support/draw';

const rows = ['layer 0', 'layer 1'].flatMap((layer) =>
  ['head 0', 'head 1'].flatMap((head, i) => [1, 10, 100].map((t) => ({ layer, head, t, share: i / t }))),
);
const last = rows.filter(({ t }) => t === 100);
const cells = charts.cells(last, { title: '', x: 'head', y: 'layer', value: 'share', click: 'one' });

it('draws cells above lines that a click on a cell picks out, all of them before a click', async () => {
  const lines = charts.lines(rows, { title: '', x: 't', y: 'share', color: 'head', facet: 'layer', clicked: 'one' });
  const { items, texts, warnings } = await draw(charts.stacked([cells, lines], { title: 'Heads', subtitle: 'two' }));
  expect(warnings).toEqual([]);
  expect(texts).toEqual(expect.arrayContaining(['Heads', 'two']));
  expect(items.filter(({ mark }) => mark === 'rect')).toHaveLength(4);
  const opacities = items.filter(({ mark }) => mark === 'line').map((item) => (item as { opacity?: number }).opacity);
  expect(opacities).toEqual(rows.map(() => 1));
});

it('draws one line by a click too, where no legend picks any out', () => {
  const one = rows.filter(({ head }) => head === 'head 0');
  const lines = charts.lines(one, { title: '', x: 't', y: 'share', color: 'head', facet: 'layer', clicked: 'one' });
  expect(JSON.stringify(lines)).toContain('"condition":{"param":"one","value":1}');
});
