import { expect, it } from 'vitest';
import { plural } from '../../lib/dist/notebook/table';

it('counts in words', () => {
  expect([0, 1, 1200].map((count) => plural(count, 'run'))).toEqual(['0 runs', '1 run', '1,200 runs']);
});
