import { existsSync } from 'node:fs';
import { atomicWrite } from '../files/atomicWrite';
import { type Cell, formatCsv, notANumber, numberOf, readCsvText } from '../files/csv';
import { withLock } from '../files/lock';

/**
 * Reads a table and checks it: columns, types, ranges, allowed values, no two rows of one key. Errors name row (counted
 * from 1 below the header) and column. A file that is not there is an error, or no rows with `absent: 'empty'`.
 */
export function readTable<Row>(
  path: string,
  schema: TableSchema<Row>,
  { absent = 'error' }: { absent?: 'error' | 'empty' } = {},
): Row[] {
  if (!existsSync(path)) {
    if (absent === 'empty') return [];
    throw new Error(`There is no table ${path}.`);
  }
  const text = readCsvText(path);
  checkColumns(path, schema, text.columns);
  const rows = text.rows.map((cells, i) => parseRow(`${path}, row ${i + 1}`, schema, text.columns, cells));
  checkKeys(path, schema, rows);
  return rows;
}

/**
 * Adds rows to a table, which is made if it is not there. The file is rewritten whole and sorted by key, so its bytes do
 * not depend on the order in which runs finish; processes that add at the same time wait for each other.
 *
 * A row whose key is there already stays as it is (delete it to replace it). Returns how many rows were added, and those
 * that were not although they differ from the row that is there.
 */
export function appendRows<Row>(
  path: string,
  schema: TableSchema<Row>,
  rows: Row[],
): { added: number; differing: Row[] } {
  const checked = checkedRows(path, schema, rows);
  return withLock(path, (requireLock) => {
    const { byKey, added, differing } = compared(path, schema, checked);
    const sorted = [...byKey.values()].sort(byColumns(schema, keysOf(schema)));
    const text = formatCsv(sorted as Record<string, Cell>[], columnsOf(schema));
    if (added > 0 || !existsSync(path)) {
      requireLock();
      atomicWrite(path, (append) => append(text));
    }
    return { added, differing };
  });
}

/** Those of the rows that are in a table with other values. */
export function differingRows<Row>(path: string, schema: TableSchema<Row>, rows: Row[]): Row[] {
  return existsSync(path) ? compared(path, schema, checkedRows(path, schema, rows)).differing : [];
}

/** The rows of a table with more of them, by key; those that are there stay. */
function compared<Row>(path: string, schema: TableSchema<Row>, rows: Row[]) {
  const keys = keysOf(schema);
  const columns = columnsOf(schema);
  const byKey = new Map(readTable(path, schema, { absent: 'empty' }).map((row) => [keyText(row, keys), row]));
  const before = byKey.size;
  const differing: Row[] = [];
  for (const row of rows) {
    const key = keyText(row, keys);
    const there = byKey.get(key);
    if (there === undefined) byKey.set(key, row);
    else if (keyText(there, columns) !== keyText(row, columns)) differing.push(row);
  }
  return { byKey, added: byKey.size - before, differing };
}

/** Rows through text and back, so that what is written is what will be read, and refused now if it would be refused then. */
function checkedRows<Row>(path: string, schema: TableSchema<Row>, rows: Row[]): Row[] {
  const columns = columnsOf(schema);
  return rows.map((row, i) => {
    const where = `New row ${i + 1} for ${path}`;
    const unknown = Object.keys(row as object).find((name) => !(columns as string[]).includes(name));
    if (unknown !== undefined) throw new Error(`${where} has "${unknown}", which is no column of the table.`);
    const cells = columns.map((name) => textOf(row[name]));
    return parseRow(where, schema, columns, cells);
  });
}

const columnsOf = <Row>(schema: TableSchema<Row>) => schema.columns.map(({ name }) => name);
const keysOf = <Row>(schema: TableSchema<Row>) => (schema.key.length > 0 ? schema.key : columnsOf(schema));

function checkKeys<Row>(path: string, schema: TableSchema<Row>, rows: Row[]): void {
  if (schema.key.length === 0) return;
  const seen = new Map<string, number>();
  rows.forEach((row, i) => {
    const key = keyText(row, schema.key);
    const first = seen.get(key);
    if (first !== undefined) {
      const values = schema.key.map((name) => `${name} ${textOf(row[name]) || '(empty)'}`).join(', ');
      throw new Error(`${path}, row ${i + 1} and row ${first + 1} are about the same run (${values}); delete one.`);
    }
    seen.set(key, i);
  });
}

function byColumns<Row>(schema: TableSchema<Row>, names: readonly (keyof Row & string)[]) {
  const rank = (name: keyof Row & string, cell: Cell): Cell => {
    const values = schema.columns.find((column) => column.name === name)?.values;
    return values && cell !== null ? values.indexOf(cell as string) : cell;
  };
  return (first: Row, second: Row): number => {
    for (const name of names) {
      const [a, b] = [rank(name, first[name] as Cell), rank(name, second[name] as Cell)];
      if (a === b) continue;
      if (a === null || b === null) return a === null ? -1 : 1;
      return a < b ? -1 : 1;
    }
    return 0;
  };
}

function keyText<Row>(row: Row, names: readonly (keyof Row & string)[]): string {
  return JSON.stringify(names.map((name) => row[name]));
}

/** One column of a tidy table. */
export interface Column<Name extends string = string> {
  name: Name;
  type: 'text' | 'integer' | 'number' | 'boolean';
  /** Smallest and largest number allowed. */
  min?: number;
  max?: number;
  /** The only texts allowed, in the order in which rows are sorted. */
  values?: readonly string[];
  /** What a text must look like. */
  pattern?: RegExp;
  /** Whether the cell may be empty (null). */
  optional?: boolean;
}

/** What the rows of a table must be. */
export interface TableSchema<Row> {
  columns: readonly Column<keyof Row & string>[];
  /** The columns that together name a row: no two rows agree in all of them, and rows are sorted by them. */
  key: readonly (keyof Row & string)[];
  /** What else a row must fulfil: the sentence says what is wrong. */
  rule?: (row: Row) => string | undefined;
}

/** Throws a sentence if a table's columns are not exactly those of the schema, in any order. */
export function checkColumns<Row>(path: string, schema: TableSchema<Row>, columns: string[]): void {
  const expected: string[] = schema.columns.map(({ name }) => name);
  const missing = expected.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !expected.includes(name));
  if (missing.length + unknown.length === 0) return;
  const problems = [
    missing.length > 0 ? `lacks ${missing.join(', ')}` : '',
    unknown.length > 0 ? `has the unknown ${unknown.map((name) => JSON.stringify(name)).join(', ')}` : '',
  ];
  throw new Error(`${path} ${problems.filter(Boolean).join(' and ')}; its columns must be ${expected.join(', ')}.`);
}

/** The typed row that a table's cells hold; throws a sentence that begins with `where` and names the column. */
export function parseRow<Row>(where: string, schema: TableSchema<Row>, columns: string[], cells: string[]): Row {
  const row = Object.fromEntries(
    schema.columns.map((column) => [column.name, parseCell(where, column, cells[columns.indexOf(column.name)])]),
  ) as Row;
  const broken = schema.rule?.(row);
  if (broken) throw new Error(`${where}: ${broken}.`);
  return row;
}

function parseCell(where: string, column: Column, text: string): Cell {
  const wrong = (problem: string) => new Error(`${where}, column "${column.name}": ${problem}.`);
  const { type, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, values, pattern } = column;
  if (text === '') {
    if (column.optional) return null;
    throw wrong('the cell is empty');
  }
  const shown = JSON.stringify(text);
  if (text === 'NA' && column.optional) throw wrong('"NA" is how R writes an empty cell: leave the cell empty');
  if (type === 'text') {
    if (values && !values.includes(text)) throw wrong(`${shown} is none of ${values.join(', ')}`);
    if (pattern && !pattern.test(text)) throw wrong(`${shown} does not look like ${pattern.source}`);
    return text;
  }
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    const small = text.toLowerCase();
    if (small !== 'true' && small !== 'false') throw wrong(`${shown} is neither true nor false`);
    throw wrong(`${shown} is how spreadsheets and R write it: write ${small}`);
  }
  const value = numberOf(text);
  if (!Number.isFinite(value)) throw wrong(notANumber(text));
  if (type === 'integer' && !Number.isSafeInteger(value)) throw wrong(`${shown} is not a whole number`);
  if (value < min) throw wrong(`${text} is below ${min}`);
  if (value > max) throw wrong(`${text} is above ${max}`);
  return value;
}

/** A cell as a table's file holds it. */
export function textOf(cell: unknown): string {
  return cell === null || cell === undefined ? '' : String(cell);
}
