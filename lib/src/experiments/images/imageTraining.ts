/** Training of an image model as its settings say, measured several times an epoch and once before. */

import { checkpointFile } from '../../runs/checkpointFile';
import type { Observer } from '../../runs/observer';
import type { Cost, Training } from '../../runs/stage';
import { constantRate, oneCycle } from '../../tensorflow/optimizers';
import { batchCount } from '../../training/batches';
import { type Checkpoints, type EpochRecord, type Fitted, fitBatches, type Metrics } from '../../training/fit';
import type { ImageBatch } from '../../training/imageClassifier';
import type { OptimizerOptions, Trainer } from '../../training/trainer';
import type { ImageData } from './imageData';
import { type ImageRunResult, measureFinalModel, measureImages } from './imageMeasures';
import { imageEvaluatorFor } from './imageModels';
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
  return data.source === 'imagenet' ? 16 * 0.9 * data.perCategory : TINY_PHOTOGRAPHS;
}

/** The optimizer of the settings. */
export function optimizerOf({ optimizer, weightDecay }: ImageTrainingSettings): OptimizerOptions {
  return { name: optimizer, weightDecay };
}

/** Trains a started trainer, measured before and while it trains; `finish` measures the final model into the run's folder. */
export async function trainImages(
  settings: ImageTrainingSettings,
  options: {
    trainer: Trainer<ImageBatch>;
    model: ImageModelSettings;
    data: ImageData;
    /** Seed of order and choice of the images. */
    seed: number;
    /** Name of the model in the table of its decisions. */
    subject: string;
    training: Training<unknown>;
  },
): Promise<{ log: EpochRecord[]; interrupted: boolean; finish(folder: string): Promise<ImageRunResult> }> {
  const { epochs, batchSize, learningRate, schedule, pooledShare, measuredPerEpoch } = settings;
  const { trainer, model, data, seed, subject } = options;
  const { checkpoint, observer } = options.training;
  const evaluator = imageEvaluatorFor(model);
  const measure = async () => (await measureImages(evaluator, trainer.parameters, data)).measures;
  const before = await measure();
  const steps = batchCount(data.trainingImages, batchSize);
  const rate = schedule === 'constant' ? constantRate(learningRate) : oneCycle(learningRate, epochs * steps);
  const { log, interrupted } = await fitInParts({
    epochs,
    parts: measuredPerEpoch,
    steps,
    batches: (epoch) => data.training({ pooledShare, seed, epoch, batchSize }),
    step: (batch, step) => trainer.step(batch, step, rate(step - 1)).loss,
    evaluate: measure,
    keep: () => ({}),
    checkpoints: checkpointFile(checkpoint, { parameters: trainer.parameters, moments: trainer.optimizer.slots }),
    observer,
  });
  const { parameters } = trainer;
  return {
    log,
    interrupted,
    finish: (folder) => measureFinalModel({ folder, model, data, parameters, subject, before, log }),
  };
}

/**
 * Trains for epochs of `steps` batches, each measured in so many `parts` of equal length. `keep` is called after a part that
 * is better than all before, or as good as the best; checkpoints are saved between epochs alone.
 */
export async function fitInParts<Kept>(options: {
  epochs: number;
  parts: number;
  steps: number;
  batches(epoch: number): Iterable<ImageBatch> | AsyncIterable<ImageBatch>;
  step(batch: ImageBatch, step: number, epoch: number): number;
  evaluate(epoch: number): Promise<Metrics>;
  /** What is the larger the better the model. */
  score?(metrics: Metrics): number;
  keep(): Kept;
  checkpoints: Checkpoints<Kept>;
  observer?: Observer;
}): Promise<Fitted<Kept>> {
  const { epochs, parts, steps, batches, step, evaluate, score = () => 0, keep, checkpoints, observer } = options;
  const epochOf = (part: number) => Math.ceil(part / parts);
  const timed = (record: EpochRecord): EpochRecord => ({ ...record, epoch: record.epoch / parts });
  let open: AsyncIterator<ImageBatch> | Iterator<ImageBatch> | undefined;
  const { log, best, interrupted } = await fitBatches<ImageBatch, Kept>({
    epochs: epochs * parts,
    stepsPerEpoch: steps / parts,
    async *batches(part) {
      const within = (part - 1) % parts;
      if (within === 0) open = iteratorOf(batches(epochOf(part)));
      const upTo = (share: number) => Math.round((steps * share) / parts);
      for (let left = upTo(within + 1) - upTo(within); left > 0; left--) {
        const next = await (open as AsyncIterator<ImageBatch>).next();
        if (next.done) return; // images that could not be read are missing at the end
        yield next.value;
      }
    },
    step: (batch, at, part) => step(batch, at, epochOf(part)),
    evaluate: (part) => evaluate(epochOf(part)),
    better: (candidate, former) => score(candidate) >= score(former),
    keep,
    checkpoints: {
      restore: checkpoints.restore,
      save(log, best) {
        if (log.length % parts === 0) checkpoints.save(log, best);
      },
    },
    onResume: observer?.onResume && ((log) => observer.onResume?.(log.map(timed))),
    onStep:
      observer?.onStep &&
      ((progress) => observer.onStep?.({ ...progress, epoch: epochOf(progress.epoch), steps: epochs * steps })),
    onEpoch: observer?.onEpoch && ((record) => observer.onEpoch?.(timed(record))),
  });
  return { log: log.map(timed), best: best && { ...best, record: timed(best.record) }, interrupted };
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
