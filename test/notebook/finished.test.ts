import { expect, it } from 'vitest';
import { finished } from '../../lib/dist/notebook/watch';

it('passes on what is whole, and refuses what was interrupted', () => {
  const run = { id: 'base-0123456789ab', log: [] };
  const chain = { base: run };
  expect(finished(run)).toBe(run);
  expect(finished(chain)).toBe(chain);
  for (const half of [undefined, { id: undefined, log: [] }, { log: [] }]) {
    expect(() => finished(half)).toThrow('was interrupted: run the cell that makes it again');
  }
});
