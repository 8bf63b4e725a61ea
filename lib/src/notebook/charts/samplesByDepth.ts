/** How many samples each condition needs, depth by depth. */
import type { TopLevelSpec } from 'vega-lite';
import { depthAxis } from './depthAxis';
import { panelsBy, sourceColour, sourceDash } from './panels';
import { prepareRows } from './prepareRows';

export interface SamplesByDepthRow {
  condition: string;
  /** 'published', or which of ours. */
  source: string;
  layers: number;
  /** Samples needed; more than 0 on the logarithmic axis, smaller ones are drawn at 1. */
  samples: number;
}

export interface SamplesByDepthOptions {
  title: string;
  subtitle?: string;
  rows: readonly SamplesByDepthRow[];
  width?: number;
  height?: number;
}

/** A panel for each condition; a point for each depth at which the curve reaches the accuracy. */
export function samplesByDepthChart({
  title,
  subtitle,
  rows,
  width = 215,
  height = 160,
}: SamplesByDepthOptions): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('samplesByDepthChart', rows, ['layers', 'samples']);
  // Whole powers of ten around all points: marks that stick out would push a panel's heading away.
  const exponents = rows.map((row) => Math.log10(Math.max(1, row.samples)));
  const decades = [Math.floor(Math.min(1, ...exponents)), Math.ceil(Math.max(2, ...exponents) + 0.02)];
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: {
      values: values.map((row) => ({ ...row, samples: Math.max(1, row.samples) })),
    },
    ...panelsBy(
      'condition',
      conditions.map(({ label }) => label),
    ),
    spec: {
      width,
      height,
      encoding: {
        x: depthAxis(rows.map(({ layers }) => layers)),
        y: {
          field: 'samples',
          type: 'quantitative',
          title: 'samples needed',
          scale: { type: 'log', domain: decades.map((exponent) => 10 ** exponent), nice: false },
          axis: { values: [1, 10, 100, 1000, 10000], format: ',d' },
        },
        color: sourceColour(sources),
      },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: {
            strokeDash: sourceDash(sources),
          },
        },
        {
          mark: { type: 'point', filled: true, size: 40, opacity: 1 },
          encoding: {
            tooltip: [
              { field: 'condition' },
              { field: 'source' },
              { field: 'layers' },
              { field: 'samples', format: ',.0f' },
            ],
          },
        },
      ],
    },
  };
}
