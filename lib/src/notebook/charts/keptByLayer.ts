/** Which share of each masked weight of an image model a mask keeps, from the input to the classifier. */
import type { TopLevelSpec } from 'vega-lite';
import { lineLegend, palette } from '../../charts/theme';
import { assertRows } from './assertRows';

export interface KeptByLayerRow {
  /** Name of the mask. */
  mask: string;
  /** Position of the weight from the input. */
  position: number;
  parameter: string;
  /** Share of its weights that the mask keeps. */
  share: number;
}

const COLOURS = [palette.blue, palette.purple, palette.orange, palette.green];

/** A line for each mask (the mean where it has several rows of one weight), a point for each of their weights. */
export function keptByLayer(options: {
  title: string;
  subtitle?: string;
  rows: readonly KeptByLayerRow[];
  width?: number;
}): TopLevelSpec {
  const { title, subtitle, rows, width = 520 } = options;
  assertRows('keptByLayer', rows, { text: ['mask', 'parameter'], finite: ['position', 'share'] });
  const masks = [...new Set(rows.map(({ mask }) => mask))];
  const color = {
    field: 'mask',
    type: 'nominal',
    scale: { domain: masks, range: masks.map((_, i) => COLOURS[i % COLOURS.length]) },
    legend: lineLegend,
  } as const;
  const x = {
    field: 'position',
    type: 'quantitative',
    title: 'masked weight, from the input',
    axis: { format: 'd' },
  } as const;
  const y = {
    type: 'quantitative',
    title: 'weights kept',
    scale: { zero: true },
    axis: { format: '.0%' },
  } as const;
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: [...rows] },
    width,
    height: 240,
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x, y: { ...y, field: 'share', aggregate: 'mean' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 26 },
        encoding: {
          x,
          y: { ...y, field: 'share' },
          color,
          tooltip: [{ field: 'mask' }, { field: 'parameter' }, { field: 'share', format: '.1%' }],
        },
      },
    ],
  };
}
