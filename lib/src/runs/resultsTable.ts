import { existsSync } from 'node:fs';
import { atomicWrite } from '../files/atomicWrite';
import { type Cell, formatCsv, readCsvText } from '../files/csv';
import { withLock } from '../files/lock';
import { checkColumns, parseRow, type TableSchema, textOf } from './tableSchema';

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
  const columns = schema.columns.map(({ name }) => name);
  const keys = schema.key.length > 0 ? schema.key : columns;
  // Through text and back, so that what is written is what will be read, and refused now if it would be refused then.
  const checked = rows.map((row, i) => {
    const where = `New row ${i + 1} for ${path}`;
    const unknown = Object.keys(row as object).find((name) => !(columns as string[]).includes(name));
    if (unknown !== undefined) throw new Error(`${where} has "${unknown}", which is no column of the table.`);
    return parseRow(
      where,
      schema,
      columns,
      columns.map((name) => textOf(row[name])),
    );
  });
  return withLock(path, (requireLock) => {
    const byKey = new Map(readTable(path, schema, { absent: 'empty' }).map((row) => [keyText(row, keys), row]));
    const before = byKey.size;
    const differing: Row[] = [];
    for (const row of checked) {
      const key = keyText(row, keys);
      const there = byKey.get(key);
      if (there === undefined) byKey.set(key, row);
      else if (keyText(there, columns) !== keyText(row, columns)) differing.push(row);
    }
    const sorted = [...byKey.values()].sort(byColumns(schema, keys));
    const text = formatCsv(sorted as Record<string, Cell>[], columns);
    if (byKey.size > before || !existsSync(path)) {
      requireLock();
      atomicWrite(path, (append) => append(text));
    }
    return { added: byKey.size - before, differing };
  });
}

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
