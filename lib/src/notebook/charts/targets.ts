/** Results on many targets: a dot with its interval for each, a panel for each number of samples. */
import type { TopLevelSpec } from 'vega-lite';
import { circleLegend, palette } from '../../charts/theme';
import { ascending } from '../../stats/ascending';
import { assertRows } from './assertRows';
import { conditionColours } from './conditions';
import { signedTicks } from './differenceLayers';

export interface TargetPoint {
  /** The expression. */
  target: string;
  /** What the dot is: a condition's label, or 'minus ' and one. */
  series: string;
  /** Training samples. */
  n: number;
  /** An accuracy, or a difference of two. */
  value: number;
  low: number;
  high: number;
}

export interface TargetDotsOptions {
  title: string;
  subtitle?: string;
  rows: readonly TargetPoint[];
  /** What the values are; differences get a line at zero. */
  values: 'accuracy' | 'difference';
  width?: number;
}

const ROW_HEIGHT = 20;

/** Targets from top to bottom in the order in which they first come. */
export function targetDots({ title, subtitle, rows, values, width = 250 }: TargetDotsOptions): TopLevelSpec {
  assertRows('targetDots', rows, { text: ['target', 'series'], finite: ['n', 'value', 'low', 'high'] });
  const series = [...new Set(rows.map((row) => row.series))];
  const targets = [...new Set(rows.map(({ target }) => target))];
  const colours = conditionColours();
  const farthest = rows.reduce((most, { low, high }) => Math.max(most, Math.abs(low), Math.abs(high)), 0.05);
  const x = {
    type: 'quantitative',
    title: values === 'accuracy' ? 'test accuracy' : 'difference of the accuracies',
    scale: { domain: values === 'accuracy' ? [0, 1] : [-farthest, farthest], nice: false },
    axis: { ...(values === 'accuracy' ? { format: '.1f' } : signedTicks(1)), tickCount: 5, grid: true },
  } as { type: 'quantitative' };
  const panelOf = (n: number) => `${n.toLocaleString('en-US')} samples`;

  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: rows.map((row) => ({ ...row, panel: panelOf(row.n) })) },
    facet: {
      field: 'panel',
      type: 'nominal',
      title: null,
      sort: ascending(rows.map(({ n }) => n)).map(panelOf),
      header: { labelAnchor: 'start' },
    },
    columns: 2,
    resolve: { axis: { x: 'independent', y: 'independent' } },
    spec: {
      width,
      height: ROW_HEIGHT * targets.length,
      encoding: {
        color: {
          field: 'series',
          type: 'nominal',
          scale: {
            domain: series,
            range: series.map((name) => colours.get(name.replace('minus ', '')) ?? palette.black),
          },
          legend: circleLegend,
        },
      },
      layer: [
        ...(values === 'difference'
          ? [
              {
                // A row of its own: drawn for every row of the data, the line would grow thick and hide points.
                data: { values: [{ zero: 0 }] },
                mark: { type: 'rule' as const, strokeWidth: 1 },
                encoding: { x: { ...x, field: 'zero' }, color: { value: palette.black } },
              },
            ]
          : []),
        {
          mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
          encoding: { y: rowOf(targets), yOffset: offsetOf(series), x: { ...x, field: 'low' }, x2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 36, opacity: 1 },
          encoding: {
            y: rowOf(targets),
            yOffset: offsetOf(series),
            x: { ...x, field: 'value' },
            tooltip: [
              { field: 'target' },
              { field: 'series', title: 'of' },
              { field: 'n', title: 'samples', format: ',d' },
              { field: 'value', format: values === 'accuracy' ? '.3f' : '+.3f' },
            ],
          },
        },
      ],
    },
  };
}

const rowOf = (targets: string[]) => ({
  field: 'target' as const,
  type: 'nominal' as const,
  title: null,
  sort: targets,
  scale: { domain: targets },
});
const offsetOf = (series: string[]) => ({
  field: 'series' as const,
  type: 'nominal' as const,
  scale: { domain: series },
});
