import type { TopLevelSpec } from 'vega-lite';
import { showChart } from './chart';
import { say } from './say';
import { showTable, type TableOptions, type TableSource } from './table';

export interface ShowOptions extends TableOptions {
  /** What is said where the table, or the chart's data, has no rows. */
  none?: string;
}

/**
 * Shows a table (arquero's, danfo's or plain rows) or a Vega-Lite chart below the cell. A chart also becomes a picture, so
 * write `await` before it.
 *
 * @throws Error in one sentence when a chart cannot be drawn.
 */
export async function show(what: TableSource | TopLevelSpec, options: ShowOptions = {}): Promise<void> {
  const chart = isChart(what);
  const title = chart ? titleOf(what) : options.caption;
  if (isEmpty(what)) return say(options.none ?? `There is nothing to show yet${title ? `: ${title}` : ''}.`);
  if (chart) await showChart(what);
  else showTable(what, options);
}

function isChart(what: TableSource | TopLevelSpec): what is TopLevelSpec {
  if (Array.isArray(what) || 'columnNames' in what || 'values' in what) return false;
  return ['mark', 'layer', 'facet', 'spec', 'hconcat', 'vconcat', 'concat'].some((key) => key in what);
}

function isEmpty(what: TableSource | TopLevelSpec): boolean {
  if (Array.isArray(what)) return what.length === 0;
  if ('numRows' in what) return what.numRows() === 0;
  const { data } = what as { data?: { values?: unknown } };
  return Array.isArray(data?.values) && data?.values.length === 0;
}

function titleOf({ title }: TopLevelSpec): string | undefined {
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  return typeof text === 'string' ? text : undefined;
}
