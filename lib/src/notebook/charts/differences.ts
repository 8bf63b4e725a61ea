/** Differences of accuracies, point by point: ours from the published ones, or of two conditions. */
import type { TopLevelSpec } from 'vega-lite';
import { lineLegend, palette } from '../theme';
import { assertRows } from './assertRows';
import { conditionStyles, sourceStyles } from './conditions';
import { panelsBy, sourceColour } from './panels';
import { sampleAxis } from './sampleAxis';

export interface DifferenceRow {
  condition: string;
  /** Which of ours: 'ours', 'ours, as released', … */
  source: string;
  n: number;
  /** Our accuracy minus the published one, or one condition's minus another's. */
  difference: number;
  /** Interval around the difference, where it is known. */
  low?: number;
  high?: number;
}

export interface DifferencesOptions {
  title: string;
  subtitle?: string;
  rows: readonly DifferenceRow[];
  /** What the difference is. */
  axis?: string;
  width?: number;
  height?: number;
}

/** A panel for each condition (or comparison); points on the line at zero agree. */
export function differencesChart({
  title,
  subtitle,
  rows,
  axis = 'ours − published',
  width = 215,
  height = 140,
}: DifferencesOptions): TopLevelSpec {
  assertRows('differencesChart', rows, { text: ['condition', 'source'], finite: ['n', 'difference'] });
  const conditions = conditionStyles(rows.map(({ condition }) => condition));
  const sources = sourceStyles(rows.map(({ source }) => source));
  const values = rows.map((row) => ({ ...row, condition: conditions.get(row.condition)?.label ?? row.condition }));
  // The same distance up and down, so that too high and too low look alike.
  const farthest = rows.reduce(
    (most, { difference, low = difference, high = difference }) => Math.max(most, Math.abs(low), Math.abs(high)),
    0.05,
  );
  const y = {
    type: 'quantitative',
    title: axis,
    scale: { domain: [-farthest, farthest], nice: false },
    axis: { format: '+.2f', tickCount: 5 },
  } as { type: 'quantitative' };

  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values },
    ...panelsBy(
      'condition',
      [...conditions.values()].map(({ label }) => label),
    ),
    spec: {
      width,
      height,
      encoding: {
        x: sampleAxis(
          rows.map(({ n }) => n),
          { sparse: true },
        ),
        color: {
          ...sourceColour(sources),
          legend: sources.size > 1 ? { ...lineLegend, symbolType: 'circle', symbolSize: 60 } : null,
        },
      },
      layer: [
        {
          // A row of its own: drawn for every row of the data, the line would grow thick and hide points.
          data: { values: [{ agreement: 0 }] },
          mark: { type: 'rule', strokeWidth: 1 },
          encoding: {
            y: { ...y, field: 'agreement' },
            x: { value: 0 },
            x2: { value: 'width' },
            color: { value: palette.black },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
          mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.5 },
          encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 34, opacity: 1 },
          encoding: {
            y: { ...y, field: 'difference' },
            tooltip: [
              { field: 'condition' },
              { field: 'source' },
              { field: 'n', title: 'samples', format: ',d' },
              { field: 'difference', format: '+.3f' },
            ],
          },
        },
      ],
    },
  };
}
