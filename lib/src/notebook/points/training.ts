/** Logs of training runs as rows of charts. */
import type { EpochRecord } from '../../training/fit';
import type { LearningCurvePoint } from '../charts/learningCurves';
import type { MaskTrainingRow } from '../charts/maskTraining';

/**
 * One curve of a training log.
 *
 * @param column the measurement to draw, such as eval_loss.
 * @param run the name of the curve.
 * @throws Error when the log lacks the column.
 */
export function learningPoints(
  log: readonly EpochRecord[],
  { column, run }: { column: string; run: string },
): LearningCurvePoint[] {
  return log.map((record) => ({ run, step: record.step, value: measurement(record, column) }));
}

/**
 * A mask's training log, epoch by epoch.
 *
 * @param run the name of its curves.
 * @param total number of weights that the mask covers.
 */
export function maskTrainingRows(
  log: readonly EpochRecord[],
  { run, total }: { run: string; total: number },
): MaskTrainingRow[] {
  return log.map((record) => ({
    run,
    temperature: measurement(record, 'temperature'),
    kept: measurement(record, 'kept') / total,
    softAccuracy: measurement(record, 'soft_accuracy'),
    hardAccuracy: measurement(record, 'eval_accuracy'),
  }));
}

/** The first step at which each curve reaches a value, in the order of the curves; null where it never does. */
export function stepsToReach(
  points: readonly LearningCurvePoint[],
  value: number,
): { run: string; step: number | null }[] {
  return [...new Set(points.map(({ run }) => run))].map((run) => ({
    run,
    step: points.find((point) => point.run === run && point.value >= value)?.step ?? null,
  }));
}

/** The first temperature of each run at which its soft and its hard mask reach an accuracy; null where they never do. */
export function temperaturesToReach(
  rows: readonly MaskTrainingRow[],
  accuracy: number,
): { run: string; soft: number | null; hard: number | null }[] {
  return [...new Set(rows.map(({ run }) => run))].map((run) => {
    const own = rows.filter((row) => row.run === run);
    const first = (column: 'softAccuracy' | 'hardAccuracy') =>
      own.find((row) => row[column] >= accuracy)?.temperature ?? null;
    return { run, soft: first('softAccuracy'), hard: first('hardAccuracy') };
  });
}

function measurement(record: EpochRecord, column: string): number {
  const value = record[column];
  if (typeof value !== 'number') {
    throw new Error(`The log has no "${column}"; it has ${Object.keys(record).join(', ')}.`);
  }
  return value;
}
