import type { TopLevelSpec } from 'vega-lite';
import { type Pictures, picturesImage } from '../charts/pictures';
import { showChart } from './chart';
import { show as display } from './display';
import { showTable, type TableOptions, type TableSource } from './table';

export interface ShowOptions extends TableOptions {
  /** What is said where the table, or the chart's data, has no rows, or there is no picture. */
  none?: string;
}

/** What can be shown. */
export type Shown = TableSource | TopLevelSpec | Pictures;

/**
 * Shows a table (arquero's, danfo's or plain rows), a Vega-Lite chart or `charts.pictures` below the cell. A chart also becomes
 * a picture, so write `await` before it.
 *
 * @throws Error in one sentence when a chart cannot be drawn.
 */
export async function show(what: Shown, options: ShowOptions = {}): Promise<void> {
  const title = isPictures(what) ? what.title : isChart(what) ? titleOf(what) : options.caption;
  if (isEmpty(what)) return say(options.none ?? `There is nothing to show yet${title ? `: ${title}` : ''}.`);
  if (isPictures(what)) await showPictures(what);
  else if (isChart(what)) await showChart(what);
  else showTable(what, options);
}

async function showPictures(what: Pictures): Promise<void> {
  const { png, width, height } = await picturesImage(what);
  display({
    data: { 'image/png': png.toString('base64'), 'text/plain': `[Pictures: ${what.title}]` },
    metadata: { 'image/png': { width, height } },
  });
}

const isPictures = (what: Shown): what is Pictures => 'pictures' in what && what.pictures === true;

function isChart(what: Shown): what is TopLevelSpec {
  if (Array.isArray(what) || 'columnNames' in what || 'values' in what) return false;
  return ['mark', 'layer', 'facet', 'spec', 'hconcat', 'vconcat', 'concat'].some((key) => key in what);
}

function isEmpty(what: Shown): boolean {
  if (isPictures(what)) return what.rows.every(({ images }) => images.length === 0);
  if (Array.isArray(what)) return what.length === 0;
  if ('numRows' in what) return what.numRows() === 0;
  const { data } = what as { data?: { values?: unknown } };
  return Array.isArray(data?.values) && data?.values.length === 0;
}

function titleOf({ title }: TopLevelSpec): string | undefined {
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  return typeof text === 'string' ? text : undefined;
}

/** Shows a computed sentence below the cell, as Markdown. */
export function say(markdown: string): void {
  display({ data: { 'text/markdown': markdown, 'text/plain': markdown } });
}
