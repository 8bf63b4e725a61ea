import { readFileSync } from 'node:fs';
import { atomicWrite } from './atomicWrite';

/** One cell of a table; null is an empty one. */
export type Cell = string | number | boolean | null;

/** One row of a table, by column name. */
export type CsvRow = Record<string, Cell>;

/** A table as its text holds it: column names and the rows' cells, in order. */
export interface CsvText {
  columns: string[];
  rows: string[][];
}

/**
 * Writes rows as CSV (comma, quotes where needed, "\n"), whole or not at all. Numbers keep every digit that they need to
 * be read back the same. `columns` says which columns and in which order; by default those of the first row.
 */
export function writeCsv(path: string, rows: CsvRow[], columns = Object.keys(rows[0] ?? {})): void {
  atomicWrite(path, (append) => append(formatCsv(rows, columns)));
}

/** Rows as CSV text, as writeCsv writes it. */
export function formatCsv(rows: CsvRow[], columns: string[]): string {
  const lines = rows.map((row) => columns.map((column) => formatCell(row[column] ?? null)));
  return [columns.map(formatCell), ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

/**
 * Reads the rows of a CSV file. An empty cell is null; one that reads as a number is a number, true and false are
 * booleans; everything else is text.
 */
export function readCsv(path: string): CsvRow[] {
  const { columns, rows } = readCsvText(path);
  return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [columns[i], cellOf(cell)])));
}

/** Reads a CSV file without interpreting its cells; a row longer or shorter than the header is an error that names it. */
export function readCsvText(path: string): CsvText {
  const wrong = (problem: string) => new Error(`${path} is not a valid CSV table: ${problem}.`);
  const records = parseRecords(readFileSync(path, 'utf8'), wrong);
  const [columns, ...rows] = records;
  if (!columns) throw wrong('it is empty');
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) throw wrong(`it has the column "${repeated}" twice`);
  const odd = rows.findIndex((cells) => cells.length !== columns.length);
  if (odd >= 0) throw wrong(`row ${odd + 1} has ${rows[odd].length} cells, but there are ${columns.length} columns`);
  return { columns, rows };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WORDS: Record<string, Cell> = {
  '': null,
  true: true,
  false: false,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function cellOf(text: string): Cell {
  if (NUMBER.test(text)) return Number(text);
  return Object.keys(WORDS).includes(text) ? WORDS[text] : text;
}

function formatCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function parseRecords(text: string, wrong: (problem: string) => Error): string[][] {
  const records: string[][] = [];
  // A cell (quoted, or without special characters), and what ends it; sticky, so that nothing is skipped over.
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let record: string[] = [];
  while (pattern.lastIndex < text.length || record.length > 0) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) {
      const line = text.slice(0, at).split('\n').length;
      throw wrong(`line ${line} has a quotation mark that is not closed or stands inside a cell`);
    }
    const [, quoted, plain, end] = match;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
