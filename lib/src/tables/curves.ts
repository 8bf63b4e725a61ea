/** Tables about the transfer runs of the arithmetic tasks, published and ours in the same columns: one row a run. */

import { join } from 'node:path';
import { type ColumnTable, from } from 'arquero';
import { orderOf } from '../charts/styles';
import {
  additionalTargetsSchema,
  type DataEfficiencyRow,
  dataEfficiencySchema,
  INHERIT_FROM,
  type InheritFrom,
  settingVariantsSchema,
  subnetworksSchema,
  transferDetailsSchema,
} from '../experiments';
import { CONDITION_NAMES } from '../experiments/settings';
import { dataFile } from '../runs/project';
import {
  publishedDepthSchema,
  publishedFigure2Schema,
  publishedFrozenOrTrainableSchema,
} from '../runs/publishedSchemas';
import { readTable } from '../runs/resultsTable';
import type { TableSchema } from '../runs/tableSchema';
import { EXPRESSIONS } from '../tasks/expressions';
import { folder } from './folder';

/** Which rows a table holds; by default all of the paper's preset. */
export interface Chosen {
  /** Whose tables are read: those of the preset's folder. */
  preset?: string;
  layers?: readonly number[];
  /** What runs start from: 'subnetwork', 'sampled control' (drawn both ways), 'sampled control, as released'. */
  conditions?: readonly string[];
}

type Condition = Pick<DataEfficiencyRow, 'inherit_from' | 'sampler' | 'subnetwork'>;

/** What a run starts from, as charts call it: `condition`, and `line`, which says how a control was drawn too. */
export const named = ({ inherit_from, sampler, subnetwork }: Condition) => {
  const condition = CONDITION_NAMES[inherit_from] + (subnetwork === 'trainable' ? ', trainable' : '');
  const drawn = sampler ? `, as ${sampler}` : '';
  return { condition, line: condition + drawn, whose: 'ours', source: `ours${drawn}` };
};

const ofPaper = (inherit_from: InheritFrom) => {
  const condition = CONDITION_NAMES[inherit_from];
  return { condition, line: condition, whose: 'published', source: 'published' };
};

const isChosen =
  ({ layers, conditions }: Chosen) =>
  (row: { layers: number; condition: string; line: string }): boolean =>
    (!layers || layers.includes(row.layers)) &&
    (!conditions || conditions.includes(row.condition) || conditions.includes(row.line));

/** The rows of one of the preset's tables. */
export function results<Row>(file: string, schema: TableSchema<Row>, { preset = 'paper' }: Chosen): Row[] {
  return readTable(join(folder(preset), file), schema, { absent: 'empty' });
}

/** Published lines first, conditions in the order of legends, then by depth, n and seed. */
function sorted<Row extends { layers?: number; condition: string; source: string; n: number; seed?: number }>(
  rows: Row[],
): Row[] {
  const order = orderOf(rows.map(({ condition }) => condition));
  const sources = orderOf(rows.map(({ source }) => source));
  const key = (row: Row) => [
    row.layers ?? 0,
    order.indexOf(row.condition),
    sources.indexOf(row.source),
    row.n,
    row.seed ?? 0,
  ];
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  keyed.sort((a, b) => {
    const at = a.key.findIndex((value, i) => value !== b.key[i]);
    return at < 0 ? 0 : a.key[at] - b.key[at];
  });
  return keyed.map(({ row }) => row);
}

/**
 * An arquero table of rows; one without rows has the columns all the same, so that verbs work on it.
 */
export function tableOf(rows: readonly object[], columns: readonly string[]): ColumnTable {
  return rows.length > 0
    ? from(rows as object[])
    : from([Object.fromEntries(columns.map((name) => [name, null]))]).slice(0, 0);
}

const CURVE = ['layers', 'condition', 'line', 'whose', 'source', 'n', 'seed', 'accuracy'];

/**
 * The data-efficiency curves, a row a run: layers, condition, line, whose ('published' or 'ours'), source, n (disambiguation
 * samples), seed, accuracy. Published curves of single depths are one run each.
 */
export function curves(chosen: Chosen = {}): ColumnTable {
  const published = readTable(dataFile('published', 'fig_depth_breakdown.csv'), publishedDepthSchema);
  const rows = [
    ...published.map((row) => ({
      layers: row.n_layers,
      ...ofPaper(row.inherit_from),
      n: row.n_disambiguation,
      seed: 1,
      accuracy: row.test_accuracy,
    })),
    ...results('data-efficiency.csv', dataEfficiencySchema, chosen).map((row) => ({
      layers: row.n_layers,
      ...named(row),
      n: row.n_disambiguation,
      seed: row.seed,
      accuracy: row.test_accuracy,
    })),
  ];
  return tableOf(sorted(rows.filter(isChosen(chosen))), CURVE);
}

/** Runs with one setting as the paper describes it: columns of `curves`, and `variant`. */
export function variants(chosen: Chosen = {}): ColumnTable {
  const rows = results('setting-variants.csv', settingVariantsSchema, chosen).map((row) => ({
    variant: row.variant.replaceAll('_', ' '),
    layers: row.n_layers,
    ...named(row),
    n: row.n_disambiguation,
    seed: row.seed,
    accuracy: row.test_accuracy,
  }));
  return tableOf(sorted(rows.filter(isChosen(chosen))), ['variant', ...CURVE]);
}

/**
 * More of the same runs as `curves`: what was transferred, the training loss (nats) of the last epoch, and on which share of
 * the test rows the model answers as "2a^2" and "2b^2" would.
 */
export function details(chosen: Chosen = {}): ColumnTable {
  const rows = results('transfer-details.csv', transferDetailsSchema, chosen).map((row) => ({
    layers: row.n_layers,
    ...named(row),
    n: row.n_disambiguation,
    seed: row.seed,
    loss: row.last_train_loss,
    is2a2: row.test_is_2a2,
    is2b2: row.test_is_2b2,
    transferred: row.transferred_weights,
  }));
  return tableOf(sorted(rows.filter(isChosen(chosen))), [
    ...CURVE.slice(0, -1),
    'loss',
    'is2a2',
    'is2b2',
    'transferred',
  ]);
}

/**
 * The paper's figure 2: means over six depths (panel 'mean over depths') and over five runs of 12 layers (panel '12 layers'),
 * these with their standard deviation and low and high one of it to each side.
 */
export function figure2(): ColumnTable {
  const rows = readTable(dataFile('published', 'fig2.csv'), publishedFigure2Schema).map((row) => {
    const [accuracy, deviation] = [row.test_accuracy, row.std_over_5_runs];
    return {
      panel: row.panel === 'mean_over_depths' ? 'mean over depths' : '12 layers',
      ...ofPaper(row.inherit_from),
      n: row.n_disambiguation,
      accuracy,
      deviation,
      low: deviation === null ? null : Math.max(0, accuracy - deviation),
      high: deviation === null ? null : Math.min(1, accuracy + deviation),
    };
  });
  return tableOf(sorted(rows), []);
}

/** The published means over six depths with the subnetwork frozen and trainable: mask, condition, n, accuracy. */
export function frozenOrTrainable(): ColumnTable {
  const rows = readTable(dataFile('published', 'fig_frozen_vs_trainable.csv'), publishedFrozenOrTrainableSchema);
  const conditionOf = ({ mask, subnetwork }: (typeof rows)[number]) => {
    if (subnetwork === 'full_model_transfer') return CONDITION_NAMES.original;
    const name = CONDITION_NAMES[mask === 'discovered' ? 'subnet' : 'subnet_sampled'];
    return subnetwork === 'trainable' ? `${name}, trainable` : name;
  };
  const points = rows.map((row) => ({
    mask: row.mask,
    condition: conditionOf(row),
    line: conditionOf(row),
    whose: 'published',
    source: 'published',
    n: row.n_disambiguation,
    accuracy: row.test_accuracy,
  }));
  return tableOf(sorted(points), []);
}

/**
 * Runs on samples of one target alone: layers, target, `hasProduct` (whether it has the term ab), condition, n (training
 * samples), seed, accuracy (of the model selected as released), byUnambiguous (selected by unambiguous rows instead).
 */
export function targets(chosen: Chosen = {}): ColumnTable {
  const rows = results('additional-targets.csv', additionalTargetsSchema, chosen).map((row) => ({
    layers: row.n_layers,
    target: row.target as string,
    hasProduct: /(^|\W)ab(\W|$)/.test(row.target),
    ...named({ ...row, sampler: null, subnetwork: null }),
    n: row.n_samples,
    seed: row.seed,
    accuracy: row.test_accuracy,
    byUnambiguous: row.unambiguous_selection_accuracy,
  }));
  const at = (row: (typeof rows)[number]) => [
    (EXPRESSIONS as string[]).indexOf(row.target),
    row.n,
    INHERIT_FROM.findIndex((name) => CONDITION_NAMES[name] === row.condition),
    row.seed,
  ];
  rows.sort(
    (a, b) =>
      at(a)
        .map((value, i) => value - at(b)[i])
        .find((difference) => difference !== 0) ?? 0,
  );
  return tableOf(rows.filter(isChosen(chosen)), [
    'layers',
    'target',
    'hasProduct',
    'condition',
    'line',
    'whose',
    'source',
    'n',
    'seed',
    'accuracy',
    'byUnambiguous',
  ]);
}

/**
 * The masks, a row for each masked weight: layers, seed, base ('trained', or 'untrained' for the control), expression,
 * 'temperature as' (described or released), accuracy (of the whole subnetwork), block, map, kept, total, run.
 */
export function subnetworks({ preset, layers }: Pick<Chosen, 'preset' | 'layers'> = {}): ColumnTable {
  const rows = results('subnetworks.csv', subnetworksSchema, { preset })
    .filter((row) => !layers || layers.includes(row.n_layers))
    .map(({ n_layers, temperature_schedule, eval_accuracy, ...row }) => ({
      layers: n_layers,
      'temperature as': temperature_schedule,
      accuracy: eval_accuracy,
      ...row,
    }));
  const columns = [
    'layers',
    'temperature as',
    'accuracy',
    'seed',
    'base',
    'expression',
    'run',
    'block',
    'map',
    'kept',
    'total',
  ];
  return tableOf(rows, columns);
}
