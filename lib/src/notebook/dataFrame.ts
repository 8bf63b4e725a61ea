/** danfo's DataFrames, for looking at results from all sides. */
import type { DataFrame } from 'danfojs-node';
import '../tensorflow/backend';
import { type ArqueroTable, columnsOf } from './table';

/**
 * Makes a DataFrame of rows or of an arquero table; a value that a row lacks is null. Show it, or what its methods
 * return, with `showTable`: a bare DataFrame at the end of a cell prints its insides.
 *
 * @throws Error when there are no rows, as danfo cannot hold columns without values.
 */
export function dataFrame(source: readonly object[] | ArqueroTable): DataFrame {
  // Loaded at the first use, since it takes seconds; it computes with the library's own TensorFlow, loaded above.
  const danfo = require('danfojs-node') as typeof import('danfojs-node');
  const rows = ('columnNames' in source ? source.objects() : source) as Record<string, unknown>[];
  if (rows.length === 0) throw new Error('dataFrame: there are no rows; a DataFrame needs at least one.');
  const columns = 'columnNames' in source ? source.columnNames() : columnsOf(rows);
  return new danfo.DataFrame(
    rows.map((row) => columns.map((column) => row[column] ?? null)),
    { columns },
  );
}
