// @ts-check
import { Failure } from '../lib/failure.mjs';
import { run, tail } from '../lib/run.mjs';
import { SINGLE_THREAD } from '../lib/singleThread.mjs';

/**
 * Runs a program whose last line is its measurement as JSON.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {boolean} [single] with one thread
 */
export async function measure(program, args, single) {
  const { status, output } = await run(program, args, { env: { ...process.env, ...(single ? SINGLE_THREAD : {}) } });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  if (status !== 0 || !line) throw new Failure(`${program} ${args.join(' ')} failed:\n${tail(output)}`);
  return JSON.parse(line);
}

/**
 * The middle of some measurements; of an even number, the mean of the two in the middle.
 *
 * @param {number[]} values at least one
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
