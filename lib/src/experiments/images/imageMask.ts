/** Vision stage 2: the subnetwork of a base model that sees mean-pooled images (method section 2; notebook 10). */
import { join } from 'node:path';
import { temperatureOf, temperatureOfStep } from '../../masking/continuousSparsification';
import { type Subnetwork, subnetworkSize } from '../../masking/subnetwork';
import { loadSubnetwork, saveSubnetwork } from '../../masking/subnetworkFile';
import { count, oneOf, type RowIn, runOf, table, text } from '../../runs/columns';
import type { Found, Made, Stage, Training } from '../../runs/stage';
import { seedFor } from '../../tasks/random';
import { tf } from '../../tensorflow/backend';
import { elementCount, type HostTensors } from '../../tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../../tensorflow/safetensors';
import { batchCount } from '../../training/batches';
import { type MaskTrainingResult, trainMask } from '../maskTraining';
import { type ImageBase, imageBaseStage } from './imageBase';
import { imageDataOf } from './imageData';
import { type ImageMeasures, measureImages, measuresOf } from './imageMeasures';
import { imageEvaluatorFor, imageMaskTrainerFor, imageModelOf } from './imageModels';
import { type ImageMaskSettings, isUntrainedImageBase } from './imageSettings';
import { IMAGE_MEASURES, imageCost } from './imageTraining';
import { changeOfBase, type PhotographChange } from './photographChanges';
import { imageRunColumns, imageRunKey, imageRunKinds, noTransfer, shapeBiasSchema, timeOf } from './shapeBiasTable';

/** How a discovery ended: the selected mask, hard, on validation images. */
export type ImageMaskResult = ImageMeasures & MaskTrainingResult;

interface Mask {
  subnetwork: Subnetwork;
  /** The scores of the masked weights (of the selected mask), and the parameters that trained along with them (in ViT). */
  scores: HostTensors;
  trainedWithMask: HostTensors;
}
/** Log, per epoch: temperature, training loss and L0 norm, measures with the hard mask, kept weights. */
export type ImageMask = Made<ImageMaskSettings, ImageMaskResult, Mask>;

export const imageSubnetworksSchema = table('image-subnetworks.csv', {
  row: 'a masked weight of an image mask',
  columns: {
    ...imageRunKinds,
    inherit_from: oneOf(['subnet', 'subnet_plain', 'subnet_untrained'], 'the transfer that the mask is for'),
    position: count('from the input'),
    parameter: text('', /^[a-z_.0-9]+$/),
    kept: count('weights'),
    total: count('', { min: 1 }),
    run: runOf(),
    base_run: runOf(),
  },
  key: [...imageRunKey, 'inherit_from', 'position'],
  rule: ({ kept, total }) => (kept > total ? `${kept} weights are kept of ${total}` : undefined),
});
export type ImageSubnetworkRow = RowIn<typeof imageSubnetworksSchema>;

/** The transfer that a mask is for. */
export function maskFor({ base, pooledShare }: ImageMaskSettings): ImageSubnetworkRow['inherit_from'] {
  if (isUntrainedImageBase(base)) return 'subnet_untrained';
  return pooledShare > 0 ? 'subnet' : 'subnet_plain';
}

export const imageMaskStage: Stage<ImageMaskSettings, ImageMaskResult, Mask, { base: ImageBase }> = {
  name: 'image-mask',
  title({ base, pooledShare, seed }) {
    const over = isUntrainedImageBase(base) ? ' of an untrained model' : '';
    return `mask for ${pooledShare > 0 ? 'mean-pooled' : 'plain'} images${over}, seed ${seed}`;
  },
  measures: IMAGE_MEASURES,
  startsFrom: { base: imageBaseStage },
  cost: (settings) => imageCost(settings, settings.base.model),
  train,
  save({ subnetwork, scores, trainedWithMask }, folder) {
    saveSubnetwork(join(folder, 'mask.safetensors'), subnetwork);
    writeSafetensors(join(folder, 'scores.safetensors'), scores);
    writeSafetensors(join(folder, 'trained-with-mask.safetensors'), trainedWithMask);
  },
  load(folder) {
    const tensors = (name: string) => readSafetensors(join(folder, name)).tensors;
    return {
      subnetwork: loadSubnetwork(join(folder, 'mask.safetensors')),
      scores: tensors('scores.safetensors'),
      trainedWithMask: tensors('trained-with-mask.safetensors'),
    };
  },
  tables: [shapeBiasSchema, imageSubnetworksSchema],
  /** Measured hard, after every epoch; and a row for each masked weight. */
  gather(run, { base }, { preset, changed }) {
    const { id, log, settings, result } = run;
    const common = {
      ...imageRunColumns(settings.base, preset, changeOfBase(changed)),
      stage: 'mask' as const,
      ...noTransfer,
      inherit_from: maskFor(settings),
      pooled_share: settings.pooledShare,
      total: result.total,
      run: id,
      base_run: base.id,
      shapes: 'seen' as const,
    };
    const rows = log.map((record) => ({ ...common, ...timeOf(record), ...measuresOf(record), kept: record.kept }));
    return [
      [shapeBiasSchema, rows],
      [imageSubnetworksSchema, imageSubnetworkRows(run, base.id, preset, changed)],
    ];
  },
};

/** The rows of a mask, one for each masked weight. */
export function imageSubnetworkRows(
  { id, settings, result }: Found<ImageMaskSettings, ImageMaskResult>,
  baseRun: string,
  preset: string,
  changed?: PhotographChange | null,
): ImageSubnetworkRow[] {
  const { maskedWeights, shapes } = imageModelOf(settings.base.model);
  return maskedWeights.map((parameter, position) => ({
    ...imageRunColumns(settings.base, preset, changeOfBase(changed)),
    inherit_from: maskFor(settings),
    position,
    parameter,
    kept: result.layers[parameter],
    total: elementCount(shapes[parameter]),
    run: id,
    base_run: baseRun,
  }));
}

async function train(settings: ImageMaskSettings, training: Training<{ base: ImageBase }>) {
  const { epochs, batchSize, initialScore, pooledShare, seed } = settings;
  const { finalTemperature: final, temperatureSchedule: schedule } = settings;
  const { base } = training.inputs;
  const { model } = base.settings;
  const data = await imageDataOf(settings.data, seed, training.folders);
  const trainer = imageMaskTrainerFor(model, { classWeights: data.classWeights });
  const evaluator = imageEvaluatorFor(model);
  const stepsPerEpoch = batchCount(data.trainingImages, batchSize);
  trainer.start(base.parameters, initialScore);
  // By the images that it was trained on; later epochs win ties.
  const selecting = pooledShare > 0 ? 'pooled_accuracy' : 'plain_accuracy';
  const { record, selected, ...trained } = await trainMask(
    settings,
    {
      trainer,
      stepsPerEpoch,
      batches: (epoch) => data.training({ pooledShare, seed: seedFor(seed, 'image mask order'), epoch, batchSize }),
      temperatureOf: (step, epoch) =>
        schedule === 'every step'
          ? temperatureOfStep({ step, steps: epochs * stepsPerEpoch, final })
          : temperatureOf({ epoch, epochs, final, schedule }),
      async measure(subnetwork) {
        const hard = trainer.masked('hard');
        try {
          const { measures } = await measureImages(evaluator, hard, data);
          return { ...measures, kept: subnetworkSize(subnetwork) };
        } finally {
          tf.dispose(hard);
        }
      },
      better: (candidate, former) => candidate[selecting] >= former[selecting],
    },
    training,
  );
  return { ...trained, result: { ...measuresOf(record), ...selected } };
}
