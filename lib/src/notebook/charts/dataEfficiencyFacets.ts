/** Data-efficiency curves of several settings beside each other: a panel a setting, all its conditions in it. */
import type { TopLevelSpec } from 'vega-lite';
import { lineLegend, palette } from '../../charts/theme';
import { ascending } from '../../stats/ascending';
import { PUBLISHED } from './conditions';
import { accuracyAxis, type DataEfficiencyOptions, type DataEfficiencyPoint, pointTooltip } from './dataEfficiency';
import { panelsBy, sourceColour, sourceDash } from './panels';
import { prepareRows } from './prepareRows';
import { sampleAxis } from './sampleAxis';

/** A point, and the heading of the panel that it is drawn in. */
export interface PanelPoint extends DataEfficiencyPoint {
  panel: string;
}

export interface FacetsOptions extends DataEfficiencyOptions {
  rows: readonly PanelPoint[];
  columns?: number;
}

/** Dashes by source: published lines long dashes, as everywhere; a control as described dots, all else solid. */
function dashOf(source: string): number[] {
  if (source === PUBLISHED) return [5, 4];
  return source.endsWith('as described') ? [1.5, 2.5] : [1, 0];
}

/** A panel for each `panel`, in the order in which they first come: colour tells the condition, dashes the source. */
export function dataEfficiencyFacets({
  title,
  subtitle,
  rows,
  columns = 2,
  width = 330,
  height = 210,
}: FacetsOptions): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('dataEfficiencyFacets', rows, ['n', 'accuracy']);
  const names = [...sources.keys()];
  const dash = {
    field: 'source',
    type: 'nominal',
    scale: { domain: names, range: names.map(dashOf) },
    legend: names.length > 1 ? lineLegend : null,
  } as const;
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values },
    ...panelsBy('panel', [...new Set(rows.map(({ panel }) => panel))], columns),
    spec: {
      width,
      height,
      encoding: {
        x: sampleAxis(
          rows.map(({ n }) => n),
          { sparse: width < 300 },
        ),
        color: {
          field: 'condition',
          type: 'nominal',
          scale: { domain: conditions.map(({ label }) => label), range: conditions.map(({ colour }) => colour) },
          legend: { ...lineLegend, columns: 5 },
        },
        detail: { field: 'source' },
      },
      layer: [
        {
          transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
          mark: { type: 'area', opacity: 0.15 },
          encoding: { y: { ...accuracyAxis, field: 'low' }, y2: { field: 'high' } },
        },
        { mark: { type: 'line', strokeWidth: 2 }, encoding: { y: accuracyAxis, strokeDash: dash } },
        {
          transform: [{ filter: `datum.source !== '${PUBLISHED}'` }],
          mark: { type: 'point', filled: true, size: 30, opacity: 1 },
          encoding: { y: accuracyAxis, tooltip: pointTooltip },
        },
      ],
    },
  };
}

/** A point of one depth. */
export interface DepthPoint extends DataEfficiencyPoint {
  layers: number;
}

/** Every depth (a row of panels) and condition (a column): the published curve and ours, colour tells which of ours. */
export function depthGrid({
  title,
  subtitle,
  rows,
  width = 126,
  height = 88,
}: Omit<DataEfficiencyOptions, 'rows'> & { rows: readonly DepthPoint[] }): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('depthGrid', rows, ['n', 'accuracy']);
  const layers = ascending(rows.map((row) => row.layers));
  const y = { ...accuracyAxis, axis: { format: '.1f', values: [0, 0.5, 1] } };
  const header = { title: null, labelColor: palette.black } as const;
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values: values.map((row) => ({ ...row, depth: `${row.layers} layers` })) },
    facet: {
      row: {
        field: 'depth',
        type: 'nominal',
        sort: layers.map((count) => `${count} layers`),
        header: { ...header, labelAngle: -90, labelOrient: 'left' },
      },
      column: {
        field: 'condition',
        type: 'nominal',
        sort: conditions.map(({ label }) => label),
        header: { ...header, labelAnchor: 'start' },
      },
    },
    spacing: { row: 18, column: 14 },
    spec: {
      width,
      height,
      encoding: {
        // Panels stand close: few labels, none at the end.
        x: { ...sampleAxis(rows.map(({ n }) => n)), title: 'samples', axis: { values: [0, 40, 640], format: ',d' } },
        color: sourceColour(sources),
      },
      layer: [
        {
          transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
          mark: { type: 'area', opacity: 0.18 },
          encoding: { y: { ...y, field: 'low', title: 'accuracy' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: {
            y: { ...y, title: 'accuracy' },
            strokeDash: sourceDash(sources),
          },
        },
        {
          transform: [{ filter: `datum.source !== '${PUBLISHED}'` }],
          mark: { type: 'point', filled: true, size: 16, opacity: 1 },
          encoding: { y: { ...y, title: 'accuracy' }, tooltip: pointTooltip },
        },
      ],
    },
  };
}
