/** Which runs of ours are set against each other, for the questions that the published curves leave open. */

import type { DataEfficiencyRow, SettingVariantRow } from '../../experiments';
import { VARIANT_NAMES, VARIANTS, type Variant } from '../../experiments/settings';
import { conditionLabel } from '../charts/conditions';
import { depthsOf, isOn, type Line } from './depths';
import type { Pair } from './pairs';

/** The subnetworks that are transferred frozen and trainable, and what charts call them. */
const MASKS: (Line & { name: string })[] = [
  { name: 'discovered', condition: 'subnet', source: 'ours' },
  { name: 'sampled, as described', condition: 'subnet_sampled', source: 'ours, as described' },
  { name: 'sampled, as released', condition: 'subnet_sampled', source: 'ours, as released' },
];

const CHANGED: Record<Variant, string> = { described_temperature: 'temperature', uniform_rows: 'samples' };

/** The runs of one curve at one depth. */
export function curveRows(
  rows: readonly DataEfficiencyRow[],
  { layers, condition, source = 'ours' }: { layers: number; condition: string; source?: string },
): DataEfficiencyRow[] {
  return rows.filter((row) => row.n_layers === layers && isOn(row, { condition, source }));
}

/** Frozen minus trainable, at each depth that has trainable runs. */
export function frozenPairs(rows: readonly DataEfficiencyRow[]): Pair[] {
  return depthsOf(rows.filter(({ subnetwork }) => subnetwork === 'trainable')).flatMap((layers) =>
    MASKS.map(({ name, condition, source }) => ({
      name: `${layers} layers, ${name}`,
      first: curveRows(rows, { layers, condition, source }),
      second: curveRows(rows, { layers, condition: `${condition}_trainable`, source }),
    })),
  );
}

/**
 * The way from random init to the subnetwork by way of the untrained one, and both steps of it, at each depth that has
 * untrained runs: all at the n and seeds of these, so that the steps add up.
 */
export function untrainedPairs(rows: readonly DataEfficiencyRow[]): Pair[] {
  const untrained = rows.filter(({ inherit_from }) => inherit_from === 'subnet_untrained');
  const keyOf = ({ n_layers, n_disambiguation, seed }: DataEfficiencyRow) => `${n_layers} ${n_disambiguation} ${seed}`;
  const there = new Set(untrained.map(keyOf));
  const common = rows.filter((row) => there.has(keyOf(row)));
  return depthsOf(untrained).flatMap((layers) => {
    const of = (condition: string) => curveRows(common, { layers, condition });
    const steps = { untrained: of('subnet_untrained'), subnetwork: of('subnet'), 'random init': of('random') };
    const step = (first: keyof typeof steps, second: keyof typeof steps) => ({
      name: `${layers} layers: ${first} − ${second}`,
      first: steps[first],
      second: steps[second],
    });
    return [step('untrained', 'random init'), step('subnetwork', 'untrained'), step('subnetwork', 'random init')];
  });
}

/** Runs with one setting as the paper describes it, minus those with all of them as released. */
export function variantPairs(changed: readonly SettingVariantRow[], rows: readonly DataEfficiencyRow[]): Pair[] {
  return depthsOf(changed).flatMap((layers) =>
    VARIANT_NAMES.flatMap((variant) =>
      VARIANTS[variant].conditions.map(({ inheritFrom: condition }) => ({
        name: `${layers} layers, ${conditionLabel(condition)}: ${CHANGED[variant]}`,
        first: curveRows(
          changed.filter((row) => row.variant === variant),
          { layers, condition },
        ),
        second: curveRows(rows, { layers, condition }),
      })),
    ),
  );
}
