// @ts-check
// Runs scripts/NAME.mjs, after a look at Node's version: an old Node could not even read the others.
import './lib/nodeVersion.mjs';

const [name] = process.argv.splice(2, 1);
import(`./${name}.mjs`);
