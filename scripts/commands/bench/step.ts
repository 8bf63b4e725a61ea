/**
 * Times the training step of the base model (forward, backward, clip, AdamW, dropout on) in this process and prints one
 * JSON line. Run by bench.ts, one process a figure, so that no figure profits from what another has warmed up.
 */
import { parseArgs } from 'node:util';
import { median } from './measure.js';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '2' },
    steps: { type: 'string', default: '200' },
    /** eager, graph (without XLA) or xla */
    mode: { type: 'string', default: 'xla' },
  },
});
const layers = Number(values.layers);
const steps = Number(values.steps);
const batchSize = 50;

const { models, tasks, tensorflow, tf, training } = (await import('subtask-induction')).default;

const config = models.gpt2Config({ layers });
const start = performance.now();
const trainer = training.trainer(training.languageModel(config), {
  optimizer: { name: 'adamW', weightDecay: 0 },
  dropout: 0.1,
  clip: 1,
  compiled: values.mode !== 'eager',
  xla: values.mode === 'xla',
});
trainer.start(tensorflow.snapshot(models.gpt2Init(config, 1)), { seed: 1 });
const rows = tasks.unambiguousRows({ expression: 'a + ab', rows: batchSize * steps, seed: 1 });
const times: number[] = [];
let firstStepMs = 0;
let step = 0;
for (const batch of training.batchesOf(rows, batchSize)) {
  const before = performance.now();
  trainer.step(batch, ++step, 5e-4);
  times.push(performance.now() - before);
  if (step === 1) firstStepMs = performance.now() - start;
}
console.log(
  JSON.stringify({
    ms: median(times.slice(Math.floor(steps / 4))),
    firstStepMs,
    tensors: tf.memory().numTensors,
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
);
