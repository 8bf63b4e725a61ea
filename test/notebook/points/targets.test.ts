import { describe, expect, it } from 'vitest';
import type { AdditionalTargetRow, InheritFrom } from '../../../lib/dist/experiments';
import {
  hasProduct,
  selectionRows,
  targetAccuracies,
  targetDifferences,
  targetRuns,
  targetSentence,
  targetTable,
} from '../../../lib/dist/notebook/points/targets';
import { EXPRESSIONS, type Expression } from '../../../lib/dist/tasks/expressions';

const run = (inherit_from: InheritFrom, target: Expression, accuracy: number, seed = 1): AdditionalTargetRow => ({
  ...{ inherit_from, target, n_layers: 2, n_samples: 100, seed, test_accuracy: accuracy, best_epoch: 1 },
  ...{ unambiguous_selection_accuracy: accuracy + 0.1, run: 'target-000000000000', base_run: null, mask_run: null },
});

const rows = [
  run('subnet', 'a + b', 0.3),
  run('random', 'a + b', 0.3),
  run('subnet', 'ab', 0.9),
  run('random', 'ab', 0.4),
  run('subnet', 'ab', 0.8, 2),
  run('random', 'ab', 0.2, 2),
  run('random', 'ab', 0.9, 3), // no run of the subnetwork with this seed
];

describe('hasProduct', () => {
  it('finds the term ab', () => {
    const products = EXPRESSIONS.filter(hasProduct);
    const expected = ['a + ab', 'ab', 'a^2 + ab', 'a^2 + ab + b^2', 'a^3 + ab', 'a^2 + ab + b^2 + a', 'a^3 + ab + b'];
    expect(products).toEqual(expected);
  });
});

describe('targetAccuracies', () => {
  it('are means over seeds, in the order of the expressions', () => {
    expect(targetAccuracies(rows).map(({ target, series, value, runs }) => [target, series, value, runs])).toEqual([
      ['ab', 'subnetwork', expect.closeTo(0.85, 12), 2],
      ['ab', 'random init', 0.5, 3],
      ['a + b', 'subnetwork', 0.3, 1],
      ['a + b', 'random init', 0.3, 1],
    ]);
  });
});

describe('targetDifferences', () => {
  const differences = targetDifferences(rows, { against: 'random' });

  it('pair runs of the same seed', () => {
    expect(differences.map(({ target, series, value, runs }) => [target, series, value, runs])).toEqual([
      ['ab', 'minus random init', expect.closeTo(0.55, 12), 2],
      ['a + b', 'minus random init', 0, 1],
    ]);
    expect(targetDifferences(rows, { against: 'original' })).toEqual([]);
  });

  it('say which targets are helped', () => {
    expect(targetTable(differences).map((row) => [row.target, row['has ab'], row.helped])).toEqual([
      ['ab', 'yes', 'yes'],
      ['a + b', 'no', 'not clear'],
    ]);
    const sentence = targetSentence(differences, { against: 'random' });
    expect(sentence).toContain('for 1 of 2 targets: "ab". It is lower for none.');
    expect(sentence).toContain('The mean difference is +0.550');
    expect(targetSentence([], { against: 'random' })).toContain('no runs yet');
  });
});

describe('selectionRows', () => {
  it('compare both selections of the same trainings', () => {
    const [first] = selectionRows(rows);
    expect(first).toMatchObject({ condition: 'subnetwork', samples: 100, runs: 3 });
    expect(first.difference).toBeCloseTo(-0.1, 12);
    expect(first['by unambiguous rows'] - first['by ambiguous rows']).toBeCloseTo(0.1, 12);
  });
});

describe('targetRuns', () => {
  it('say what there is', () => {
    expect(targetRuns(rows)).toBe(
      'Our results rest on 7 runs: 2 of 13 expressions, 2 layers, n = 100, seeds 1, 2 and 3.',
    );
    expect(targetRuns([])).toContain('no finished runs');
  });
});
