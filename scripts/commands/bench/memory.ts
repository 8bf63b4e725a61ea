/** Makes 10,000 compiled training steps and prints the memory in use; exit status 1 where it grows. */
const STEPS = 10_000;
const WARM_UP = 1_000;
/** Growth that the allocator's own slack explains, in MiB. */
const SLACK = 32;

const { models, tasks, tensorflow, tf, training } = (await import('subtask-induction')).default;
const trainer = training.trainer(training.languageModel(models.gpt2Config({ layers: 2 })), {
  optimizer: { name: 'adamW', weightDecay: 0 },
  dropout: 0.1,
  clip: 1,
});
trainer.start(tensorflow.snapshot(models.gpt2Init(models.gpt2Config({ layers: 2 }), 1)), { seed: 1 });
const rows = tasks.unambiguousRows({ expression: 'a + ab', rows: 50 * STEPS, seed: 1 });
const memory = () => ({ rssMb: process.memoryUsage().rss / 2 ** 20, tensors: tf.memory().numTensors });
let settled = memory();
let step = 0;
for (const batch of training.batchesOf(rows, 50)) {
  trainer.step(batch, ++step, 5e-4);
  if (step === WARM_UP) settled = memory();
  if (step % 1000 === 0) {
    const now = memory();
    console.log(`${step} steps: ${now.rssMb.toFixed(0)} MiB, ${now.tensors} tensors`);
  }
}
const now = memory();
if (now.rssMb - settled.rssMb > SLACK || now.tensors !== settled.tensors) {
  console.log(`Memory grew by ${(now.rssMb - settled.rssMb).toFixed(0)} MiB since step ${WARM_UP}.`);
  process.exitCode = 1;
}
