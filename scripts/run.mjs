// @ts-check
// Runs scripts/NAME.mjs or scripts/commands/NAME.ts, after a look at Node's version: an old Node could not even read the
// others.
import './lib/nodeVersion.mjs';
import { existsSync } from 'node:fs';

const [name] = process.argv.splice(2, 1);
if (existsSync(new URL(`./${name}.mjs`, import.meta.url))) import(`./${name}.mjs`);
else import('./lib/compiled.mjs').then(({ runCompiled }) => runCompiled(name));
