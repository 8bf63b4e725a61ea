// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { runScript } from './lib/failure.mjs';
import { writeWhole } from './lib/files.mjs';
import { ROOT } from './lib/project.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm run readme [-- --check]

Writes the tables of README.md and its picture from data/results and data/published. --check changes nothing, and fails
where the file or the picture is not what the tables in data/ make of it.`;

const README = join(ROOT, 'README.md');

runScript(async () => {
  const { values } = readArguments({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } }, USAGE);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  await setUp();
  // Loaded only now, since they need the compiled library.
  const { readData } = await import('./readme/data.mjs');
  const { fillIn } = await import('./readme/fillIn.mjs');
  const { curvePicture, PICTURE } = await import('./readme/picture.mjs');
  const { sections } = await import('./readme/sections.mjs');
  const data = readData(join(ROOT, 'data'));
  const made = [
    { path: README, content: Buffer.from(fillIn(readFileSync(README, 'utf8'), sections(data))) },
    { path: join(ROOT, PICTURE), content: await curvePicture(data) },
  ];
  const stale = made.filter(({ path, content }) => !isContent(path, content));
  for (const { path, content } of stale) {
    const name = path.slice(ROOT.length + 1);
    if (values.check) console.log(`${name} is not what the tables in data/ make of it: run npm run readme.`);
    else {
      writeWhole(path, content);
      console.log(`${name}: written`);
    }
  }
  if (stale.length === 0) console.log('README.md and its picture are as the tables in data/ make them.');
  return values.check && stale.length > 0 ? 1 : 0;
});

/**
 * @param {string} path
 * @param {Buffer} content
 */
function isContent(path, content) {
  try {
    return readFileSync(path).equals(content);
  } catch {
    return false;
  }
}
