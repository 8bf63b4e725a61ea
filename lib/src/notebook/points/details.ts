/** What transfer runs carry over, how well they fit their training samples, and what they answer. */

import type { SubnetworkRow, TransferDetailsRow } from '../../experiments';
import { groupBy } from '../../stats/groupBy';
import { mean } from '../../stats/intervals';
import { conditionLabel } from '../charts/conditions';
import type { TransferLossPoint } from '../charts/transferLoss';
import { plural } from '../words';
import { conditionOf, sourceOf } from './dataEfficiency';

/** One line a condition: how many weights of the masked layers come from the base model, as a mean over its runs. */
export function transferredRows(details: readonly TransferDetailsRow[]) {
  const full = details.find(({ inherit_from }) => inherit_from === 'original')?.transferred_weights;
  return grouped(details, ({ condition, source }) => [condition, source]).map((rows) => {
    const transferred = mean(rows.map(({ transferred_weights }) => transferred_weights));
    return {
      condition: conditionLabel(rows[0].condition),
      source: rows[0].source,
      'weights transferred': Math.round(transferred),
      share: full === undefined ? null : transferred / full,
      runs: rows.length,
    };
  });
}

/** Mean training loss (nats) of the last epoch over seeds, for each condition and n. */
export function transferLosses(details: readonly TransferDetailsRow[]): TransferLossPoint[] {
  return grouped(details, ({ condition, source, n_disambiguation }) => [condition, source, n_disambiguation])
    .map((rows) => ({
      condition: rows[0].condition,
      source: rows[0].source,
      n: rows[0].n_disambiguation,
      loss: mean(rows.map(({ last_train_loss }) => last_train_loss)),
    }))
    .sort((a, b) => a.n - b.n);
}

/** Which of two ways to draw a control fits its training samples better, in a sentence; none where one has no runs. */
export function lossSentence(
  condition: 'subnet_sampled' | 'subnet_sampled_complement',
  details: readonly TransferDetailsRow[],
): string | undefined {
  const of = (sampler: string) => details.filter((row) => row.inherit_from === condition && row.sampler === sampler);
  const pairs = of('described').flatMap((described) => {
    const released = of('released').find(
      (row) =>
        row.n_layers === described.n_layers &&
        row.n_disambiguation === described.n_disambiguation &&
        row.seed === described.seed,
    );
    return released ? [{ described: described.last_train_loss, released: released.last_train_loss }] : [];
  });
  if (pairs.length === 0) return undefined;
  const lower = pairs.filter(({ described, released }) => released < described).length;
  const loss = (sampler: 'described' | 'released') => mean(pairs.map((pair) => pair[sampler])).toFixed(3);
  return (
    `**${conditionLabel(condition)}.** At the end of training the loss is ${loss('described')} nats as described and ` +
    `${loss('released')} as released, means of ${plural(pairs.length, 'pair')} of runs; as ` +
    `released it is lower in ${lower} of them.`
  );
}

/** What the models of each condition answer at one n, as means over seeds: right, or as a memorised alternative would. */
export function answerRows(
  details: readonly TransferDetailsRow[],
  accuracies: readonly (Pick<
    TransferDetailsRow,
    'n_layers' | 'n_disambiguation' | 'seed' | 'inherit_from' | 'sampler' | 'subnetwork'
  > & {
    test_accuracy: number;
  })[],
  n: number,
) {
  const own = details.filter((row) => row.n_disambiguation === n);
  return grouped(own, ({ condition, source }) => [condition, source]).map((rows) => {
    const right = accuracies.filter(
      (row) =>
        row.n_disambiguation === n &&
        conditionOf(row) === rows[0].condition &&
        sourceOf(row) === rows[0].source &&
        rows.some(({ n_layers, seed }) => n_layers === row.n_layers && seed === row.seed),
    );
    return {
      condition: conditionLabel(rows[0].condition),
      source: rows[0].source,
      n,
      right: right.length > 0 ? mean(right.map(({ test_accuracy }) => test_accuracy)) : null,
      'as 2a^2': mean(rows.map(({ test_is_2a2 }) => test_is_2a2)),
      'as 2b^2': mean(rows.map(({ test_is_2b2 }) => test_is_2b2)),
      runs: rows.length,
    };
  });
}

/** One line a mask of subnetworks.csv: over what it was trained, its accuracy, and how many weights it keeps. */
export function maskRows(rows: readonly SubnetworkRow[]) {
  return [...groupBy(rows, ({ run }) => run).values()].map((parts) => {
    const sum = (column: 'kept' | 'total') => parts.reduce((total, row) => total + row[column], 0);
    const { n_layers, seed, base, temperature_schedule, eval_accuracy } = parts[0];
    return {
      layers: n_layers,
      seed,
      base,
      'temperature as': temperature_schedule,
      'accuracy on "ab"': eval_accuracy,
      kept: sum('kept'),
      share: sum('kept') / sum('total'),
    };
  });
}

type Named = TransferDetailsRow & { condition: string; source: string };

/** Rows with the names of charts, in groups of one key, in the order in which keys first come. */
function grouped(details: readonly TransferDetailsRow[], keyOf: (row: Named) => unknown[]): Named[][] {
  const named = details.map((row): Named => ({ ...row, condition: conditionOf(row), source: sourceOf(row) }));
  return [...groupBy(named, (row) => JSON.stringify(keyOf(row))).values()];
}
