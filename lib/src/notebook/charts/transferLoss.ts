/** Training loss at the end of a transfer run against the number of disambiguation samples. */
import type { TopLevelSpec } from 'vega-lite';
import { lineLegend } from '../../charts/theme';
import { prepareRows } from './prepareRows';
import { sampleAxis } from './sampleAxis';

export interface TransferLossPoint {
  condition: string;
  /** 'ours', 'ours, as described', 'ours, as released'. */
  source: string;
  n: number;
  /** Nats. */
  loss: number;
}

export interface TransferLossOptions {
  title: string;
  subtitle?: string;
  rows: readonly TransferLossPoint[];
  width?: number;
  height?: number;
}

/** Colour tells the condition, dashes how a control was drawn. */
export function transferLossChart({
  title,
  subtitle,
  rows,
  width = 560,
  height = 280,
}: TransferLossOptions): TopLevelSpec {
  const { values, conditions } = prepareRows('transferLossChart', rows, ['n', 'loss']);
  const drawnOf = (source: string) => (source.endsWith('as described') ? 'controls as described' : 'all others');
  const drawn = [...new Set(rows.map(({ source }) => drawnOf(source)))];
  return {
    title: subtitle ? { text: title, subtitle } : title,
    width,
    height,
    data: { values: values.map((row) => ({ ...row, drawn: drawnOf(row.source) })) },
    encoding: {
      x: sampleAxis(rows.map(({ n }) => n)),
      y: {
        field: 'loss',
        type: 'quantitative',
        title: 'training loss (nats)',
        scale: { zero: true },
        axis: { format: '.2f' },
      },
      color: {
        field: 'condition',
        type: 'nominal',
        scale: {
          domain: conditions.map(({ label }) => label),
          range: conditions.map(({ colour }) => colour),
        },
        legend: { ...lineLegend, columns: 5 },
      },
    },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          strokeDash: {
            field: 'drawn',
            type: 'nominal',
            scale: { domain: drawn, range: drawn.map((name) => (name === 'all others' ? [1, 0] : [1.5, 2.5])) },
            legend: drawn.length > 1 ? lineLegend : null,
          },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 30, opacity: 1 },
        encoding: {
          detail: { field: 'source' },
          tooltip: [
            { field: 'condition' },
            { field: 'source' },
            { field: 'n', title: 'samples', format: ',d' },
            { field: 'loss', format: '.4f' },
          ],
        },
      },
    ],
  };
}
