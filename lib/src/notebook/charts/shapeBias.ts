/** Shape bias by category and pooled: who decides for the shape, and how certain that is. */
import type { TopLevelSpec } from 'vega-lite';
import { palette } from '../../charts/theme';
import { assertRows } from './assertRows';

/** Rows of this category hold all categories pooled. */
export const ALL_CATEGORIES = 'all';

export interface ShapeBiasPoint {
  /** Who decided: "people", "AlexNet", … */
  observer: string;
  /** Category of the shape, or ALL_CATEGORIES. */
  category: string;
  /** Shape decisions of all for shape or texture, 0..1. */
  bias: number;
  low: number;
  high: number;
}

const COLOURS = [palette.vermilion, palette.blue, palette.sky, palette.green, palette.purple, palette.black];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross'];

/** A line for each category, the pooled bias first, and a point with its interval for each observer. */
export function shapeBiasChart({
  title,
  subtitle,
  rows,
  width = 520,
}: {
  title: string;
  subtitle?: string;
  rows: readonly ShapeBiasPoint[];
  width?: number;
}): TopLevelSpec {
  assertRows('shapeBiasChart', rows, { text: ['observer', 'category'], finite: ['bias', 'low', 'high'] });
  const observers = [...new Set(rows.map(({ observer }) => observer))];
  const categories = [...new Set(rows.map(({ category }) => category))];
  categories.sort((a, b) => Number(b === ALL_CATEGORIES) - Number(a === ALL_CATEGORIES));
  const many = categories.length > 1;
  const range = observers.map((_, i) => (many ? COLOURS[i % COLOURS.length] : palette.blue));
  const cycle = observers.map((_, i) => SHAPES[i % SHAPES.length]);
  const scale = { domain: observers };
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: [...rows] },
    width,
    height: { step: many ? 8 : 22 },
    encoding: {
      y: {
        field: many ? 'category' : 'observer',
        type: 'nominal',
        title: null,
        sort: many ? categories : observers,
        axis: { grid: many, tickBand: 'extent', labelLimit: 330 },
        ...(many ? { scale: { paddingInner: 0.25 } } : {}),
      },
      ...(many ? { yOffset: { field: 'observer', type: 'nominal', sort: observers } } : {}),
      color: {
        field: 'observer',
        type: 'nominal',
        scale: { ...scale, range },
        legend: many ? legend : null,
      },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
        encoding: { x: { ...biasAxis, field: 'low' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: 38, opacity: 1 },
        encoding: {
          x: { ...biasAxis, field: 'bias' },
          ...(many ? { shape: { field: 'observer', type: 'nominal', scale: { ...scale, range: cycle }, legend } } : {}),
          tooltip: [
            { field: 'observer' },
            { field: 'category' },
            { field: 'bias', format: '.3f' },
            { field: 'low', format: '.3f' },
            { field: 'high', format: '.3f' },
          ],
        },
      },
    ],
  };
}

/** One legend for colour and shape of the points. */
const legend = { title: null, orient: 'top', columns: 5, offset: 14, symbolSize: 60 } as const;

const biasAxis = {
  type: 'quantitative',
  title: 'shape bias: texture 0 … shape 1',
  scale: { domain: [0, 1] },
  axis: { grid: true, tickCount: 6 },
} as { type: 'quantitative' };
