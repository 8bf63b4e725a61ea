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
const aWord = fc.string({ unit: 'binary' }).filter((text) => !/^[\d.+-]|^$|true|false|NaN|Infinity/.test(text));
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

  it('returns texts cell by cell, in any number of columns', () => {
    const aText = fc.stringMatching(/^[ab",;\t\r\n \u00a0]{0,6}$/);
    const tables = fc
      .integer({ min: 1, max: 3 })
      .chain((width) =>
        fc.array(fc.array(aText, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 }),
      );
    fc.assert(
      fc.property(tables, (rows) => {
        const columns = rows[0].map((_, i) => `c${i}`);
        const named = rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [columns[i], cell])));
        writeFileSync(path, formatCsv(named, columns));
        expect(readCsvText(path)).toEqual({ columns, rows });
      }),
      { numRuns: 200 },
    );
    writeCsv(path, []);
    expect(readCsv(path)).toEqual([]);
  });

  it('is read or refused in one sentence, whatever the bytes', () => {
    const likely = fc.constantFrom(
      ...['a', '1', ',', ',,', '"', '\n', '\r', ' ', ';', '\t', '\0', '\xff', '\ufeff', '<<<<<<< x\n'],
    );
    const texts = fc.array(likely, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''), 'latin1'));
    const bytes = fc.uint8Array({ maxLength: 60 }).map((values) => Buffer.from(values));
    fc.assert(
      fc.property(fc.oneof(texts, bytes), (content) => {
        writeFileSync(path, content);
        try {
          const { columns, rows } = readCsvText(path);
          expect(rows.every((cells) => cells.length === columns.length)).toBe(true);
        } catch (error) {
          expect((error as Error).constructor).toBe(Error);
          expect((error as Error).message).toMatch(/^.+\.$/); // on one line
          expect((error as Error).message.startsWith(path)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  const good = 'a,b\n1,x\n\u00e9,\n';
  const rows = [
    ['1', 'x'],
    ['\u00e9', ''],
  ];
  it.each([
    ['a mark of UTF-8', `\ufeff${good}`],
    ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le')],
    ['UTF-16 with the bytes the other way', Buffer.from(`\ufeff${good}`, 'utf16le').swap16()],
    ['empty lines', `\n${good.replaceAll('\n', '\n \n\n')}`],
    ['line ends of Windows', good.replaceAll('\n', '\r\n')],
    ['line ends of old Macs', good.replaceAll('\n', '\r')],
    ['spaces beside commas', 'a , b\n1 , "x" \n \u00e9,\u00a0\n'],
    ['commas behind the last cell', good.replaceAll('\n', ',,\n')],
    ['a comma behind the last cell of the header alone', good.replace('\n', ',\n')],
    ['row names as R writes them', '"","a","b"\n"1","1","x"\n"2","\u00e9",""\n'],
  ])('reads over %s', (_, content) => {
    writeFileSync(path, content);
    expect(readCsvText(path)).toEqual({ columns: ['a', 'b'], rows });
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
    const refused = (content: string | Buffer, because: string) => {
      writeFileSync(path, content);
      expect(() => readCsv(path)).toThrow(`${path} is not a valid CSV table: ${because}`);
    };
    refused('', 'it is empty.');
    refused('a,a\n1,2\n', 'it has the column "a" twice.');
    refused('a,,b\n1,2,3\n', 'column 2 has no name: write one in the header.');
    refused('a,b\n1,2\n\n3\n', 'row 2 (line 4) has 1 cells, but there are 2 columns: complete the row or delete it.');
    refused('a,b\n"1\r\n",2\n0,5,2\n', 'row 2 (line 4) has 3 cells, but there are 2 columns: a comma within a cell');
    refused(
      'a,b\nx,1,2\ny,3,4\n',
      'row 1 (line 2) has 3 cells, but there are 2 columns: as every row has one more, name',
    );
    refused('a\n"x\n', 'line 2 has a quotation mark that is not closed');
    refused('a,b\n\n"1\r\n",2\nx"y",2\n', 'line 5 has a quotation mark');
    refused('"a";"b"\n0,5;1\n', 'its first line has semicolons between cells: write the table with commas');
    refused('a\tb\n1\t2\n', 'its first line has tabs between cells: write the table with commas.');
    refused(Buffer.from('a,b\n1,2\n', 'utf16le'), 'its first line holds zero bytes');
    refused(',,\n1,2,3\n', 'its first line names no column');
    refused('\n<!DOCTYPE html>\n<html>', 'it is a web page');
  });

  it('names another encoding, a zip file and a merge conflict', () => {
    writeFileSync(path, Buffer.from('a,b\r\n1,caf\xe9\r\n', 'latin1'));
    expect(() => readCsv(path)).toThrow(`${path}, line 2 is no text in the encoding UTF-8: save the file as UTF-8.`);
    writeFileSync(path, Buffer.from('PK\x03\x04\xff', 'latin1'));
    expect(() => readCsv(path)).toThrow(`${path} is a spreadsheet or another zip file, not text: save`);
    writeFileSync(path, 'a,b\n1,2\n<<<<<<< HEAD\n3,4\n=======\n3,"5\n>>>>>>> other, "name"\n');
    expect(() => readCsv(path)).toThrow(`${path}, line 3 is a mark of a merge conflict: keep one`);
  });
});
