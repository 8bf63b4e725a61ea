/** Charts and tables of results that may not be there yet: a sentence instead of something empty. */
import type { TopLevelSpec } from 'vega-lite';
import { showChart } from './chart';
import { say } from './say';
import { showTable, type TableOptions } from './table';

/** Shows the chart that `draw` makes of the rows, or says `none` where there are none. */
export async function showChartOf<Row>(
  rows: readonly Row[],
  { none, draw }: { none: string; draw: (rows: readonly Row[]) => TopLevelSpec },
): Promise<void> {
  if (rows.length > 0) await showChart(draw(rows));
  else say(none);
}

/** Shows the rows as a table, or says `none` where there are none. */
export function showTableOf(rows: readonly object[], { none, ...options }: TableOptions & { none: string }): void {
  if (rows.length > 0) showTable(rows, options);
  else say(none);
}
