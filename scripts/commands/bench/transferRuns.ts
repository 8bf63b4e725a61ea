/**
 * Makes one transfer run as the curve at 2 layers has it (random init, n = 0, 100 epochs), after a run of one epoch that
 * compiles everything, and prints one JSON line. Run by sweep.ts, in the environment of a sweep's job.
 */
const { experiments, runs } = (await import('subtask-induction')).default;
const store = runs.temporaryStore();

async function run(epochs: number): Promise<{ ms: number; evaluationMs: number }> {
  const chain = experiments.chainSettings({ layers: 2 });
  const settings = experiments.transferSettings(
    { ...chain, transfer: { ...chain.transfer, epochs } },
    { inheritFrom: 'random' },
    0,
  );
  let evaluationMs = 0;
  let steppedAt = 0;
  const observer = {
    onStep() {
      steppedAt = performance.now();
    },
    onEpoch() {
      evaluationMs += performance.now() - steppedAt;
    },
  };
  const start = performance.now();
  await experiments.transferRun(settings, { store, observer });
  return { ms: performance.now() - start, evaluationMs };
}

await run(1);
const startMs = performance.now();
const { ms, evaluationMs } = await run(100);
console.log(JSON.stringify({ runMs: ms, evaluationShare: evaluationMs / ms, startMs }));
