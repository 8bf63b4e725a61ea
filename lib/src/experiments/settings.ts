/**
 * The settings of every stage: plain JSON that names a run in the run store. `paper` holds the published values (method
 * section 1), with the released behaviour where paper and code differ in a way that changes numbers; `quick` is the same
 * chain on fewer numbers, which a laptop walks through in minutes.
 */

import type { TemperatureSchedule } from '../masking/continuousSparsification';
import { INHERIT_FROM, type InheritFrom } from '../runs/publishedSchemas';
import type { Expression, Polynomial } from '../tasks/expressions';
import { DISAMBIGUATION_SIZES } from '../tasks/modularArithmetic';
import type { MaskTrainingSettings } from './maskTraining';

export { INHERIT_FROM, type InheritFrom };

export const PRESETS = ['paper', 'quick', 'tiny', 'smoke'] as const;
export type Preset = (typeof PRESETS)[number];

/** What a GPT-2 for the task is as large as. */
export interface ModelSizes {
  layers: number;
  /** The task's numbers are 0..numbers-1. */
  numbers: number;
  width: number;
  heads: number;
}

/** Settings of a base model (method section 1a). */
export interface BaseModelSettings extends ModelSizes {
  expression: Expression | Polynomial;
  rows: number;
  batchSize: number;
  epochs: number;
  learningRate: number;
  dropout: number;
  /** Largest gradient norm. */
  clip: number;
  /** Epochs without a lower evaluation loss after which training stops. */
  patience: number;
  /** A run below `solvedAccuracy` after so many epochs is stuck: it stops, and the next attempt begins. */
  stuckAfter: number;
  solvedAccuracy: number;
  seed: number;
  /** Which try of this seed: each has its own initialisation and order (the data are the seed's). */
  attempt: number;
}

/** Settings of subnetwork discovery (method section 1b). */
export interface DiscoverySettings extends MaskTrainingSettings {
  base: BaseModelSettings;
  expression: Expression | Polynomial;
  rows: number;
  temperatureSchedule: TemperatureSchedule;
  /** Mask functions of one's own, by the name that masks.named gives them. */
  functions?: string;
}

/** One line of a data-efficiency curve. */
export interface Condition {
  inheritFrom: InheritFrom;
  /** How a sampled control is drawn. */
  sampler?: 'described' | 'released';
  /** Whether the transferred subnetwork stays as it is. */
  subnetwork?: 'frozen' | 'trainable';
}

/** Settings of one transfer run (method section 1c). */
export interface TransferSettings extends Condition, ModelSizes {
  base?: BaseModelSettings;
  discovery?: DiscoverySettings;
  /** A subnetwork in the place of the discovered one, by the name that masks.named gives it. */
  mask?: string;
  expression: Expression | Polynomial;
  /** Expressions that agree with it where a = b, against which answers are held beside "2a^2" and "2b^2". */
  rivals?: readonly (Expression | Polynomial)[];
  /** Number of disambiguation samples. */
  n: number;
  /** How they are drawn: uniformly, as the paper says; absent: from the covering rows, as released. */
  disambiguation?: 'uniform';
  epochs: number;
  batchSize: number;
  learningRate: number;
  weightDecay: number;
  dropout: number;
  seed: number;
}

/** The conditions of the published curves, the sampled controls both as described and as released. */
export const CURVE_CONDITIONS: Condition[] = [
  { inheritFrom: 'subnet', subnetwork: 'frozen' },
  { inheritFrom: 'original' },
  { inheritFrom: 'random' },
  { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' },
  { inheritFrom: 'subnet_sampled', sampler: 'released', subnetwork: 'frozen' },
  { inheritFrom: 'subnet_sampled_complement', sampler: 'described', subnetwork: 'frozen' },
  { inheritFrom: 'subnet_sampled_complement', sampler: 'released', subnetwork: 'frozen' },
];

/** The transferred weights train on, as in the published comparison of frozen and trainable subnetworks. */
export const TRAINABLE_CONDITIONS: Condition[] = CURVE_CONDITIONS.filter(
  ({ inheritFrom }) => inheritFrom === 'subnet' || inheritFrom === 'subnet_sampled',
).map((condition) => ({ ...condition, subnetwork: 'trainable' }));

/** A control that the paper lacks: the mask of a model that was never trained. */
export const UNTRAINED_CONDITIONS: Condition[] = [{ inheritFrom: 'subnet_untrained', subnetwork: 'frozen' }];

/** What the base model is trained on (paper, section 4.1). */
export const BASE_TASK = 'a + ab';

export const CONDITION_NAMES: Readonly<Record<InheritFrom, string>> = {
  subnet: 'subnetwork',
  original: 'full model',
  random: 'random init',
  subnet_sampled: 'sampled control',
  subnet_sampled_complement: 'complement control',
  subnet_untrained: 'untrained subnetwork',
};

/** A condition in words, such as "sampled control, as released". */
export function conditionTitle({ inheritFrom, sampler, subnetwork }: Condition): string {
  const parts = [CONDITION_NAMES[inheritFrom], sampler && `as ${sampler}`, subnetwork === 'trainable' && subnetwork];
  return parts.filter(Boolean).join(', ');
}

/**
 * What a condition may be called where it is asked for: by the columns of the tables, such as "subnet_sampled:released" or,
 * for both ways to draw it, "subnet_sampled"; or in words, "sampled control, as released" or "sampled control".
 */
export function conditionNames({ inheritFrom, sampler, subnetwork }: Condition): string[] {
  const [key, words] = subnetwork === 'trainable' ? [':trainable', ', trainable'] : ['', ''];
  const both = [inheritFrom + key, CONDITION_NAMES[inheritFrom] + words];
  if (!sampler) return both;
  const name = CONDITION_NAMES[inheritFrom];
  return [
    `${inheritFrom}:${sampler}${key}`,
    ...both,
    `${name}, as ${sampler}${words}`,
    `${name}${words}, as ${sampler}`,
  ];
}

/** Everything that one chain base → mask → transfer runs needs. */
export interface ChainSettings {
  base: BaseModelSettings;
  discovery: Omit<DiscoverySettings, 'base'>;
  transfer: Omit<TransferSettings, keyof Condition | 'base' | 'discovery' | 'n'>;
  /** The numbers of disambiguation samples of the curve. */
  sizes: number[];
}

/** The settings of a chain's mask over its base model, or, as a control, over its initialisation as it is, never trained. */
export function maskSettings(
  { base, discovery }: ChainSettings,
  { untrained = false }: { untrained?: boolean } = {},
): DiscoverySettings {
  return { ...discovery, base: untrained ? { ...base, epochs: 0 } : base };
}

/** The settings of the runs that a run of a condition starts from. */
export function originOf(
  chain: ChainSettings,
  { inheritFrom }: Condition,
): Pick<TransferSettings, 'base' | 'discovery'> {
  if (inheritFrom === 'random') return {};
  if (inheritFrom === 'original') return { base: chain.base };
  return { discovery: maskSettings(chain, { untrained: inheritFrom === 'subnet_untrained' }) };
}

/** Most attempts at a base model before the chain gives up. */
export const MOST_ATTEMPTS = 8;

/** The settings of a chain. `seed` separates whole chains: data, initialisation, masks, transfer runs. */
export function chainSettings({
  preset = 'paper',
  layers = 2,
  seed = 1,
}: {
  preset?: Preset;
  layers?: number;
  seed?: number;
} = {}): ChainSettings {
  const size = { layers, numbers: 1000, width: 128, heads: 4 };
  const paper: ChainSettings = {
    base: {
      ...size,
      expression: BASE_TASK,
      rows: 200_000,
      batchSize: 50,
      epochs: 50,
      learningRate: 5e-4,
      dropout: 0.1,
      clip: 1,
      patience: 10,
      stuckAfter: 15,
      solvedAccuracy: 0.9,
      seed,
      attempt: 1,
    },
    discovery: {
      expression: 'ab',
      rows: 50_000,
      batchSize: 500,
      epochs: 50,
      learningRate: 1e-3,
      lambda: 1e-7,
      finalTemperature: 100,
      temperatureSchedule: 'released',
      seed,
    },
    transfer: {
      ...size,
      expression: 'a^2 + ab',
      epochs: 100,
      batchSize: 50,
      learningRate: 2e-4,
      weightDecay: 0.01,
      dropout: 0.1,
      seed,
    },
    sizes: DISAMBIGUATION_SIZES.filter((n) => n < 10_000 || layers === 12),
  };
  if (preset === 'quick') return quick(paper);
  if (preset === 'tiny') return tiny(paper);
  if (preset === 'smoke') return smoke(paper);
  if (preset === 'paper') return paper;
  throw new Error(`Unknown preset ${JSON.stringify(preset)}: use one of ${PRESETS.join(', ')}.`);
}

/** The paper's chain over the numbers 0..99: a few seconds to half a minute a stage, with the same order of the curves. */
function quick({ base, discovery, transfer }: ChainSettings): ChainSettings {
  const numbers = 100;
  return {
    base: {
      ...base,
      numbers,
      rows: 20_000,
      batchSize: 100,
      epochs: 30,
      learningRate: 1e-3,
      patience: 3,
      stuckAfter: 25,
    },
    discovery: { ...discovery, rows: 5_000, batchSize: 250, learningRate: 5e-3 },
    transfer: { ...transfer, numbers, epochs: 50, learningRate: 4e-4 },
    sizes: [0, 10, 40, 100],
  };
}

/** The smallest chain that shows the whole story, in well under half a minute (notebook 00): numbers 0..48, width 64. */
function tiny({ base, discovery, transfer }: ChainSettings): ChainSettings {
  const size = { numbers: 49, width: 64 };
  return {
    base: {
      ...base,
      ...size,
      rows: 5_000,
      epochs: 26,
      learningRate: 2e-3,
      dropout: 0,
      patience: 26,
      stuckAfter: 26,
    },
    discovery: { ...discovery, rows: 2_500, batchSize: 125, epochs: 40, learningRate: 1e-2 },
    transfer: { ...transfer, ...size, learningRate: 1e-3 },
    sizes: [120],
  };
}

/** A chain that learns nothing, about a second a stage: whether a notebook runs. Its base is never stuck. */
function smoke(chain: ChainSettings): ChainSettings {
  const { base, discovery, transfer } = tiny(chain);
  const size = { width: 16 };
  return {
    base: { ...base, ...size, rows: 1_000, epochs: 2, solvedAccuracy: 0 },
    discovery: { ...discovery, rows: 500, epochs: 3, lambda: 1e-3 },
    transfer: { ...transfer, ...size, epochs: 2 },
    sizes: [40, 100],
  };
}

/** Settings in which the released code and the paper differ, each changed alone: does the curve depend on it? */
export const VARIANT_NAMES = ['described_temperature', 'uniform_rows'] as const;
export type Variant = (typeof VARIANT_NAMES)[number];

const conditionsFrom = (...names: string[]) =>
  CURVE_CONDITIONS.filter(({ inheritFrom }) => names.includes(inheritFrom));

/** What each variant changes in the settings of a chain, and the conditions that it can move. */
export const VARIANTS: Record<Variant, { change(settings: ChainSettings): ChainSettings; conditions: Condition[] }> = {
  /** The mask's temperature rises by one factor an epoch, as the paper says (released-code, arithmetic 1). */
  described_temperature: {
    change: (settings) => ({ ...settings, discovery: { ...settings.discovery, temperatureSchedule: 'described' } }),
    conditions: conditionsFrom('subnet'),
  },
  /** Disambiguation rows are drawn from all pairs, as the paper says, not from the covering rows (arithmetic 7). */
  uniform_rows: {
    change: (settings) => ({ ...settings, transfer: { ...settings.transfer, disambiguation: 'uniform' } }),
    conditions: conditionsFrom('subnet', 'original', 'random'),
  },
};
