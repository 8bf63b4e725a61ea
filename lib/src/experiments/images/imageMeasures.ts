/** What is measured of an image model after every epoch: accuracy on plain and mean-pooled images, and its shape bias. */

import { CATEGORIES } from '../../images/categories';
import type { Parameters } from '../../models/gpt2';
import { mean } from '../../stats/intervals';
import { shapeBias } from '../../stats/shapeBias';
import type { ImageBatch } from '../../training/imageBatches';
import type { ImageEvaluator } from '../../training/imageClassifier';
import type { ConflictStimulus, ImageData, ShapesShown } from './imageData';

/** Images of one step of an evaluation: every set is read in batches of this size, so that one graph serves all. */
export const EVALUATION_BATCH = 96;

/** A type, not an interface: metrics of a log have names of any kind. */
export type ImageMeasures = {
  /** Mean over the categories. */
  plain_accuracy: number;
  pooled_accuracy: number;
  /** Images whose shape and texture are of different categories, and decisions for each of the two. */
  conflict_images: number;
  shape_decisions: number;
  texture_decisions: number;
};

const MEASURES = [
  'plain_accuracy',
  'pooled_accuracy',
  'conflict_images',
  'shape_decisions',
  'texture_decisions',
] as const;

/** The measures in a record of a log; NaN where there is none. */
export function measuresOf(record?: Record<string, number>): ImageMeasures {
  return Object.fromEntries(MEASURES.map((name) => [name, record?.[name] ?? Number.NaN])) as ImageMeasures;
}

/** The answers to the cue-conflict images. */
export interface ConflictAnswers {
  stimuli: ConflictStimulus[];
  responses: Int32Array;
}

/** Measures a model on validation and cue-conflict images. */
export async function measureImages(
  evaluator: ImageEvaluator,
  parameters: Parameters,
  data: ImageData,
  shapes: ShapesShown = 'seen',
): Promise<{ measures: ImageMeasures; answers: ConflictAnswers }> {
  const accuracy = async (kind: 'plain' | 'pooled') => {
    const { predictions, labels } = await answersTo(
      evaluator,
      parameters,
      data.evaluation(kind, shapes, EVALUATION_BATCH),
    );
    return categoryMean(predictions, labels);
  };
  const { stimuli, batches } = data.conflict(shapes);
  const { predictions } = await answersTo(evaluator, parameters, batches(EVALUATION_BATCH));
  const bias = shapeBias(stimuli.map(({ shape, texture }, i) => ({ shape, texture, response: predictions[i] })));
  return {
    measures: {
      plain_accuracy: await accuracy('plain'),
      pooled_accuracy: await accuracy('pooled'),
      conflict_images: bias.decisions,
      shape_decisions: bias.shape,
      texture_decisions: bias.texture,
    },
    answers: { stimuli, responses: predictions },
  };
}

/** The answers to batches, with the labels, image by image. */
export async function answersTo(
  evaluator: ImageEvaluator,
  parameters: Parameters,
  batches: Iterable<ImageBatch> | AsyncIterable<ImageBatch>,
): Promise<{ predictions: Int32Array; labels: Int32Array }> {
  const predictions: number[] = [];
  const labels: number[] = [];
  for await (const batch of batches) {
    const decided = evaluator.decide(parameters, batch);
    predictions.push(...decided.predictions);
    labels.push(...decided.labels);
  }
  return { predictions: Int32Array.from(predictions), labels: Int32Array.from(labels) };
}

/** Accuracy of each category that occurs, averaged over them (method section 2). */
function categoryMean(predictions: Int32Array, labels: Int32Array): number {
  const right = new Float64Array(CATEGORIES.length);
  const counts = new Float64Array(CATEGORIES.length);
  labels.forEach((label, i) => {
    counts[label]++;
    if (predictions[i] === label) right[label]++;
  });
  return mean([...right.keys()].filter((label) => counts[label] > 0).map((label) => right[label] / counts[label]));
}
