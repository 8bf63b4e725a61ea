/** Differences of accuracies, point by point: ours from the published ones, or of two conditions. */
import type { TopLevelSpec } from 'vega-lite';
import { circleLegend } from '../../charts/theme';
import { type DrawnDifference, differenceLayers, differenceRange } from './differenceLayers';
import { panelsBy, sourceColour } from './panels';
import { prepareRows } from './prepareRows';
import { sampleAxis } from './sampleAxis';

/** Our accuracy minus the published one, or one condition's minus another's, at one n. */
export interface DifferenceRow extends DrawnDifference {
  condition: string;
  /** Which of ours: 'ours', 'ours, as released', … */
  source: string;
  n: number;
}

export interface DifferencesOptions {
  title: string;
  subtitle?: string;
  rows: readonly DifferenceRow[];
  /** What the difference is. */
  axis?: string;
  width?: number;
  height?: number;
}

/** A panel for each condition (or comparison); points on the line at zero agree. */
export function differencesChart({
  title,
  subtitle,
  rows,
  axis = 'ours − published',
  width = 215,
  height = 140,
}: DifferencesOptions): TopLevelSpec {
  const { values, conditions, sources } = prepareRows('differencesChart', rows, ['n', 'difference']);
  // The same distance up and down, so that too high and too low look alike.
  const farthest = Math.max(0.05, ...differenceRange(rows).map(Math.abs));
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: { values },
    ...panelsBy(
      'condition',
      conditions.map(({ label }) => label),
    ),
    spec: {
      width,
      height,
      encoding: {
        x: sampleAxis(
          rows.map(({ n }) => n),
          { sparse: true },
        ),
        color: {
          ...sourceColour(sources),
          legend: sources.size > 1 ? circleLegend : null,
        },
      },
      layer: differenceLayers({
        axis,
        domain: [-farthest, farthest],
        tooltip: [{ field: 'condition' }, { field: 'source' }, { field: 'n', title: 'samples', format: ',d' }],
      }),
    },
  };
}
