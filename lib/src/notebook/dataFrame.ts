/** danfo's DataFrames, for looking at results from all sides. */
import type { DataFrame } from 'danfojs-node';
import '../tensorflow/backend';
import { isEmptyCell, leaveOutEmptyCells } from './emptyCells';
import { type ArqueroTable, columnsOf } from './table';

type Danfo = typeof import('danfojs-node');

let loaded: Danfo | undefined;

/** Loaded at the first use, since it takes seconds; it computes with the library's own TensorFlow, loaded above. */
function danfo(): Danfo {
  if (!loaded) {
    loaded = require('danfojs-node') as Danfo;
    leaveOutEmptyCells(loaded);
  }
  return loaded;
}

/**
 * Makes a DataFrame of rows or of an arquero table. A value that a row lacks is empty: NaN in a column of numbers or truth
 * values, else null. danfo's statistics leave empty cells out. At the end of a cell it is shown as a table; `showTable`
 * takes a caption and digits.
 *
 * @throws Error when there are no rows, as danfo cannot hold columns without values, and when a column is named as a member
 * of DataFrame ("index", "count"), which it would hide.
 */
export function dataFrame(source: readonly object[] | ArqueroTable): DataFrame {
  const rows = ('columnNames' in source ? source.objects() : source) as Record<string, unknown>[];
  if (rows.length === 0) throw new Error('dataFrame: there are no rows; a DataFrame needs at least one.');
  const columns = 'columnNames' in source ? source.columnNames() : columnsOf(rows);
  const { DataFrame } = danfo();
  const members = new DataFrame([]);
  const taken = columns.filter((column) => column in members);
  if (taken.length > 0) {
    const names = taken.map((name) => JSON.stringify(name)).join(', ');
    throw new Error(`dataFrame: danfo cannot hold a column named ${names}, as its own members are: rename it.`);
  }
  const dtypes = columns.map((column) => dtypeOf(rows.map((row) => row[column])));
  const empty = dtypes.map((dtype) => (dtype === 'string' || dtype === 'datetime' ? null : Number.NaN));
  const values = rows.map((row) => columns.map((column, i) => (isEmptyCell(row[column]) ? empty[i] : row[column])));
  return new DataFrame(values, { columns, dtypes });
}

/** danfo's type of a column, by all of its values: danfo itself looks at 20 and takes texts of digits for numbers. */
function dtypeOf(values: unknown[]): string {
  const present = values.filter((value) => !isEmptyCell(value));
  const all = (test: (value: unknown) => boolean) => present.every(test);
  if (all((value) => typeof value === 'number')) {
    return present.length === values.length && all(Number.isInteger) ? 'int32' : 'float32';
  }
  if (all((value) => typeof value === 'boolean')) return 'boolean';
  return all((value) => value instanceof Date) ? 'datetime' : 'string';
}
