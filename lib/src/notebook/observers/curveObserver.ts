/** Watches the many runs of a data-efficiency curve. */
import type { DataEfficiencyRow } from '../../runs/schemas';
import { dataEfficiencyPanels } from '../charts/dataEfficiency';
import { ourPoints } from '../points/dataEfficiency';
import { type RunsObserver, runsObserver } from './runsObserver';

export type CurveObserver = RunsObserver<DataEfficiencyRow>;

/**
 * An observer for `dataEfficiencyRows` (see runsObserver).
 *
 * @param options.title of the bar and the chart; `subtitle` stands below it.
 * @param options.runs how many runs are asked for, those included that are there already.
 */
export function curveObserver(options: { title: string; subtitle?: string; runs: number }): CurveObserver {
  const { title, subtitle, runs } = options;
  return runsObserver({
    title,
    runs,
    stage: 'transfer',
    draw: (rows) => dataEfficiencyPanels({ title, subtitle, rows: ourPoints(rows) }),
  });
}
