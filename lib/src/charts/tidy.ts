/** What all charts do first: take a table's rows, check the columns that are drawn, and lay panels out. */
import type { TopLevelSpec } from 'vega-lite';
import type { Axis } from './axes';
import { textWidth } from './fonts';
import { orderOf } from './styles';
import { HEADING_SIZE, lineLegend } from './theme';

/** An arquero table, or rows. */
export type Tidy = readonly object[] | { objects(): object[] };
export type Row = Record<string, unknown>;

/** What every chart can be told. */
export interface ChartOptions {
  title: string;
  subtitle?: string;
  /** A column: a panel for each of its values. With `row`, a grid of panels. */
  facet?: string;
  row?: string;
  /** Panels beside each other, without `row`. */
  columns?: number;
  /** Whether each panel has a scale of its own for x. */
  freeX?: boolean;
  /** Size of the plot, or of a panel, in CSS pixels; by default what fits into a notebook beside the file browser. */
  width?: number;
  height?: number;
}

/** Width of the panels of a chart: with axes, what fits into a window of 900 pixels beside JupyterLab's file browser. */
const PAGE = 540;
const GAP = 34;

export const axisOf = (axis: string | Axis): Axis => (typeof axis === 'string' ? { field: axis } : axis);

/** An axis as Vega-Lite's channel of numbers. */
export const quantitative = ({ format: _, ...axis }: Axis) => ({ type: 'quantitative' as const, ...axis });

/**
 * The rows of a table with the columns that are drawn, none of them without a value; those of `others` may lack it.
 *
 * @throws Error that names the chart, the row and the column.
 */
export function rowsOf(
  chart: string,
  table: Tidy,
  {
    numbers = [],
    texts = [],
    others = [],
  }: Partial<Record<'numbers' | 'texts' | 'others', readonly (string | undefined)[]>>,
): Row[] {
  const rows = ('objects' in table ? table.objects() : table) as Row[];
  rows.forEach((row, i) => {
    for (const column of numbers) {
      if (column !== undefined && !Number.isFinite(row[column])) throw wrong(chart, i, column, 'a finite number', row);
    }
    for (const column of texts) {
      if (column !== undefined && typeof row[column] !== 'string') throw wrong(chart, i, column, 'text', row);
    }
  });
  const drawn = new Set([...numbers, ...texts, ...others]);
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => drawn.has(column))));
}

function wrong(chart: string, row: number, column: string, what: string, values: Row): Error {
  const has = Object.keys(values).join(', ') || 'nothing';
  const found = column in values ? `it is ${String(values[column])}` : `it has only ${has}`;
  return new Error(`charts.${chart}: row ${row} needs ${what} in column "${column}", but ${found}.`);
}

/** Whether a column holds names. */
export const isNamed = (table: Tidy, column: string): boolean =>
  (('objects' in table ? table.objects() : table) as Row[]).some((row) => typeof row[column] === 'string');

/** The names in a column, in the order of legends. */
export const namesIn = (rows: readonly Row[], column: string | undefined): string[] =>
  column === undefined ? [] : orderOf(rows.map((row) => String(row[column])));

/** A legend above the chart, with as many names beside each other as fit. */
export function legendOf(names: readonly string[], symbol: 'stroke' | 'circle' = 'stroke'): object | null {
  if (names.length < 2) return null;
  const widest = names.reduce((most, name) => Math.max(most, name.length), 0);
  const columns = Math.max(1, Math.min(names.length, Math.floor((PAGE + 60) / (6.4 * widest + 42))));
  const rows = Math.ceil(names.length / columns);
  const look = symbol === 'circle' ? { symbolType: 'circle', symbolSize: 60 } : {};
  return { ...lineLegend, ...look, columns: Math.ceil(names.length / rows) };
}

/** Width of a panel, where none is given; `labels` are names along its side. */
export function panelWidth(
  { facet, row, columns }: ChartOptions,
  rows: readonly Row[],
  { single = 520, labels = [] }: { single?: number; labels?: readonly string[] } = {},
): number {
  const taken = labels.reduce((most, label) => Math.max(most, Math.min(330, 6.2 * label.length)), row ? 40 : 0);
  if (!facet) return Math.min(single, PAGE + 40 - taken);
  const panels = namesIn(rows, facet).length;
  const beside = row ? panels : Math.min(panels, columns ?? 3);
  const gap = row ? 14 : GAP;
  return Math.max(80, Math.min(single, Math.floor((PAGE - taken - gap * (beside - 1)) / beside)));
}

/**
 * The whole chart: one plot, a panel for each value of `facet`, or a grid with `row`. With `ownPlaces` what stands beside
 * each other at one x has only the places that its panel needs.
 */
export function inPanels(
  { facet, row, columns = 3, freeX, title, subtitle }: ChartOptions,
  rows: Row[],
  spec: { width: number } & Record<string, unknown>,
  { ownPlaces = false }: { ownPlaces?: boolean } = {},
): object {
  const shared = { title: titled({ title, subtitle }), data: { values: rows } };
  if (!facet) return { ...shared, ...spec };
  const panel = (field: string) => ({ field, type: 'nominal', title: null, sort: namesIn(rows, field) });
  const headings = namesIn(rows, facet).map((name) => [name, inLines(name, spec.width)] as const);
  // Where a heading would reach into the next panel's.
  const isWide = headings.some(([, lines]) => lines.length > 1);
  const labelExpr = `${JSON.stringify(Object.fromEntries(headings))}[datum.label]`;
  const header = { labelAnchor: 'start', ...(isWide && { labelExpr }) };
  const layout = row
    ? {
        facet: {
          row: { ...panel(row), header: { labelAngle: -90, labelOrient: 'left' } },
          column: { ...panel(facet), header },
        },
        spacing: { row: 18, column: 14 },
      }
    : {
        facet: { ...panel(facet), header },
        columns,
        spacing: GAP - 10,
      };
  const independent = 'independent' as const;
  const scale = { ...(freeX && !row && { x: independent }), ...(ownPlaces && { xOffset: independent }) };
  const resolve = { scale, ...(!freeX && !row && { axis: { x: independent } }) };
  return { ...shared, ...layout, resolve, spec };
}

/** The words of a heading in as few lines as are no wider than its panel. */
function inLines(heading: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of heading.split(' ')) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : undefined;
    if (longer && textWidth(longer, { bold: true }) * HEADING_SIZE <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Charts below each other, under one title; what is clicked in one (`click`) another can draw by (`clicked`). */
export function stacked(
  charts: readonly TopLevelSpec[],
  { title, subtitle }: Pick<ChartOptions, 'title' | 'subtitle'>,
): TopLevelSpec {
  return {
    title: titled({ title, subtitle }),
    vconcat: charts,
    resolve: { scale: { color: 'independent' } },
  } as TopLevelSpec;
}

const titled = ({ title, subtitle }: Pick<ChartOptions, 'title' | 'subtitle'>) =>
  subtitle ? { text: title, subtitle } : title;
