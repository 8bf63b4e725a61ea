/** The one look of every chart. */
import type { Config, TopLevelSpec } from 'vega-lite';

/**
 * Okabe and Ito's palette (2008), whose colours are told apart with every common form of colour blindness; the yellow
 * is left out, as it fades on white.
 */
export const palette = {
  blue: '#0072B2',
  vermilion: '#D55E00',
  green: '#009E73',
  purple: '#CC79A7',
  sky: '#56B4E9',
  orange: '#E69F00',
  /** Read on white and on a dark theme's grey, where black is not. */
  brown: '#9C755F',
  black: '#222222',
  grey: '#7A7A7A',
  lightGrey: '#D0D0D0',
} as const;

/** Size of a panel's heading, in CSS pixels. */
export const HEADING_SIZE = 12;

/** Sizes and places, whatever the background is: JupyterLab's dark theme brings colours of its own for text and axes. */
const layout: Config = {
  padding: 8,
  font: 'sans-serif',
  view: { stroke: null, continuousWidth: 480, continuousHeight: 280 },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 14,
    fontWeight: 'bold',
    subtitleFontSize: 11.5,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 9,
    tickSize: 4,
    labelPadding: 4,
    gridOpacity: 0.5,
  },
  axisX: { grid: false, labelFlush: false },
  axisY: { domain: false, ticks: false },
  legend: {
    labelFontSize: 11,
    labelLimit: 320,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    symbolStrokeWidth: 2.5,
    symbolSize: 140,
    rowPadding: 5,
    offset: 20,
    // Two legends above a chart stand one below the other; vega-lite passes this on to vega, but its types lack it.
    ...({ layout: { top: { direction: 'vertical', anchor: 'start', margin: 2, offset: 14 } } } as object),
  },
  header: { labelFontSize: HEADING_SIZE, labelFontWeight: 'bold', titleFontWeight: 'normal' },
  range: {
    category: ['blue', 'vermilion', 'green', 'purple', 'orange', 'sky', 'brown'].map((name) => palette[name as 'blue']),
  },
};

/** Dark text on white, for pictures. */
const ink: Config = {
  background: 'white',
  title: { color: palette.black, subtitleColor: '#666666' },
  axis: {
    labelColor: '#333333',
    titleColor: '#333333',
    domainColor: '#999999',
    tickColor: '#999999',
    gridColor: '#D8D8D8',
  },
  legend: { labelColor: '#333333', titleColor: '#666666' },
  header: { labelColor: '#333333', titleColor: '#333333' },
};

/** A legend above the chart that shows each line as it is drawn, dashes included. */
export const lineLegend = {
  title: null,
  orient: 'top',
  columns: 4,
  offset: 14,
  symbolType: 'stroke',
  symbolSize: 500,
  symbolOpacity: 1,
} as const;

/** The spec with the common look below its own `config`; `picture` adds colours for a white background. */
export function withTheme(spec: TopLevelSpec, { picture = false }: { picture?: boolean } = {}): TopLevelSpec {
  const config = [layout, picture ? ink : {}, spec.config ?? {}].reduce(merged, {});
  return { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', ...spec, config } as TopLevelSpec;
}

/** The settings of `below`, and over them those of `above`, group by group. */
function merged(below: object, above: object): object {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    result[key] = isGroup(result[key]) && isGroup(value) ? { ...(result[key] as object), ...value } : value;
  }
  return result;
}

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
