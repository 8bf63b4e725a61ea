// A training loop outside a notebook, to be sent signals: interruptedProcess.cjs LONGEST_MS [deaf]
/** @type {typeof import('../../lib/dist/training/interruption')} */
const { withInterruption } = require('../../lib/dist/training/interruption');

const [longest, deaf] = process.argv.slice(2);

async function train() {
  let steps = 0;
  const startedAt = performance.now();
  await withInterruption(async (interruption) => {
    // The use inside shares the request of the one around it.
    await withInterruption(async (inner) => {
      process.stdout.write('training\n');
      while (performance.now() - startedAt < Number(longest)) {
        const stepStartedAt = performance.now();
        while (performance.now() - stepStartedAt < 5);
        steps++;
        if ((await inner.check()) && !deaf) break;
      }
    });
    process.stdout.write(`inner done ${interruption.requested}\n`);
  });
  process.stdout.write(`${steps > 0 ? 'kept' : 'lost'} ${process.listenerCount('SIGINT')}\n`);
}

train();
