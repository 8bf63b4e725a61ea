/** Tables below a cell, from arquero, danfo or plain rows. */

import { escapeHtml } from '../charts/svgImage';
import { type MimeBundle, show } from './display';

type TableRow = Readonly<Record<string, unknown>>;

/** What arquero's tables have; written out so that neither library is loaded for a table of plain rows. */
export interface ArqueroTable {
  columnNames(): string[];
  numRows(): number;
  objects(): object[];
}

/** What danfo's DataFrames have. */
export interface DanfoDataFrame {
  readonly columns: string[];
  readonly index: (string | number)[];
  readonly values: unknown;
}

/** Rows (plain objects), or a table of either library. */
export type TableSource = readonly object[] | ArqueroTable | DanfoDataFrame;

export interface TableOptions {
  /** Digits after the point: for every column, or by column. Whole numbers show none unless their column has fractions. */
  digits?: number | Readonly<Record<string, number>>;
  caption?: string;
  /** Rows shown at most; a last line says how many more there are. */
  limit?: number;
}

/** Shows a table below the cell. */
export function showTable(source: TableSource, options: TableOptions = {}): void {
  show(tableBundle(source, options));
}

/** A table as HTML and as plain text. */
export function tableBundle(source: TableSource, { digits = 3, caption, limit = 50 }: TableOptions = {}): MimeBundle {
  const { columns, cells: all } = readTable(source);
  const cells = all.slice(0, limit);
  const digitsOf = (column: string): number => (typeof digits === 'number' ? digits : (digits[column] ?? 3));

  const numeric = columns.map((_, i) => {
    const present = all.map((row) => row[i]).filter((value) => value !== null && value !== undefined);
    return present.length > 0 && present.every((value) => typeof value === 'number');
  });
  const texts = columns.map((column, i) => {
    const whole = all.every(
      (row) => typeof row[i] !== 'number' || Number.isInteger(row[i]) || !Number.isFinite(row[i]),
    );
    return cells.map((row) => formatValue(row[i], whole ? 0 : digitsOf(column)));
  });
  const hidden = all.length - cells.length;
  const notes = [
    ...(hidden > 0 ? [`… ${plural(hidden, 'more row')}`] : []),
    ...NOTES.filter(([test]) => cells.some((row) => row.some(test))).map(([, note]) => note),
  ];

  return { data: { 'text/html': html(), 'text/plain': plain() } };

  function html(): string {
    const align = (i: number): string => ` style="text-align:${numeric[i] ? 'right' : 'left'}"`;
    const head = columns.map((column, i) => `<th${align(i)}>${escapeHtml(column)}</th>`).join('');
    const body = cells.map(
      (_, row) => `<tr>${columns.map((_, i) => `<td${align(i)}>${escapeHtml(texts[i][row])}</td>`).join('')}</tr>`,
    );
    const foot = notes.map((note) => `<tr><td colspan="${columns.length}">${note}</td></tr>`).join('');
    const folded = cells.length > FOLDED_ABOVE;
    const title = caption && !folded ? `<caption style="text-align:left">${escapeHtml(caption)}</caption>` : '';
    const table = `<table>${title}<thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}${foot}\n</tbody></table>`;
    // A wide table gets a scroll bar of its own; a long one is opened by a click.
    const scrolling = `<div style="overflow-x:auto">${table}</div>`;
    if (!folded) return scrolling;
    const summary = `${escapeHtml(caption ?? 'Table')} (${plural(all.length, 'row')})`;
    return `<details><summary style="cursor:pointer">${summary}</summary>${scrolling}</details>`;
  }

  function plain(): string {
    const widths = columns.map((column, i) => Math.max(column.length, ...texts[i].map((text) => text.length)));
    const pad = (text: string, i: number): string => (numeric[i] ? text.padStart(widths[i]) : text.padEnd(widths[i]));
    const line = (values: string[]): string => values.map(pad).join('  ').trimEnd();
    return [
      ...(caption ? [caption] : []),
      line(columns),
      widths.map((width) => '-'.repeat(width)).join('  '),
      ...cells.map((_, row) => line(texts.map((column) => column[row]))),
      ...notes,
    ].join('\n');
  }
}

/** Rows that are shown at once; a longer table is folded. */
const FOLDED_ABOVE = 12;

/** What is said below a table that holds such a value. */
const NOTES: [test: (value: unknown) => boolean, note: string][] = [
  [Number.isNaN, 'NaN: not a number, as 0 / 0 is.'],
  [(value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY, 'Infinity: as 1 / 0 is.'],
];

/**
 * Column names and values, row by row. A DataFrame's index becomes a first column unless it only counts the rows, and its
 * NaN is an empty cell, as danfo knows no other.
 */
function readTable(source: TableSource): { columns: string[]; cells: unknown[][] } {
  if ('columnNames' in source) {
    const columns = source.columnNames();
    return { columns, cells: source.objects().map((row) => columns.map((column) => (row as TableRow)[column])) };
  }
  if ('index' in source && 'values' in source && 'columns' in source) {
    const values = (source.values as unknown[][]).map((row) =>
      row.map((value) => (Number.isNaN(value) ? null : value)),
    );
    const counts = source.index.every((label, i) => label === i);
    return counts
      ? { columns: source.columns, cells: values }
      : { columns: ['', ...source.columns], cells: values.map((row, i) => [source.index[i], ...row]) };
  }
  if (!Array.isArray(source)) {
    throw new Error('showTable: give rows (an array of objects), an arquero table or a danfo DataFrame.');
  }
  const columns = columnsOf(source);
  return { columns, cells: source.map((row) => columns.map((column) => (row as TableRow)[column])) };
}

/** Every column that occurs in any row, in order of first appearance. */
export function columnsOf(rows: readonly object[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function formatValue(value: unknown, digits: number): string {
  if (value === null || value === undefined) return '–';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '–' : value.toISOString();
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return String(value).replace('-', '−');
  // What is too small for the digits gets one more, or a power of ten: 3e-4 and 1e-7 are not 0.000.
  const shown = [digits, digits + 1].find((places) => value === 0 || Math.abs(value) >= 0.5 * 10 ** -places);
  return (shown === undefined ? value.toExponential(1) : value.toFixed(shown)).replace(/^-/, '−');
}

/** "1 run", "1,200 runs" */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
