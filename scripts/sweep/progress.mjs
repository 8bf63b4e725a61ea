// @ts-check
import { durationText } from '../lib/duration.mjs';

const TERMINAL_MS = 1000;
const LINE_MS = 60_000;

/**
 * Shows how far a sweep is: a line that changes in a terminal, else a line each minute.
 *
 * @param {() => import('../../lib/dist/experiments/sweep/progress.js').SweepProgress} look
 */
export function showProgress(look) {
  const terminal = process.stdout.isTTY;
  let shownFailures = 0;
  const show = () => {
    const { done, of, failed, secondsLeft } = look();
    if (terminal) process.stdout.write('\r\x1b[K');
    for (const { name, reason } of failed.slice(shownFailures)) console.error(`failed twice: ${name}: ${reason}`);
    shownFailures = Math.max(shownFailures, failed.length);
    const line = `${done} of ${of} runs, about ${durationText(secondsLeft)} left`;
    process.stdout.write(terminal ? line : `${line}\n`);
  };
  const timer = setInterval(show, terminal ? TERMINAL_MS : LINE_MS);
  return {
    end() {
      clearInterval(timer);
      if (terminal) process.stdout.write('\r\x1b[K');
    },
  };
}
