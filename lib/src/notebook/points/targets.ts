/** Runs on other targets as points of charts and rows of tables. */

import type { AdditionalTargetRow, InheritFrom } from '../../experiments';
import { ascending } from '../../stats/ascending';
import { estimateDifference, meanOfEstimates } from '../../stats/combinedIntervals';
import { groupBy } from '../../stats/groupBy';
import { estimateAccuracy } from '../../stats/intervals';
import { EXPRESSIONS, type Expression } from '../../tasks/expressions';
import { conditionLabel } from '../charts/conditions';
import type { TargetPoint } from '../charts/targets';
import { listed, numbered, plural, signed } from '../words';

/** A value of one target, with the runs (or pairs of runs) that it is the mean of. */
export interface CountedTargetPoint extends TargetPoint {
  target: Expression;
  runs: number;
}

/** Whether an expression has the term ab, which the subnetwork computes. */
export function hasProduct(expression: Expression): boolean {
  return /(^|\W)ab(\W|$)/.test(expression);
}

/** Mean accuracies over seeds, for each target, condition and number of samples. */
export function targetAccuracies(rows: readonly AdditionalTargetRow[]): CountedTargetPoint[] {
  return cells(rows).flatMap(({ target, n, runs }) =>
    [...new Set(runs.map(({ inherit_from }) => inherit_from))].map((condition) => {
      const own = runs.filter(({ inherit_from }) => inherit_from === condition);
      const { mean, low, high } = estimateAccuracy(own.map(({ test_accuracy }) => test_accuracy));
      return { target, n, series: conditionLabel(condition), value: mean, low, high, runs: own.length };
    }),
  );
}

/** What the subnetwork adds to the accuracy: its runs minus another condition's of the same seed. */
export function targetDifferences(
  rows: readonly AdditionalTargetRow[],
  { against }: { against: InheritFrom },
): CountedTargetPoint[] {
  return cells(rows).flatMap(({ target, n, runs }) => {
    const pairs = runs
      .filter(({ inherit_from }) => inherit_from === 'subnet')
      .flatMap((run) => {
        const other = runs.find(({ inherit_from, seed }) => inherit_from === against && seed === run.seed);
        return other ? [{ first: run.test_accuracy, second: other.test_accuracy }] : [];
      });
    if (pairs.length === 0) return [];
    const { mean, low, high } = estimateDifference(pairs);
    return [{ target, n, series: `minus ${conditionLabel(against)}`, value: mean, low, high, runs: pairs.length }];
  });
}

/** One line a target: the difference, with its interval, over all n that there are. */
export function targetTable(differences: readonly CountedTargetPoint[]) {
  return targetsOf(differences).map((target) => {
    const own = differences.filter((point) => point.target === target);
    const { mean, low, high } = meanOver(own);
    return {
      target,
      'has ab': hasProduct(target) ? 'yes' : 'no',
      difference: mean,
      low,
      high,
      helped: helps(own) ? 'yes' : hurts(own) ? 'worse' : 'not clear',
      n: own.map(({ n }) => n).join(' '),
      seeds: own.reduce((most, { runs }) => Math.max(most, runs), 0),
    };
  });
}

/** Which targets the subnetwork helps, and whether those with ab are helped more, in sentences. */
export function targetSentence(
  differences: readonly CountedTargetPoint[],
  { against }: { against: InheritFrom },
): string {
  const other = conditionLabel(against);
  if (differences.length === 0) return `There are no runs yet to compare the subnetwork with ${other}.`;
  const targets = targetsOf(differences);
  const of = (target: Expression) => differences.filter((point) => point.target === target);
  const named = (chosen: Expression[]) => (chosen.length > 0 ? listed(chosen.map((target) => `"${target}"`)) : 'none');
  const group = (product: boolean) => {
    const own = differences.filter(({ target }) => hasProduct(target) === product);
    if (own.length === 0) return 'no runs';
    const { mean, low, high } = meanOver(own);
    return `${signed(mean)} (${signed(low)} to ${signed(high)})`;
  };
  return (
    `**Against ${other}**, the mean over all n is higher, with its whole 95 % interval, for ` +
    `${targets.filter((target) => helps(of(target))).length} of ${targets.length} targets: ` +
    `${named(targets.filter((target) => helps(of(target))))}. It is lower for ` +
    `${named(targets.filter((target) => hurts(of(target))))}. The mean difference is ${group(true)} for targets with ab ` +
    `and ${group(false)} for targets without.`
  );
}

/** What model selection does to the accuracies: selected by ambiguous rows (released) minus by unambiguous ones. */
export function selectionRows(rows: readonly AdditionalTargetRow[]) {
  const groups = groupBy(rows, (row) => JSON.stringify([row.inherit_from, row.n_samples]));
  return [...groups.values()].map((group) => {
    const pairs = group.map(({ test_accuracy, unambiguous_selection_accuracy }) => ({
      first: test_accuracy,
      second: unambiguous_selection_accuracy,
    }));
    const { mean, low, high } = estimateDifference(pairs);
    return {
      condition: conditionLabel(group[0].inherit_from),
      samples: group[0].n_samples,
      'by ambiguous rows': pairs.reduce((sum, { first }) => sum + first, 0) / pairs.length,
      'by unambiguous rows': pairs.reduce((sum, { second }) => sum + second, 0) / pairs.length,
      difference: mean,
      low,
      high,
      runs: pairs.length,
    };
  });
}

/** What the runs on other targets are, in a sentence. */
export function targetRuns(rows: readonly AdditionalTargetRow[]): string {
  if (rows.length === 0) return 'There are no finished runs on other targets yet.';
  const seeds = ascending(rows.map(({ seed }) => seed));
  return (
    `Our results rest on ${plural(rows.length, 'run')}: ` +
    `${targetsOf(rows).length} of ${EXPRESSIONS.length} expressions, ${listed(ascending(rows.map((row) => row.n_layers)))} ` +
    `layers, n = ${listed(ascending(rows.map((row) => row.n_samples)))}, ${numbered('seed', seeds)}.`
  );
}

function helps(points: readonly CountedTargetPoint[]): boolean {
  return meanOver(points).low > 0;
}

function hurts(points: readonly CountedTargetPoint[]): boolean {
  return meanOver(points).high < 0;
}

function meanOver(points: readonly CountedTargetPoint[]) {
  return meanOfEstimates(points.map(({ value, low, high }) => ({ mean: value, low, high })));
}

/** The targets that occur, in the order of EXPRESSIONS. */
function targetsOf(rows: readonly { target: Expression }[]): Expression[] {
  return EXPRESSIONS.filter((target) => rows.some((row) => row.target === target));
}

function cells(rows: readonly AdditionalTargetRow[]) {
  const sizes = ascending(rows.map(({ n_samples }) => n_samples));
  return targetsOf(rows).flatMap((target) =>
    sizes.flatMap((n) => {
      const runs = rows.filter((row) => row.target === target && row.n_samples === n);
      return runs.length > 0 ? [{ target, n, runs }] : [];
    }),
  );
}
