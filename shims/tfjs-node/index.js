// tfjs-node calls a function of Node's that Node 23 removed.
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

module.exports = require('@tensorflow/tfjs-node-gpu');
