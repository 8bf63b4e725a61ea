/** What curves rest on: which runs there are, exactly. */
import type { DataEfficiencyRow } from '../../runs/schemas';
import { DISAMBIGUATION_SIZES } from '../../tasks/modularArithmetic';
import { conditionLabel } from '../charts/conditions';
import { listed, numbered, plural } from '../words';
import { conditionOf, ourPoints, sourceOf } from './dataEfficiency';

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
  const sizesOf = grouped(
    rows,
    (row) => [row.n_layers, lineLabel(row), row.seed],
    (row) => row.n_disambiguation,
  );
  const seedsOf = grouped(
    sizesOf,
    ({ key: [layers, line], values }) => [layers, line, sorted(values)],
    ({ key }) => key[2],
  );
  const lines = grouped(
    seedsOf,
    ({ key: [layers, , sizes], values }) => [layers, sorted(values), sizes],
    ({ key }) => key[1],
  );
  return lines
    .map(({ key: [layers, seeds, sizes], values }) => ({
      layers: layers as number,
      'starts from': (values as string[]).join('; '),
      seeds: (seeds as number[]).join(', '),
      n: sizesText(sizes as number[]),
      runs: values.length * (seeds as number[]).length * (sizes as number[]).length,
    }))
    .sort((a, b) => a.layers - b.layers);
}

/** How many runs there are in all, at which depths and with which seeds. */
export function runsInAll(rows: readonly DataEfficiencyRow[]): string {
  if (rows.length === 0) return 'There are no finished runs of ours for this notebook yet.';
  const [layers, seeds] = [rows.map((row) => row.n_layers), rows.map((row) => row.seed)].map(sorted);
  return (
    `Our curves rest on ${plural(rows.length, 'run')} at ${listed(layers)} layers, ` +
    `with ${numbered('seed', seeds)}. Each seed has a base model and a mask of its own.`
  );
}

/** What curves of ours rest on: the runs of each seed with their conditions and sizes, and what the intervals hold. */
export function restsOn(rows: readonly DataEfficiencyRow[]): string {
  if (rows.length === 0) return 'There are no finished runs of ours yet.';
  const seeds = [...new Set(rows.map(({ seed }) => seed))].sort((a, b) => a - b);
  const parts = seeds.map((seed) => {
    const runs = rows.filter((row) => row.seed === seed);
    const conditions = new Set(runs.map((row) => `${conditionOf(row)} ${row.sampler}`)).size;
    const sizes = [...new Set(runs.map((row) => row.n_disambiguation))].sort((a, b) => a - b);
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
  return conditionLabel(conditionOf(row)) + sourceOf(row).replace('ours', '');
}

function sizesText(sizes: readonly number[]): string {
  const whole = sizes.length === DISAMBIGUATION_SIZES.length && sizes.every((n, i) => n === DISAMBIGUATION_SIZES[i]);
  const texts = sizes.map((n) => n.toLocaleString('en-US'));
  return whole ? `all ${sizes.length}, ${texts[0]} to ${texts[texts.length - 1]}` : texts.join(' ');
}

type Key = (string | number | (string | number)[])[];

/** The values of the items of each key, keys in the order in which they first come. */
function grouped<Item, Value>(items: readonly Item[], keyOf: (item: Item) => Key, take: (item: Item) => Value) {
  const groups = new Map<string, { key: Key; values: Value[] }>();
  for (const item of items) {
    const key = keyOf(item);
    const text = JSON.stringify(key);
    const group = groups.get(text);
    if (group) group.values.push(take(item));
    else groups.set(text, { key, values: [take(item)] });
  }
  return [...groups.values()];
}

function sorted(values: readonly unknown[]): number[] {
  return [...new Set(values as number[])].sort((a, b) => a - b);
}
