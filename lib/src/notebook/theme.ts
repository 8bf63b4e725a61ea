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
  black: '#222222',
  grey: '#7A7A7A',
  lightGrey: '#D0D0D0',
} as const;

const ink = '#333333';
const quiet = '#666666';

const theme: Config = {
  background: 'white',
  padding: 8,
  font: 'sans-serif',
  view: { stroke: null, continuousWidth: 480, continuousHeight: 280 },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 14,
    fontWeight: 'bold',
    color: palette.black,
    subtitleFontSize: 11.5,
    subtitleColor: quiet,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    labelColor: ink,
    labelFontSize: 11,
    titleColor: ink,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 9,
    domainColor: '#999999',
    tickColor: '#999999',
    tickSize: 4,
    gridColor: '#EBEBEB',
    labelPadding: 4,
  },
  axisX: { grid: false, labelFlush: false },
  axisY: { domain: false, ticks: false },
  legend: {
    labelFontSize: 11,
    labelColor: ink,
    labelLimit: 320,
    titleFontSize: 11,
    titleColor: quiet,
    titleFontWeight: 'normal',
    symbolStrokeWidth: 2.5,
    symbolSize: 140,
    rowPadding: 5,
    offset: 20,
    // Two legends above a chart stand one below the other; vega-lite passes this on to vega, but its types lack it.
    ...({ layout: { top: { direction: 'vertical', anchor: 'start', margin: 2, offset: 14 } } } as object),
  },
  header: { labelFontSize: 12, labelFontWeight: 'bold', labelColor: ink, titleColor: ink, titleFontWeight: 'normal' },
  range: {
    category: [
      palette.blue,
      palette.vermilion,
      palette.green,
      palette.purple,
      palette.orange,
      palette.sky,
      palette.black,
    ],
  },
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

/** The same for charts of points: a dot of each colour. */
export const circleLegend = { ...lineLegend, symbolType: 'circle', symbolSize: 60 } as const;

/** The spec with the common look below its own `config`. */
export function withTheme(spec: TopLevelSpec): TopLevelSpec {
  const own: Record<string, unknown> = { ...spec.config };
  const config: Record<string, unknown> = { ...theme };
  for (const [key, value] of Object.entries(own)) {
    const below = config[key];
    config[key] = isPlainObject(below) && isPlainObject(value) ? { ...below, ...value } : value;
  }
  return { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', ...spec, config } as TopLevelSpec;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
