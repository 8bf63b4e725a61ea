import { expect, it } from 'vitest';
import {
  ADDITION_FORMATS,
  balancedPairs,
  CHARACTERS,
  carries,
  charactersToTokens,
  completionLaw,
  sumTable,
  tokensToCharacters,
  writtenAnswer,
  writtenSum,
} from '../../lib/dist/tasks/addition';
import { random } from '../../lib/dist/tasks/random';

it('rows of every format hold the sum, and every character is in the vocabulary', () => {
  const source = random(1, 'pairs');
  for (const format of ADDITION_FORMATS) {
    for (let i = 0; i < 200; i++) {
      const [a, b] = [source.integer(1000), source.integer(10 ** (1 + (i % 3)))];
      const { prompt, completion } = writtenSum(format, [a, b]);
      expect(prompt).toContain(`${a}+${b}`);
      expect(writtenAnswer(format, completion)).toBe(String(a + b));
      expect(writtenAnswer(format, `${completion}$9\n`)).toBe(String(a + b)); // what a model writes after its row
      expect(tokensToCharacters(charactersToTokens(prompt + completion))).toBe(prompt + completion);
      expect(completion.endsWith('\n')).toBe(true);
      expect(carries([a, b])).toBe(carries([b, a]));
    }
  }
  expect(writtenSum('compact scratchpad', [38, 37])).toEqual({ prompt: '$38+37=', completion: 'A5C1 A7C0 .75$\n' });
  expect(writtenSum('compact scratchpad', [38, 7]).completion).toBe('A5C1 A4C0 .45$\n');
  expect(writtenAnswer('reverse', '57')).toBeUndefined();
  expect(writtenAnswer('plain', 'no\n')).toBeUndefined();
  expect(CHARACTERS.length).toBe(96);
  expect(() => charactersToTokens('1 € + 1')).toThrow('The character "€" is not in the vocabulary');
  expect(() => writtenSum('plain', [-1, 2])).toThrow('Sums are of whole numbers from 0 on');
});

it('a balanced draw holds all pairs of one digit, 9 % of two, and each number of carries', () => {
  const source = random(2, 'pairs');
  const pairs = balancedPairs(2000, (below) => [source.integer(below), source.integer(below)]);
  expect(new Set(pairs.slice(0, 100).map(String)).size).toBe(100);
  expect(Math.max(...pairs.slice(100, 280).flat())).toBeLessThan(100);
  for (const many of [0, 1, 2, 3]) expect(pairs.filter((pair) => carries(pair) === many).length).toBe(500);
  expect(() => balancedPairs(50, () => [0, 0])).toThrow('take 120 or more, not 50');
});

it('cells are determined as differences between rows and columns tell', () => {
  const numbers = 7;
  const source = random(3, 'cells');
  for (let draw = 0; draw < 20; draw++) {
    const cells = source.sampleWithoutReplacement(numbers ** 2, 4 + draw);
    const table = sumTable(numbers);
    // Filled up by M(i, j) = M(i, q) + M(p, j) − M(p, q) until nothing changes.
    const known = Array.from({ length: numbers }, () => Array<boolean>(numbers).fill(false));
    for (const cell of cells) {
      table.reveal(Math.floor(cell / numbers), cell % numbers);
      known[Math.floor(cell / numbers)][cell % numbers] = true;
    }
    const all = [...Array(numbers).keys()];
    for (let changed = true; changed; ) {
      changed = false;
      for (const i of all)
        for (const j of all)
          if (!known[i][j] && all.some((p) => all.some((q) => known[i][q] && known[p][j] && known[p][q])))
            changed = known[i][j] = true;
    }
    expect(table.determined).toBe(known.flat().filter(Boolean).length);
    expect(table.complete).toBe(table.determined === numbers ** 2);
  }
  expect(completionLaw(100, 0)).toBeLessThan(1e-80);
  expect(completionLaw(100, 10_000)).toBe(1);
});
