/** Where in a transformer a subnetwork lies: the share of weights that it keeps, part by part. */
import type { TopLevelSpec } from 'vega-lite';
import { palette } from '../../charts/theme';
import { assertRows } from './assertRows';

/** Kept weights of one part of one block. */
export interface SubnetworkPart {
  /** Block, counted from 0 as in the weights' names. */
  layer: number;
  part: 'query' | 'key' | 'value' | 'output' | 'MLP in' | 'MLP out';
  /** Attention head, counted from 0; a part of the MLP, which has no heads, has none. */
  head?: number;
  /** Weights kept, and weights there are. */
  kept: number;
  total: number;
}

export interface SubnetworkMapOptions {
  title: string;
  subtitle?: string;
  parts: readonly SubnetworkPart[];
}

const order: readonly SubnetworkPart['part'][] = ['query', 'key', 'value', 'output', 'MLP in', 'MLP out'];
const CELL_WIDTH = 51;
const PLOT_HEIGHT = 168;

/**
 * One panel a layer, one column a map, one cell a head; a map without heads is one tall cell. The number in a cell is
 * the share of its weights that is kept.
 */
export function subnetworkMap({ title, subtitle, parts }: SubnetworkMapOptions): TopLevelSpec {
  assertRows('subnetworkMap', parts, { text: ['part'], finite: ['layer', 'kept', 'total'] });
  const heads = 1 + parts.reduce((most, { head }) => Math.max(most, head ?? 0), 0);
  const values = parts.map(({ layer, part, head, kept, total }) => ({
    layer: `layer ${layer}`,
    part,
    head: head === undefined ? 'all' : `head ${head}`,
    share: kept / total,
    kept,
    total,
    top: head ?? 0,
    middle: head === undefined ? heads / 2 : head + 0.5,
    bottom: head === undefined ? heads : head + 1,
  }));
  const largest = values.reduce((most, { share }) => Math.max(most, share), 0);
  const y = {
    type: 'quantitative',
    scale: { domain: [0, heads], reverse: true, nice: false, zero: false },
  } as { type: 'quantitative' };

  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values },
    facet: {
      field: 'layer',
      type: 'nominal',
      title: null,
      sort: [...new Set(values.map(({ layer }) => layer))],
      header: { labelAnchor: 'start' },
    },
    columns: 2,
    spacing: 24,
    spec: {
      width: CELL_WIDTH * order.length,
      height: PLOT_HEIGHT,
      encoding: {
        x: {
          field: 'part',
          type: 'nominal',
          title: null,
          scale: { domain: [...order], paddingInner: 0.05, paddingOuter: 0 },
          axis: { orient: 'bottom', labelAngle: 0, domain: false, ticks: false },
        },
      },
      layer: [
        {
          mark: { type: 'rect', stroke: 'white', strokeWidth: 3 },
          encoding: {
            y: {
              ...y,
              field: 'top',
              title: null,
              axis: {
                values: Array.from({ length: heads }, (_, head) => head + 0.5),
                labelExpr: "'head ' + floor(datum.value)",
                grid: false,
              },
            },
            y2: { field: 'bottom' },
            color: {
              field: 'share',
              type: 'quantitative',
              title: 'weights kept',
              scale: { range: ['#F1F6FB', palette.blue], domain: [0, largest], nice: false },
              legend: { format: '.0%', tickCount: 4, gradientLength: PLOT_HEIGHT - 30 },
            },
            tooltip: [
              { field: 'layer' },
              { field: 'part' },
              { field: 'head' },
              { field: 'kept', format: ',d' },
              { field: 'total', format: ',d' },
              { field: 'share', format: '.2%' },
            ],
          },
        },
        {
          mark: { type: 'text', baseline: 'middle', fontSize: 11 },
          encoding: {
            y: { ...y, field: 'middle' },
            text: { field: 'share', type: 'quantitative', format: '.1%' },
            color: { condition: { test: `datum.share > ${0.72 * largest}`, value: 'white' }, value: '#333333' },
          },
        },
      ],
    },
  };
}
