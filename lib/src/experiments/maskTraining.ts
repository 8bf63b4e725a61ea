/** Training of a mask over a frozen model, whatever the model: what the stages of both chains do (method sections 1b and 2). */
import { subnetworkOf } from '../masking/continuousSparsification';
import { countsPerLayer, maskedWeightCount, type Subnetwork, subnetworkSize } from '../masking/subnetwork';
import { checkpointFile } from '../runs/checkpointFile';
import type { Training } from '../runs/stage';
import type { HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { snapshot, tensorsOf } from '../tensorflow/variables';
import { type FitBatchesOptions, fitBatches, type Metrics } from '../training/fit';
import type { MaskTrainer } from '../training/maskTrainer';

/** What training a mask needs to know. */
export interface MaskTrainingSettings {
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** Factor of the L0 penalty. */
  lambda: number;
  finalTemperature: number;
  seed: number;
}

/** Which mask was selected, and what it keeps. */
export interface MaskTrainingResult {
  best_epoch: number;
  kept: number;
  total: number;
  /** Kept weights by parameter. */
  layers: Record<string, number>;
}

/** Trains a mask with a started trainer. Log, per epoch: temperature, L0 norm of the last step, and what is measured. */
export async function trainMask<B>(
  { epochs, learningRate, lambda }: MaskTrainingSettings,
  options: Pick<FitBatchesOptions<B, HostTensors>, 'stepsPerEpoch' | 'batches' | 'better'> & {
    trainer: MaskTrainer<B>;
    temperatureOf(step: number, epoch: number): number;
    measure(subnetwork: Subnetwork, temperature: number): Metrics | Promise<Metrics>;
  },
  { checkpoint, observer }: Pick<Training<unknown>, 'checkpoint' | 'observer'>,
) {
  const { trainer, temperatureOf, measure, ...others } = options;
  const trained = { ...trainer.scores, ...trainer.trainedWithMask };
  let [temperature, lastL0] = [1, 0];
  const { log, best, interrupted } = await fitBatches<B, HostTensors>({
    ...others,
    epochs,
    step(batch, step, epoch) {
      temperature = temperatureOf(step, epoch);
      const { loss, crossEntropy, l0 } = trainer.step(batch, step, { learningRate, temperature, lambda });
      if (!Number.isFinite(loss)) return loss;
      lastL0 = l0;
      return crossEntropy;
    },
    evaluate: async () => ({
      temperature,
      soft_l0: lastL0,
      ...(await measure(trainer.subnetwork(), temperature)),
    }),
    keep: () => snapshot(trained),
    checkpoints: checkpointFile(checkpoint, { scores: trained, moments: trainer.optimizer.slots }),
    ...observer,
  });
  const { record, kept } = best ?? { record: undefined, kept: snapshot(trained) };
  const keptOf = (of: object) => Object.fromEntries(Object.keys(of).map((name) => [name, kept[name]]));
  const scores = keptOf(trainer.scores);
  const subnetwork = tidied(() => subnetworkOf(tensorsOf(scores)));
  const selected: MaskTrainingResult = {
    best_epoch: record?.epoch ?? 0,
    kept: subnetworkSize(subnetwork),
    total: maskedWeightCount(subnetwork),
    layers: keptByLayer(subnetwork),
  };
  return { log, interrupted, record, selected, subnetwork, scores, trainedWithMask: keptOf(trainer.trainedWithMask) };
}

export function keptByLayer(subnetwork: Subnetwork): Record<string, number> {
  return Object.fromEntries(countsPerLayer(subnetwork).map(({ parameter, kept }) => [parameter, kept]));
}
