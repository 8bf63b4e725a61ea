import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { realStimuliSchema } from '../../lib/dist/experiments/images/realStimuli';
import { allTables } from '../../lib/dist/experiments/sweep/job';
import { describeTables } from '../support/describeTables';

const README = 'data/README.md';

it('data/README.md says of every table what its declaration says', () => {
  const text = readFileSync(README, 'utf8');
  const [before, , after] = text.split(/(?<=<!-- tables: .* -->\n)([\s\S]*)(?=<!-- end of tables -->)/);
  const described = `${before}${describeTables([...allTables().values(), realStimuliSchema])}\n${after}`;
  if (process.env.UPDATE_README === '1') writeFileSync(README, described);
  expect(readFileSync(README, 'utf8')).toBe(described);
});
