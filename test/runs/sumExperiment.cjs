// An experiment of the tests' own: a stage that counts up to its seed, one that adds from there, and a table of sums.
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { experiment } = require('../../lib/dist/runs/experiment');
const { RunStore } = require('../../lib/dist/runs/runStore');
const { count, runOf, table } = require('../../lib/dist/runs/columns');

/** @param {number} seed */
const epochs = (seed) => Array.from({ length: seed }, (_, i) => i + 1);

/**
 * Counts epochs; stuck where its attempt is odd and `stuck` is asked for. Goes on from its checkpoint.
 *
 * @type {import('../../lib/dist/runs/stage').Stage}
 */
const countStage = {
  name: 'count',
  title: ({ seed, attempt }) => `count to ${seed}, attempt ${attempt}`,
  measures: { share: 'share of the way' },
  cost: ({ seed }) => ({ steps: seed, seconds: seed, startSeconds: 1, memoryMb: 100 }),
  async train({ seed }, { checkpoint, observer }) {
    const log = existsSync(checkpoint) ? JSON.parse(readFileSync(checkpoint, 'utf8')) : [];
    for (const epoch of epochs(seed).slice(log.length)) {
      observer?.onStep?.({ epoch, step: epoch, steps: seed, loss: 0 });
      log.push({ epoch, step: epoch, train_loss: 0, share: epoch / seed });
      // Beside, then renamed: a process that is killed in between leaves a whole one.
      writeFileSync(`${checkpoint}.new`, JSON.stringify(log));
      renameSync(`${checkpoint}.new`, checkpoint);
    }
    return {
      log,
      interrupted: /** @type {{ stop?: boolean } | undefined} */ (observer)?.stop === true,
      result: { counted: log.length },
      number: seed,
    };
  },
  save: ({ number }, folder) => writeFileSync(join(folder, 'number'), String(number)),
  load: (folder) => ({ number: Number(readFileSync(join(folder, 'number'), 'utf8')) }),
  stuck({ settings }, first) {
    if (!first.stuck || settings.attempt % 2 === 0) return undefined;
    return { reason: 'an odd attempt', next: { ...settings, attempt: settings.attempt + 1 } };
  },
};

/** @type {import('../../lib/dist/runs/stage').Stage} */
const sumStage = {
  name: 'sum',
  title: ({ plus, count }) => `${count.seed} plus ${plus}`,
  measures: {},
  startsFrom: { count: countStage },
  cost: () => ({ steps: 1, seconds: 1, startSeconds: 1, memoryMb: 100 }),
  train: async ({ plus }, { inputs }) => ({ log: [], interrupted: false, result: { sum: inputs.count.number + plus } }),
};

/** @type {import('../../lib/dist/runs/experiment').Declaration} */
const declared = {
  name: 'sums',
  about: 'sums of two numbers',
  stage: sumStage,
  table: table('sums.csv', {
    row: 'a sum',
    columns: { seed: count('what is counted to'), plus: count(), sum: count('of both'), run: runOf() },
    key: ['seed', 'plus'],
  }),
  presets: ['paper', 'quick'],
  asked: { seeds: [3], plus: [1, 2], stuck: false },
  *runs({ seeds, plus, stuck }) {
    for (const seed of seeds)
      for (const one of plus)
        yield { key: { seed, plus: one }, settings: { plus: one, count: { seed, attempt: 1, stuck } } };
  },
  rows: ({ id, result }, key) => [{ ...key, sum: result.sum, run: id }],
  chain: ({ seed }) => `to ${seed}`,
};
const sums = experiment(declared);
module.exports = { sums, countStage };

// As a program: computes into the folder given, slowly, so that it can be killed on its way.
if (require.main === module) {
  const folder = process.argv[2];
  const observer = { onStep: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40) };
  const store = new RunStore({ folder: join(folder, 'runs') });
  sums.compute({ store, tables: join(folder, 'tables'), seeds: [12], observer });
}
