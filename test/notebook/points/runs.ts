import type { DataEfficiencyRow, InheritFrom } from '../../../lib/dist/runs/schemas';

/** A row of data-efficiency.csv: 2 layers, seed 1, a transferred subnetwork frozen, unless told otherwise. */
export function run(inherit_from: InheritFrom, n: number, accuracy: number, more: Partial<DataEfficiencyRow> = {}) {
  const row: DataEfficiencyRow = {
    inherit_from,
    sampler: null,
    subnetwork: inherit_from.startsWith('subnet') ? 'frozen' : null,
    n_layers: 2,
    n_disambiguation: n,
    seed: 1,
    test_accuracy: accuracy,
    best_epoch: 1,
    base_run: null,
    mask_run: null,
    ...more,
  };
  return row;
}
