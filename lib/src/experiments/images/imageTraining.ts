/** Training of an image model as its settings say, measured several times an epoch and once before. */

import { join } from 'node:path';
import { checkpointFile } from '../../runs/checkpointFile';
import type { Cost, Training } from '../../runs/stage';
import { modelDecisions, writeDecisions } from '../../stats/decisions';
import { constantRate, oneCycle } from '../../tensorflow/optimizers';
import { batchCount } from '../../training/batches';
import { type EpochRecord, fitBatches } from '../../training/fit';
import type { ImageBatch } from '../../training/imageBatches';
import type { Trainer, TrainerOptions } from '../../training/trainer';
import { imageDataOf, type ShapesShown } from './imageData';
import { type ConflictAnswers, type ImageMeasures, measureImages } from './imageMeasures';
import { imageEvaluatorFor, imageTrainerFor } from './imageModels';
import type { ImageDataSettings, ImageMaskSettings, ImageModelSettings, ImageTrainingSettings } from './imageSettings';

/** The columns of the logs of image stages that are drawn while they train. */
export const IMAGE_MEASURES = { plain_accuracy: 'plain images', pooled_accuracy: 'mean-pooled images' };

/**
 * CPU time for an image in training, its share of the measurements included: of drawn ones and Tiny ImageNet's measured on
 * one core of an AMD EPYC at 2.6 GHz, of ImageNet's guessed from the sizes of the models.
 */
const IMAGE_MS = {
  drawn: { resnet: 1.8, vit: 1.8 },
  'tiny-imagenet': { resnet: 2.6, vit: 4 },
  imagenet: { resnet: 300, vit: 5000 },
};

/** The time that a training takes to see so many images. */
export function imageSeconds(
  source: ImageDataSettings['source'],
  { architecture }: ImageModelSettings,
  images: number,
): number {
  return (images * IMAGE_MS[source][architecture]) / 1000;
}

/** Photographs of the eleven categories in Tiny ImageNet. */
const TINY_PHOTOGRAPHS = 13_000;

/** What training on images costs. Of photographs that are taken from all of ImageNet, those of the list count. */
export function imageCost(
  { data, epochs, batchSize }: ImageTrainingSettings | ImageMaskSettings,
  model: ImageModelSettings,
): Cost {
  const images = imagesIn(data);
  const steps = epochs * batchCount(images, batchSize);
  const seconds = imageSeconds(data.source, model, steps * batchSize);
  return { steps, seconds, startSeconds: 10, memoryMb: data.source === 'imagenet' ? 16_000 : 2500 };
}

function imagesIn(data: ImageDataSettings): number {
  if (data.source === 'drawn') return data.train;
  return data.source === 'imagenet' ? 16 * 0.9 * data.perCategory : (data.perEpoch ?? TINY_PHOTOGRAPHS);
}

/** How a run ended. */
export interface ImageRunResult {
  steps: number;
  /** Before training. */
  start: ImageMeasures;
  /** Of the final model, on the validation images of the log and on others; null where there are none. */
  last: ImageMeasures;
  held_out: ImageMeasures | null;
}

/**
 * Trains a model, measured before and while it trains. `finish` measures the final one on all there is, and keeps its answers to
 * the cue-conflict images in the run's folder.
 */
export async function trainImages(
  settings: ImageTrainingSettings,
  options: Pick<TrainerOptions, 'normalization' | 'freezable'> & {
    /** Names of the parameters that stay as they are. */
    frozen: readonly string[];
    /** What the trainer starts from. */
    start(): Parameters<Trainer<ImageBatch>['start']>;
    /** Seed of order and choice of the images. */
    order: number;
    /** Name of the model in the table of its decisions. */
    subject: string;
  },
  { checkpoint, observer, folders }: Training<unknown>,
) {
  const { model, epochs, batchSize, learningRate, schedule, pooledShare, measuredPerEpoch: parts } = settings;
  const { start, order, subject, ...others } = options;
  const data = await imageDataOf(settings.data, settings.seed, folders);
  const optimizer = { name: settings.optimizer, weightDecay: settings.weightDecay };
  const trainer = imageTrainerFor(model, { optimizer, classWeights: data.classWeights, ...others });
  trainer.start(...start());
  const { parameters } = trainer;
  const evaluator = imageEvaluatorFor(model);
  const measure = (shapes?: ShapesShown) => measureImages(evaluator, parameters, data, shapes);
  const before = await measure();

  const steps = batchCount(data.trainingImages, batchSize);
  const rate = schedule === 'constant' ? constantRate(learningRate) : oneCycle(learningRate, epochs * steps);
  const checkpoints = checkpointFile(checkpoint, { parameters, moments: trainer.optimizer.slots });
  // The training loop's epochs are parts of ours, of equal length, after each of which the model is measured.
  const epochOf = (part: number) => Math.ceil(part / parts);
  const timed = (record: EpochRecord): EpochRecord => ({ ...record, epoch: record.epoch / parts });
  let open: AsyncIterator<ImageBatch> | Iterator<ImageBatch> | undefined;
  const { log: measured, interrupted } = await fitBatches({
    epochs: epochs * parts,
    stepsPerEpoch: steps / parts,
    async *batches(part) {
      const within = (part - 1) % parts;
      if (within === 0) open = iteratorOf(data.training({ pooledShare, seed: order, epoch: epochOf(part), batchSize }));
      const upTo = (share: number) => Math.round((steps * share) / parts);
      for (let left = upTo(within + 1) - upTo(within); left > 0; left--) {
        const next = await (open as AsyncIterator<ImageBatch>).next();
        if (next.done) return; // images that could not be read are missing at the end
        yield next.value;
      }
    },
    step: (batch, step) => trainer.step(batch, step, rate(step - 1)).loss,
    evaluate: async () => (await measure()).measures,
    keep: () => ({}),
    checkpoints: {
      ...checkpoints,
      save(log, best) {
        if (log.length % parts === 0) checkpoints.save(log, best);
      },
    },
    onResume: (log) => observer?.onResume?.(log.map(timed)),
    onStep: (at) => observer?.onStep?.({ ...at, epoch: epochOf(at.epoch), steps: epochs * steps }),
    onEpoch: (record) => observer?.onEpoch?.(timed(record)),
  });
  const log = measured.map(timed);

  const finish = async (folder: string): Promise<ImageRunResult> => {
    const save = (name: string, answers: ConflictAnswers) =>
      writeDecisions(join(folder, name), modelDecisions({ subject, ...answers }));
    const last = await measure();
    save('decisions.csv', last.answers);
    const other = data.shapes.includes('held out') ? await measure('held out') : undefined;
    if (other) save('decisions-held-out.csv', other.answers);
    const ended = { last: last.measures, held_out: other?.measures ?? null };
    return { steps: log.at(-1)?.step ?? 0, start: before.measures, ...ended };
  };
  return { log, interrupted, parameters: trainer.snapshot(), finish };
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
