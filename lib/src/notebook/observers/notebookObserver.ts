/** Watches training runs in a notebook: for each a progress bar, and below it a chart that grows epoch by epoch. */
import type { TopLevelSpec } from 'vega-lite';
import { lines } from '../../charts';
import * as axes from '../../charts/axes';
import type { Observer } from '../../runs/observer';
import type { EpochRecord } from '../../training/fit';
import { type LiveChart, liveChart } from '../chart';
import { alreadyDone, alreadyFailed, type ProgressBar, progress } from '../progress';

export interface NotebookObserver extends Required<Observer> {
  /** Shows the last state of what is still open, charts as pictures too: to be awaited at the end of the cell. */
  finish(): Promise<void>;
}

/** What is open of the run that goes on. */
interface Watched {
  title: string;
  /** The columns of its log that are drawn, and what they are called. */
  measures: Readonly<Record<string, string>>;
  bar?: ProgressBar;
  chart?: LiveChart<EpochRecord[]>;
  log: EpochRecord[];
  /** Whether its last news was the end of an epoch: only there does a training end that nobody stopped. */
  betweenEpochs: boolean;
}

/**
 * An observer for one cell, whatever runs its stages make: a run from the store is one line, any other a bar and, unless
 * `charts` is false, a chart of its measurements.
 */
export function notebookObserver({ charts = true }: { charts?: boolean } = {}): NotebookObserver {
  let run: Watched | undefined;
  let pictures: Promise<unknown> = Promise.resolve();

  const close = (stuck?: string): void => {
    const { bar, chart, log, betweenEpochs } = run ?? {};
    run = undefined;
    bar?.finish(stuck, { early: betweenEpochs, failed: stuck !== undefined });
    if (chart && log?.length) pictures = Promise.all([pictures, chart.finish(log)]);
  };

  return {
    onRun({ title, stored, measures = {} }) {
      close();
      if (stored) alreadyDone(title, 'taken from the run store');
      else run = { title, measures, log: [], betweenEpochs: false };
    },
    onResume(log) {
      if (run) run.log = [...log];
    },
    onStep({ step, steps, loss }) {
      if (!run) return;
      const { title, measures } = run;
      run.bar ??= progress({ label: title, total: steps });
      if (charts && Object.keys(measures).length > 0) {
        run.chart ??= liveChart((log) => trainingRun({ title, measures, log, steps }));
      }
      run.betweenEpochs = false;
      run.bar.update(step, `training loss ${loss.toFixed(3)}`);
    },
    onEpoch(record) {
      if (!run) return;
      run.log.push(record);
      run.betweenEpochs = true;
      run.chart?.update(run.log);
    },
    onStuck({ title, reason }) {
      if (run?.bar) close(reason);
      else alreadyFailed(title, reason);
    },
    async finish() {
      close();
      await pictures;
    },
  };
}

/** Measures of a run, shares from 0 to 1, over its steps. */
function trainingRun({
  title,
  measures,
  log,
  steps,
}: Pick<Watched, 'title' | 'measures' | 'log'> & { steps: number }): TopLevelSpec {
  const points = Object.entries(measures).flatMap(([column, run]) =>
    log.map(({ step, [column]: value }) => ({ run, step, value })),
  );
  return lines(points, {
    title,
    x: axes.step,
    y: axes.share('value', 'accuracy'),
    color: 'run',
    lastX: steps,
    height: 200,
  });
}
