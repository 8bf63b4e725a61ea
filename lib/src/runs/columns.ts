/** Columns and tables: what a row is, written once, for TypeScript, for reading and writing, and for data/README.md. */
import type { Cell } from '../files/csv';
import type { Column, TableSchema } from './resultsTable';
import { appendRows, differingRows, readTable } from './resultsTable';

/** What the cells of a column are, and what they mean. `cell` is there for TypeScript alone. */
export interface Kind<T extends Cell> extends Omit<Column, 'name'> {
  says?: string;
  readonly cell?: T;
}

/** Ids of runs in the run store. */
const RUN = /^[a-z][a-z0-9-]*-[0-9a-f]{12}$/;

/** A whole number. */
export const count = (says = '', { min = 0, max }: { min?: number; max?: number } = {}): Kind<number> => ({
  type: 'integer',
  min,
  ...(max !== undefined && { max }),
  says,
});
/** A number from 0 to 1. */
export const share = (says = ''): Kind<number> => ({ type: 'number', min: 0, max: 1, says });
/** A number from 0 on. */
export const positive = (says = ''): Kind<number> => ({ type: 'number', min: 0, says });
/** One of some texts, in the order in which rows are sorted. */
export const oneOf = <const Values extends readonly string[]>(values: Values, says = ''): Kind<Values[number]> => ({
  type: 'text',
  values,
  says,
});
export const text = (says = '', pattern?: RegExp): Kind<string> => ({
  type: 'text',
  ...(pattern && { pattern }),
  says,
});
export const flag = (says = ''): Kind<boolean> => ({ type: 'boolean', says });
/** The id of a run. */
export const runOf = (says = ''): Kind<string> => ({ type: 'text', pattern: RUN, says });
/** The same, or empty. */
export const optional = <T extends Cell>(kind: Kind<T>): Kind<T | null> => ({ ...kind, optional: true });

/** What a row of these columns is. */
export type RowOf<Columns> = { [Name in keyof Columns]: Columns[Name] extends Kind<infer T> ? T : never };

/** A table in a file of data/results or data/published. */
// biome-ignore lint/suspicious/noExplicitAny: tables of all rows stand in lists
export interface Table<Row = any> extends TableSchema<Row> {
  file: string;
  /** What a row is, and what the columns mean: Markdown. */
  says: { row: string; columns: Record<string, string> };
  /** The rows in a folder; none where the file is not there. */
  read(folder: string): Row[];
  /** Adds rows to the file in a folder: see appendRows. */
  add(folder: string, rows: Row[]): { added: number; differing: Row[] };
  /** Those of the rows that are there with other values. */
  differing(folder: string, rows: Row[]): Row[];
}

/** The rows of a table. */
export type RowIn<T> = T extends Table<infer Row> ? Row : never;

/**
 * Declares a table.
 *
 * @param of.row what a row is, in words.
 * @param of.key the columns that name a row, in the order in which rows are sorted.
 */
export function table<Columns extends Record<string, Kind<Cell>>>(
  file: string,
  of: {
    row?: string;
    columns: Columns;
    key: readonly (keyof Columns & string)[];
    rule?: (row: RowOf<Columns>) => string | undefined;
  },
): Table<RowOf<Columns>> {
  const columns = Object.entries(of.columns).map(([name, { says: _, ...kind }]) => ({ name, ...kind }));
  const schema: TableSchema<RowOf<Columns>> = { columns, key: of.key, rule: of.rule };
  const says = Object.fromEntries(Object.entries(of.columns).map(([name, kind]) => [name, kind.says ?? '']));
  return {
    ...schema,
    file,
    says: { row: of.row ?? '', columns: says },
    read: (folder) => readTable(`${folder}/${file}`, schema, { absent: 'empty' }),
    add: (folder, rows) => appendRows(`${folder}/${file}`, schema, rows),
    differing: (folder, rows) => differingRows(`${folder}/${file}`, schema, rows),
  };
}
