/** What charts of conditions and sources do with their rows first. */
import { assertRows } from './assertRows';
import { type ConditionStyle, conditionLabel, conditionStyles, type SourceStyle, sourceStyles } from './conditions';

/** Rows that name a condition and a source. */
export interface SourcedRow {
  condition: string;
  source: string;
}

/** Checked rows whose conditions are called as in every chart, with the styles of conditions and sources. */
export interface PreparedRows<Row> {
  values: Row[];
  conditions: ConditionStyle[];
  sources: Map<string, SourceStyle>;
}

/**
 * Checks rows and labels their conditions.
 *
 * @param chart its name, for the error.
 * @param finite columns that must hold finite numbers.
 */
export function prepareRows<Row extends SourcedRow>(
  chart: string,
  rows: readonly Row[],
  finite: (keyof Row & string)[],
): PreparedRows<Row> {
  assertRows(chart, rows, { text: ['condition', 'source'], finite });
  return {
    values: rows.map((row) => ({ ...row, condition: conditionLabel(row.condition) })),
    conditions: [...conditionStyles(rows.map(({ condition }) => condition)).values()],
    sources: sourceStyles(rows.map(({ source }) => source)),
  };
}
