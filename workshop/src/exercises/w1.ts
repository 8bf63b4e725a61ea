/** W1 Which function? Answers modulo 7, rivals on a = b, counting forms, a perfect reasoner, and where the samples go. */

import { curves } from '../../../lib/dist/experiments/views';
import { knowsResidues, mean, samplesToReach } from '../../../lib/dist/stats';
import { answer, EXPRESSIONS, type Formula, random } from '../../../lib/dist/tasks';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, expectNumber, whatIs } from '../verdict';

export const W1: Exercises = {
  'W1.1': {
    title: 'An answer modulo 7',
    minutes: 6,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'Which seven numbers can an answer be? What does `%` give for a negative number?',
      'A remainder may come out negative. One addition brings every such number to where it belongs, and a second `%` keeps the others.',
      'Take the remainder, add 7, and take the remainder again.',
    ],
    check: answerCheck,
  },
  'W1.2': {
    title: 'The rivals',
    minutes: 8,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'Two functions are rivals if nobody can tell them apart on the samples that there are. Which samples are these?',
      '`names.filter(…)` keeps names, and `residues.every(…)` asks something of all seven numbers.',
      'Inside: compare two calls of `tasks.answer`, both at the pair (a, a). And is the target its own rival?',
    ],
    check: rivalsCheck,
  },
  'W1.3': {
    title: 'How many forms?',
    minutes: 6,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Put b = a into p·a² + q·ab + r·b². What is left of the three factors?',
      'Three loops inside each other, for p, q and r, and a counter.',
      'Count where p + q + r and 2 have the same remainder. Which numbers does each loop run through?',
    ],
    check: countCheck,
  },
  'W1.4': {
    title: 'A perfect reasoner',
    minutes: 12,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'When does a sample contradict a rule? Say it in one sentence, before you write it.',
      '`filter` over the rules, and for each rule `every` over the pairs.',
      'A rule stays if at every pair `tasks.answer(rule, a, b)` is what the target gives there.',
    ],
    check: consistentCheck,
  },
  'W1.5': {
    title: 'Where do the samples go?',
    minutes: 6,
    difficulty: 'medium',
    importance: 'extra',
    hints: [
      'Say of each of the four what it knows before the first sample. Who knows more needs fewer.',
      'The residues make a table of 49 answers. About how many random samples fill nine cells of ten?',
      'Begin with the reasoner of W1.4 and end with the one that knows nothing. In the middle: who knows the residues for certain?',
    ],
    check: orderCheck,
  },
};

const RESIDUES = [0, 1, 2, 3, 4, 5, 6];
const TARGET = 'a^2 + ab';
const PAIRS = RESIDUES.flatMap((a) => RESIDUES.map((b): [number, number] => [a, b]));

/** A formula as a participant's function gets it. */
type Rule = (a: number, b: number) => number;

function answerCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const sum: Rule = (a, b) => a * a + a * b;
  const difference: Rule = (a, b) => a * a - b * b;
  const at = (rule: Rule, a: number, b: number): number => mine(rule, a, b);
  expectNumber(at(sum, 2, 3), expect);
  const outside = (rule: Rule) => PAIRS.find(([a, b]) => !RESIDUES.includes(at(rule, a, b)));
  const wrong = (rule: Rule, pairs = PAIRS) => pairs.find(([a, b]) => at(rule, a, b) !== answer(rule, a, b));
  const strange = outside(sum);
  expect(
    !strange,
    'its answers are whole numbers from 0 to 6',
    `At a = ${strange?.[0]}, b = ${strange?.[1]} the answer to a² + ab is one of 0 to 6, and you give ${strange && at(sum, ...strange)}.`,
  );
  const missed = wrong(sum);
  expect(
    !missed,
    'the table of a² + ab is right',
    `At a = ${missed?.[0]}, b = ${missed?.[1]} work out a² + ab by hand: what remains when you take away 7 as often as you can?`,
  );
  const below = outside(difference);
  expect(
    !below,
    'a negative value has an answer from 0 to 6 too',
    `At a = ${below?.[0]}, b = ${below?.[1]} the value of a² − b² is negative, and you give ${below && at(difference, ...below)}: by which number can you go up without changing the residue?`,
  );
  expect(
    !wrong(difference),
    'the table of a² − b² is right',
    'The table of a² + ab is right and that of a² − b² is not: go from −3 upwards in steps of 7. Where do you arrive, and where from 3?',
  );
  expect(
    !wrong(difference, [
      [10, 12],
      [48, 3],
      [999, 1000],
    ]),
    'it is right for large numbers',
    'For numbers above 6 it is wrong: try a = 10, b = 12.',
  );
}

/** The names of which the answers are those of the target at all of these pairs. */
const agreeing = (target: Formula, names: readonly string[], pairs: readonly [number, number][]) =>
  names.filter((name) => pairs.every(([a, b]) => answer(name, a, b) === answer(target, a, b)));

const DIAGONAL = RESIDUES.map((a): [number, number] => [a, a]);

const isList = (found: unknown, expect: Expect): void =>
  expect(Array.isArray(found), 'it gives a list', `A list of names is wanted, and you give ${whatIs(found)}.`);

const same = (found: readonly string[], wanted: readonly string[]): boolean =>
  [...found].sort().join('|') === [...wanted].sort().join('|');

function rivalsCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const of = (target: string, names: readonly string[]): string[] => mine(target, names);
  const found = of(TARGET, EXPRESSIONS);
  isList(found, expect);
  expect(
    !found.includes(TARGET),
    'the target is no rival of itself',
    'Your list holds the target itself. A rival is another function.',
  );
  const rivals = agreeing(TARGET, EXPRESSIONS, DIAGONAL).filter((name) => name !== TARGET);
  const tooMany = found.find((name) => !rivals.includes(name));
  expect(
    tooMany === undefined,
    'all in the list agree with the target where a = b',
    `Your list holds "${tooMany}": compare it with the target at a = b = 0, 1, 2, and so on. At which does it differ?`,
  );
  expect(
    found.length > 0,
    'there are rivals',
    'Your list is empty, as if there were no ambiguity. On which pairs do you compare, on all or on those with a = b?',
  );
  expect(
    same(found, rivals),
    'none is missing',
    'All that you list are rivals, and one is missing. The text names two: have you let the computer look at all 13?',
  );
  const names = ['b^2', 'ab', '8a^2', '2a^2', 'a^3', 'a + b', '3a^2 - 2ab'];
  expect(
    same(of('a^2', ['a^2', ...names]), agreeing('a^2', names, DIAGONAL)),
    'it finds the rivals of another target',
    'For the target "a^2", among other names, it finds the wrong ones: do you use the target and the names that you are given?',
  );
}

const count = (modulus: number, from: number, fits: (sum: number) => boolean): number => {
  let found = 0;
  for (let p = from; p < modulus; p++)
    for (let q = from; q < modulus; q++) for (let r = from; r < modulus; r++) if (fits(p + q + r)) found++;
  return found;
};

function countCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (modulus: number): number => mine(modulus);
  const found = at(7);
  expectNumber(found, expect);
  const wanted = (modulus: number) => count(modulus, 0, (sum) => sum % modulus === 2);
  expect(
    found !== count(7, 0, () => true),
    'it asks something of a form',
    'You count all forms. Which of them give the answers of a² + ab on the samples with a = b?',
  );
  expect(
    found !== count(7, 0, (sum) => sum === 2),
    'it counts modulo 7',
    'You count the forms with p + q + r = 2 exactly. Which other sums leave the same remainder?',
  );
  expect(
    found !== count(7, 1, (sum) => sum % 7 === 2),
    'factors may be 0',
    'Your factors begin at 1. Which factor has b² in a² + ab?',
  );
  expect(
    found !== wanted(7) - 1,
    'the target counts too',
    'You leave out one form, the target itself. It is one of those that agree with it.',
  );
  expect(
    found === wanted(7),
    'the count is right for 7',
    `You count ${found}. Count by hand for p = q = 0: how many r are there?`,
  );
  expect(
    [3, 5, 11].every((modulus) => at(modulus) === wanted(modulus)),
    'it is right for other moduli',
    'It is right modulo 7 and wrong modulo 5: is there still a 7 in your code, or a number that you have counted yourself?',
  );
}

/** The forms that agree with the target where a = b. */
const FORMS = RESIDUES.flatMap((p) => RESIDUES.flatMap((q) => RESIDUES.map((r) => ({ p, q, r }))))
  .filter(({ p, q, r }) => (p + q + r) % 7 === 2)
  .map(({ p, q, r }) => `${p}a^2 + ${q}ab + ${r}b^2`);
const TARGET_FORM = '1a^2 + 1ab + 0b^2';

const drawn = (seed: number, pairs: number): [number, number][] => {
  const source = random(seed, 'pairs of a check');
  return Array.from({ length: pairs }, () => {
    const a = source.integer(7);
    return [a, (a + 1 + source.integer(6)) % 7];
  });
};

function consistentCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const of = (pairs: [number, number][]): string[] => mine(FORMS, TARGET_FORM, pairs);
  const none = of([]);
  isList(none, expect);
  expect(
    none.length === FORMS.length,
    'without a sample all rules stay',
    `Without any sample nothing contradicts a rule, and of ${FORMS.length} rules you keep ${none.length}.`,
  );
  const [one, other]: [number, number][] = [
    [2, 5],
    [3, 1],
  ];
  const left = of([one]);
  expect(
    left.includes(TARGET_FORM),
    'the target stays',
    'You strike out the target itself, which no sample can contradict.',
  );
  expect(
    left.length < FORMS.length,
    'a sample strikes rules out',
    'After a sample with a ≠ b all rules are still there. With what do you compare the answer of a rule?',
  );
  expect(
    same(left, agreeing(TARGET_FORM, FORMS, [one])),
    'one sample is read rightly',
    'With one sample you keep other rules than those that give its answer: which answer does the sample have, and which the rule?',
  );
  const both = of([one, other]);
  expect(
    both.length <= left.length,
    'a second sample brings no rule back',
    'With a second sample you keep more rules than with one. How many of the samples must a rule fit?',
  );
  const wanted = agreeing(TARGET_FORM, FORMS, [one, other]);
  expect(
    same(both, wanted) && same(of([one, one]), left) && same(of([other, one, one]), wanted),
    'all samples count',
    'You keep a rule that one of the samples contradicts. Do you look at all of them, also at the first?',
  );
  expect(
    [1, 2, 3].every((seed) => same(of(drawn(seed, 2)), agreeing(TARGET_FORM, FORMS, drawn(seed, 2)))),
    'it is right for pairs that are drawn',
    'For some pairs it is wrong: compare with what you find by hand for the pairs (0, 1) and (2, 3).',
  );
}

const LEARNERS = ['knows the forms', 'knows the residues', 'subnetwork', 'random init'];

/** The samples that each of the learners needs for nine right answers of ten; Infinity where none of ours is enough. */
function needed(): number[] {
  const reasoners = Array.from({ length: 99 }, (_, seed) => {
    const pairs = drawn(seed, 30);
    return pairs.findIndex((__, i) => agreeing(TARGET_FORM, FORMS, pairs.slice(0, i + 1)).length === 1) + 1;
  }).sort((a, b) => a - b);
  const sizes = Array.from({ length: 1000 }, (_, n) => ({ n, accuracy: knowsResidues(n) }));
  const rows = curves({ layers: [2] }).objects() as { line: string; whose: string; n: number; accuracy: number }[];
  const ours = (line: string) => {
    const own = rows.filter((row) => row.line === line && row.whose === 'ours');
    const curve = [...new Set(own.map(({ n }) => n))].map((n) => ({
      n,
      accuracy: mean(own.filter((row) => row.n === n).map(({ accuracy }) => accuracy)),
    }));
    return samplesToReach(curve, 0.9) ?? Number.POSITIVE_INFINITY;
  };
  return [
    reasoners[49],
    samplesToReach(sizes, 0.9) ?? Number.POSITIVE_INFINITY,
    ours('subnetwork'),
    ours('random init'),
  ];
}

async function orderCheck(answer: Answer, expect: Expect): Promise<void> {
  const found: unknown = typeof answer === 'function' ? await answer() : answer;
  isList(found, expect);
  const names = found as string[];
  expect(
    same(names, LEARNERS),
    'all four are there, once each',
    `The four names are wanted, each once, as they stand in the text; you give ${names.length}: ${names.join(', ')}.`,
  );
  const samples = needed();
  const wanted = [...LEARNERS].sort((a, b) => samples[LEARNERS.indexOf(a)] - samples[LEARNERS.indexOf(b)]);
  expect(
    names[0] === wanted[0],
    'the first needs fewest',
    `You put "${names[0]}" first. Compare with the reasoner that you have just written: what does each know before the first sample?`,
  );
  expect(
    names[3] === wanted[3],
    'the last needs most',
    `You put "${names[3]}" last. Which of them is told nothing, neither that numbers have residues nor what to do with them?`,
  );
  expect(
    names.join() === wanted.join(),
    'the two in the middle are in order',
    'Only the two in the middle are exchanged. The network begins with weights that multiply: does it know the residues of 1,000 numbers as surely as somebody who is told them?',
  );
}
