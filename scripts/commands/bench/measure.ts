import { Failure } from '../../lib/failure.mjs';
import { run, tail } from '../../lib/run.mjs';
import { SINGLE_THREAD } from '../../lib/singleThread.mjs';

/** Runs a program, with one thread if `single`, whose last line is its measurement as JSON. */
export async function measure<T>(program: string, args: string[], single = false): Promise<T> {
  const { status, output } = await run(program, args, { env: { ...process.env, ...(single ? SINGLE_THREAD : {}) } });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  if (status !== 0 || !line) throw new Failure(`${program} ${args.join(' ')} failed:\n${tail(output)}`);
  return JSON.parse(line);
}

/** The middle of some measurements, at least one; of an even number, the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
