import type { TopLevelSpec } from 'vega-lite';
import type { Axis } from './axes';
import { colourScale, symbolScale } from './styles';
import { palette } from './theme';
import {
  axisOf,
  type ChartOptions,
  inPanels,
  legendOf,
  namesIn,
  panelWidth,
  quantitative,
  type Row,
  rowsOf,
  type Tidy,
} from './tidy';

export interface DotsOptions extends ChartOptions {
  /** What is measured, and what it is of: a column of numbers (beside each other) or of names (below each other). */
  value: string | Axis;
  of: string | Axis;
  /** The columns of the ends of the value's interval. */
  interval?: readonly [low: string, high: string];
  color?: string;
  /** Whether a bar goes from 0 to each value. */
  bars?: boolean;
  /** A line at one value: 0 for differences, chance for shares. */
  at?: number;
}

/** Dots with their intervals: of names below each other, or along numbers; colours at one place stand apart. */
export function dots(table: Tidy, options: DotsOptions): TopLevelSpec {
  const { interval, color, facet, row, bars = false, at } = options;
  const [value, of] = [axisOf(options.value), axisOf(options.of)];
  const rows = rowsOf('dots', table, {
    numbers: [value.field, ...(interval ?? [])],
    texts: [color, facet, row],
    others: [of.field],
  });
  const named = rows.some((one) => typeof one[of.field] === 'string');
  const colours = namesIn(rows, color);
  const several = colours.length > 1;
  const apart = several && shareAPlace(rows, [of.field, color, facet, row]);
  const legend = [of.field, facet, row].includes(color) ? null : legendOf(colours, 'circle');
  const [along, across, offset] = named ? (['x', 'y', 'yOffset'] as const) : (['y', 'x', 'xOffset'] as const);
  const ends = rows.flatMap((one) => [value.field, ...(interval ?? [])].map((field) => one[field] as number));
  const number = quantitative(
    at === 0 ? { ...value, scale: { domain: around0(ends), nice: false, ...value.scale } } : value,
  );
  const names = [...new Set(rows.map((one) => String(one[of.field])))];
  // A few numbers, such as depths, are places beside each other, so that colours can stand apart there too.
  const few = !named && several && names.length <= 8;
  const place = few
    ? { field: of.field, type: 'ordinal', title: of.title ?? of.field, axis: { labelAngle: 0 } }
    : named
      ? {
          field: of.field,
          type: 'nominal',
          title: null,
          sort: names,
          axis: { grid: true, tickBand: 'extent', labelLimit: 330 },
          scale: { paddingInner: apart ? 0.25 : 0.1 },
        }
      : quantitative(of);
  const shared = {
    [across]: place,
    ...(color
      ? { color: { field: color, type: 'nominal', scale: colourScale(colours), legend } }
      : { color: { value: palette.blue } }),
    ...(apart && (named || few) ? { [offset]: { field: color, type: 'nominal', sort: colours } } : {}),
  };
  const texts = [...new Set([named ? of.field : undefined, color, facet, row])].flatMap((field) =>
    field ? [{ field }] : [],
  );
  const tooltip = [
    ...texts,
    ...(named ? [] : [{ field: of.field, title: of.title, format: of.format }]),
    { field: value.field, title: value.title, format: value.format },
    ...(interval ?? []).map((field) => ({ field, format: value.format })),
  ];
  const point = { mark: { type: 'point', filled: true, size: rows.length > 300 ? 14 : 40 } };
  const layer = [
    ...(at === undefined
      ? []
      : [
          {
            // A row of its own: drawn for every row of the data, the line would grow thick and hide points.
            data: { values: [{ at }] },
            mark: { type: 'rule', strokeWidth: 1, color: palette.grey, strokeDash: at === 0 ? [1, 0] : [4, 3] },
            encoding: { [along]: { ...number, field: 'at' } },
          },
        ]),
    ...(bars ? [{ mark: { type: 'bar', opacity: 0.35 }, encoding: { ...shared, [along]: number } }] : []),
    ...(interval
      ? [
          {
            mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
            encoding: { ...shared, [along]: { ...number, field: interval[0] }, [`${along}2`]: { field: interval[1] } },
          },
        ]
      : []),
    {
      ...point,
      ...(several ? { params: [{ name: 'picked', select: { type: 'point', fields: [color] }, bind: 'legend' }] } : {}),
      encoding: {
        ...shared,
        [along]: number,
        ...(several && named && legend
          ? { shape: { field: color, type: 'nominal', scale: symbolScale(colours), legend } }
          : {}),
        opacity: several ? { condition: { param: 'picked', value: 1 }, value: 0.15 } : { value: 1 },
        tooltip,
      },
    },
  ];
  const { width = panelWidth(options, rows, { single: 460, labels: named ? names : [] }), height = facet ? 140 : 220 } =
    options;
  const size = { width, height: named ? (options.height ?? { step: apart ? 9 : 20 }) : height };
  return inPanels(options, rows, { ...size, layer }, { ownPlaces: apart && few }) as TopLevelSpec;
}

/** Whether dots of two colours lie in one place, so that they have to stand apart. */
function shareAPlace(rows: readonly Row[], [of, color, ...panels]: (string | undefined)[]): boolean {
  const different = (fields: (string | undefined)[]) =>
    new Set(rows.map((row) => JSON.stringify(fields.map((field) => field && row[field])))).size;
  return different([of, color, ...panels]) > different([of, ...panels]);
}

/** As far up as down, so that too high and too low look alike, with room for the farthest dot. */
function around0(values: readonly number[]): [number, number] {
  const farthest = 1.05 * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0.05);
  return [-farthest, farthest];
}
