/** Watches many runs of one kind: one progress bar over all of them, one chart that fills up. */
import type { TopLevelSpec } from 'vega-lite';
import { dots, lines } from '../../charts';
import * as axes from '../../charts/axes';
import { type Declaration, watchWith } from '../../runs/experiment';
import type { RowsObserver } from '../../runs/observer';
import { type LiveChart, liveChart } from '../chart';
import { inNotebook } from '../display';
import { type ProgressBar, progress } from '../progress';
import { type NotebookObserver, notebookObserver } from './notebookObserver';

export type RunsObserver<Row> = NotebookObserver & Required<RowsObserver<Row>>;

const axisOf = (field: string) =>
  Object.values(axes).find((axis) => typeof axis === 'object' && axis.field === field) ?? field;

/**
 * An observer of an experiment's runs: so many are asked for, those included that are there already. Others, such as base model
 * and mask that have to be made first, get bars of their own.
 */
export function experimentObserver(
  { name, title = name, stage, drawing }: Declaration,
  preset: string,
  runs: number,
): RunsObserver<object> {
  const before = notebookObserver({ charts: false });
  const rows: object[] = [];
  let open: { bar: ProgressBar; chart?: LiveChart<object[]> } | undefined;
  let current: string | undefined;
  let done = 0;

  const draw = (rows: object[]): TopLevelSpec => {
    const { kind = 'lines', x = 'n', y = 'accuracy', color, facet, points = () => [] } = drawing ?? {};
    const shared = { title, subtitle: `preset ${preset}`, color, facet };
    const all = rows.flatMap((row) => points(row));
    return kind === 'lines'
      ? lines(all, { ...shared, x: axisOf(x) as string, y: axisOf(y) as string })
      : dots(all, { ...shared, value: axisOf(x) as string, of: y });
  };
  const watch = () => {
    open ??= { bar: progress({ label: title, total: runs, unit: 'runs' }), chart: drawing && liveChart(draw) };
    return open;
  };

  return {
    onRun(run) {
      current = run.stage === stage.name ? run.title : undefined;
      // Once the chart is there, what needs no time needs no line below it.
      if (current === undefined && run.stored && open) return;
      if (current === undefined) before.onRun(run);
      else watch().bar.update(done, current);
    },
    onResume(log) {
      if (current === undefined) before.onResume(log);
    },
    onStep(at) {
      if (current === undefined) before.onStep(at);
      else watch().bar.update(done + at.step / at.steps, current);
    },
    onEpoch(record) {
      if (current === undefined) before.onEpoch(record);
    },
    onStuck(run) {
      before.onStuck(run);
    },
    onRows(more, index) {
      rows.push(...more);
      done = index;
      watch().bar.update(done);
      watch().chart?.update(rows);
    },
    async finish() {
      await before.finish();
      open?.bar.finish('');
      if (rows.length > 0) await open?.chart?.finish(rows);
    },
  };
}

watchWith((experiment, preset, runs) =>
  inNotebook() && runs > 0 ? (experimentObserver(experiment, preset, runs) as RunsObserver<never>) : undefined,
);
