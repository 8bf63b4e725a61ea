import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../../lib/dist/runs/resultsTable.js';
import { readArguments } from '../lib/arguments.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { writeWhole } from '../lib/files.mjs';
import { ROOT } from '../lib/project.mjs';
import { bitsTable, channelClaims, channelsTable } from './readme/channels.js';
import { claimsTable } from './readme/claim.js';
import { paperClaims } from './readme/claims.js';
import { curvePicture, PICTURE } from './readme/picture.js';
import { readBench, speedSection, timesSchema, timesSection } from './readme/speed.js';

const USAGE = `npm run readme [-- --check]

Writes the table of README.md, its picture and the tables of docs/channels.md and docs/speed.md from data/. --check changes nothing, and fails
where a file is not what the tables in data/ make of it.`;

runScript(async () => {
  const { values } = readArguments({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } }, USAGE);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const results = join(ROOT, 'data/results');
  const times = readTable(join(results, 'times.csv'), timesSchema, { absent: 'empty' });
  const channels = channelClaims();
  const claims = [...paperClaims(), ...channels.filter(({ pageOnly }) => !pageOnly)];
  const made: [name: string, content: Buffer][] = [
    ['README.md', filled('README.md', { claims: claimsTable(claims) })],
    ['docs/channels.md', filled('docs/channels.md', { bits: bitsTable(), channels: channelsTable(channels) })],
    [
      'docs/speed.md',
      filled('docs/speed.md', {
        times: timesSection(times),
        speed: speedSection(readBench(join(results, 'bench.json')), times),
      }),
    ],
    [PICTURE, await curvePicture()],
  ];
  const stale = made.filter(([name, content]) => !isContent(join(ROOT, name), content));
  for (const [name, content] of stale) {
    if (values.check) console.log(`${name} is not what the tables in data/ make of it: run npm run readme.`);
    else {
      writeWhole(join(ROOT, name), content);
      console.log(`${name}: written`);
    }
  }
  if (stale.length === 0)
    console.log('README.md, its picture, docs/channels.md and docs/speed.md are as the tables in data/ make them.');
  return values.check && stale.length > 0 ? 1 : 0;
});

/** A file's text with what stands between `<!-- npm run readme: NAME -->` and `<!-- end -->` made anew. */
function filled(name: string, sections: Record<string, string>): Buffer {
  let text = readFileSync(join(ROOT, name), 'utf8');
  for (const [section, made] of Object.entries(sections)) {
    const block = new RegExp(`(<!-- npm run readme: ${section} -->\\n)[\\s\\S]*?(<!-- end -->)`);
    if (!block.test(text))
      throw new Failure(`${name} must have a place between "<!-- npm run readme: ${section} -->" and "<!-- end -->".`);
    text = text.replace(block, (_, start, end) => `${start}\n${made}\n\n${end}`);
  }
  return Buffer.from(text);
}

const isContent = (path: string, content: Buffer): boolean => existsSync(path) && readFileSync(path).equals(content);
