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

function measurement(record: EpochRecord, column: string): number {
  const value = record[column];
  if (typeof value !== 'number') {
    throw new Error(`The log has no "${column}"; it has ${Object.keys(record).join(', ')}.`);
  }
  return value;
}
