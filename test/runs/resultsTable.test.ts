import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableSchema } from '../../lib/dist/runs/resultsTable';
import { appendRows, readTable } from '../../lib/dist/runs/resultsTable';

interface Row {
  condition: 'subnet' | 'random';
  sampler: string | null;
  n: number;
  accuracy: number;
  done: boolean;
}
const schema: TableSchema<Row> = {
  columns: [
    { name: 'condition', type: 'text', values: ['subnet', 'random'] },
    { name: 'sampler', type: 'text', optional: true, pattern: /^[a-z, "]+$/ },
    { name: 'n', type: 'integer', min: 0 },
    { name: 'accuracy', type: 'number', min: 0, max: 1 },
    { name: 'done', type: 'boolean' },
  ],
  key: ['condition', 'sampler', 'n'],
  rule: ({ condition, sampler }) => (condition === 'random' && sampler !== null ? 'random has no sampler' : undefined),
};
const row = (changes: Partial<Row> = {}): Row => ({
  condition: 'subnet',
  sampler: null,
  n: 10,
  accuracy: 0.5,
  done: true,
  ...changes,
});
const HEADER = 'condition,sampler,n,accuracy,done';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'table-'));
  path = join(folder, 'table.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readTable', () => {
  it('returns typed rows, whatever the order of the columns', () => {
    writeFileSync(path, 'n,done,sampler,accuracy,condition\n10,true,,0.25,subnet\n16,false,described,1e-3,subnet\n');
    expect(readTable(path, schema)).toEqual([
      row({ accuracy: 0.25 }),
      row({ n: 16, sampler: 'described', accuracy: 0.001, done: false }),
    ]);
  });

  it('names row and column of what is wrong', () => {
    const refused = (text: string, because: string) => {
      writeFileSync(path, text);
      expect(() => readTable(path, schema)).toThrow(path);
      expect(() => readTable(path, schema)).toThrow(because);
    };
    const second = (line: string) => `${HEADER}\nsubnet,,10,0.5,true\n${line}\n`;
    refused(
      'condition,n,done,note\n',
      'lacks sampler, accuracy and has the unknown "note"; its columns must be condition, sampler,',
    );
    refused('condition,sampler,n,done\n', `${path} lacks accuracy; its columns must be`);
    refused(second('subnet,,ten,0.5,true'), 'row 2, column "n": "ten" is not a number.');
    refused(second('subnet,,1.5,0.5,true'), 'row 2, column "n": "1.5" is not a whole number.');
    refused(second('subnet,,-1,0.5,true'), 'row 2, column "n": -1 is below 0.');
    refused(second('subnet,,1,1.01,true'), 'row 2, column "accuracy": 1.01 is above 1.');
    refused(second('subnet,,1,NaN,true'), 'row 2, column "accuracy": "NaN" is not a number.');
    refused(second('subnet,,1,,true'), 'row 2, column "accuracy": the cell is empty.');
    refused(second('subnet,,1,1,yes'), 'row 2, column "done": "yes" is neither true nor false.');
    refused(second('subnet,,1,1,TRUE'), 'column "done": "TRUE" is how spreadsheets and R write it: write true.');
    refused(second('subnet,,1,"0,5",true'), 'row 2, column "accuracy": "0,5" has a decimal comma: write 0.5.');
    refused(
      second('subnet,NA,1,1,true'),
      'column "sampler": "NA" is how R writes an empty cell: leave the cell empty.',
    );
    refused(second('subset,,1,1,true'), 'row 2, column "condition": "subset" is none of subnet, random.');
    refused(second('subnet,X,1,1,true'), 'row 2, column "sampler": "X" does not look like ^[a-z, "]+$.');
    refused(second('random,described,1,1,true'), 'row 2: random has no sampler.');
    refused(
      second('subnet,,10,0.7,true'),
      'row 2 and row 1 are about the same run (condition subnet, sampler (empty), n 10); delete one.',
    );
    refused(second('subnet,,10'), 'row 2 (line 3) has 3 cells, but there are 5 columns');
  });

  it('tells a table that is not there from an empty one', () => {
    expect(() => readTable(path, schema)).toThrow(`There is no table ${path}.`);
    expect(readTable(path, schema, { absent: 'empty' })).toEqual([]);
    writeFileSync(path, `${HEADER}\n`);
    expect(readTable(path, schema)).toEqual([]);
  });
});

describe('appendRows', () => {
  it('sorts by key: allowed values in their order, numbers by size, empty cells first', () => {
    const rows = [
      row({ condition: 'random', n: 2 }),
      row({ sampler: 'released', n: 0 }),
      row({ n: 100, accuracy: 1 / 3 }),
      row({ n: 16 }),
      row({ sampler: 'a, "b"', n: 1, done: false }),
    ];
    expect(appendRows(path, schema, rows)).toEqual({ added: 5, differing: [] });
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      HEADER,
      'subnet,,16,0.5,true',
      'subnet,,100,0.3333333333333333,true',
      'subnet,"a, ""b""",1,0.5,false',
      'subnet,released,0,0.5,true',
      'random,,2,0.5,true',
      '',
    ]);
  });

  it('gives the same bytes in whatever order and portions the rows come', () => {
    const rows = Array.from({ length: 6 }, (_, i) =>
      row({ n: i % 3, condition: i < 3 ? 'subnet' : 'random', accuracy: i / 7 }),
    );
    appendRows(path, schema, rows);
    const expected = readFileSync(path, 'utf8');
    const orders = fc.shuffledSubarray(rows, { minLength: 6 });
    fc.assert(
      fc.property(orders, fc.nat(6), fc.nat(6), (order, from, overlap) => {
        rmSync(path);
        appendRows(path, schema, order.slice(0, from));
        appendRows(path, schema, order.slice(Math.max(0, from - overlap)));
        expect(readFileSync(path, 'utf8')).toBe(expected);
        expect(readTable(path, schema).length).toBe(6);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a row that is there, and returns those that differ from it', () => {
    appendRows(path, schema, [row()]);
    const other = row({ accuracy: 0.9 });
    expect(appendRows(path, schema, [row(), other, row({ n: 11 })])).toEqual({ added: 1, differing: [other] });
    expect(readTable(path, schema)).toEqual([row(), row({ n: 11 })]);
  });

  it('refuses rows that could not be read back, and then changes nothing', () => {
    appendRows(path, schema, [row()]);
    const before = readFileSync(path, 'utf8');
    const refused = (bad: object, because: string) => {
      expect(() => appendRows(path, schema, [row({ n: 11 }), bad as Row])).toThrow(`New row 2 for ${path}`);
      expect(() => appendRows(path, schema, [row({ n: 11 }), bad as Row])).toThrow(because);
      expect(readFileSync(path, 'utf8')).toBe(before);
    };
    refused(row({ accuracy: Number.NaN }), 'column "accuracy": "NaN" is not a number.');
    refused(row({ n: -1 }), 'column "n": -1 is below 0.');
    refused(row({ condition: 'random', sampler: 'released' }), 'random has no sampler.');
    refused({ ...row(), note: 1 }, 'has "note", which is no column of the table.');
    refused({ condition: 'random' }, 'column "n": the cell is empty.');
    writeFileSync(path, 'a,b\n');
    expect(() => appendRows(path, schema, [row()])).toThrow('lacks condition');
    expect(readFileSync(path, 'utf8')).toBe('a,b\n');
  });

  it('loses nothing when several processes add at once and some are killed', async () => {
    const script = `
      const { appendRows } = require(${JSON.stringify(resolve('lib/dist/runs/resultsTable.js'))});
      const schema = { columns: [{ name: 'n', type: 'integer' }], key: ['n'] };
      const [path, start, count] = process.argv.slice(1);
      for (let n = Number(start); n < Number(start) + Number(count); n++) {
        appendRows(path, schema, [{ n }]);
        process.stdout.write(n + ' ');
      }`;
    const written: number[] = [];
    const start = (from: number, count: number, killAfter?: number) => {
      const child = spawn(process.execPath, ['-e', script, path, String(from), String(count)]);
      let output = '';
      child.stdout.on('data', (data) => {
        output += data;
        if (killAfter !== undefined && output.split(' ').length > killAfter) child.kill('SIGKILL');
      });
      return new Promise<void>((done) =>
        child.on('close', () => {
          written.push(...output.split(' ').slice(0, -1).map(Number));
          done();
        }),
      );
    };
    await Promise.all([start(0, 20), start(100, 1000, 3), start(2000, 1000, 6), start(40, 20)]);
    const numbers = readTable(path, { columns: [{ name: 'n', type: 'integer' }], key: ['n'] } as TableSchema<{
      n: number;
    }>);
    const there = new Set(numbers.map(({ n }) => n));
    expect(written.filter((n) => !there.has(n))).toEqual([]);
    expect(written.filter((n) => n < 100).length).toBe(40);
    appendRows(path, { columns: [{ name: 'n', type: 'integer' }], key: ['n'] } as TableSchema<{ n: number }>, [
      { n: 9999 },
    ]);
    expect(readdirSync(folder)).toEqual(['table.csv']);
  });
});
