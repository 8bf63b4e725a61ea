import * as aq from 'arquero';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFrame } from '../../lib/dist/notebook/dataFrame';
import { showTable, tableBundle } from '../../lib/dist/notebook/table';
import { inCell } from './fakeKernel';

const rows = [
  { condition: 'subnet', n: 10, accuracy: 0.35571 },
  { condition: 'random', n: 1000, accuracy: 1 },
];
const plain = (...args: Parameters<typeof tableBundle>) => tableBundle(...args).data['text/plain'];
const html = (...args: Parameters<typeof tableBundle>) => String(tableBundle(...args).data['text/html']);

describe('tableBundle', () => {
  it('aligns numbers to the right and gives fractions their digits', () => {
    expect(plain(rows, { caption: 'Results' })).toBe(
      [
        'Results',
        'condition     n  accuracy',
        '---------  ----  --------',
        'subnet       10     0.356',
        'random     1000     1.000',
      ].join('\n'),
    );
    expect(plain(rows, { digits: { accuracy: 1 } })).toContain('0.4');
    expect(html(rows)).toContain('<td style="text-align:right">0.356</td>');
  });

  it('is the same from rows, an arquero table and a DataFrame', () => {
    expect(plain(aq.from(rows))).toBe(plain(rows));
    expect(plain(dataFrame(rows))).toBe(plain(rows));
    expect(plain(dataFrame(aq.from(rows)))).toBe(plain(rows));
  });

  it("shows an arquero table's rows in its order, filtered and sorted", () => {
    const table = aq
      .from(rows)
      .orderby(aq.desc('n'))
      .filter(aq.escape((row: { n: number }) => row.n > 0));
    expect(plain(table).split('\n')[2]).toMatch(/^random/);
  });

  it('shows the labels of a DataFrame that has some', () => {
    expect(plain(dataFrame(rows).describe())).toMatch(/^mean\s+505/m);
  });

  it('shows what is missing, negative and tiny for what it is', () => {
    const text = plain([
      { x: -1e-7, y: -0.25, z: undefined },
      { x: 0, y: Number.NaN, z: null },
      { x: 0.5, y: 1 / 0 },
      { x: 3.3e-4, y: -8.3e-5 },
    ]);
    expect(text).toMatch(/−1\.0e-7\s+−0\.250\s+–/);
    expect(text).toMatch(/0\.000\s+NaN\s+–/);
    expect(text).toMatch(/0\.500\s+Infinity/);
    expect(text).toMatch(/0\.0003\s+−0\.0001/);
  });

  it('explains NaN and Infinity below the table, and only what it holds', () => {
    const notes = (rows: object[]) =>
      plain(rows)
        .split('\n')
        .slice(2 + rows.length);
    expect(notes([{ x: 0 / 0 }, { x: -1 / 0 }])).toEqual(['NaN: not a number, as 0 / 0 is.', 'Infinity: as 1 / 0 is.']);
    expect(notes([{ x: 1 / 0 }])).toEqual(['Infinity: as 1 / 0 is.']);
    expect(notes([{ x: 1, y: null }, { x: 'NaN' }])).toEqual([]);
    expect(String(tableBundle([{ x: 0 / 0 }]).data['text/html'])).toContain('NaN: not a number');
  });

  it('shows BigInts whole and times in UTC', () => {
    const table = plain([{ count: 10n ** 20n, time: new Date(Date.UTC(2024, 0, 1, 12)) }, { time: new Date(NaN) }]);
    expect(table).toMatch(/^100000000000000000000 +2024-01-01T12:00:00\.000Z\n– +–$/m);
  });

  it('says how many rows it leaves out', () => {
    const many = Array.from({ length: 1053 }, (_, i) => ({ i }));
    expect(plain(many)).toMatch(/\n… 1,003 more rows$/);
    expect(html(many)).toContain('… 1,003 more rows');
    expect(plain(many, { limit: 2000 })).not.toContain('…');
  });

  it('has a heading alone where there are no rows', () => {
    expect(plain(aq.table({ n: [], accuracy: [] }))).toBe('n  accuracy\n-  --------');
    expect(plain([])).toBe('\n');
  });

  it('lets no text become markup', () => {
    const structure = (markup: string) => markup.replace(/>[^<]*</g, '><');
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, value) => {
        const column = `c${name}`;
        expect(structure(html([{ [column]: value }], { caption: value || 'x' }))).toBe(
          structure(html([{ c: 'v' }], { caption: 'x' })),
        );
      }),
    );
  });

  it('refuses what is no table', () => {
    expect(() => tableBundle({ a: 1 } as never)).toThrow(/array of objects/);
  });
});

describe('showTable', () => {
  it('sends HTML and text', async () => {
    const outputs = await inCell(() => expect(showTable(rows)).toBeUndefined());
    expect(Object.keys(outputs[0].data)).toEqual(['text/html', 'text/plain']);
  });
});
