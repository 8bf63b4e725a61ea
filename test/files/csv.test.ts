import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatCsv, readCsv, readCsvText, writeCsv } from '../../lib/dist/files/csv';

const folder = mkdtempSync(join(tmpdir(), 'csv-'));
const path = join(folder, 'file.csv');
afterAll(() => rmSync(folder, { recursive: true }));

const aNumber = fc.double().map((value) => (value === 0 ? 0 : value)); // "-0" is written as 0
const aWord = fc.string({ unit: 'binary' }).filter((text) => !/^[\s\d.+-]|^$|true|false|NaN|Infinity/.test(text));
const aCell = fc.oneof(aNumber, fc.boolean(), fc.constant(null), aWord);

describe('CSV', () => {
  it('returns the rows that were written', () => {
    const rows = fc.array(fc.record({ a: aCell, 'b "c", d': aCell }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, (rows) => {
        // A file is UTF-8, which has no lone surrogates.
        fc.pre(!/[\ud800-\udfff]/u.test(JSON.stringify(rows)) && !JSON.stringify(rows).includes('\\ud'));
        writeCsv(path, rows);
        expect(readCsv(path)).toEqual(rows);
      }),
    );
  });

  it('returns texts cell by cell', () => {
    const aText = fc.stringMatching(/^[ab",\r\n ]{0,6}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(aText, aText), { maxLength: 4 }), (pairs) => {
        writeFileSync(
          path,
          formatCsv(
            pairs.map(([x, y]) => ({ x, y })),
            ['x', 'y'],
          ),
        );
        expect(readCsvText(path)).toEqual({ columns: ['x', 'y'], rows: pairs });
      }),
    );
  });

  it('writes plain lines, with the columns asked for', () => {
    writeCsv(
      path,
      [
        { a: 0.1, b: 'x, y', c: true },
        { a: 1e-7, b: null, c: false },
      ],
      ['c', 'b', 'a'],
    );
    expect(readFileSync(path, 'utf8')).toBe('c,b,a\ntrue,"x, y",0.1\nfalse,,1e-7\n');
  });

  it('reads a last line without an end, and Windows line ends', () => {
    writeFileSync(path, 'a,b\r\n1,x\r\n.5,');
    expect(readCsv(path)).toEqual([
      { a: 1, b: 'x' },
      { a: 0.5, b: null },
    ]);
  });

  it('keeps texts that only resemble numbers', () => {
    writeFileSync(path, 'a\n1-2\n2a^2\n1.2.3\n-\ntoString\n');
    expect(readCsv(path).map(({ a }) => a)).toEqual(['1-2', '2a^2', '1.2.3', '-', 'toString']);
  });

  it('says what is wrong with a table, and where', () => {
    const refused = (text: string, because: string) => {
      writeFileSync(path, text);
      expect(() => readCsv(path)).toThrow(`${path} is not a valid CSV table: ${because}`);
    };
    refused('', 'it is empty');
    refused('a,a\n1,2\n', 'it has the column "a" twice');
    refused('a,b\n1,2\n3\n', 'row 2 has 1 cells, but there are 2 columns');
    refused('a\n"x\n', 'line 2 has a quotation mark that is not closed');
    refused('a\nx"y"\n', 'line 2 has a quotation mark');
  });
});
