/** The tables in data/results that the arithmetic experiments fill, a row a run, and what their rows must be. */
import { EXPRESSIONS, type Expression } from '../tasks/expressions';
import { count, oneOf, optional, runOf, share } from './columns';
import type { TableSchema } from './tableSchema';

/** What a transferred model starts from (method: paper, section 4.1); subnet_untrained is a control of this project. */
export const INHERIT_FROM = [
  'subnet',
  'subnet_sampled',
  'subnet_sampled_complement',
  'subnet_untrained',
  'original',
  'random',
] as const;
export type InheritFrom = (typeof INHERIT_FROM)[number];

/** data/results/data-efficiency.csv: one transfer run. */
export interface DataEfficiencyRow {
  inherit_from: InheritFrom;
  /** How a sampled control was drawn; null for the other conditions. */
  sampler: 'described' | 'released' | null;
  /** Whether the transferred weights train; null where no subnetwork is transferred. */
  subnetwork: 'frozen' | 'trainable' | null;
  n_layers: number;
  n_disambiguation: number;
  seed: number;
  test_accuracy: number;
  best_epoch: number;
  /** Ids of the runs that this one started from; null where there is none. */
  base_run: string | null;
  mask_run: string | null;
}

/** data/results/transfer-details.csv: more of the same runs, by the same key. */
export interface TransferDetailsRow
  extends Pick<
    DataEfficiencyRow,
    'inherit_from' | 'sampler' | 'subnetwork' | 'n_layers' | 'n_disambiguation' | 'seed'
  > {
  run: string;
  /** Of the selected epoch, on unambiguous evaluation rows. */
  best_eval_accuracy: number;
  /** Shares of the test rows on which the selected model answers as "2a^2" or "2b^2" would. */
  test_is_2a2: number;
  test_is_2b2: number;
  /** Mean training loss (nats) of the last epoch. */
  last_train_loss: number;
  /** Weights of the masked layers that came from the base model. */
  transferred_weights: number;
}

/** data/results/setting-variants.csv: a transfer run with one setting changed. */
export interface SettingVariantRow extends DataEfficiencyRow {
  /** described_temperature or uniform_rows: a key of VARIANTS. */
  variant: string;
}

/** data/results/additional-targets.csv: one run on samples of another target alone. */
export interface AdditionalTargetRow {
  inherit_from: InheritFrom;
  target: Expression;
  n_layers: number;
  n_samples: number;
  seed: number;
  /** Of the model with the best accuracy on ambiguous rows (released), on unambiguous rows. */
  test_accuracy: number;
  best_epoch: number;
  /** Of the model selected by unambiguous rows instead. */
  unambiguous_selection_accuracy: number;
  run: string;
  base_run: string | null;
  mask_run: string | null;
}

/** data/results/base-models.csv: one attempt at a base model, stuck ones included. */
export interface BaseModelRow {
  n_layers: number;
  seed: number;
  /** Which try of this seed. */
  attempt: number;
  run: string;
  /** Whether it never solved the task, so that the next attempt was made. */
  stuck: boolean;
  /** The epoch of the kept model, and the optimizer steps taken in all. */
  best_epoch: number;
  steps: number;
  /** Steps until the first evaluation that counts as solved; null where stuck. */
  solved_at_step: number | null;
  /** Of the kept model. */
  eval_loss: number;
  eval_accuracy: number;
}

/** data/results/subnetworks.csv: one masked weight of one discovered subnetwork. */
export interface SubnetworkRow {
  n_layers: number;
  seed: number;
  /** Whether the masked model was trained, or is the control's initialisation. */
  base: 'trained' | 'untrained';
  expression: Expression;
  temperature_schedule: 'described' | 'released';
  run: string;
  base_run: string;
  best_epoch: number;
  /** Of the whole subnetwork, with the hard mask. */
  eval_accuracy: number;
  /** The block and the linear map in it that the counts are about. */
  block: number;
  map: 'attn.c_attn' | 'attn.c_proj' | 'mlp.c_fc' | 'mlp.c_proj';
  kept: number;
  total: number;
}

/** The columns that tell transfer runs apart. */
const curveKeyColumns = [
  oneOf('inherit_from', INHERIT_FROM),
  optional(oneOf('sampler', ['described', 'released'])),
  optional(oneOf('subnetwork', ['frozen', 'trainable'])),
  count('n_layers', 1),
  { ...count('n_disambiguation'), max: 1_000_000 },
  count('seed'),
] as const;
const curveKey = ['n_layers', 'inherit_from', 'sampler', 'subnetwork', 'n_disambiguation', 'seed'] as const;

const wants = (inheritFrom: InheritFrom, column: string, cell: unknown, wanted: boolean): string | undefined =>
  (cell !== null) === wanted
    ? undefined
    : `with inherit_from ${inheritFrom}, ${column} ${wanted ? 'must be given' : 'must be empty'}`;

const mannerRule = ({
  inherit_from,
  sampler,
  subnetwork,
}: Pick<DataEfficiencyRow, 'inherit_from' | 'sampler' | 'subnetwork'>): string | undefined =>
  wants(inherit_from, 'sampler', sampler, inherit_from.startsWith('subnet_sampled')) ??
  wants(inherit_from, 'subnetwork', subnetwork, inherit_from.startsWith('subnet'));

const originRule = ({
  inherit_from,
  base_run,
  mask_run,
}: Pick<DataEfficiencyRow, 'inherit_from' | 'base_run' | 'mask_run'>): string | undefined =>
  wants(inherit_from, 'base_run', base_run, inherit_from !== 'random') ??
  wants(inherit_from, 'mask_run', mask_run, inherit_from.startsWith('subnet'));

export const dataEfficiencySchema: TableSchema<DataEfficiencyRow> = {
  columns: [
    ...curveKeyColumns,
    share('test_accuracy'),
    count('best_epoch', 1),
    optional(runOf('base_run')),
    optional(runOf('mask_run')),
  ],
  key: curveKey,
  rule: (row) => mannerRule(row) ?? originRule(row),
};

export const transferDetailsSchema: TableSchema<TransferDetailsRow> = {
  columns: [
    ...curveKeyColumns,
    runOf('run'),
    share('best_eval_accuracy'),
    share('test_is_2a2'),
    share('test_is_2b2'),
    { name: 'last_train_loss', type: 'number', min: 0 },
    count('transferred_weights'),
  ],
  key: curveKey,
  rule: mannerRule,
};

export const settingVariantsSchema: TableSchema<SettingVariantRow> = {
  columns: [{ name: 'variant', type: 'text', pattern: /^[a-z_]+$/ }, ...dataEfficiencySchema.columns],
  key: ['variant', ...curveKey],
  rule: dataEfficiencySchema.rule,
};

export const additionalTargetsSchema: TableSchema<AdditionalTargetRow> = {
  columns: [
    oneOf('inherit_from', INHERIT_FROM),
    oneOf('target', EXPRESSIONS),
    count('n_layers', 1),
    count('n_samples', 1),
    count('seed'),
    share('test_accuracy'),
    count('best_epoch', 1),
    share('unambiguous_selection_accuracy'),
    runOf('run'),
    optional(runOf('base_run')),
    optional(runOf('mask_run')),
  ],
  key: ['n_layers', 'target', 'inherit_from', 'n_samples', 'seed'],
  rule: originRule,
};

export const baseModelsSchema: TableSchema<BaseModelRow> = {
  columns: [
    count('n_layers', 1),
    count('seed'),
    count('attempt', 1),
    runOf('run'),
    { name: 'stuck', type: 'boolean' },
    count('best_epoch', 1),
    count('steps', 1),
    optional(count('solved_at_step', 1)),
    { name: 'eval_loss', type: 'number', min: 0 },
    share('eval_accuracy'),
  ],
  key: ['n_layers', 'seed', 'attempt'],
  rule: ({ stuck, solved_at_step, steps }) => {
    if (stuck !== (solved_at_step === null)) return 'a run is stuck exactly where solved_at_step is empty';
    if (Number(solved_at_step) > steps) return `solved_at_step ${solved_at_step} is above the ${steps} steps taken`;
    return undefined;
  },
};

export const subnetworksSchema: TableSchema<SubnetworkRow> = {
  columns: [
    count('n_layers', 1),
    count('seed'),
    oneOf('base', ['trained', 'untrained']),
    oneOf('expression', EXPRESSIONS),
    oneOf('temperature_schedule', ['described', 'released']),
    runOf('run'),
    runOf('base_run'),
    count('best_epoch', 1),
    share('eval_accuracy'),
    count('block'),
    oneOf('map', ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj']),
    count('kept'),
    count('total', 1),
  ],
  key: ['n_layers', 'seed', 'base', 'expression', 'temperature_schedule', 'run', 'block', 'map'],
  rule: ({ block, n_layers, kept, total }) => {
    if (block >= n_layers) return `there is no block ${block} in ${n_layers} layers, counted from 0`;
    if (kept > total) return `${kept} weights are kept of ${total}`;
    return undefined;
  },
};
