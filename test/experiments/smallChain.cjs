// Runs a very small chain in the folder given, as a program of its own: `node smallChain.cjs FOLDER`.
const { join } = require('node:path');
const {
  experiments,
  experiments: { chainSettings },
  runs: { RunStore },
} = require('../../lib/dist');

/**
 * The settings of the tiny preset cut to seconds, with the depth and seed of a chain.
 *
 * @param {import('../../lib/dist/experiments/settings').ChainSettings} chain
 */
function small({ base: { layers, seed } }) {
  const { base, discovery, transfer } = chainSettings({ preset: 'tiny', layers, seed });
  return {
    base: { ...base, rows: 500, epochs: 2, stuckAfter: 2, solvedAccuracy: 0.01, dropout: 0.1 },
    discovery: { ...discovery, rows: 500, epochs: 2 },
    transfer: { ...transfer, epochs: 2 },
    sizes: [5],
  };
}
module.exports = { small };

if (require.main === module) {
  const folder = process.argv[2];
  const store = new RunStore({ folder: join(folder, 'runs') });
  const conditions = ['subnet', 'random'];
  experiments.dataEfficiency.compute({ store, tables: join(folder, 'tables'), layers: [2], conditions, change: small });
}
