import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { VerificationLine } from '../../verify/dist/verifyFolder';
import { readArguments } from '../lib/arguments.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { ROOT } from '../lib/project.mjs';

const USAGE = `npm run verify -- FOLDER

Compares the library with the reference vectors in FOLDER (in the format of test/reference/README.md: any sizes, seeds,
settings and cases, whichever kinds it holds). Prints a line for each kind with the largest error and its tolerance.
Exit status 0: everything compared agrees; 1: something differs; 2: nothing could be compared.`;

runScript(async () => {
  try {
    return verify(folderOf());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return 2;
  }
});

/** The folder of the command line, relative to where npm was called. */
function folderOf(): string {
  const config = { options: { help: { type: 'boolean' } }, allowPositionals: true } as const;
  const { values, positionals } = readArguments(config, USAGE);
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  if (positionals.length !== 1) throw new Failure(`Name one folder of reference vectors.\n\n${USAGE}`);
  return resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0]);
}

function verify(folder: string): number {
  const compiled = join(ROOT, 'verify/dist/verifyFolder.js');
  if (!existsSync(compiled)) throw new Failure('The library is not compiled yet: run npm run setup first.');
  const { kindsIn, verifyFolder }: typeof import('../../verify/dist/verifyFolder') = createRequire(import.meta.url)(
    compiled,
  );
  try {
    kindsIn(folder);
  } catch (error) {
    throw new Failure((error as Error).message);
  }
  const lines = verifyFolder(folder, { onLine: (line) => console.log(textOf(line)) });
  return lines.some(({ status }) => status === 'differs') ? 1 : 0;
}

function textOf({ kind, status, compared, differing, error, tolerance, where, reason }: VerificationLine): string {
  const parts = [`${kind.padEnd(24)} ${status.padEnd(12)}`];
  if (error !== undefined && tolerance !== undefined) {
    parts.push(`largest error ${error.toExponential(1)} (tolerance ${tolerance.toExponential(1)}) at ${where};`);
    parts.push(differing > 0 ? `${differing} of ${compared} numbers differ` : `${compared} numbers`);
  }
  if (reason) parts.push(reason);
  return parts.join(' ');
}
