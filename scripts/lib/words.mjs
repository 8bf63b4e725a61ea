// @ts-check
// The words that the doctor asks to read out.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';
import { run } from './run.mjs';

/** The commit, with a plus where files differ from it; the package's version where there is no git. */
export async function projectVersion() {
  const { status, output } = await run('git', ['describe', '--always', '--dirty=+', '--exclude=*'], { cwd: ROOT });
  return status === 0 ? output.trim() : JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

/** What the words are here where all is well: as git has the files, and where some differ from that. */
export async function wordsHere() {
  const version = (await projectVersion()).replace(/\+$/, '');
  return [version, `${version}+`].map((one) => wordsOf(one, true));
}

/**
 * Two words that tell one version and result from another.
 *
 * @param {string} version
 * @param {boolean} ok
 */
export function wordsOf(version, ok) {
  const [first, second] = createHash('sha256').update(`${version} ${ok}`).digest();
  return [first, second].map((byte) => WORDS[byte % WORDS.length]).join(' ');
}

const WORDS =
  'apple bear bread bridge candle castle cloud coffee desk door eagle engine feather field fire fish flower forest garden glass gold grass hammer harbour hill honey horse house iron island jacket kitchen lake lamp leaf lemon letter lion market milk mirror moon mountain night ocean orange paper pencil piano river road salt silver snow spoon star stone summer sugar table tiger tree water window'.split(
    ' ',
  );
