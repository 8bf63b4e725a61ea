import { CsvError, type Options, parse } from 'csv-parse/sync';
import { atomicWrite } from './atomicWrite';
import { lineAt, packed, readText } from './text';

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
 * be read back the same. `columns` says which columns and in which order; by default those of the first row. Where the name
 * ends in .gz the file is packed by gzip.
 */
export function writeCsv(path: string, rows: CsvRow[], columns = Object.keys(rows[0] ?? {})): void {
  const text = formatCsv(rows, columns);
  atomicWrite(path, (append) => append(path.endsWith('.gz') ? packed(text) : text));
}

/** Rows as CSV text, as writeCsv writes it. */
export function formatCsv(rows: CsvRow[], columns: string[]): string {
  const lines = rows.map((row) => columns.map((column) => formatCell(row[column] ?? null)));
  return [columns.map(formatCell), ...lines].map((cells) => `${formatLine(cells)}\n`).join('');
}

/**
 * Reads the rows of a CSV file, as readCsvText does. An empty cell is null; one that reads as a number is a number, true and
 * false are booleans; everything else is text.
 */
export function readCsv(path: string): CsvRow[] {
  const { columns, rows } = readCsvText(path);
  return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [columns[i], cellOf(cell)])));
}

/**
 * Reads a CSV file without interpreting its cells. Line ends of every system, empty lines, spaces beside commas, commas
 * behind the last cell and a first column without a name (row names of R and pandas) are passed over. Whatever else is wrong
 * is an error that names the row, counted from 1 below the header, or the line of the file.
 */
export function readCsvText(path: string): CsvText {
  const wrong = (problem: string) => new Error(`${path} is not a valid CSV table: ${problem}.`);
  const text = readText(path);
  if (text === '') throw wrong('it is empty');
  const reason = foreign(text.trimStart().split(/[\r\n]/, 1)[0]);
  if (reason) throw wrong(reason);

  const [header = [], ...records] = parseRecords(text, wrong);
  const width = header.reduce((named, name, i) => (name === '' ? named : i + 1), 0);
  const from = header[0] === '' ? 1 : 0;
  const columns = header.slice(from, width);
  if (header.length > 0 && width === 0) throw wrong('its first line names no column: write the names there');
  if (columns.includes(''))
    throw wrong(`column ${columns.indexOf('') + from + 1} has no name: write one in the header`);
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) throw wrong(`it has the column ${JSON.stringify(repeated)} twice`);

  const fits = (cells: string[]) => cells.length >= width && cells.slice(width).every((cell) => cell === '');
  const odd = records.findIndex((cells) => !fits(cells));
  if (odd >= 0) {
    const where = `row ${odd + 1} (line ${lineBehind(text, bytesOf(text, odd + 1))})`;
    const counts = `${where} has ${records[odd].length} cells, but there are ${width} columns`;
    const named = records.every((cells) => cells.length === width + 1);
    throw wrong(`${counts}: ${records[odd].length < width ? TOO_FEW : named ? ROW_NAMES : TOO_MANY}`);
  }
  return {
    columns,
    rows: records.map((cells) => (cells.length === columns.length ? cells : cells.slice(from, width))),
  };
}

const TOO_FEW = 'complete the row or delete it';
const TOO_MANY = 'a comma within a cell, a decimal comma too, needs quotation marks around the cell';
const ROW_NAMES =
  'as every row has one more, name the first column or write without row names (row.names = FALSE in R)';

/** Why a file cannot be a table with commas, by its first line that is not empty. */
function foreign(line: string): string | undefined {
  if (/^<(!doctype|html)/i.test(line)) return 'it is a web page: download the file itself';
  if (line.includes('\0')) return 'its first line holds zero bytes, so it is no text: save the table as CSV in UTF-8';
  if (line.includes(',')) return undefined;
  if (line.includes(';')) {
    return 'its first line has semicolons between cells: write the table with commas, and numbers with decimal points';
  }
  return line.includes('\t') ? 'its first line has tabs between cells: write the table with commas' : undefined;
}

const WORDS: Record<string, Cell> = {
  '': null,
  true: true,
  false: false,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function cellOf(text: string): Cell {
  const number = numberOf(text);
  if (!Number.isNaN(number)) return number;
  return Object.keys(WORDS).includes(text) ? WORDS[text] : text;
}

/** Quoted where it would be read otherwise: with commas, quotation marks and line ends, and with spaces at its ends. */
function formatCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An only cell that is empty is quoted, since an empty line is no row. */
function formatLine(cells: string[]): string {
  return cells.length === 1 && cells[0] === '' ? '""' : cells.join(',');
}

const OPTIONS: Options = {
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  trim: true,
  relax_column_count: true, // what is wrong with a row is said in more words
};

function parseRecords(text: string, wrong: (problem: string) => Error): string[][] {
  try {
    return parse(text, OPTIONS);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = lineBehind(text, Number(error.bytes));
    throw wrong(`line ${line} has a quotation mark that is not closed or stands inside a cell`);
  }
}

/** How many bytes a number of records take, from the first one on. */
function bytesOf(text: string, records: number): number {
  const infos = parse(text, { ...OPTIONS, info: true, to: records }) as unknown as { info: { bytes: number } }[];
  return infos[records - 1].info.bytes;
}

/** The line of the record that begins behind so many bytes. */
function lineBehind(text: string, bytes: number): number {
  const before = Buffer.from(text).subarray(0, bytes).toString();
  const empty = /^\s*/.exec(text.slice(before.length)) as RegExpExecArray;
  return lineAt(text, before.length + empty[0].length);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text is; NaN where it is none. */
export function numberOf(text: string): number {
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** What is wrong with a text that should be a number. */
export function notANumber(text: string): string {
  const shown = JSON.stringify(text);
  const pointed = text.replace(',', '.');
  return NUMBER.test(pointed) ? `${shown} has a decimal comma: write ${pointed}` : `${shown} is not a number`;
}
