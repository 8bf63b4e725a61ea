// @ts-check
/** One more sentence for mistakes that are typical of people who come from Python, or are new to promises. */

/** @typedef {{message?: RegExp, line?: RegExp, hint: string | ((line: string, message: string) => string)}} Habit */

const NAME = String.raw`[\p{L}_$][\p{L}\p{N}_$]*`;
const ASSIGNED = new RegExp(`^\\s*(${NAME})\\s*=(?![=>])\\s*(.*?);?\\s*$`, 'u');

/**
 * The first that fits counts.
 * @type {Habit[]}
 */
const HABITS = [
  {
    line: /^\s*%/,
    hint: "Lines that begin with % are IPython's: in TypeScript, const start = performance.now() begins to time.",
  },
  {
    line: /^\s*!\s*\w+/,
    message: /Cannot find name|expected/,
    hint: "Lines that begin with ! are IPython's: the terminal (File, New, Terminal) runs commands.",
  },
  {
    message: /Promise<|property of Promise/,
    hint: 'This is a promise, not yet its value: write await before the call that gives it.',
  },
  { line: /(^|[^\w.])print\s*\(/, message: /'print'/, hint: 'In TypeScript, console.log(…) prints.' },
  { line: /(^|[^\w.])len\s*\(/, message: /'len'/, hint: "In TypeScript, an array's length is array.length." },
  { line: /(^|[^\w.])range\s*\(/, hint: 'In TypeScript, for (let i = 0; i < n; i++) { … } counts.' },
  { line: /^\s*(async\s+)?def\s/, hint: 'In TypeScript: function name(x: number) { return …; }.' },
  { line: /\blambda\b/, message: /expected|'lambda'/, hint: 'In TypeScript: (x) => …' },
  {
    line: /^\s*(if|elif|else|for|while)\b.*:\s*$/,
    hint: 'In TypeScript, the condition stands in ( ) and what depends on it in { }.',
  },
  {
    line: /^\s*(import \w+ as \w+|import [\w.]+\s*$|from \S+ import )/,
    hint: "In TypeScript: import { … } from 'subtask-induction';",
  },
  { message: /'(True|False|None)'/, hint: 'TypeScript writes true, false and null.' },
  {
    line: /\b(and|or|not)\b/,
    message: /expected|'(and|or|not)'/,
    hint: 'TypeScript writes && for and, || for or, ! for not.',
  },
  {
    line: /(^|[\s(,=[])f["']/,
    message: /'f'|expected/,
    hint: 'TypeScript writes such a text between backticks, with a dollar sign before each { }.',
  },
  { line: /^\s*#/, hint: 'In TypeScript, a comment begins with //.' },
  {
    line: ASSIGNED,
    message: /Cannot find name '|is not defined|No value exists in scope/,
    hint: (line, message) => {
      const [, name, value] = ASSIGNED.exec(line) ?? [];
      return message.includes(`'${name}'`) || message.startsWith(name)
        ? `A new name begins with const, or with let where its value will change: const ${name} = ${value}`
        : '';
    },
  },
  { message: /is a constant|Assignment to constant/, hint: 'A value that changes is declared with let.' },
];

/** @param {{message: string, line: string}} mistake what is said of it, and the line where it is */
export function hintFor({ message, line }) {
  for (const habit of HABITS) {
    if (habit.line && !habit.line.test(line)) continue;
    if (habit.message && !habit.message.test(message)) continue;
    const hint = typeof habit.hint === 'string' ? habit.hint : habit.hint(line, message);
    if (hint) return hint;
  }
  return undefined;
}
