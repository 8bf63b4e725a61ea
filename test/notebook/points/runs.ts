import type { DataEfficiencyRow, InheritFrom } from '../../../lib/dist/experiments';
import { publishedPoints } from '../../../lib/dist/notebook/points/dataEfficiency';

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

/** A run of the sampled control. */
export const sampled = (sampler: 'described' | 'released', n: number, accuracy: number) =>
  run('subnet_sampled', n, accuracy, { sampler });

/** Published curves that rise by 0.1 from n to n: random init from 0.2, the sampled control from 0.3. */
export const published = publishedPoints(
  [0, 10, 40, 100].flatMap((n, i) => [
    { inherit_from: 'random' as const, n_disambiguation: n, test_accuracy: 0.2 + 0.1 * i },
    { inherit_from: 'subnet_sampled' as const, n_disambiguation: n, test_accuracy: 0.3 + 0.1 * i },
  ]),
);

/** A mean of ours that is no run, such as one over depths. */
const meanPoint = (condition: string, n: number, accuracy: number) => ({
  ...{ condition, source: 'ours', n, accuracy, runs: 2 },
  ...{ low: accuracy - 0.1, high: accuracy + 0.1 },
});

/** Means of random init at three n. */
export const meanPoints = [meanPoint('random', 0, 0.1), meanPoint('random', 10, 0.4), meanPoint('random', 40, 0.6)];
