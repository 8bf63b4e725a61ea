import type { TopLevelSpec } from 'vega-lite';
import type { Axis } from './axes';
import { anyDashed, colourScale, dashScale } from './styles';
import { palette } from './theme';
import {
  axisOf,
  type ChartOptions,
  inPanels,
  isNamed,
  legendOf,
  namesIn,
  panelWidth,
  quantitative,
  type Row,
  rowsOf,
  type Tidy,
} from './tidy';

export interface LinesOptions extends ChartOptions {
  /** A column of numbers, or of names, which then stand in the rows' order. */
  x: string | Axis;
  y: string | Axis;
  /** Columns of names that have a colour, and a dash, each. A name's own dash is drawn where no column is given for dashes. */
  color?: string;
  dash?: string;
  /** The columns of the ends of an interval, drawn as a band where both have a value. */
  band?: readonly [low: string, high: string];
  /** Horizontal lines, with a label at their end. */
  levels?: readonly { value: number; label: string }[];
  /** A horizontal line that a slider below the chart moves. */
  slider?: { value: number; min: number; max: number; step: number; label: string };
  /** What is clicked in `charts.cells` of the same columns beside this chart (`click` there): its lines stand out. */
  clicked?: string;
  /** Whether every value is marked too: by default where there are at most 60 a line. */
  points?: boolean;
  /** A column that orders the points of a line, where that is not x: a path. */
  order?: string;
  /** The largest x, so that a growing chart stands still. */
  lastX?: number;
}

/**
 * Lines over x, one for each colour and dash, in panels if asked for. A click in the legend picks a line out; the mouse
 * shows all values at an x.
 */
export function lines(table: Tidy, options: LinesOptions): TopLevelSpec {
  const { color, dash, facet, row, band, levels = [], slider, clicked, order, lastX } = options;
  const [x, y] = [axisOf(options.x), axisOf(options.y)];
  const named = isNamed(table, x.field);
  const numbers = [named ? undefined : x.field, y.field, order];
  const texts = [named ? x.field : undefined, color, dash, facet, row];
  const rows = rowsOf('lines', table, { numbers, texts, others: band });
  const { width = panelWidth(options, rows), height = facet ? (row ? 88 : 160) : 280 } = options;
  const [names, dashed] = [namesIn(rows, color), namesIn(rows, dash)];
  const most = rows.length / Math.max(1, names.length * Math.max(1, dashed.length));
  const { points = most <= 60 } = options;

  const { format: _, ...namedX } = { title: null, sort: null, ...x };
  const xChannel = named
    ? { type: 'ordinal', ...namedX, axis: { labelAngle: -60, ...x.axis } }
    : quantitative(lastX === undefined ? x : { ...x, scale: { ...x.scale, domain: [0, lastX] } });
  const ownDash = color !== undefined && dash === undefined && anyDashed(names);
  const shared = {
    ...(color ? { color: { field: color, type: 'nominal', scale: colourScale(names), legend: legendOf(names) } } : {}),
    ...(dash
      ? { strokeDash: { field: dash, type: 'nominal', scale: dashScale(dashed), legend: legendOf(dashed) } }
      : {}),
    ...(ownDash
      ? { strokeDash: { field: color, type: 'nominal', scale: dashScale(names), legend: legendOf(names) } }
      : {}),
  };
  const several = names.length > 1;
  const [chosen, ...more] = [several ? 'picked' : '', clicked].flatMap((name) => (name ? [{ param: name }] : []));
  const picked = chosen && {
    opacity: {
      condition: { ...(more.length > 0 ? { test: { and: [chosen, ...more] } } : chosen), value: 1 },
      value: 0.15,
    },
  };
  const param = { name: 'picked', select: { type: 'point', fields: [color] }, bind: 'legend' };
  const path = order ? { order: { field: order, type: 'quantitative' } } : {};
  const tooltip = [color, dash, facet, row].flatMap((field) => (field ? [{ field: escaped(field) }] : []));

  const layer = [
    ...levelLayers(levels, rows, y.field),
    ...(band
      ? [
          {
            mark: { type: 'area', opacity: 0.16 },
            transform: [{ filter: band.map((end) => `isValid(datum['${end}'])`).join(' && ') }],
            encoding: {
              y: { ...quantitative(y), field: band[0] },
              y2: { field: band[1] },
              ...(shared.color ? { color: shared.color } : {}),
              ...(dash ? { detail: { field: dash } } : {}),
            },
          },
        ]
      : []),
    {
      ...(several ? { params: [param] } : {}),
      mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' },
      encoding: { y: quantitative(y), ...shared, ...path, ...(picked || {}) },
    },
    ...(points && rows.some((one) => !isPublished(one, [color, dash]))
      ? [
          {
            // Published values are a line alone, so that ours stand out.
            transform: [{ filter: [color, dash].map(isOurs).filter(Boolean).join(' && ') || 'true' }],
            mark: { type: 'point', filled: true, size: row ? 14 : 26 },
            encoding: {
              y: quantitative(y),
              ...(shared.color ? { color: shared.color } : {}),
              ...(picked ? picked : { opacity: { value: 1 } }),
              ...(order ? { tooltip: [...tooltip, shown(x), shown(y)] } : {}),
            },
          },
        ]
      : []),
    ...(order ? [] : [crosshair({ x, y, color, dash, rows })]),
    ...(slider ? [sliderLayer] : []),
  ];
  const chart = inPanels(options, rows, { width, height, encoding: { x: xChannel }, layer });
  return { ...chart, ...(slider ? { params: [sliderParam(slider)] } : {}) } as TopLevelSpec;
}

const sliderParam = ({ value, label, ...range }: NonNullable<LinesOptions['slider']>) => ({
  name: 'slider',
  value,
  bind: { input: 'range', ...range, name: `${label} ` },
});

/** The line at the slider's value. */
const sliderLayer = {
  data: { values: [{}] },
  transform: [{ calculate: 'slider', as: 'value' }],
  mark: { type: 'rule', color: palette.grey, strokeDash: [4, 3], strokeWidth: 1.5 },
  encoding: { x: null, y: { field: 'value', type: 'quantitative' } },
};

const PUBLISHED = 'published';
const isOurs = (field: string | undefined): string | undefined =>
  field && `indexof(datum['${field}'], '${PUBLISHED}') !== 0`;
/** Whether a row is of a published line, which has no points. */
const isPublished = (row: Row, fields: readonly (string | undefined)[]): boolean =>
  fields.some((field) => field !== undefined && String(row[field]).startsWith(PUBLISHED));

const escaped = (field: string): string => field.replace(/[.[\]\\'"]/g, '\\$&');
const shown = ({ field, title, format }: Axis) => ({ field: escaped(field), title, format });

/** A rule at the x nearest to the mouse, which says the value of every line there. */
function crosshair({ x, y, color, dash, rows }: { x: Axis; y: Axis; color?: string; dash?: string; rows: Row[] }) {
  const both = (row: Row) => [color, dash].flatMap((field) => (field ? [String(row[field])] : [])).join(', ');
  const names = [...new Set(rows.map(both))];
  const series = [color, dash].flatMap((field) => (field ? [`datum['${field}']`] : [])).join(" + ', ' + ");
  const lines = series ? names : [String(y.title ?? y.field)];
  const hover = { name: 'hover', select: { type: 'point', fields: [x.field], nearest: true, on: 'pointerover' } };
  return {
    params: [hover],
    transform: [
      { calculate: series || JSON.stringify(y.title ?? y.field), as: 'its series' },
      { pivot: 'its series', value: y.field, groupby: [x.field], op: 'mean' },
      // A line that has no value here, or is not in this panel, has a dash.
      ...lines.map((name, i) => {
        const value = `datum[${JSON.stringify(name)}]`;
        return { calculate: `isValid(${value}) ? format(${value}, '${y.format ?? '.3~f'}') : '–'`, as: `line ${i}` };
      }),
    ],
    mark: { type: 'rule', strokeWidth: 1, color: palette.grey },
    encoding: {
      opacity: { condition: { param: 'hover', empty: false, value: 0.6 }, value: 0 },
      tooltip: [shown(x), ...lines.map((name, i) => ({ field: `line ${i}`, title: name, type: 'nominal' }))],
    },
  };
}

/** Levels, with one label for those that lie so close together that theirs would overlap. */
function levelLayers(levels: NonNullable<LinesOptions['levels']>, rows: readonly Row[], field: string): object[] {
  if (levels.length === 0) return [];
  const values = [...levels.map(({ value }) => value), ...rows.map((row) => row[field] as number)];
  const [least, greatest] = [Math.min, Math.max].map((pick) => values.reduce((a, b) => pick(a, b), values[0]));
  const labels: { value: number; label: string }[] = [];
  for (const level of [...levels].sort((a, b) => a.value - b.value)) {
    const below = labels.at(-1);
    if (below && level.value - below.value < 0.04 * (greatest - least)) below.label += ` or ${level.label}`;
    else labels.push({ ...level });
  }
  const y = { field: 'value', type: 'quantitative' };
  return [
    {
      data: { values: levels.map(({ value }) => ({ value })) },
      mark: { type: 'rule', color: palette.grey, strokeDash: [2, 3], strokeWidth: 1 },
      encoding: { x: null, y },
    },
    {
      data: { values: labels },
      mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: 11, color: palette.grey },
      encoding: { y, x: { value: 'width' }, text: { field: 'label' } },
    },
  ];
}
