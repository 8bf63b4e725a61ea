/** How often models name the shape of real stimuli, beside chance. */
import type { TopLevelSpec } from 'vega-lite';
import { palette } from '../../charts/theme';
import { CATEGORIES } from '../../images/categories';
import type { StimuliKind } from '../../images/stimuli';
import { assertRows } from './assertRows';

export interface StimuliAccuracyPoint {
  /** What the model started from, and how: "subnetwork (train)". */
  model: string;
  stimuli: StimuliKind;
  /** Share of the stimuli whose shape was named, with its interval, 0..1. */
  accuracy: number;
  low: number;
  high: number;
}

/** A line for each model, in the rows' order, with a point and an interval for each kind of stimuli. */
export function stimuliAccuracyChart({
  title,
  subtitle,
  rows,
}: {
  title: string;
  subtitle?: string;
  rows: readonly StimuliAccuracyPoint[];
}): TopLevelSpec {
  assertRows('stimuliAccuracyChart', rows, { text: ['model', 'stimuli'], finite: ['accuracy', 'low', 'high'] });
  const kinds = [...new Set(rows.map(({ stimuli }) => stimuli))];
  const models = [...new Set(rows.map(({ model }) => model))];
  const channels = rowChannels(models, kinds);
  const chance = 1 / CATEGORIES.length;
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: [...rows] },
    width: 460,
    height: { step: 9 },
    layer: [
      {
        mark: { type: 'rule', strokeDash: [4, 3], color: palette.grey },
        encoding: { x: { datum: chance } },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
        encoding: { x: { ...axis, field: 'low' }, x2: { field: 'high' }, ...channels },
      },
      {
        mark: { type: 'point', filled: true, size: 38, opacity: 1 },
        encoding: {
          x: { ...axis, field: 'accuracy' },
          ...channels,
          tooltip: [
            { field: 'model' },
            { field: 'stimuli' },
            { field: 'accuracy', format: '.3f' },
            { field: 'low', format: '.3f' },
            { field: 'high', format: '.3f' },
          ],
        },
      },
    ],
  };
}

const axis = {
  type: 'quantitative',
  title: 'accuracy (dashed: chance)',
  axis: { grid: true, format: '%' },
} as { type: 'quantitative' };

function rowChannels(models: string[], kinds: StimuliKind[]) {
  return {
    y: {
      field: 'model',
      type: 'nominal',
      title: null,
      sort: models,
      scale: { paddingInner: 0.3 },
      axis: { grid: true, tickBand: 'extent', labelLimit: 330 },
    },
    yOffset: { field: 'stimuli', type: 'nominal', sort: kinds },
    color: {
      field: 'stimuli',
      type: 'nominal',
      scale: { domain: kinds, range: [palette.blue, palette.vermilion, palette.green].slice(0, kinds.length) },
      legend: { title: null, orient: 'top' },
    },
  } as const;
}
