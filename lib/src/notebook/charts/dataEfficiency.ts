/** Data-efficiency curves: test accuracy against the number of disambiguation samples (paper, figures 2 and 3). */
import type { TopLevelSpec } from 'vega-lite';
import type { PositionFieldDef, StringFieldDef } from 'vega-lite/build/src/channeldef';
import { lineLegend } from '../../charts/theme';
import { panelsBy, sourceColour, sourceDash } from './panels';
import { prepareRows } from './prepareRows';
import { sampleAxis } from './sampleAxis';

export interface DataEfficiencyPoint {
  /** `inherit_from` of the published tables: subnet, original, random, subnet_sampled, … */
  condition: string;
  /** 'published', or a name for ours such as 'ours' or 'ours, as released'. */
  source: string;
  /** Disambiguation samples, 0 included. */
  n: number;
  /** Test accuracy: of one run, or the mean of several. */
  accuracy: number;
  /** Interval around a mean, drawn as a band where both ends are given. */
  low?: number;
  high?: number;
}

export interface DataEfficiencyOptions {
  title: string;
  subtitle?: string;
  rows: readonly DataEfficiencyPoint[];
  /** Size of the plot, or of one panel, in CSS pixels. */
  width?: number;
  height?: number;
}

/** The y channel of test accuracy. */
export const accuracyAxis: PositionFieldDef<string> = {
  field: 'accuracy',
  type: 'quantitative',
  title: 'test accuracy',
  // A little room above 1, where many points lie: marks that stick out would push a panel's heading away.
  scale: { domain: [0, 1.03], nice: false },
  axis: { format: '.1f', values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
};

/** What a point says under the mouse. */
export const pointTooltip: StringFieldDef<string>[] = [
  { field: 'condition' },
  { field: 'source' },
  { field: 'n', title: 'samples', format: ',d' },
  { field: 'accuracy', format: '.3f' },
];

/** All conditions in one plot: colour tells the condition; beside ours, solid with points, published lines are dashed. */
export function dataEfficiencyCurve({
  title,
  subtitle,
  rows,
  width = 560,
  height = 320,
}: DataEfficiencyOptions): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('dataEfficiencyCurve', rows, ['n', 'accuracy']);
  const colour = {
    field: 'condition',
    type: 'nominal',
    scale: { domain: conditions.map(({ label }) => label), range: conditions.map((style) => style.colour) },
    legend: { ...lineLegend, columns: 5 },
  } as const;
  const dash = {
    field: 'source',
    type: 'nominal',
    scale: {
      domain: [...sources.keys()],
      range: sources.size > 1 ? [...sources.values()].map((style) => style.dash) : [[1, 0]],
    },
    legend: sources.size > 1 ? lineLegend : null,
  } as const;
  const x = sampleAxis(rows.map(({ n }) => n));

  return {
    title: subtitle ? { text: title, subtitle } : title,
    width,
    height,
    data: { values },
    encoding: { x, color: colour },
    layer: [
      {
        transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
        mark: { type: 'area', opacity: 0.15 },
        encoding: { y: { ...accuracyAxis, field: 'low' }, y2: { field: 'high' }, detail: { field: 'source' } },
      },
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { y: accuracyAxis, strokeDash: dash },
      },
      {
        transform: sources.size > 1 ? [{ filter: "datum.source !== 'published'" }] : [],
        mark: { type: 'point', filled: true, size: 36, opacity: 1 },
        encoding: { y: accuracyAxis, tooltip: pointTooltip },
      },
    ],
  };
}

/** A panel for each condition: colour tells the source, so that several variants of ours meet the published line. */
export function dataEfficiencyPanels({
  title,
  subtitle,
  rows,
  width = 215,
  height = 170,
}: DataEfficiencyOptions): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('dataEfficiencyPanels', rows, ['n', 'accuracy']);
  const x = sampleAxis(
    rows.map(({ n }) => n),
    { sparse: true },
  );

  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values },
    ...panelsBy(
      'condition',
      conditions.map(({ label }) => label),
    ),
    spec: {
      width,
      height,
      encoding: {
        x,
        color: sourceColour(sources),
      },
      layer: [
        {
          transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
          mark: { type: 'area', opacity: 0.18 },
          encoding: { y: { ...accuracyAxis, field: 'low' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'line', strokeWidth: 2 },
          encoding: {
            y: accuracyAxis,
            strokeDash: sourceDash(sources),
          },
        },
        {
          transform: [{ filter: "datum.source !== 'published'" }],
          mark: { type: 'point', filled: true, size: 26, opacity: 1 },
          encoding: { y: accuracyAxis, tooltip: pointTooltip },
        },
      ],
    },
  };
}
