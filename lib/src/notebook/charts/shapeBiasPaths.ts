/** Shape bias while models are trained: over the steps, or over what they can do with plain images by then. */
import type { TopLevelSpec } from 'vega-lite';
import { lineLegend, palette } from '../../charts/theme';
import { assertRows } from './assertRows';

export interface ShapeBiasPathPoint {
  condition: string;
  /** What batch normalisation worked with: a panel each. */
  normalization: string;
  step: number;
  /** Accuracy on plain validation images. */
  plain: number;
  bias: number;
}

const COLOURS = [
  palette.blue,
  palette.green,
  palette.purple,
  palette.orange,
  palette.grey,
  palette.vermilion,
  palette.black,
  palette.sky,
];

/** A line for each condition, in the order of training; points without a bias are left out. */
export function shapeBiasPaths(options: {
  title: string;
  subtitle?: string;
  rows: readonly ShapeBiasPathPoint[];
  over: 'step' | 'plain accuracy';
}): TopLevelSpec {
  const { title, subtitle, over } = options;
  const rows = options.rows.filter(({ bias }) => Number.isFinite(bias));
  assertRows('shapeBiasPaths', rows, { text: ['condition', 'normalization'], finite: ['step', 'plain', 'bias'] });
  const conditions = [...new Set(rows.map(({ condition }) => condition))];
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: rows.map((row) => ({ ...row, panel: `batch normalisation: ${row.normalization}` })) },
    facet: { field: 'panel', type: 'nominal', title: null, header: { labelAnchor: 'start' } },
    columns: 2,
    spacing: 32,
    spec: {
      width: 300,
      height: 240,
      mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round', point: { size: 22 } },
      encoding: {
        x:
          over === 'step'
            ? { field: 'step', type: 'quantitative', title: 'training step', axis: { format: ',d', tickCount: 5 } }
            : {
                field: 'plain',
                type: 'quantitative',
                title: 'accuracy on plain images',
                scale: { domain: [0, 1] },
                axis: { format: '.1f', tickCount: 5 },
              },
        y: {
          field: 'bias',
          type: 'quantitative',
          title: 'shape bias',
          scale: { domain: [0, 1] },
          axis: { format: '.1f' },
        },
        order: { field: 'step', type: 'quantitative' },
        color: {
          field: 'condition',
          type: 'nominal',
          scale: { domain: conditions, range: conditions.map((_, i) => COLOURS[i % COLOURS.length]) },
          legend: { ...lineLegend, columns: 3 },
        },
        tooltip: [
          { field: 'condition' },
          { field: 'step', format: ',d' },
          { field: 'plain', title: 'plain accuracy', format: '.3f' },
          { field: 'bias', format: '.3f' },
        ],
      },
    },
  };
}
