import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../lib/dist/runs/resultsTable';
import { readTable } from '../../lib/dist/runs/resultsTable';
import { Failure, printed } from '../../scripts/lib/failure.mjs';

function thrownBy(f: () => unknown): unknown {
  try {
    f();
  } catch (error) {
    return error;
  }
  throw new Failure('Nothing was thrown.');
}

describe('what a script prints of an error', () => {
  it('is the sentence alone where there is one', () => {
    expect(printed(new Failure('Give a number.'))).toBe('Give a number.');
    const error = thrownBy(() => readTable('/no/such/table.csv', {} as TableSchema<object>));
    expect(printed(error)).toBe('There is no table /no/such/table.csv.');
  });

  it('is the whole error where it is a mistake in the program or comes from the system', () => {
    for (const fail of [
      () => (undefined as unknown as string).length,
      () => new Array(-1),
      () => readFileSync('/no/such/file'),
      () => JSON.parse('{'),
      () => {
        throw new Error('from a script');
      },
    ]) {
      const error = thrownBy(fail);
      expect(printed(error)).toBe(error);
    }
    expect(printed('a text')).toBe('a text');
  });
});
