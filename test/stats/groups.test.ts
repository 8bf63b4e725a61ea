import { expect, it } from 'vitest';
import { ascending } from '../../lib/dist/stats/groups';

it('is each value once, by size', () => {
  expect(ascending([1000, 25, 160, 25, 0, -1])).toEqual([-1, 0, 25, 160, 1000]);
  expect(ascending(new Map([[12, 'a']]).keys())).toEqual([12]);
  expect(ascending([])).toEqual([]);
});
