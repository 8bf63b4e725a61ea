/** Watches the many runs of a data-efficiency curve: one progress bar over all of them, one chart that fills up. */
import type { DataEfficiencyRow } from '../../runs/schemas';
import { type LiveChart, liveChart } from '../chart';
import { dataEfficiencyPanels } from '../charts/dataEfficiency';
import { ourPoints } from '../points/dataEfficiency';
import { type ProgressBar, progress } from '../progress';
import { type NotebookObserver, notebookObserver } from './notebookObserver';

export interface CurveObserver extends NotebookObserver {
  /** Takes a finished row: for the option of the same name of `dataEfficiencyRows`. */
  onRow(row: DataEfficiencyRow, done: number, of: number): void;
}

/**
 * An observer for `dataEfficiencyRows`; base model and mask, where they have to be made first, get bars of their own.
 *
 * @param options.title of the chart; `subtitle` stands below it.
 * @param options.runs how many runs are asked for, those included that are there already.
 */
export function curveObserver(options: { title: string; subtitle?: string; runs: number }): CurveObserver {
  const { title, subtitle, runs } = options;
  const before = notebookObserver({ charts: false });
  const rows: DataEfficiencyRow[] = [];
  let open: { bar: ProgressBar; chart: LiveChart<DataEfficiencyRow[]> } | undefined;
  let transfer: string | undefined;

  const watch = () => {
    open ??= {
      bar: progress({ label: title, total: runs, unit: 'runs' }),
      chart: liveChart((soFar) => dataEfficiencyPanels({ title, subtitle, rows: ourPoints(soFar) })),
    };
    return open;
  };

  return {
    onRun(run) {
      transfer = run.stage === 'transfer' ? run.title : undefined;
      if (transfer === undefined) before.onRun(run);
      else watch().bar.update(rows.length, transfer);
    },
    onStep(at) {
      if (transfer === undefined) before.onStep(at);
      else watch().bar.update(rows.length + at.step / at.steps, transfer);
    },
    onEpoch(record) {
      if (transfer === undefined) before.onEpoch(record);
    },
    onRow(row) {
      rows.push(row);
      watch().bar.update(rows.length);
      watch().chart.update(rows);
    },
    async finish() {
      await before.finish();
      open?.bar.finish('');
      if (rows.length > 0) await open?.chart.finish(rows);
    },
  };
}
