/** The sweeps by name: which runs each asks for in a chain. */
import { EXPRESSIONS } from '../../tasks/expressions';
import { TARGET_CONDITIONS, TARGET_SIZES } from '../additionalTargets';
import {
  type ChainSettings,
  type Condition,
  CURVE_CONDITIONS,
  chainSettings,
  TRAINABLE_CONDITIONS,
  UNTRAINED_CONDITIONS,
} from '../settings';
import { VARIANT_NAMES, VARIANTS } from '../variants';
import type { RowRequest } from './sweepRuns';

export interface Sweep {
  /** What it is about, in a few words. */
  about: string;
  /** Depths, where none are asked for. */
  layers: number[];
  /** The runs of a chain; `sizes` are the n asked for, if any. */
  requests(settings: ChainSettings, sizes?: number[]): RowRequest[];
}

const curves =
  (conditions: Condition[]): Sweep['requests'] =>
  (settings, sizes = settings.sizes) =>
    sizes.flatMap((n) => conditions.map((condition): RowRequest => ({ kind: 'curve', condition, n })));

/** How a sweep's users name a condition: by the columns of the tables, such as "original" or "subnet_sampled:released". */
export function conditionKey({ inheritFrom, sampler }: Condition): string {
  return sampler ? `${inheritFrom}:${sampler}` : inheritFrom;
}

/** Whether a name means the condition of a key: "subnet_sampled" stands for both samplers. */
export function isNamed(key: string, name: string): boolean {
  return key === name || key.startsWith(`${name}:`);
}

/** The keys of a sweep's conditions. */
export function conditionKeys(sweep: Sweep): string[] {
  return [...new Set(sweep.requests(chainSettings()).map(({ condition }) => conditionKey(condition)))];
}

export const SWEEPS: Record<string, Sweep> = {
  fig2: {
    about: 'the main figure and its depths: subnetwork, full model, random init and both kinds of both controls',
    layers: [2, 4, 6, 8, 10, 12],
    requests: curves(CURVE_CONDITIONS),
  },
  trainable: {
    about: 'subnetworks and sampled controls that train on',
    layers: [2],
    requests: curves(TRAINABLE_CONDITIONS),
  },
  untrained: {
    about: 'the control with a mask of an untrained model',
    layers: [2],
    requests: curves(UNTRAINED_CONDITIONS),
  },
  targets: {
    about: 'training on each of the 13 expressions alone',
    layers: [2],
    requests: (_settings, sizes = TARGET_SIZES) =>
      EXPRESSIONS.flatMap((target) =>
        sizes.flatMap((n) =>
          TARGET_CONDITIONS.map((condition): RowRequest => ({ kind: 'target', condition, target, n })),
        ),
      ),
  },
  variants: {
    about: 'settings in which paper and released code differ, each changed alone',
    layers: [2],
    requests: (settings, sizes = settings.sizes) =>
      VARIANT_NAMES.flatMap((variant) =>
        sizes.flatMap((n) =>
          VARIANTS[variant].conditions.map((condition): RowRequest => ({ kind: 'variant', condition, variant, n })),
        ),
      ),
  },
};
