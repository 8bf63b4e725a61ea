/**
 * Sums of two numbers, written in several formats (Lee et al., "Teaching Arithmetic to Small Transformers", arXiv 2307.03381),
 * and what some cells of a table of sums say about the others (notebook 28).
 */

/** The scratchpads write digits and carries before the answer; the compact one is of this project, the others are the paper's. */
export const ADDITION_FORMATS = [
  'plain',
  'plain with delimiters',
  'reverse',
  'compact scratchpad',
  'simplified scratchpad',
  'detailed scratchpad',
] as const;
export type AdditionFormat = (typeof ADDITION_FORMATS)[number];
export type Summands = readonly [number, number];

/** What a character model reads and writes, a token a character: newline, and the printable ones of ASCII. */
export const CHARACTERS = `\n${String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i))}`;

/** @throws a sentence where a character is none of CHARACTERS. */
export function charactersToTokens(text: string): number[] {
  return [...text].map((character) => {
    const token = CHARACTERS.indexOf(character);
    if (token >= 0) return token;
    throw new Error(`The character ${JSON.stringify(character)} is not in the vocabulary: use those of ASCII.`);
  });
}

export const tokensToCharacters = (tokens: Iterable<number>): string =>
  Array.from(tokens, (token) => CHARACTERS[token]).join('');

/** The sum of each place and its digits A and carries C, from the units on, as many as the longer number has. */
function places([a, b]: Summands) {
  if (![a, b].every((one) => Number.isSafeInteger(one) && one >= 0))
    throw new Error(`Sums are of whole numbers from 0 on, not of ${a} and ${b}.`);
  const digits = [a, b].map((one) => [...String(one)].map(Number));
  let carry = 0;
  return Array.from({ length: Math.max(...digits.map(({ length }) => length)) }, (_, i) => {
    const [first, second] = digits.map((of) => of.slice(0, Math.max(0, of.length - i)));
    const before = carry;
    const [x, y] = [first.at(-1) ?? 0, second.at(-1) ?? 0];
    carry = Math.floor((x + y + before) / 10);
    return { first, second, x, y, before, A: (x + y + before) % 10, C: carry };
  });
}

/** How many places of a sum carry. */
export const carries = (summands: Summands): number => places(summands).reduce((sum, { C }) => sum + C, 0);

/** A sum as text: what is given, and what a model should write. Together they are a row, which ends in a newline. */
export function writtenSum(format: AdditionFormat, summands: Summands): { prompt: string; completion: string } {
  const [steps, sum] = [places(summands), String(summands[0] + summands[1])];
  const [asked, input] = [summands.join('+'), `Input:\n${summands.join('+')}\nTarget:\n`];
  switch (format) {
    case 'plain':
      return { prompt: `${asked}=`, completion: `${sum}\n` };
    case 'plain with delimiters':
      return { prompt: `$${asked}=`, completion: `${sum}$\n` };
    case 'reverse':
      return { prompt: `$${asked}=`, completion: `${reversed(sum)}$\n` };
    case 'compact scratchpad':
      return { prompt: `$${asked}=`, completion: `${steps.map(({ A, C }) => `A${A}C${C} `).join('')}.${sum}$\n` };
    case 'simplified scratchpad':
      return { prompt: input, completion: `${steps.map(({ A, C }) => `A->${A} , C->${C}`).join('\n')}.\n${sum}\n` };
    case 'detailed scratchpad': {
      const list = (digits: number[]) => `[${digits.join(',')}]`;
      const found = steps.map(({ A }) => A);
      const from = (i: number) => list(found.slice(0, i).reverse());
      const given = [steps[0].first, steps[0].second].map((own) => `${list(own)} has ${own.length} digits.\n`);
      const lines = steps.map(({ first, second, x, y, before, A, C }, i) => {
        const added = `${x}+${y}+${before}=${x + y + before}`;
        return `${list(first)} + ${list(second)} , A=${from(i)} , C=${before} , ${added} , A->${A} , C->${C}\n`;
      });
      const end = `[] + [] , A=${from(found.length)} C=${steps[steps.length - 1].C} , END\n</scratch>\n`;
      return { prompt: input, completion: ['<scratch>\n', ...given, ...lines, end, [...sum].join(' '), '\n'].join('') };
    }
  }
}

/** Where a completion has its answer. */
const ANSWER: Readonly<Record<AdditionFormat, RegExp>> = {
  plain: /^(\d+)\n/,
  'plain with delimiters': /^(\d+)\$/,
  reverse: /^(\d+)\$/,
  'compact scratchpad': /\.(\d+)\$/,
  'simplified scratchpad': /\.\n(\d+)\n/,
  'detailed scratchpad': /<\/scratch>\n([\d ]+)\n/,
};

/** The final number of what a model wrote after a prompt, its digits in the usual order; undefined where there is none. */
export function writtenAnswer(format: AdditionFormat, completion: string): string | undefined {
  const found = ANSWER[format].exec(completion)?.[1].replaceAll(' ', '');
  return found !== undefined && format === 'reverse' ? reversed(found) : found;
}

const reversed = (text: string): string => [...text].reverse().join('');

/**
 * The released training pairs: all of one digit, 9 % of numbers below 100 and the rest below 1,000, a pair only while its number
 * of carries has fewer than a quarter of the rows. `next` draws two numbers below its argument.
 */
export function balancedPairs(rows: number, next: (below: number) => Summands): Summands[] {
  if (!Number.isInteger(rows) || rows < 120)
    throw new Error(`Balanced rows hold all 100 pairs of one digit: take 120 or more, not ${rows}.`);
  const pairs: Summands[] = Array.from({ length: 100 }, (_, i) => [Math.floor(i / 10), i % 10]);
  const counts = [0, 0, 0, 0];
  for (const pair of pairs) counts[carries(pair)]++;
  while (pairs.length < rows) {
    const pair = next(pairs.length < 100 + Math.round(0.09 * rows) ? 100 : 1000);
    const own = carries(pair);
    if (counts[own] >= Math.ceil(rows / 4)) continue;
    counts[own]++;
    pairs.push(pair);
  }
  return pairs;
}

/**
 * A table of sums f(row) + g(column), of which cells are revealed: a cell is determined exactly where its row and its column are
 * connected by revealed cells. `components` are those of this graph of rows and columns.
 */
export function sumTable(numbers: number) {
  const above = Int32Array.from({ length: 2 * numbers }, (_, i) => i);
  const [rows, columns] = [0, 1].map((side) => above.map((i) => (Math.floor(i / numbers) === side ? 1 : 0)));
  const root = (i: number): number => {
    for (; above[i] !== i; i = above[i]) above[i] = above[above[i]];
    return i;
  };
  const table = {
    determined: 0,
    components: 2 * numbers,
    complete: false,
    reveal(row: number, column: number): void {
      const [into, from] = [root(row), root(numbers + column)];
      if (into === from) return;
      table.determined += rows[into] * columns[from] + rows[from] * columns[into];
      above[from] = into;
      rows[into] += rows[from];
      columns[into] += columns[from];
      table.components--;
      table.complete = table.components === 1;
    },
  };
  return table;
}

/** About how often this many cells, drawn without replacement, determine a whole table of numbers². */
export const completionLaw = (numbers: number, cells: number): number =>
  Math.exp(-2 * numbers * (1 - cells / numbers ** 2) ** numbers);
