/**
 * Times the training step of a ResNet (forward, backward, AdamW, class-weighted loss, batch normalisation in training mode) in
 * this process, and how long its images take to be prepared, and prints one JSON line. Run by bench.ts, one process a figure;
 * resnet_step.py is the same in PyTorch.
 */
import { parseArgs } from 'node:util';
import type { training as library } from 'subtask-induction';
import { median } from './measure.js';

const { values } = parseArgs({
  options: {
    /** Channels of the stem and of the first stage. */
    width: { type: 'string', default: '16' },
    /** Pixels of an image's side. */
    size: { type: 'string', default: '64' },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '40' },
    /** eager, graph (without XLA, as the library trains ResNets) or xla */
    mode: { type: 'string', default: 'graph' },
  },
});
const [width, size, batch, steps] = [values.width, values.size, values.batch, values.steps].map(Number);
const CLASSES = 16;

const { experiments, models, tensorflow, tf, training } = (await import('subtask-induction')).default;

const config = models.resnetConfig({
  stemWidth: width,
  widths: [width, 2 * width, 4 * width, 8 * width],
  stemKernel: 3,
  classes: CLASSES,
});
const sizes = { size, train: 20 * batch, evaluation: CLASSES, conflict: CLASSES };
const images = await experiments.imageDataOf(
  { source: 'drawn', ...sizes, variation: experiments.DRAWN_VARIATIONS.textured },
  1,
);
const preparing: number[] = [];
let data: library.ImageBatch | undefined;
let asked = performance.now();
for await (const each of images.training({ pooledShare: 0.25, seed: 1, epoch: 1, batchSize: batch })) {
  preparing.push(performance.now() - asked);
  data = each;
  asked = performance.now();
}
if (!data) throw new Error('There are no images.');
const start = performance.now();
const trainer = training.trainer(
  training.imageClassifier(models.resnetModel(config), { classWeights: new Array(CLASSES).fill(1) }),
  {
    optimizer: { name: 'adamW', weightDecay: 0.01 },
    compiled: values.mode !== 'eager',
    xla: values.mode === 'xla',
  },
);
trainer.start(tensorflow.snapshot(models.resnetInit(config, 1)));
const warmUp = Math.max(1, Math.floor(steps / 4));
const times: number[] = [];
let firstStepMs = 0;
let processor = process.cpuUsage();
for (let step = 1; step <= warmUp + steps; step++) {
  const before = performance.now();
  trainer.step(data, step, 1e-3);
  times.push(performance.now() - before);
  if (step === 1) firstStepMs = performance.now() - start;
  if (step === warmUp) processor = process.cpuUsage();
}
const { user, system } = process.cpuUsage(processor);
console.log(
  JSON.stringify({
    ms: median(times.slice(warmUp)),
    // What the step costs where other processes take their share of the time.
    processorMs: (user + system) / 1000 / steps,
    firstStepMs,
    // The images are drawn with the first batch, once for all runs of a process.
    dataMs: median(preparing),
    tensors: tf.memory().numTensors,
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
);
