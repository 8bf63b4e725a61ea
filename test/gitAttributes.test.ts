import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from './support/temporary';

const FILES = [
  '.ci/run',
  'README.md',
  'scripts',
  'notebooks',
  'docs',
  'data/results',
  'data/published',
  'test/reference/small',
];
const git = (args: string[], input?: string) => execFileSync('git', args, { cwd: PROJECT, input, encoding: 'utf8' });

it('a clone with core.autocrlf=true has the bytes that were committed', () => {
  const entries = git(['ls-files', '-s', ...FILES])
    .trimEnd()
    .split('\n');
  const blobs = entries.map((line) => line.split(/[ \t]/)[1]);
  const paths = entries.map((line) => line.split('\t')[1]);
  const folder = mkdtempSync(join(tmpdir(), 'autocrlf-'));
  git(['-c', 'core.autocrlf=true', 'checkout-index', `--prefix=${folder}/`, '--stdin'], `${paths.join('\n')}\n`);
  const copies = paths.map((path) => join(folder, path));
  const written = git(['hash-object', '--no-filters', '--stdin-paths'], `${copies.join('\n')}\n`);
  rmSync(folder, { recursive: true });
  expect(paths).toContain('.ci/run');
  expect(written.trimEnd().split('\n')).toEqual(blobs);
});
