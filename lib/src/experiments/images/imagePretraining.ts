/** Before vision stage 1, on photographs: a network of all 200 classes, which the base starts from (notebook 14). */

import { checkpointFile } from '../../runs/checkpointFile';
import type { Made, Stage, Training } from '../../runs/stage';
import { mean } from '../../stats/intervals';
import { random, seedFor } from '../../tasks/random';
import type { HostTensors } from '../../tensorflow/hostTensor';
import { oneCycle } from '../../tensorflow/optimizers';
import { batchCount } from '../../training/batches';
import { fitBatches } from '../../training/fit';
import { batchesInOrder } from '../../training/imageBatches';
import { answersTo, EVALUATION_BATCH } from './imageMeasures';
import { freshImageModel, imageEvaluatorFor, imageTrainerFor, loadImageModel, saveImageModel } from './imageModels';
import type { ImagePretrainingSettings } from './imageSettings';
import { imageSeconds } from './imageTraining';
import { photographsOf, shiftedBatches } from './photographs';

export interface ImagePretrainingResult {
  /** Share of the validation photographs whose class, of 200, is the most probable one. */
  accuracy: number;
}

interface Parameters {
  parameters: HostTensors;
}
export type ImagePretraining = Made<ImagePretrainingSettings, ImagePretrainingResult, Parameters>;

/** Photographs to train on. */
const PHOTOGRAPHS = 100_000;

export const imagePretrainingStage: Stage<ImagePretrainingSettings, ImagePretrainingResult, Parameters> = {
  name: 'image-pretraining',
  title: ({ model, seed }) => `pretrained ${model.architecture}, seed ${seed}`,
  measures: { accuracy: 'validation photographs, 200 classes' },
  cost: ({ model, epochs, batchSize }) => ({
    steps: epochs * batchCount(PHOTOGRAPHS, batchSize),
    seconds: imageSeconds('tiny-imagenet', model, epochs * PHOTOGRAPHS),
    startSeconds: 60,
    memoryMb: 4000,
  }),
  train,
  // Half precision halves the file; what starts from the run starts from these rounded values, here and everywhere.
  save: ({ parameters }, folder, { model }) => saveImageModel(folder, model, parameters, { floats: 'F16' }),
  load: (folder, { model }) => ({ parameters: loadImageModel(folder, model) }),
};

async function train(settings: ImagePretrainingSettings, { checkpoint, observer }: Training<object>) {
  const { model, framework, epochs, batchSize, learningRate, weightDecay, seed } = settings;
  if (framework) {
    throw new Error(
      `The pretrained ${model.architecture} comes with the project, in data/checkpoints, and is not there: restore that folder.`,
    );
  }
  const [photographs, validation] = [await photographsOf('train', 'classes'), await photographsOf('val', 'classes')];
  const trainer = imageTrainerFor(model, { optimizer: { name: 'adamW', weightDecay } });
  trainer.start(freshImageModel(model, seedFor(seed, 'image pretraining initialisation')));
  const evaluator = imageEvaluatorFor(model);
  const steps = batchCount(photographs.count, batchSize);
  const rate = oneCycle(learningRate, epochs * steps);
  const order = seedFor(seed, 'image pretraining order');
  const { log, interrupted } = await fitBatches({
    epochs,
    stepsPerEpoch: steps,
    batches: (epoch) =>
      shiftedBatches({
        places: random(order, `image order ${epoch}`).permutation(photographs.count),
        setOf: () => photographs,
        batchSize,
        seed: order,
        epoch,
      }),
    step: (batch, step) => trainer.step(batch, step, rate(step - 1)).loss,
    async evaluate() {
      const batches = batchesInOrder(validation, EVALUATION_BATCH);
      const { predictions, labels } = await answersTo(evaluator, trainer.parameters, batches);
      return { accuracy: mean(Array.from(predictions, (answer, i) => (answer === labels[i] ? 1 : 0))) };
    },
    keep: () => ({}),
    checkpoints: checkpointFile(checkpoint, { parameters: trainer.parameters, moments: trainer.optimizer.slots }),
    ...observer,
  });
  const result = { accuracy: log.at(-1)?.accuracy ?? 0 };
  return { log, interrupted, result, parameters: trainer.snapshot() };
}
