import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answer, defineExpression, EXPRESSIONS } from '../../lib/dist/tasks/expressions';

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
    expect(reference.a.map((a, i) => answer(name, a, reference.b[i]))).toEqual(y);
  });

  it('may be any polynomial, or a function, modulo any number', () => {
    const plus = (a: number, b: number, formula: string) => answer(formula, a, b, { modulus: 11 });
    expect(plus(9, 8, 'a + b')).toBe(6);
    expect(plus(9, 8, '-a + 3ab^2 - 12')).toBe((((-9 + 3 * 9 * 64 - 12) % 11) + 11) % 11);
    expect(plus(12, 13, 'a^2b')).toBe(2); // 1^2 · 2: of the residues
    expect(answer((a, b) => Math.max(a, b), 5, 13)).toBe(6);
    expect(answer('10', 1, 1)).toBe(3);
  });

  it('are refused by one sentence that tells how they are written', () => {
    for (const text of ['a * b', 'a+b', 'ba', '', 'a + ', 'a^10', '- a', 'x', 'toString']) {
      expect(() => answer(text, 1, 1)).toThrow(
        `Unknown expression ${JSON.stringify(text)}: write a sum of terms, such as "2a^2 + ab - 1".`,
      );
    }
    expect(() => answer((a, b) => a / b, 1, 2)).toThrow(
      'The expression gives 0.5 for a = 1, b = 2: not a whole number.',
    );
  });
});

describe('defineExpression', () => {
  it("gives a polynomial of one's own one name, however it is written", () => {
    for (const text of ['2ab + b^2', 'b^2+2ab', ' ab + b^2 + ab', '2*b*a + b²', 'b^2 + 3ab - ab']) {
      expect(defineExpression(text)).toBe('2ab + b^2');
    }
    expect(defineExpression('-ba^2 + a - 3')).toBe('-a^2b + a - 3');
    expect(answer(defineExpression('-ba^2 + a - 3'), 2, 5)).toBe(answer('a - 3 - a^2b', 2, 5));
  });

  it('leaves the 13 their names, so that they are the same runs', () => {
    for (const name of EXPRESSIONS) expect(defineExpression(name)).toBe(name);
    expect(defineExpression('ab + a')).toBe('a + ab');
  });

  it('says in one sentence what is wrong', () => {
    for (const text of ['(a + b)^2', 'a^10', 'x', '', 'a / b', 'a^2 +', '2.5a']) {
      expect(() => defineExpression(text)).toThrow(
        `Unknown expression ${JSON.stringify(text)}: write a sum of terms, such as "2a^2 + ab - 1".`,
      );
    }
    for (const text of ['7ab', 'ab - ab', 'a^7 - a', '3']) {
      expect(() => defineExpression(text)).toThrow(`The expression "${text}" has the same answer for all a and b`);
    }
  });
});
