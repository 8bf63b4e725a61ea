import { join } from 'node:path';
import { ROOT } from '../../lib/project.mjs';
import { measure, median } from './measure.js';

const HOUR_MS = 3_600_000;

/**
 * What a sweep gets done at 2 layers with one process and with two: transfer runs an hour, the share of a run's time that
 * evaluation takes, and the time before a process's first run. Medians over the rounds.
 */
export async function compareSweeps({ rounds }: { rounds: number }) {
  const script = join(ROOT, 'scripts/dist/bench/transferRuns.js');
  const one = () =>
    measure<{ runMs: number; evaluationShare: number; startMs: number }>(process.execPath, [script], true);
  const figures: Record<'one' | 'two' | 'share' | 'start', number[]> = { one: [], two: [], share: [], start: [] };
  for (let round = 0; round < rounds; round++) {
    const alone = await one();
    figures.one.push(HOUR_MS / alone.runMs);
    figures.share.push(alone.evaluationShare);
    figures.start.push(alone.startMs);
    const [a, b] = await Promise.all([one(), one()]);
    figures.two.push(HOUR_MS / a.runMs + HOUR_MS / b.runMs);
  }
  return {
    runsPerHourOneProcess: median(figures.one),
    runsPerHourTwoProcesses: median(figures.two),
    evaluationShare: median(figures.share),
    startMs: median(figures.start),
  };
}

export function printSweeps(report: Awaited<ReturnType<typeof compareSweeps>>): void {
  const { runsPerHourOneProcess: one, runsPerHourTwoProcesses: two, evaluationShare, startMs } = report;
  console.log(
    `Transfer runs an hour (2 layers, n = 0, 100 epochs, compiling apart)
  one process      ${one.toFixed(0)}
  two processes    ${two.toFixed(0)} (${(two / one).toFixed(2)} times as many)
Evaluation takes ${(100 * evaluationShare).toFixed(0)} % of such a run, and less of one with more samples.
A process begins its first run after ${(startMs / 1000).toFixed(1)} s: TensorFlow, and compiling.`,
  );
}
