/** Rows of real-stimuli.csv as points of a chart and rows of a table: means over seeds, condition by condition. */

import type { RealStimuliRow } from '../../experiments';
import { groupBy } from '../../stats/groupBy';
import { bootstrapMeanInterval, mean, wilsonInterval } from '../../stats/intervals';
import type { StimuliAccuracyPoint } from '../charts/stimuliAccuracy';
import { imageConditionLabel, normalizationLabel } from './imageTransfers';

export interface RealStimuliPoint extends StimuliAccuracyPoint {
  /** The model's condition, and what batch normalisation worked with, as in the points of shape-bias.csv. */
  condition: string;
  normalization: string;
  seeds: number;
  /** Share of the stimuli of which the texture was named; NaN where they have none. */
  texture: number;
}

/** The points, with 95 % intervals: bootstrap over seeds, or, of one seed, Wilson's. Each kind of stimuli has its own. */
export function realStimuliPoints(rows: readonly RealStimuliRow[]): RealStimuliPoint[] {
  const groups = groupBy(rows, (row) => `${imageConditionLabel(row)}/${row.normalization}/${row.stimuli}`);
  return [...groups.values()].map((own) => {
    const [row] = own;
    const shares = own.map(({ shape_decisions, stimuli_shown }) => shape_decisions / stimuli_shown);
    const interval =
      own.length === 1 ? wilsonInterval(row.shape_decisions, row.stimuli_shown) : bootstrapMeanInterval(shares);
    const condition = imageConditionLabel(row);
    const normalization = normalizationLabel(row);
    return {
      condition,
      normalization,
      model: row.trained === null || row.model === 'vit' ? condition : `${condition} (${normalization})`,
      stimuli: row.stimuli,
      seeds: own.length,
      accuracy: mean(shares),
      texture: mean(own.map((one) => (one.texture_decisions ?? Number.NaN) / one.stimuli_shown)),
      ...interval,
    };
  });
}

/** A row for each model, columns for each kind of stimuli, in percent. */
export function realStimuliTable(points: readonly RealStimuliPoint[]): Record<string, unknown>[] {
  const percent = (value: number) => (100 * value).toFixed(1);
  return [...new Set(points.map(({ model }) => model))].map((model) => {
    const own = points.filter((point) => point.model === model);
    return {
      model,
      seeds: Math.max(...own.map(({ seeds }) => seeds)),
      ...Object.fromEntries(
        own.flatMap(({ stimuli, accuracy, low, high, texture }) => [
          [`${stimuli}: shape, %`, 100 * accuracy],
          [`${stimuli}: interval`, `${percent(low)} to ${percent(high)}`],
          ...(Number.isNaN(texture) ? [] : [[`${stimuli}: texture, %`, 100 * texture]]),
        ]),
      ),
    };
  });
}
