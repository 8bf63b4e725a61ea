import { join } from 'node:path';
import { modelDecisions, writeDecisions } from '../../stats/decisions';
import type { EpochRecord } from '../../training/fit';
import type { ImageData } from './imageData';
import { imageEvaluatorFor } from './imageMachines';
import { type ConflictAnswers, type ImageMeasures, measureImages } from './imageMeasures';
import type { ImageModelSettings } from './imageSettings';

/** How a run ended. */
export interface ImageRunResult {
  steps: number;
  /** Before training. */
  start: ImageMeasures;
  /** Of the final model, on the validation images of the log and on others; null where there are none. */
  last: ImageMeasures;
  held_out: ImageMeasures | null;
}

/** Measures the final model on all there is, and keeps its answers to the cue-conflict images in the run's folder. */
export async function measureFinalModel(options: {
  folder: string;
  model: ImageModelSettings;
  data: ImageData;
  parameters: Parameters<typeof measureImages>[1];
  /** Name of the model in the table of its decisions. */
  subject: string;
  before: ImageMeasures;
  log: EpochRecord[];
}): Promise<ImageRunResult> {
  const { folder, model, data, parameters, subject, before, log } = options;
  const evaluator = imageEvaluatorFor(model);
  const save = (name: string, { stimuli, responses }: ConflictAnswers) =>
    writeDecisions(join(folder, name), modelDecisions({ subject, stimuli, responses }));
  const last = await measureImages(evaluator, parameters, data);
  save('decisions.csv', last.answers);
  const other = data.shapes.includes('held out')
    ? await measureImages(evaluator, parameters, data, 'held out')
    : undefined;
  if (other) save('decisions-held-out.csv', other.answers);
  return {
    steps: log.at(-1)?.step ?? 0,
    start: before,
    last: last.measures,
    held_out: other?.measures ?? null,
  };
}
