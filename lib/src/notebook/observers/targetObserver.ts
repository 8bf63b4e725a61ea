/** Watches the many runs on other targets. */
import type { AdditionalTargetRow } from '../../runs/schemas';
import { targetDots } from '../charts/targets';
import { targetAccuracies } from '../points/targets';
import { type RunsObserver, runsObserver } from './runsObserver';

/**
 * An observer for `additionalTargetRows` (see runsObserver).
 *
 * @param options.title of the bar and the chart; `subtitle` stands below it.
 * @param options.runs how many runs are asked for, those included that are there already.
 */
export function targetObserver(options: {
  title: string;
  subtitle?: string;
  runs: number;
}): RunsObserver<AdditionalTargetRow> {
  const { title, subtitle, runs } = options;
  return runsObserver({
    title,
    runs,
    stage: 'target',
    draw: (rows) => targetDots({ title, subtitle, rows: targetAccuracies(rows), values: 'accuracy' }),
  });
}
