// Runs a very small chain in the folder given, as a program of its own: `node smallChain.cjs FOLDER`.
const { join } = require('node:path');
const { chainSettings, dataEfficiencyRows, RunStore } = require('../../lib/dist');

/** The tiny preset, cut to seconds. */
function smallChain() {
  const chain = chainSettings({ preset: 'tiny' });
  chain.base = { ...chain.base, rows: 500, epochs: 2, stuckAfter: 2, solvedAccuracy: 0.01, dropout: 0.1 };
  chain.discovery = { ...chain.discovery, rows: 500, epochs: 2 };
  chain.transfer = { ...chain.transfer, epochs: 2 };
  chain.sizes = [5];
  return chain;
}
module.exports = { smallChain };

if (require.main === module) {
  const folder = process.argv[2];
  const conditions = [{ inheritFrom: 'subnet', subnetwork: 'frozen' }, { inheritFrom: 'random' }];
  const store = new RunStore({ folder: join(folder, 'runs') });
  dataEfficiencyRows(smallChain(), { store, tables: join(folder, 'tables'), conditions });
}
