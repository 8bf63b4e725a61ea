import type { Cell } from '../files/csv';
import { notANumber, numberOf } from '../files/numbers';

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
