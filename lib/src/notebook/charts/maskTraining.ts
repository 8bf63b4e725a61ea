/** A mask while it is trained: how it hardens as the temperature rises (paper, section on continuous sparsification). */
import type { TopLevelSpec } from 'vega-lite';
import type { PositionFieldDef } from 'vega-lite/build/src/channeldef';
import { lineLegend } from '../../charts/theme';
import { assertRows } from './assertRows';
import { sourceStyles } from './conditions';

export interface MaskTrainingRow {
  /** Name of the run, for example its temperature schedule: 'as described', 'as released'. */
  run: string;
  /** Temperature T of the epoch, above 0. */
  temperature: number;
  /** Share of weights with s > 0, which the hard mask keeps: 0 to 1. */
  kept: number;
  /** Evaluation accuracy with the mask sigmoid(T · s), as trained. */
  softAccuracy: number;
  /** Evaluation accuracy with the mask s > 0. */
  hardAccuracy: number;
}

export interface MaskTrainingOptions {
  title: string;
  subtitle?: string;
  rows: readonly MaskTrainingRow[];
  width?: number;
}

/** Above, accuracy with the soft and the hard mask; below, the share of weights kept; both against temperature. */
export function maskTrainingCurve({ title, subtitle, rows, width = 520 }: MaskTrainingOptions): TopLevelSpec {
  assertRows('maskTrainingCurve', rows, {
    text: ['run'],
    finite: ['temperature', 'kept', 'softAccuracy', 'hardAccuracy'],
  });
  const styles = sourceStyles(rows.map(({ run }) => run));
  const last = rows.reduce((most, { temperature }) => Math.max(most, temperature), 1);
  const x: PositionFieldDef<string> = {
    field: 'temperature',
    type: 'quantitative',
    scale: { type: 'log', domain: [1, last], nice: false },
    axis: { values: [1, 2, 5, 10, 20, 50, 100].filter((tick) => tick <= last), format: 'd' },
  };
  const color = {
    field: 'run',
    type: 'nominal',
    scale: { domain: [...styles.keys()], range: [...styles.values()].map(({ colour }) => colour) },
    legend: lineLegend,
  } as const;
  const masks = ['hard mask s > 0', 'soft mask sigmoid(T·s)'];

  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: rows.map((row) => ({ ...row })) },
    resolve: { scale: { color: 'shared' } },
    spacing: 18,
    vconcat: [
      {
        width,
        height: 200,
        transform: [
          { fold: ['hardAccuracy', 'softAccuracy'], as: ['mask', 'accuracy'] },
          { calculate: `datum.mask === 'hardAccuracy' ? '${masks[0]}' : '${masks[1]}'`, as: 'mask' },
        ],
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: { ...x, title: null, axis: { ...x.axis, labels: false } },
          y: {
            field: 'accuracy',
            type: 'quantitative',
            title: 'accuracy on the subtask',
            scale: { domain: [0, 1.03], nice: false },
            axis: { format: '.1f', values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
          },
          color,
          strokeDash: {
            field: 'mask',
            type: 'nominal',
            scale: {
              domain: masks,
              range: [
                [1, 0],
                [3, 3],
              ],
            },
            legend: lineLegend,
          },
          tooltip: [
            { field: 'run' },
            { field: 'mask' },
            { field: 'temperature', format: '.1f' },
            { field: 'accuracy', format: '.3f' },
          ],
        },
      },
      {
        width,
        height: 120,
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: { ...x, title: 'temperature T' },
          y: {
            field: 'kept',
            type: 'quantitative',
            title: 'weights kept',
            axis: { format: '.0%', tickCount: 5 },
            scale: { zero: true },
          },
          color,
          tooltip: [{ field: 'run' }, { field: 'temperature', format: '.1f' }, { field: 'kept', format: '.2%' }],
        },
      },
    ],
  };
}
