/** How few disambiguation samples a new model needs: the curves, and those with one setting changed (notebooks 03 to 07). */
import { count, oneOf, optional, positive, type RowIn, runOf, share, table, text } from '../runs/columns';
import { chosen, combinations, type Drawing, experiment, type Wanted } from '../runs/experiment';
import type { Found } from '../runs/stage';
import { TRAINERS } from './baseModel';
import {
  type ChainSettings,
  CONDITION_NAMES,
  type Condition,
  CURVE_CONDITIONS,
  chainSettings,
  conditionNames,
  INHERIT_FROM,
  type InheritFrom,
  PRESETS,
  type Preset,
  TRAINABLE_CONDITIONS,
  type TransferSettings,
  UNTRAINED_CONDITIONS,
  VARIANT_NAMES,
  VARIANTS,
  type Variant,
} from './settings';
import { originColumns, type TransferResult, transferSettings, transferStage } from './transfer';

/** Where a run stands: its depth, its n and its seed. */
export const placeKinds = {
  n_layers: count('', { min: 1 }),
  n_disambiguation: count('', { max: 1_000_000 }),
  seed: count(),
};
export const placeOf = ({ base, transfer }: ChainSettings, n: number) => ({
  n_layers: base.layers,
  n_disambiguation: n,
  seed: transfer.seed,
});

/** The columns that tell transfer runs apart. */
const runColumns = {
  inherit_from: oneOf(
    INHERIT_FROM,
    'what the model starts from: the `subnet`, a random mask of its size (`subnet_sampled` from everywhere, ' +
      '`subnet_sampled_complement` from outside it), the mask of an untrained model, the `original` base model, or nothing',
  ),
  sampler: optional(oneOf(['described', 'released'], 'how a sampled control was drawn')),
  subnetwork: optional(oneOf(['frozen', 'trainable'], 'whether the transferred weights train')),
  ...placeKinds,
};
const runKey = ['n_layers', 'inherit_from', 'sampler', 'subnetwork', 'n_disambiguation', 'seed'] as const;

const accuracyColumns = {
  test_accuracy: share('of the model that is best on evaluation rows'),
  best_epoch: count('its epoch', { min: 1 }),
};
/** Ids of the runs that a run started from; empty where there is none. */
export const originKinds = { base_run: optional(runOf()), mask_run: optional(runOf()) };

const wants = (inheritFrom: InheritFrom, column: string, cell: unknown, wanted: boolean): string | undefined =>
  (cell !== null) === wanted
    ? undefined
    : `with inherit_from ${inheritFrom}, ${column} ${wanted ? 'must be given' : 'must be empty'}`;

type Manner = Pick<RowIn<typeof dataEfficiencySchema>, 'inherit_from' | 'sampler' | 'subnetwork'>;
const mannerRule = ({ inherit_from, sampler, subnetwork }: Manner): string | undefined =>
  wants(inherit_from, 'sampler', sampler, inherit_from.startsWith('subnet_sampled')) ??
  wants(inherit_from, 'subnetwork', subnetwork, inherit_from.startsWith('subnet'));

export const originRule = ({
  inherit_from,
  base_run,
  mask_run,
}: {
  inherit_from: InheritFrom;
  base_run: string | null;
  mask_run: string | null;
}): string | undefined =>
  wants(inherit_from, 'base_run', base_run, inherit_from !== 'random') ??
  wants(inherit_from, 'mask_run', mask_run, inherit_from.startsWith('subnet'));

export const dataEfficiencySchema = table('data-efficiency.csv', {
  row: 'a transfer run',
  columns: { ...runColumns, ...accuracyColumns, ...originKinds },
  key: runKey,
  rule: (row): string | undefined => mannerRule(row) ?? originRule(row),
});
export type DataEfficiencyRow = RowIn<typeof dataEfficiencySchema>;

export const transferDetailsSchema = table('transfer-details.csv', {
  row: 'the same run in more detail',
  columns: {
    ...runColumns,
    run: runOf(),
    best_eval_accuracy: share(),
    test_is_2a2: share('share of the answers to the test set that agree with "2a^2"'),
    test_is_2b2: share('with "2b^2"'),
    last_train_loss: positive('mean of the last epoch, nats'),
    transferred_weights: count('of the masked layers, from the base model'),
    trained_with: oneOf(TRAINERS),
    base_trained_with: optional(oneOf(TRAINERS, 'the same of the base model that the run starts from')),
  },
  key: runKey,
  rule: mannerRule,
});

export const settingVariantsSchema = table('setting-variants.csv', {
  row: 'a transfer run with one setting changed',
  columns: {
    variant: text(
      "`described_temperature`: the mask's temperature rises as described; `uniform_rows`: disambiguation samples from all pairs",
      /^[a-z_]+$/,
    ),
    ...runColumns,
    ...accuracyColumns,
    ...originKinds,
  },
  key: ['variant', ...runKey],
  rule: (row) => mannerRule(row) ?? originRule(row),
});
export type SettingVariantRow = RowIn<typeof settingVariantsSchema>;

/** What may be asked of an arithmetic experiment. */
export interface ChainsAsked {
  layers: readonly number[];
  seeds: readonly number[];
  /** Numbers of disambiguation samples; by default those of the preset. */
  sizes: readonly number[] | undefined;
  /** Changes the settings of every chain. */
  change: (settings: ChainSettings) => ChainSettings;
}

export const ASKED: ChainsAsked = { layers: [2], seeds: [1], sizes: undefined, change: (settings) => settings };

/** The settings of the chains that are asked for, of every depth and seed. */
export function chainsOf({ preset, layers, seeds, change }: ChainsAsked & { preset: string }): ChainSettings[] {
  return combinations({ layers, seed: seeds }).map((of) => change(chainSettings({ preset: preset as Preset, ...of })));
}

export const depthOf = ({ n_layers }: { n_layers?: number }): string => `${n_layers} layer${n_layers === 1 ? '' : 's'}`;

const ALL_CONDITIONS = [...CURVE_CONDITIONS, ...TRAINABLE_CONDITIONS, ...UNTRAINED_CONDITIONS];

export interface CurvesAsked extends ChainsAsked {
  /** Conditions, or their names (conditionNames). */
  conditions: readonly (Condition | string)[];
}

function runsOf(chain: ChainSettings, sizes: readonly number[] = chain.sizes, conditions: Condition[]) {
  return combinations({ n: sizes, condition: conditions }).map(({ n, condition }) => {
    const { inheritFrom, sampler = null, subnetwork = null } = condition;
    const key = { inherit_from: inheritFrom, sampler, subnetwork, ...placeOf(chain, n) };
    return { key, settings: transferSettings(chain, condition, n) };
  });
}

const rowOf = <Key>(run: Found<TransferSettings, TransferResult>, key: Key) => {
  const { test_accuracy, best_epoch } = run.result;
  return { ...key, test_accuracy, best_epoch, ...originColumns(run) };
};

const drawing: Drawing<DataEfficiencyRow> = {
  kind: 'lines',
  x: 'n',
  y: 'accuracy',
  color: 'source',
  facet: 'condition',
  points: ({ n_layers, inherit_from, sampler, subnetwork, n_disambiguation, test_accuracy }) => [
    {
      n: n_disambiguation,
      accuracy: test_accuracy,
      source: depthOf({ n_layers }) + (sampler ? `, as ${sampler}` : ''),
      condition: CONDITION_NAMES[inherit_from] + (subnetwork === 'trainable' ? ', trainable' : ''),
    },
  ],
};

/** The curves of some conditions: their runs are rows of data-efficiency.csv, with more of each in transfer-details.csv. */
function curves(name: string, about: string, layers: number[], conditions: Condition[]) {
  return experiment<CurvesAsked, DataEfficiencyRow, TransferSettings>({
    name,
    title: 'Data efficiency',
    about,
    stage: transferStage,
    table: dataEfficiencySchema,
    more: [transferDetailsSchema],
    presets: PRESETS,
    asked: { ...ASKED, layers, conditions },
    *runs(asked) {
      const wanted = chosen(asked.conditions, ALL_CONDITIONS, conditionNames);
      for (const chain of chainsOf(asked)) yield* runsOf(chain, asked.sizes, wanted);
    },
    rows: (run, key) => [rowOf(run, key) as DataEfficiencyRow],
    gather({ id, result }, key) {
      const { best_eval_accuracy, test_is_2a2, test_is_2b2, last_train_loss, transferred_weights } = result;
      const { trained_with = TRAINERS[0], base_trained_with = TRAINERS[0] } = result;
      const answers = { best_eval_accuracy, test_is_2a2, test_is_2b2 };
      const trainers = { trained_with, base_trained_with: key.inherit_from === 'random' ? null : base_trained_with };
      const row = { ...key, run: id, ...answers, last_train_loss, transferred_weights, ...trainers };
      return [[transferDetailsSchema, [row]]];
    },
    chain: depthOf,
    drawing,
  });
}

export const dataEfficiency = curves(
  'fig2',
  'the main figure and its depths: subnetwork, full model, random init and both kinds of both controls',
  [2, 4, 6, 8, 10, 12],
  CURVE_CONDITIONS,
);
export const trainable = curves(
  'trainable',
  'subnetworks and sampled controls that train on',
  [2, 4, 6, 8, 10, 12],
  TRAINABLE_CONDITIONS,
);
export const untrained = curves(
  'untrained',
  'the control with a mask of an untrained model',
  [2],
  UNTRAINED_CONDITIONS,
);

export const variants = experiment({
  name: 'variants',
  title: 'Settings as described',
  about: 'settings in which paper and released code differ, each changed alone',
  stage: transferStage,
  table: settingVariantsSchema,
  presets: PRESETS,
  asked: { ...ASKED, variants: VARIANT_NAMES as readonly Variant[] },
  *runs(asked): Iterable<Wanted<SettingVariantRow, TransferSettings>> {
    for (const chain of chainsOf(asked)) {
      for (const variant of asked.variants) {
        const { change, conditions } = VARIANTS[variant];
        const runs = runsOf(change(chain), asked.sizes, conditions);
        for (const { key, settings } of runs) yield { key: { variant, ...key }, settings };
      }
    }
  },
  rows: (run, key) => [rowOf(run, key) as SettingVariantRow],
  chain: (key) => `${depthOf(key)}, ${key.variant?.replaceAll('_', ' ')}`,
  drawing: drawing as Drawing<SettingVariantRow>,
});
