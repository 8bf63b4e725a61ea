/** What `npm run doctor` says in this project. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT } from '../../lib/dist/runs/project';

/** The two words at its end where all is well: as git has the files, and where some have been changed since. */
export function wordsHere(): string[] {
  const script = pathToFileURL(join(PROJECT, 'scripts/lib/words.mjs')).href;
  const program = `import { wordsHere } from '${script}'; console.log(JSON.stringify(await wordsHere()));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}
