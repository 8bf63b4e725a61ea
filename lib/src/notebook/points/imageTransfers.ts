/** Rows of shape-bias.csv as points: means over seeds, condition by condition and time by time. */

import type { ShapeBiasRow } from '../../experiments';
import { IMAGE_CONDITION_NAMES, imageConditionName } from '../../experiments/images/imageConditions';
import type { PublishedFigure4 } from '../../runs/publishedSchemas';
import { groupBy } from '../../stats/groupBy';
import { bootstrapInterval, mean, wilsonInterval } from '../../stats/intervals';
import type { VisionCurvePoint } from '../charts/visionCurves';

/** What is measured of a condition at one time, over its seeds. */
export interface ImagePoint {
  condition: string;
  /** What batch normalisation worked with; a dash for a base, and where there is none. */
  normalization: string;
  epoch: number;
  step: number;
  seeds: number;
  plain: number;
  pooled: number;
  /** Shares of all conflict images. */
  shape: number;
  texture: number;
  /** Of the decisions for either cue, seeds pooled; NaN where there is none. */
  bias: number;
  /** 95 %: bootstrap over seeds, or, of one seed, Wilson's, which knows nothing of other seeds. */
  low: number;
  high: number;
  /** Share of the masked weights that was transferred. */
  kept: number;
}

/** What the condition of a row is called. */
export function imageConditionLabel(
  row: Pick<ShapeBiasRow, 'inherit_from' | 'trained' | 'pooled_share' | 'kept_share' | 'stage'>,
): string {
  const { stage, inherit_from, trained, pooled_share, kept_share } = row;
  if (inherit_from === null) return 'base';
  return imageConditionName({
    inheritFrom: inherit_from,
    trained,
    pooledShare: stage === 'transfer' ? pooled_share : 0, // every mask is trained on one kind alone
    keptShare: kept_share,
  });
}

/** What batch normalisation worked with; a dash where there is none. */
export function normalizationLabel({ model, normalization }: Pick<ShapeBiasRow, 'model' | 'normalization'>): string {
  return (model === 'resnet' && normalization) || '–';
}

/** Whether a condition's name is that of another one with a change to it: augmented, cut to a size, trained in reverse. */
export function isVariant(condition: string): boolean {
  return condition.includes(', ');
}

/** The points of transfer runs, or of bases, on drawings of training unless others are asked for; in the rows' order. */
export function imagePoints(
  rows: readonly ShapeBiasRow[],
  { shapes = 'seen', stage = 'transfer' }: Partial<Pick<ShapeBiasRow, 'shapes' | 'stage'>> = {},
): ImagePoint[] {
  const asked = rows.filter((row) => row.stage === stage && row.shapes === shapes);
  const keyOf = (row: ShapeBiasRow) => JSON.stringify([imageConditionLabel(row), row.normalization, row.epoch]);
  return [...groupBy(asked, keyOf).values()].map(pointOf);
}

/** The last row of each run, on seen and on other drawings. */
export function lastRows(rows: readonly ShapeBiasRow[]): ShapeBiasRow[] {
  return lastOfEach(
    rows,
    ({ run, shapes }) => `${run}/${shapes}`,
    ({ step }) => step,
  );
}

/** The last point of each condition. */
export function lastImagePoints(points: readonly ImagePoint[]): ImagePoint[] {
  return lastOfEach(
    points,
    ({ condition, normalization }) => `${condition}/${normalization}`,
    ({ epoch }) => epoch,
  );
}

/** Of each group of one key the item of the latest time, the first of equals. */
function lastOfEach<T>(items: readonly T[], keyOf: (item: T) => string, timeOf: (item: T) => number): T[] {
  return [...groupBy(items, keyOf).values()].map((group) =>
    group.reduce((last, item) => (timeOf(item) > timeOf(last) ? item : last)),
  );
}

function pointOf(rows: ShapeBiasRow[]): ImagePoint {
  const [{ epoch, step }] = rows;
  const over = (of: (row: ShapeBiasRow) => number) => mean(rows.map(of));
  return {
    condition: imageConditionLabel(rows[0]),
    normalization: normalizationLabel(rows[0]),
    epoch,
    step,
    seeds: rows.length,
    plain: over(({ plain_accuracy }) => plain_accuracy),
    pooled: over(({ pooled_accuracy }) => pooled_accuracy),
    shape: over(({ shape_decisions, conflict_images }) => shape_decisions / conflict_images),
    texture: over(({ texture_decisions, conflict_images }) => texture_decisions / conflict_images),
    bias: biasOf(rows),
    ...intervalOf(rows),
    kept: over(({ kept, total }) => kept / total),
  };
}

/** Shape bias of all decisions together; NaN where none is for either cue. */
export function biasOf(rows: readonly ShapeBiasRow[]): number {
  const [shape, texture] = decisionsOf(rows);
  return shape / (shape + texture);
}

/** Decisions for the shape and for the texture, of all rows together. */
export function decisionsOf(rows: readonly ShapeBiasRow[]): [shape: number, texture: number] {
  return rows.reduce<[number, number]>(
    ([shape, texture], row) => [shape + row.shape_decisions, texture + row.texture_decisions],
    [0, 0],
  );
}

function intervalOf(rows: ShapeBiasRow[]): { low: number; high: number } {
  const decided = rows.filter((row) => row.shape_decisions + row.texture_decisions > 0);
  const [shape, texture] = decisionsOf(decided);
  if (decided.length === 0) return { low: 0, high: 1 };
  return decided.length === 1 ? wilsonInterval(shape, shape + texture) : bootstrapInterval(decided, biasOf);
}

/** Our accuracy over training in the form of the published one: subnetwork and random initialisation, means over seeds. */
export function ourVisionCurves(points: readonly ImagePoint[], model: string): VisionCurvePoint[] {
  const { subnet, random } = IMAGE_CONDITION_NAMES;
  const inits = { [subnet]: 'subnet', [random]: 'random' } as Record<string, PublishedFigure4['init']>;
  return points.flatMap(({ condition, step, plain, pooled }) =>
    inits[condition]
      ? [
          { model, init: inits[condition], eval_set: 'imagenet16', step, accuracy: plain },
          { model, init: inits[condition], eval_set: 'mean_pooled_imagenet16', step, accuracy: pooled },
        ]
      : [],
  );
}

/** A row for each condition at the end of training. */
export function imageTransferTable(points: readonly ImagePoint[]): Record<string, unknown>[] {
  return lastImagePoints(points).map((point) => ({
    condition: point.condition,
    normalisation: point.normalization,
    seeds: point.seeds,
    'weights transferred, %': 100 * point.kept,
    'plain, %': 100 * point.plain,
    'mean-pooled, %': 100 * point.pooled,
    'for shape, %': 100 * point.shape,
    'for texture, %': 100 * point.texture,
    'shape bias, %': 100 * point.bias,
    interval: `${(100 * point.low).toFixed(1)} to ${(100 * point.high).toFixed(1)}`,
  }));
}

/**
 * Shape bias of each condition at one plain accuracy, so that fast and slow learners are compared where they can do the same:
 * interpolated where a seed's accuracy first reaches it. A condition of which no seed reaches it has no row.
 */
export function biasAtPlainAccuracy(rows: readonly ShapeBiasRow[], accuracy: number): Record<string, unknown>[] {
  const transfers = rows.filter(({ stage, shapes }) => stage === 'transfer' && shapes === 'seen');
  const runs = groupBy(transfers, ({ run }) => run);
  const found = new Map<string, { row: ShapeBiasRow; biases: number[]; runs: number }>();
  for (const run of runs.values()) {
    const sorted = [...run].sort((a, b) => a.step - b.step);
    const key = `${imageConditionLabel(sorted[0])}/${sorted[0].normalization}`;
    const entry = found.get(key) ?? { row: sorted[0], biases: [], runs: 0 };
    entry.runs++;
    found.set(key, entry);
    const after = sorted.findIndex(({ plain_accuracy }) => plain_accuracy >= accuracy);
    if (after < 0) continue;
    const [from, to] = [sorted[Math.max(0, after - 1)], sorted[after]];
    const gap = to.plain_accuracy - from.plain_accuracy;
    const part = gap > 0 ? (accuracy - from.plain_accuracy) / gap : 1;
    const bias = biasOf([from]) + part * (biasOf([to]) - biasOf([from]));
    if (Number.isFinite(bias)) entry.biases.push(bias);
  }
  return [...found.values()]
    .filter(({ biases }) => biases.length > 0)
    .map(({ row, biases, runs }) => ({
      condition: imageConditionLabel(row),
      normalisation: row.normalization,
      [`seeds that reach ${(100 * accuracy).toFixed(0)} %`]: `${biases.length} of ${runs}`,
      'shape bias, %': 100 * mean(biases),
      'seed by seed': biases.map((bias) => (100 * bias).toFixed(1)).join(', '),
    }));
}
