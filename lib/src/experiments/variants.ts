/** Settings in which the released code and the paper differ, each changed alone: does the curve depend on it? */
import { type ChainSettings, type Condition, CURVE_CONDITIONS } from './settings';

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
