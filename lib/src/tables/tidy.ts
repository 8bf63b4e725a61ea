/** What all tables do: take the rows of a file, ours or published, and name the columns that a cell works with. */
import { join } from 'node:path';
import { type ColumnTable, from } from 'arquero';
import type { Table } from '../runs/columns';
import { dataFile, tablesFolder } from '../runs/project';
import { readTable } from '../runs/resultsTable';

/** Which rows a table holds; by default all of the paper's preset. */
export interface Chosen {
  /** Whose tables are read: those of the preset's folder. */
  preset?: string;
  layers?: readonly number[];
  /** What runs start from: 'subnetwork', 'sampled control' (drawn both ways), 'sampled control, as released'. */
  conditions?: readonly string[];
  /** Runs that were made a second time with the same settings, which lie in a folder of their own. */
  again?: boolean;
}

/** The rows of one of the preset's tables. */
export const results = <Row>(table: Table<Row>, { preset = 'paper', again = false }: Chosen = {}): Row[] =>
  table.read(again ? join(tablesFolder(preset), 'again') : tablesFolder(preset));

/** The rows of a table in data/published. */
export const published = <Row>(table: Table<Row>): Row[] => readTable(dataFile('published', table.file), table);

/** Columns that keep their names. */
export const as = <Name extends string>(...names: Name[]): Record<Name, Name> =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<Name, Name>;

/**
 * An arquero table of rows: each of its columns is one of theirs, or made of a row. Without rows it has the columns all the
 * same, so that verbs work on it.
 */
export function tidy<Row extends object>(
  rows: readonly Row[],
  columns: Readonly<Record<string, (keyof Row & string) | ((row: Row) => unknown)>>,
): ColumnTable {
  const made = Object.entries(columns);
  const valuesOf = (row: Row) =>
    made.map(([name, of]): [string, unknown] => [name, typeof of === 'string' ? row[of] : of(row)]);
  return rows.length > 0
    ? from(rows.map((row) => Object.fromEntries(valuesOf(row))))
    : from([Object.fromEntries(made.map(([name]) => [name, null]))]).slice(0, 0);
}
