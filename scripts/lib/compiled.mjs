// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setUp } from '../setup/setUp.mjs';
import { printed } from './failure.mjs';
import { ROOT } from './project.mjs';

/** The commands in TypeScript, and the compiler's record of when it last looked at them. */
const SOURCES = join(ROOT, 'scripts/commands');
const RECORD = join(ROOT, 'scripts/dist/tsconfig.tsbuildinfo');

/**
 * Runs a command of scripts/commands. Where it has changed since it was compiled, or was never compiled, the set-up is
 * brought up to date before.
 *
 * @param {string} name
 */
export async function runCompiled(name) {
  try {
    if (isStale()) await printingToStderr(setUp);
  } catch (error) {
    console.error(printed(error));
    process.exit(1);
  }
  await import(`../dist/${name}.js`);
}

function isStale() {
  const compiled = statSync(RECORD, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return sources.some((path) => statSync(join(SOURCES, path)).mtimeMs > compiled);
}

/**
 * Runs something whose messages must not mix with this program's output.
 *
 * @param {() => Promise<void>} work
 */
export async function printingToStderr(work) {
  const write = process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    await work();
  } finally {
    process.stdout.write = write;
  }
}
