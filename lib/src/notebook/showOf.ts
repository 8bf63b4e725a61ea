/** Charts and tables of results that may not be there yet: a sentence instead of something empty. */
import type { TopLevelSpec } from 'vega-lite';
import { showChart } from './chart';
import { say } from './say';
import { showTable, type TableOptions } from './table';

/** Shows the chart that `draw` makes of the rows; where there are none it says `none`, if that is given. */
export async function showChartOf<Row>(
  rows: readonly Row[],
  { none, draw }: { none?: string; draw: (rows: readonly Row[]) => TopLevelSpec },
): Promise<void> {
  if (rows.length > 0) await showChart(draw(rows));
  else if (none) say(none);
}

/** Shows the rows as a table; where there are none it says `none`, if that is given. */
export function showTableOf(
  rows: readonly object[],
  { none, ...options }: TableOptions & { none?: string } = {},
): void {
  if (rows.length > 0) showTable(rows, options);
  else if (none) say(none);
}
