import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answer, asExpression, EXPRESSIONS } from '../../lib/dist/tasks/expressions';

const reference = JSON.parse(readFileSync('test/reference/expressions.json', 'utf8')) as {
  a: number[];
  b: number[];
  y: Record<string, number[]>;
};

describe('expressions', () => {
  it('are the 13 of the released experiments', () => {
    expect([...EXPRESSIONS].sort()).toEqual(Object.keys(reference.y).sort());
  });

  it.each(Object.entries(reference.y))('%s agrees with every reference pair', (name, y) => {
    const expression = asExpression(name);
    expect(reference.a.map((a, i) => answer(expression, a, reference.b[i]))).toEqual(y);
  });

  it('are refused by one sentence listing the known ones', () => {
    expect(() => asExpression('a * b')).toThrow(
      /^Unknown expression "a \* b": use one of "a \+ ab", "ab", .*"a\^2 - b\^2"\.$/,
    );
    expect(() => asExpression('toString')).toThrow('Unknown expression');
  });
});
