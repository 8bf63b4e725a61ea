/** What watches `compute` of an experiment in a notebook: a bar over its runs, and the chart that it declares. */
import { dots, lines } from '../../charts';
import * as axes from '../../charts/axes';
import { type Declaration, watchWith } from '../../runs/experiment';
import { inNotebook } from '../display';
import { type RunsObserver, runsObserver } from './runsObserver';

const axisOf = (field: string) =>
  Object.values(axes).find((axis) => typeof axis === 'object' && axis.field === field) ?? field;

/** An observer of an experiment's runs: so many are asked for, those included that are there already. */
export function experimentObserver(
  { name, title = name, stage, drawing }: Declaration,
  preset: string,
  runs: number,
): RunsObserver<object> {
  const draw = (rows: object[]) => {
    const { kind = 'lines', x = 'n', y = 'accuracy', color, facet, points = () => [] } = drawing ?? {};
    const shared = { title, subtitle: `preset ${preset}`, color, facet };
    const all = rows.flatMap((row) => points(row));
    return kind === 'lines'
      ? lines(all, { ...shared, x: axisOf(x) as string, y: axisOf(y) as string })
      : dots(all, { ...shared, value: axisOf(x) as string, of: y });
  };
  return runsObserver({ title, runs, stage: stage.name, draw: drawing && draw });
}

watchWith((experiment, preset, runs) =>
  inNotebook() && runs > 0 ? (experimentObserver(experiment, preset, runs) as RunsObserver<never>) : undefined,
);
