/** One training run while it goes on: the accuracies that its stage measures after each epoch. */
import type { TopLevelSpec } from 'vega-lite';
import type { EpochRecord } from '../../training/fit';
import { learningPoints } from '../points/training';
import { learningCurves } from './learningCurves';

export interface TrainingRunOptions {
  /** base, mask or transfer, of arithmetic or (image-base, …) of images. */
  stage: string;
  title: string;
  log: readonly EpochRecord[];
  /** Steps of the whole training. */
  steps: number;
}

const imageMeasures = { plain_accuracy: 'plain images', pooled_accuracy: 'mean-pooled images' };

/** What the columns of a stage's log are called in its chart. */
const measures: Record<string, Record<string, string>> = {
  base: { eval_accuracy: 'evaluation accuracy' },
  mask: { eval_accuracy: 'with the hard mask s > 0', soft_accuracy: 'with the soft mask sigmoid(T·s)' },
  transfer: {
    unambiguous_accuracy: 'predicts a^2 + ab',
    is_2a2: 'predicts 2a^2',
    is_2b2: 'predicts 2b^2',
  },
  'image-base': imageMeasures,
  'image-mask': imageMeasures,
  'image-transfer': imageMeasures,
};

/** Accuracies over steps. */
export function trainingRun({ stage, title, log, steps }: TrainingRunOptions): TopLevelSpec {
  const names = measures[stage];
  if (!names) throw new Error(`There is no chart for a run of the stage "${stage}".`);
  const points = Object.entries(names).flatMap(([column, run]) => learningPoints(log, { column, run }));
  return learningCurves({ title, measure: 'accuracy', points, lastStep: steps, height: 200 });
}
