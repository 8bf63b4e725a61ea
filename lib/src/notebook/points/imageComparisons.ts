/** The transferred subnetwork against every control: differences of shape bias, seed by seed. */

import type { ShapeBiasRow } from '../../experiments';
import { IMAGE_CONDITION_NAMES } from '../../experiments/images/imageConditions';
import { estimateDifference, type PairedEstimate } from '../../stats/combinedIntervals';
import { mean } from '../../stats/intervals';
import { biasOf, decisionsOf, imageConditionLabel, isVariant, lastRows } from './imageTransfers';

/** Shape bias of the subnetwork minus that of a control, after training. */
export interface ImageComparison extends PairedEstimate {
  /** What the control is called. */
  against: string;
  /** What batch normalisation worked with in the run of the subnetwork; in the control's too, where it has the choice. */
  normalization: 'eval' | 'train';
  /** Differences of the seeds that have both, in the order of their seeds. */
  differences: number[];
  /** Mean difference of the accuracy on plain images. */
  plain: number;
}

/**
 * The comparisons for which there are pairs of runs of one seed, in the rows' order. Variants of conditions (augmented, cut,
 * or trained the other way round) are left out.
 */
export function imageComparisons(
  rows: readonly ShapeBiasRow[],
  { shapes = 'seen' }: Partial<Pick<ShapeBiasRow, 'shapes'>> = {},
): ImageComparison[] {
  const ended = endedRuns(rows.filter((row) => row.stage === 'transfer' && row.shapes === shapes));
  const conditions = [...new Set(ended.map(imageConditionLabel))].filter((label) => !isVariant(label));
  return (['eval', 'train'] as const).flatMap((normalization) => {
    const own = ended.filter(
      (row) => labelled(row, IMAGE_CONDITION_NAMES.subnet) && row.normalization === normalization,
    );
    return conditions.flatMap((against) => {
      if (against === IMAGE_CONDITION_NAMES.subnet) return [];
      const controls = ended.filter((row) => labelled(row, against) && modeOf(row, normalization) === normalization);
      const pairs = own.flatMap((first) => {
        const second = controls.find(({ seed }) => seed === first.seed);
        return second ? [{ first, second }] : [];
      });
      if (pairs.length === 0) return [];
      const biases = pairs.map(({ first, second }) => ({ first: biasOf([first]), second: biasOf([second]) }));
      const trials = Math.min(...pairs.flatMap(({ first, second }) => [decided(first), decided(second)]));
      return [
        {
          against,
          normalization,
          differences: biases.map(({ first, second }) => first - second),
          plain: mean(pairs.map(({ first, second }) => first.plain_accuracy - second.plain_accuracy)),
          ...estimateDifference(biases, { trials }),
        },
      ];
    });
  });
}

/** Random initialisation and the full model have no frozen weights, and so only the mode train: they are compared with both. */
function modeOf({ trained, normalization }: ShapeBiasRow, wanted: 'eval' | 'train') {
  return trained === null ? wanted : normalization;
}

const labelled = (row: ShapeBiasRow, label: string) => imageConditionLabel(row) === label;

/** How many decisions of a row are for either cue. */
function decided(row: ShapeBiasRow): number {
  const [shape, texture] = decisionsOf([row]);
  return shape + texture;
}

/** The last row of every run that decided for either cue at all. */
function endedRuns(rows: readonly ShapeBiasRow[]): ShapeBiasRow[] {
  return lastRows(rows)
    .filter((row) => decided(row) > 0)
    .sort((a, b) => a.seed - b.seed);
}

/** A row for each comparison, in points of percent. */
export function imageComparisonTable(compared: readonly ImageComparison[]): Record<string, unknown>[] {
  const points = (value: number) => (100 * value).toFixed(1);
  return compared.map(({ against, normalization, mean: difference, low, high, differences, plain }) => ({
    normalisation: normalization,
    'subnetwork against': against,
    'shape bias, points': 100 * difference,
    interval: `${points(low)} to ${points(high)}`,
    'seed by seed': differences.map(points).join(', '),
    'plain accuracy, points': 100 * plain,
  }));
}

/** What the comparisons in one mode say, in a sentence: which controls the subnetwork is above, which not. */
export function imageComparisonSentence(compared: readonly ImageComparison[], normalization: 'eval' | 'train'): string {
  const own = compared.filter((comparison) => comparison.normalization === normalization);
  const named = (wanted: (comparison: ImageComparison) => boolean) =>
    own
      .filter(wanted)
      .map(({ against, mean: difference }) => `${against} (${Math.round(100 * difference) || 0} points)`);
  const [above, below] = [named(({ low }) => low > 0), named(({ high }) => high < 0)];
  const open = named(({ low, high }) => low <= 0 && high >= 0);
  const part = (names: string[], text: string) => (names.length > 0 ? [`${text} ${names.join(', ')}`] : []);
  const parts = [...part(above, 'above'), ...part(below, 'below'), ...part(open, 'not told apart from')];
  if (parts.length === 0) return `With batch normalisation *${normalization}* there is nothing to compare yet.`;
  return `With batch normalisation *${normalization}* the shape bias of the subnetwork is ${parts.join('; ')}.`;
}
