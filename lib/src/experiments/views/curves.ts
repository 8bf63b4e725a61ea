/** Tables about the base models and transfer runs of the arithmetic tasks, published and ours in the same columns: one row a run. */
import type { ColumnTable } from 'arquero';
import { orderOf } from '../../charts/styles';
import {
  publishedBaseAccuracySchema,
  publishedBaseLossSchema,
  publishedDepthSchema,
  publishedFigure2Schema,
  publishedFrozenOrTrainableSchema,
} from '../../runs/publishedSchemas';
import { as, type Chosen, published, results, tidy } from '../../tables/tidy';
import { EXPRESSIONS } from '../../tasks/expressions';
import {
  additionalTargetsSchema,
  baseModelsSchema,
  type DataEfficiencyRow,
  dataEfficiencySchema,
  INHERIT_FROM,
  type InheritFrom,
  settingVariantsSchema,
  subnetworksSchema,
  transferDetailsSchema,
} from '..';
import { BASE_TASK, CONDITION_NAMES } from '../settings';

/** What a run starts from, as charts call it: `condition`, and `line`, which says how a control was drawn too. */
function named<Row extends Pick<DataEfficiencyRow, 'inherit_from' | 'sampler' | 'subnetwork'>>(row: Row) {
  const condition = CONDITION_NAMES[row.inherit_from] + (row.subnetwork === 'trainable' ? ', trainable' : '');
  const drawn = row.sampler ? `, as ${row.sampler}` : '';
  return { ...row, condition, line: condition + drawn, whose: 'ours', source: `ours${drawn}` };
}

const ofPaper = (condition: string) => ({ condition, line: condition, whose: 'published', source: 'published' });

interface Place {
  n_layers?: number;
  condition: string;
  line: string;
  source: string;
  n_disambiguation: number;
  seed?: number;
}

const isChosen =
  ({ layers, conditions }: Chosen) =>
  ({ n_layers, condition, line }: Pick<Place, 'n_layers' | 'condition' | 'line'>): boolean =>
    (!layers || layers.includes(n_layers as number)) &&
    (!conditions || conditions.includes(condition) || conditions.includes(line));

/** Rows by these numbers, the first that differ. */
function sortedBy<Row>(rows: readonly Row[], key: (row: Row) => number[]): Row[] {
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  keyed.sort((a, b) => a.key.map((value, i) => value - b.key[i]).find((difference) => difference !== 0) ?? 0);
  return keyed.map(({ row }) => row);
}

/** Those chosen, by depth; then conditions in the order of legends, published lines first; then by n and seed. */
function sorted<Row extends Place>(rows: readonly Row[], chosen: Chosen = {}): Row[] {
  const own = rows.filter(isChosen(chosen));
  const [conditions, sources] = [orderOf(own.map(({ condition }) => condition)), orderOf(own.map((row) => row.source))];
  return sortedBy(own, ({ n_layers = 0, condition, source, n_disambiguation, seed = 0 }) => [
    ...[n_layers, conditions.indexOf(condition), sources.indexOf(source), n_disambiguation, seed],
  ]);
}

const NAMES = as('condition', 'line', 'whose', 'source');
const RUN = { layers: 'n_layers', ...NAMES, n: 'n_disambiguation', seed: 'seed' } as const;
const CURVE = { ...RUN, accuracy: 'test_accuracy' } as const;

/**
 * The data-efficiency curves, a row a run: layers, condition, line, whose ('published' or 'ours'), source, n (disambiguation
 * samples), seed, accuracy. Published curves of single depths are one run each. `again`: those of ours that were made twice.
 */
export function curves(chosen: Chosen = {}): ColumnTable {
  const theirs = published(publishedDepthSchema).map(({ inherit_from, ...row }) => ({
    ...{ ...row, ...ofPaper(CONDITION_NAMES[inherit_from]), seed: 1 },
  }));
  return tidy(
    sorted([...(chosen.again ? [] : theirs), ...results(dataEfficiencySchema, chosen).map(named)], chosen),
    CURVE,
  );
}

/** Runs with one setting as the paper describes it: columns of `curves`, and `variant`. */
export function variants(chosen: Chosen = {}): ColumnTable {
  const rows = sorted(results(settingVariantsSchema, chosen).map(named), chosen);
  return tidy(rows, { variant: ({ variant }) => variant.replaceAll('_', ' '), ...CURVE });
}

/**
 * More of the same runs as `curves`: what was transferred, the training loss (nats) of the last epoch, on which share of
 * the test rows the model answers as "2a^2" and "2b^2" would, and what the run and its base model were trained with.
 */
export function details(chosen: Chosen = {}): ColumnTable {
  const answers = { is2a2: 'test_is_2a2', is2b2: 'test_is_2b2' } as const;
  return tidy(sorted(results(transferDetailsSchema, chosen).map(named), chosen), {
    ...{ ...RUN, loss: 'last_train_loss', ...answers, transferred: 'transferred_weights' },
    ...{ trainedWith: 'trained_with', baseTrainedWith: 'base_trained_with' },
  });
}

/**
 * The paper's figure 2: means over six depths (panel 'mean over depths') and over five runs of 12 layers (panel '12 layers'),
 * these with their standard deviation and low and high one of it to each side.
 */
export function figure2(): ColumnTable {
  const rows = published(publishedFigure2Schema).map((row) => ({
    ...{ ...row, ...ofPaper(CONDITION_NAMES[row.inherit_from]), deviation: row.std_over_5_runs },
  }));
  return tidy(sorted(rows), {
    panel: ({ panel }) => (panel === 'mean_over_depths' ? 'mean over depths' : '12 layers'),
    ...NAMES,
    n: 'n_disambiguation',
    accuracy: 'test_accuracy',
    deviation: 'deviation',
    low: ({ test_accuracy, deviation }) => (deviation === null ? null : Math.max(0, test_accuracy - deviation)),
    high: ({ test_accuracy, deviation }) => (deviation === null ? null : Math.min(1, test_accuracy + deviation)),
  });
}

/** The published means over six depths with the subnetwork frozen and trainable: mask, condition, n, accuracy. */
export function frozenOrTrainable(): ColumnTable {
  const rows = published(publishedFrozenOrTrainableSchema).map(({ mask, subnetwork, ...row }) => {
    const from: InheritFrom = mask === 'discovered' ? 'subnet' : 'subnet_sampled';
    const name = CONDITION_NAMES[subnetwork === 'full_model_transfer' ? 'original' : from];
    return { ...row, mask, ...ofPaper(subnetwork === 'trainable' ? `${name}, trainable` : name) };
  });
  return tidy(sorted(rows), { mask: 'mask', ...NAMES, n: 'n_disambiguation', accuracy: 'test_accuracy' });
}

/**
 * Runs on samples of one target alone: layers, target, kind ('with ab', 'without ab', or 'the base's own task', which the
 * base model was trained on), condition, n (training samples), seed, accuracy (of the model selected as released), byUnambiguous (selected by unambiguous rows instead).
 */
export function targets(chosen: Chosen = {}): ColumnTable {
  const rows = results(additionalTargetsSchema, chosen).map((row) =>
    named({ ...row, sampler: null, subnetwork: null }),
  );
  const order = sortedBy(rows.filter(isChosen(chosen)), ({ target, n_samples, inherit_from, seed }) => [
    ...[EXPRESSIONS.indexOf(target), n_samples, INHERIT_FROM.indexOf(inherit_from), seed],
  ]);
  return tidy(order, {
    layers: 'n_layers',
    target: 'target',
    kind: ({ target }) =>
      target === BASE_TASK ? "the base's own task" : /(^|\W)ab(\W|$)/.test(target) ? 'with ab' : 'without ab',
    ...NAMES,
    n: 'n_samples',
    seed: 'seed',
    accuracy: 'test_accuracy',
    byUnambiguous: 'unambiguous_selection_accuracy',
  });
}

/**
 * The masks, a row for each masked weight: layers, seed, base ('trained', or 'untrained' for the control), expression,
 * 'temperature as' (described or released), accuracy (of the whole subnetwork), block, map, kept, total, run.
 */
export function subnetworks({ preset, layers }: Pick<Chosen, 'preset' | 'layers'> = {}): ColumnTable {
  const rows = results(subnetworksSchema, { preset }).filter((row) => !layers || layers.includes(row.n_layers));
  return tidy(rows, {
    ...{ layers: 'n_layers', 'temperature as': 'temperature_schedule', accuracy: 'eval_accuracy' },
    ...as('seed', 'base', 'expression', 'run', 'base_run', 'best_epoch', 'block', 'map', 'kept', 'total'),
  });
}

/** Published evaluations of base models: run ('published, 2 layers'), step, accuracy. */
export function publishedBaseAccuracy(): ColumnTable {
  const run = ({ n_layers }: { n_layers: number }) => `published, ${n_layers} layers`;
  return tidy(published(publishedBaseAccuracySchema), { run, step: 'step', accuracy: 'eval_accuracy' });
}

/** Published losses of base models, in nats: where (the phase of the training), and from low to high. */
export function publishedBaseLoss(): ColumnTable {
  const where = ({ phase }: { phase: string }) => (phase === 'end' ? 'at the end' : 'where some runs rest');
  return tidy(published(publishedBaseLossSchema), { where, ...as('low', 'high') });
}

/** Attempts at base models, one a row: layers, and the columns of base-models.csv but for the run's name. */
export function attempts({ layers, ...chosen }: Chosen = {}): ColumnTable {
  const rows = results(baseModelsSchema, chosen).filter((row) => !layers || layers.includes(row.n_layers));
  return tidy(rows, {
    ...{ layers: 'n_layers', ...as('seed', 'attempt', 'stuck', 'best_epoch', 'steps') },
    ...as('solved_at_step', 'eval_loss', 'eval_accuracy'),
  });
}
