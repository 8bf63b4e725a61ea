/** What curves rest on: which runs there are, exactly. */

import type { DataEfficiencyRow } from '../../experiments';
import { ascending } from '../../stats/ascending';
import { groupBy } from '../../stats/groupBy';
import { DISAMBIGUATION_SIZES } from '../../tasks/modularArithmetic';
import { listed, numbered, plural } from '../words';
import { conditionOf, curveLabel, ourPoints, sourceOf } from './dataEfficiency';

/** Runs of one depth with the same seeds and n, as a line of a table. */
export interface RunsLine {
  layers: number;
  'starts from': string;
  seeds: string;
  n: string;
  runs: number;
}

/** A line for the conditions of each depth that have the same n with the same seeds. */
export function runsTable(rows: readonly DataEfficiencyRow[]): RunsLine[] {
  const curves = alike(rows, (row) => [row.n_layers, lineLabel(row), row.seed]).map((runs) => ({
    layers: runs[0].n_layers,
    label: lineLabel(runs[0]),
    seed: runs[0].seed,
    sizes: ascending(runs.map((row) => row.n_disambiguation)),
  }));
  const overSeeds = alike(curves, ({ layers, label, sizes }) => [layers, label, sizes]).map((same) => ({
    ...same[0],
    seeds: ascending(same.map(({ seed }) => seed)),
  }));
  return alike(overSeeds, ({ layers, seeds, sizes }) => [layers, seeds, sizes])
    .map((same) => ({ ...same[0], labels: same.map(({ label }) => label) }))
    .map(({ layers, labels, seeds, sizes }) => ({
      layers,
      'starts from': labels.join('; '),
      seeds: seeds.join(', '),
      n: sizesText(sizes),
      runs: labels.length * seeds.length * sizes.length,
    }))
    .sort((a, b) => a.layers - b.layers);
}

/** How many runs there are in all, at which depths and with which seeds. */
export function runsInAll(rows: readonly DataEfficiencyRow[]): string {
  if (rows.length === 0) return 'There are no finished runs of ours for this notebook yet.';
  const [layers, seeds] = [rows.map((row) => row.n_layers), rows.map((row) => row.seed)].map(ascending);
  return (
    `Our curves rest on ${plural(rows.length, 'run')} at ${listed(layers)} layers, ` +
    `with ${numbered('seed', seeds)}. Each seed has a base model and a mask of its own.`
  );
}

/** What curves of ours rest on: the runs of each seed with their conditions and sizes, and what the intervals hold. */
export function restsOn(rows: readonly DataEfficiencyRow[]): string {
  if (rows.length === 0) return 'There are no finished runs of ours yet.';
  const seeds = ascending(rows.map(({ seed }) => seed));
  const parts = seeds.map((seed) => {
    const runs = rows.filter((row) => row.seed === seed);
    const conditions = new Set(runs.map((row) => `${conditionOf(row)} ${row.sampler}`)).size;
    const sizes = ascending(runs.map((row) => row.n_disambiguation));
    return `seed ${seed}: ${plural(runs.length, 'run')} (${plural(conditions, 'condition')}, n = ${sizes.join(', ')})`;
  });
  const points = ourPoints(rows);
  const single = points.filter(({ interval }) => interval === 'binomial').length;
  const intervals = [
    single > 0 && `${plural(single, 'point')} of single runs, whose intervals hold the sampling of the test set only`,
    single < points.length &&
      `${plural(points.length - single, 'mean')} over seeds, whose intervals are bootstrapped over seeds`,
  ];
  return (
    `Our curves rest on ${plural(rows.length, 'run')} with ${plural(seeds.length, 'seed')}: ${parts.join('; ')}. ` +
    `They have ${intervals.filter(Boolean).join(', and ')}.`
  );
}

/** What a row's curve is called: its condition, and how a control was drawn. */
function lineLabel(row: DataEfficiencyRow): string {
  return curveLabel({ condition: conditionOf(row), source: sourceOf(row) });
}

function sizesText(sizes: readonly number[]): string {
  const whole = sizes.length === DISAMBIGUATION_SIZES.length && sizes.every((n, i) => n === DISAMBIGUATION_SIZES[i]);
  const texts = sizes.map((n) => n.toLocaleString('en-US'));
  return whole ? `all ${sizes.length}, ${texts[0]} to ${texts[texts.length - 1]}` : texts.join(' ');
}

/** Items in groups that are alike in all of some values. */
function alike<Item>(items: readonly Item[], valuesOf: (item: Item) => unknown[]): Item[][] {
  return [...groupBy(items, (item) => JSON.stringify(valuesOf(item))).values()];
}
