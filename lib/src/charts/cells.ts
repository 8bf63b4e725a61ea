import type { TopLevelSpec } from 'vega-lite';
import type { Axis } from './axes';
import { palette } from './theme';
import { axisOf, type ChartOptions, inPanels, panelWidth, rowsOf, type Tidy } from './tidy';

export interface CellsOptions extends ChartOptions {
  /** Columns of names, or of numbers that stand for names, along both sides; an axis has its title. */
  x: string | Pick<Axis, 'field' | 'title'>;
  y: string | Pick<Axis, 'field' | 'title'>;
  /** What the colour tells; its value is written in the cell. */
  value: string | Axis;
  /** Colours on both sides of 0, for differences. */
  diverging?: boolean;
  /** A name for what is clicked: a cell, with Shift several. `charts.lines` beside it draws by it, as `clicked`. */
  click?: string;
}

/** A table in colours: a cell for each x and y, with its value in it. */
export function cells(table: Tidy, options: CellsOptions): TopLevelSpec {
  const { facet, row, diverging = false, click } = options;
  const value = axisOf(options.value);
  const [{ field: x, title: below = null }, { field: y, title: beside = null }] = [options.x, options.y].map(axisOf);
  const rows = rowsOf('cells', table, { numbers: [value.field], texts: [facet, row], others: [x, y] });
  const [columns, lines] = [x, y].map((field) => [...new Set(rows.map((one) => one[field] as string | number))]);
  const largest = rows.reduce((most, one) => Math.max(most, Math.abs(one[value.field] as number)), 1e-9);
  const domain = diverging ? [-largest, 0, largest] : [0, largest];
  const range = diverging ? [palette.vermilion, NOTHING, palette.blue] : [NOTHING, palette.blue];
  const { format = '.3~f' } = value;
  const letters = (value.axis as { format?: string } | undefined)?.format ?? format;
  // White letters where the cell's luminance is under that at which white and dark ones are read equally well.
  const [most, least] = [palette.blue, palette.vermilion].map((end) => darkFrom(end) * largest);
  const isDark = `datum['${value.field}'] > ${most}${diverging ? ` || datum['${value.field}'] < -${least}` : ''}`;
  const axis = { labelAngle: 0, domain: false, ticks: false, labelOverlap: 'greedy', labelLimit: 330 };
  const place = (field: string, title: string | null, sort: (string | number)[]) =>
    ({ field, type: 'nominal', title, sort, axis }) as const;
  const scale = { paddingInner: 0.05, paddingOuter: 0 };
  const { width = panelWidth(options, rows) } = options;
  // Names that are wider than their columns stand askew; numbers may be left out.
  const isWide = columns.some((name) => typeof name === 'string' && name.length * 6.5 > width / columns.length);
  const beneath = isWide ? { ...axis, labelAngle: -40, labelOverlap: false } : axis;
  const fontSize = Math.min(11, Math.max(7, (width / columns.length - 2) / 3.6));
  const layer = [
    {
      ...(click ? { params: [{ name: click, select: { type: 'point', fields: [x, y] } }] } : {}),
      mark: { type: 'rect', ...(click ? { cursor: 'pointer', strokeWidth: 3 } : {}) },
      encoding: {
        ...(click ? { stroke: { condition: { param: click, empty: false, value: palette.vermilion } } } : {}),
        color: {
          field: value.field,
          type: 'quantitative',
          title: value.title ?? value.field,
          scale: { domain, range, nice: false, interpolate: 'rgb' },
          // Below a small table of numbers stands another chart, which a legend would push away.
          legend: click ? null : { format: letters, tickCount: 4, gradientLength: 110 },
        },
        tooltip: [{ field: x }, { field: y }, { field: value.field, title: value.title, format }],
      },
    },
    {
      mark: { type: 'text', baseline: 'middle', fontSize },
      encoding: {
        text: { field: value.field, type: 'quantitative', format: letters },
        color: { condition: { test: isDark, value: 'white' }, value: '#222222' },
      },
    },
  ];
  return inPanels(options, rows, {
    width,
    height: options.height ?? { step: 20 },
    encoding: { x: { ...place(x, below, columns), axis: beneath, scale }, y: { ...place(y, beside, lines), scale } },
    layer,
  }) as TopLevelSpec;
}

const NOTHING = '#F1F6FB';

/** The share of the way from no colour to a full one from which on white letters are read better than dark ones. */
function darkFrom(end: string): number {
  const dark = luminance([0x22, 0x22, 0x22]);
  const isBetter = (colour: number) => contrast(colour, 1) > contrast(colour, dark);
  return Array.from({ length: 100 }, (_, i) => i / 100).find((share) => isBetter(mixed(NOTHING, end, share))) ?? 1;
}

const parts = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
const mixed = (from: string, to: string, share: number) =>
  luminance(parts(from).map((value, i) => value + share * (parts(to)[i] - value)));
const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** Relative luminance (WCAG 2.1) of red, green and blue, 0..255. */
function luminance(colour: readonly number[]): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
