/** How far the subnetwork is ahead of each other condition, depth by depth. */
import type { TopLevelSpec } from 'vega-lite';
import { circleLegend } from '../../charts/theme';
import { depthAxis } from './depthAxis';
import { type DrawnDifference, differenceLayers, differenceRange } from './differenceLayers';
import { panelsBy, sourceColour } from './panels';
import { prepareRows } from './prepareRows';

export interface LeadByDepthRow extends DrawnDifference {
  /** The condition that is held against. */
  condition: string;
  /** 'published', or which of ours. */
  source: string;
  layers: number;
}

export interface LeadsByDepthOptions {
  title: string;
  subtitle?: string;
  rows: readonly LeadByDepthRow[];
  width?: number;
  height?: number;
}

/** How far a panel's sources stand apart at one depth, in layers. */
const SPREAD = 1;
/** Room beyond the farthest interval, in accuracy. */
const MARGIN = 0.02;

/** A panel for each condition that is held against; at each depth a point for each source, above zero where it is behind. */
export function leadsByDepthChart({
  title,
  subtitle,
  rows,
  width = 320,
  height = 150,
}: LeadsByDepthOptions): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('leadsByDepthChart', rows, ['layers', 'difference']);
  const shift = ({ condition, source }: LeadByDepthRow) => {
    const places = [...sources.keys()].filter((key) =>
      values.some((row) => row.condition === condition && row.source === key),
    );
    return (SPREAD * (places.indexOf(source) - (places.length - 1) / 2)) / places.length;
  };
  const [least, greatest] = differenceRange(rows);
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: {
      values: values.map((row) => ({ ...row, position: row.layers + shift(row) })),
    },
    ...panelsBy(
      'condition',
      conditions.map(({ label }) => label),
      2,
    ),
    spec: {
      width,
      height,
      encoding: {
        x: depthAxis(
          rows.map(({ layers }) => layers),
          'position',
        ),
        color: { ...sourceColour(sources), legend: circleLegend },
      },
      layer: differenceLayers({
        axis: 'lead of the subnetwork',
        domain: [Math.min(0, least) - MARGIN, Math.max(0, greatest) + MARGIN],
        tooltip: [{ field: 'condition' }, { field: 'source' }, { field: 'layers' }],
      }),
    },
  };
}
