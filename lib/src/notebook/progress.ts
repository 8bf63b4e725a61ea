/** A progress bar that is one output of the cell from the first step to the time it took. */

import { escapeHtml } from '../charts/svgImage';
import { palette } from '../charts/theme';
import { liveOutput, type MimeBundle, show } from './display';

export interface ProgressOptions {
  /** What is going on: 'base model, seed 3'. */
  label: string;
  /** How many units there are to do; 0 when everything is there already. */
  total: number;
  /** What is counted, in the plural. */
  unit?: string;
}

export interface ProgressBar {
  /**
   * Shows how far it is, unless the last time was under 100 ms ago.
   *
   * @param done units done so far, 0 to total.
   * @param note the latest value worth seeing, such as 'loss 2.31'.
   */
  update(done: number, note?: string): void;
  /**
   * Shows the last state: finished, or ended before the total, and the time it took. With `early`, what was done was all
   * there was to do, though less than the total. With `failed`, it came to nothing: the note says so.
   */
  finish(note?: string, options?: { early?: boolean; failed?: boolean }): void;
}

const INTERVAL_MS = 100;
/** Before this much time has been seen, a time left would be a guess. */
const ESTIMATE_AFTER_MS = 1000;

/** Opens a progress bar; on a terminal it is one rewritten line, and into a file only the last state is written. */
export function progress({ label, total, unit = 'steps' }: ProgressOptions): ProgressBar {
  if (!(Number.isFinite(total) && total >= 0)) {
    throw new Error(`progress: total is ${total}; give the number of ${unit} to do, 0 or more.`);
  }
  const output = liveOutput();
  const startedAt = performance.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let done = 0;
  let latestNote = '';
  // The first steps are slow, as graphs are compiled in them: what is left is judged by the time since the first update.
  let first: { done: number; at: number } | undefined;

  const timeLeft = (now: number): string => {
    if (!first || done <= first.done || now - first.at < ESTIMATE_AFTER_MS) return '';
    return `${formatDuration(((now - first.at) / (done - first.done)) * (total - done))} left`;
  };

  return {
    update(newDone, note) {
      const now = performance.now();
      done = Math.min(Math.max(newDone, 0), total);
      latestNote = note ?? latestNote;
      first ??= { done, at: now };
      if (now - shownAt < INTERVAL_MS) return;
      shownAt = now;
      const count = `${formatCount(done)} of ${formatCount(total)} ${unit}`;
      const elapsed = formatDuration(now - startedAt);
      output.update(
        bar({ label, share: total === 0 ? 1 : done / total, details: [count, elapsed, timeLeft(now), latestNote] }),
      );
    },
    finish(note, { early = false, failed = false } = {}) {
      const took = formatDuration(performance.now() - startedAt);
      const whole = early || done >= total;
      const end = whole
        ? `finished ${formatCount(done)} ${unit} in ${took}`
        : `ended at ${formatCount(done)} of ${formatCount(total)} ${unit} after ${took}`;
      const share = whole && !failed ? 1 : done / total;
      const details = failed ? [note ?? latestNote, end.replace('finished', 'after')] : [end, note ?? latestNote];
      output.finish(bar({ label, share, details, colour: whole && !failed ? palette.green : palette.orange }));
    },
  };
}

/** Shows a full bar for something that needed no work: the note says why. */
export function alreadyDone(label: string, note: string): void {
  show(bar({ label, share: 1, details: [note], colour: palette.green }));
}

/** Shows the bar of something that was done before and came to nothing: the note says why. */
export function alreadyFailed(label: string, note: string): void {
  show(bar({ label, share: 0, details: [note], colour: palette.orange }));
}

const WIDTH = 20;

function bar({
  label,
  share,
  details,
  colour = palette.blue,
}: {
  label: string;
  share: number;
  details: string[];
  colour?: string;
}): MimeBundle {
  const percent = Math.floor(100 * share);
  const filled = Math.floor(WIDTH * share);
  const text = [`${percent} %`, ...details.filter((part) => part !== '')].join(' · ');
  // Viewers that strip styles, GitHub among them, leave the words, and those say everything.
  const track =
    'display:inline-block;width:160px;height:10px;background:#8883;border-radius:5px;overflow:hidden;margin:0 10px';
  const fill = `display:block;width:${percent}%;height:10px;background:${colour}`;
  return {
    data: {
      'text/html':
        `<div><b>${escapeHtml(label)}</b><span style="${track}"><span style="${fill}"></span></span>` +
        `<span>${escapeHtml(text)}</span></div>`,
      'text/plain': `${label} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${text}`,
    },
  };
}

const formatCount = (count: number): string => Math.floor(count).toLocaleString('en-US');

/** 0.4 s, 12 s, 3 min 05 s, 2 h 07 min */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}
