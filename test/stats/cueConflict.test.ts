import { expect, it } from 'vitest';
import { ruleShares } from '../../lib/dist/stats/cueConflict';

it('counts whose rule answers follow, where all rules differ', () => {
  //               differ  two agree  differ  differ  all agree
  const rules = [
    [1, 1, 1, 1, 1],
    [2, 1, 2, 2, 1],
    [3, 3, 3, 3, 1],
  ];
  expect(ruleShares([1, 1, 2, 5, 1], rules)).toEqual({ conflicts: 3, shares: [1 / 3, 1 / 3, 0] });
  const shares = ruleShares([1, 1, 2, 5, 1], rules.slice(1));
  expect(shares.conflicts).toBe(4);
  expect(shares.shares).toEqual([0.5, 0]);
});

it('has no shares without conflicts', () => {
  expect(
    ruleShares(
      [1, 2],
      [
        [1, 2],
        [1, 2],
      ],
    ),
  ).toEqual({ conflicts: 0, shares: [Number.NaN, Number.NaN] });
});
