/** Vision stage 2: the subnetwork of a base model that sees mean-pooled images (method section 2; notebook 10). */
import { join } from 'node:path';
import { subnetworkOf, temperatureOf, temperatureOfStep } from '../../masking/continuousSparsification';
import { countsPerLayer, maskedWeightCount, type Subnetwork, subnetworkSize } from '../../masking/subnetwork';
import { loadSubnetwork, saveSubnetwork } from '../../masking/subnetworkFile';
import { seedFor } from '../../tasks/random';
import { tf } from '../../tensorflow/backend';
import { elementCount, type HostTensors } from '../../tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../../tensorflow/safetensors';
import { tidied } from '../../tensorflow/tidy';
import { snapshot, tensorsOf } from '../../tensorflow/variables';
import { batchCount } from '../../training/batches';
import type { EpochRecord } from '../../training/fit';
import { checkpointFile } from '../checkpointFile';
import { stageRun } from '../stageRun';
import type { ImageBase } from './imageBase';
import { imageDataOf } from './imageData';
import { imageEvaluatorFor, imageMaskTrainerFor } from './imageMachines';
import { type ImageMeasures, measureImages, measuresOf } from './imageMeasures';
import { imageModelOf } from './imageModels';
import { type ImageMaskSettings, isUntrainedImageBase } from './imageSettings';
import { fitInParts } from './imageTraining';
import type { ImageWorkshop } from './imageWorkshop';

/** How a discovery ended: the selected mask, hard, on validation images. */
export interface ImageMaskResult extends ImageMeasures {
  best_epoch: number;
  kept: number;
  total: number;
  /** Kept weights by parameter. */
  layers: Record<string, number>;
}

export interface ImageMask {
  settings: ImageMaskSettings;
  /** Name in the run store; undefined for a run that was interrupted. */
  id?: string;
  /** Per epoch: temperature, training loss and L0 norm, measures with the hard mask, kept weights. */
  log: EpochRecord[];
  result: ImageMaskResult;
  subnetwork: Subnetwork;
  /** The scores of the masked weights (of the selected mask), and the parameters that trained along with them (in ViT). */
  scores: HostTensors;
  trainedWithMask: HostTensors;
}

/** The mask over a base model: from the store, or trained now. `pooledShare` 1: on mean-pooled images, 0: on plain ones. */
export async function imageMask(
  base: ImageBase,
  mask: Omit<ImageMaskSettings, 'base'>,
  workshop: ImageWorkshop,
): Promise<ImageMask> {
  const settings: ImageMaskSettings = { ...mask, base: base.settings };
  const over = isUntrainedImageBase(base.settings) ? ' of an untrained model' : '';
  const title = `mask for ${mask.pooledShare > 0 ? 'mean-pooled' : 'plain'} images${over}, seed ${settings.seed}`;
  const made = await stageRun({ stage: 'image-mask', title, settings }, workshop, {
    train: (checkpoint) => train(base, settings, checkpoint, workshop),
    save(found, folder) {
      saveSubnetwork(join(folder, 'mask.safetensors'), found.subnetwork);
      writeSafetensors(join(folder, 'scores.safetensors'), found.scores);
      writeSafetensors(join(folder, 'trained-with-mask.safetensors'), found.trainedWithMask);
      return found.result;
    },
  });
  if (made.partial) return made.partial as ImageMask;
  const tensors = (name: string) => readSafetensors(join(made.path, name)).tensors;
  return {
    ...made.finished,
    subnetwork: loadSubnetwork(join(made.path, 'mask.safetensors')),
    scores: tensors('scores.safetensors'),
    trainedWithMask: tensors('trained-with-mask.safetensors'),
  };
}

async function train(
  base: ImageBase,
  settings: ImageMaskSettings,
  checkpoint: string,
  { observer, folders }: ImageWorkshop,
) {
  const { epochs, batchSize, learningRate, lambda, initialScore, pooledShare, seed } = settings;
  const { finalTemperature: final, temperatureSchedule: schedule } = settings;
  const { model } = base.settings;
  const { shapes, maskedWeights, trainedWithMask } = imageModelOf(model);
  const data = await imageDataOf(settings.data, seed, folders);
  const trainer = imageMaskTrainerFor(model, { classWeights: data.classWeights });
  const evaluator = imageEvaluatorFor(model);
  const steps = batchCount(data.trainingImages, batchSize);
  const temperature = (step: number, epoch: number) =>
    schedule === 'every step'
      ? temperatureOfStep({ step, steps: epochs * steps, final })
      : temperatureOf({ epoch, epochs, final, schedule });
  const initial = Object.fromEntries(
    maskedWeights.map((name): [string, HostTensors[string]] => {
      const data = new Float32Array(elementCount(shapes[name])).fill(initialScore);
      return [name, { dtype: 'F32', shape: shapes[name], data }];
    }),
  );
  trainer.start(base.parameters, initial);
  const measureHard = async () => {
    const hard = trainer.masked('hard');
    try {
      return (await measureImages(evaluator, hard, data)).measures;
    } finally {
      tf.dispose(hard);
    }
  };

  const trained = { ...trainer.scores, ...trainer.trainedWithMask };
  let [epochL0, epochTemperature] = [0, 1];
  const { log, best, interrupted } = await fitInParts({
    epochs,
    parts: 1,
    steps,
    batches: (epoch) => data.training({ pooledShare, seed: seedFor(seed, 'image mask order'), epoch, batchSize }),
    step(batch, step, epoch) {
      epochTemperature = temperature(step, epoch);
      const made = trainer.step(batch, step, { learningRate, temperature: epochTemperature, lambda });
      if (!Number.isFinite(made.loss)) return made.loss;
      epochL0 = made.l0;
      return made.crossEntropy;
    },
    evaluate: async () => ({
      temperature: epochTemperature,
      soft_l0: epochL0,
      ...(await measureHard()),
      kept: subnetworkSize(trainer.subnetwork()),
    }),
    // By the images that it was trained on; later epochs win ties.
    score: (metrics) => (pooledShare > 0 ? metrics.pooled_accuracy : metrics.plain_accuracy),
    keep: () => snapshot(trained),
    checkpoints: checkpointFile(checkpoint, { trained, moments: trainer.optimizer.slots }),
    observer,
  });
  const { record, kept } = best ?? { record: undefined, kept: snapshot(trained) };
  const keptOf = (names: string[]) => Object.fromEntries(names.map((name) => [name, kept[name]]));
  const scores = keptOf(maskedWeights);
  const subnetwork = tidied(() => subnetworkOf(tensorsOf(scores)));
  const result: ImageMaskResult = {
    best_epoch: record?.epoch ?? 0,
    ...measuresOf(record),
    kept: subnetworkSize(subnetwork),
    total: maskedWeightCount(subnetwork),
    layers: Object.fromEntries(countsPerLayer(subnetwork).map(({ parameter, kept }) => [parameter, kept])),
  };
  return { log, result, interrupted, subnetwork, scores, trainedWithMask: keptOf(trainedWithMask) };
}
