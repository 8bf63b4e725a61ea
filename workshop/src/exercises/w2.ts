/** W2 What does it know? Entropy, the loss of one who knows nothing, plateaus of "ab", and the plateau of each epoch. */
import { answer, baseTaskPlateaus, lossKnowing, type Plateau } from '../../../lib/dist/tasks';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, expectNumber, near, whatIs } from '../verdict';

export const W2: Exercises = {
  'W2.1': {
    title: 'Entropy in nats',
    minutes: 6,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'How surprised is one who hears an answer of probability p? Then take the mean over the answers, each as often as it comes.',
      '`Math.log` is the natural logarithm. `reduce` or a loop adds up; what does a probability of 0 add?',
      'Add up p times its logarithm over all p above 0, and mind the sign.',
    ],
    check: entropyCheck,
  },
  'W2.2': {
    title: 'Knowing nothing, knowing everything',
    minutes: 10,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Three tokens are predicted. For each: how uncertain is the best guess, once without any knowledge and once with all of it?',
      'b is one of `numbers`, all equally likely. The separator is always the same. For the answer there is `myEntropy`.',
      'Each loss is a sum of three terms, divided by three. Which of the terms is 0 for one who knows every answer, and which never is?',
    ],
    check: lossesCheck,
  },
  'W2.3': {
    title: 'The plateaus of "ab"',
    minutes: 12,
    difficulty: 'hard',
    importance: 'core',
    hints: [
      'One who knows whether a is 0 is in one of two situations. How uncertain is the answer in each, and how often does each come?',
      'The entropy that is left is a mean over the groups: each counts as much as its share.',
      'For every group: its share times `myEntropy` of its answers, added up. Then the other tokens, as in W2.2.',
    ],
    check: plateauCheck,
  },
  'W2.4': {
    title: 'Name the plateau',
    minutes: 10,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'How far is a loss from a plateau? Above and below count alike.',
      'Find the nearest of all plateaus first, and ask only then whether it is near enough.',
      '`Math.abs` of the difference, in a `reduce` or a sort of a copy; then compare the smallest with `within`.',
    ],
    check: nameCheck,
  },
};

const entropy = (shares: readonly number[]): number =>
  shares.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);

function entropyCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (shares: number[]): number => mine(shares);
  const coin = at([0.5, 0.5]);
  expectNumber(coin, expect);
  expect(
    coin > 0,
    'it is not negative',
    'Of two equally likely answers you get a negative entropy. The logarithm of a probability is below 0: what must be done with the sign?',
  );
  expect(
    !near(coin, entropy([0.5, 0.5]) / Math.LN2),
    'its unit is the nat',
    'Of two equally likely answers you get 1: that is in bits. Nats come from another logarithm.',
  );
  expect(
    !near(coin, entropy([0.5, 0.5]) / Math.LN10),
    'its logarithm is the natural one',
    'You take the logarithm to base 10. Nats come from the natural one.',
  );
  expect(
    !near(coin, entropy([0.5, 0.5]) / 2),
    'every answer counts as often as it comes',
    'You divide by the number of answers. The probabilities are already the weights of the mean: what do they add up to?',
  );
  const sure = at([0, 1, 0]);
  expect(
    !Number.isNaN(sure),
    'answers that never come are no trouble',
    'Where a probability is 0 you get NaN, since the logarithm of 0 is infinite. What should an answer add that never comes?',
  );
  expect(
    near(sure, 0),
    'it is 0 where the answer is known',
    'Where one answer is sure, nothing is uncertain: which number should come out?',
  );
  expect(
    [[0.5, 0.5], [0.25, 0.75], [0.1, 0.2, 0.3, 0.4], [0.4, 0, 0.35, 0.25], Array(7).fill(1 / 7)].every((shares) =>
      near(at(shares), entropy(shares)),
    ),
    'it is right for other shares',
    'For shares that differ it is wrong: take [0.25, 0.75] and work it out by hand, term by term.',
  );
}

/** What a participant's function is given: a group's share of all pairs, and the shares of the answers in it. */
interface Group {
  share: number;
  answers: number[];
}

type Known = (a: number, b: number) => string | number | boolean;

function groupsOf(expression: string, numbers: number, known: Known): Group[] {
  const counts = new Map<string | number | boolean, number[]>();
  for (let a = 0; a < numbers; a++) {
    for (let b = 0; b < numbers; b++) {
      const key = known(a % 7, b % 7);
      const own = counts.get(key) ?? Array<number>(7).fill(0);
      own[answer(expression, a, b)]++;
      counts.set(key, own);
    }
  }
  return [...counts.values()].map((own) => {
    const total = own.reduce((sum, count) => sum + count, 0);
    return { share: total / numbers ** 2, answers: own.map((count) => count / total) };
  });
}

function lossesCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const [expression, numbers] = ['a^2 + ab', 30];
  const [{ answers }] = groupsOf(expression, numbers, () => true);
  const found = mine(answers, numbers) as { nothing: number; floor: number };
  expect(
    typeof found === 'object' && found !== null,
    'it gives two numbers',
    `A record with nothing and floor is wanted, and you give ${whatIs(found)}.`,
  );
  const { nothing, floor } = found;
  expectNumber(nothing, expect, 'nothing is a number');
  expectNumber(floor, expect, 'floor is a number');
  const uncertain = Math.log(numbers) + entropy(answers);
  expect(
    !near(floor, 0),
    'the floor is not 0',
    'Your floor is 0, as if all three tokens could be known. Can anybody who sees a know which b comes?',
  );
  expect(
    !near(nothing, uncertain) && !near(floor, Math.log(numbers)),
    'it is a mean over three tokens',
    'You add the uncertainties of the tokens up. The loss of a row is their mean: over how many tokens?',
  );
  expect(
    !near(nothing, uncertain / 2),
    'the separator counts',
    'You divide by two. The separator is predicted too, although it costs nothing.',
  );
  expect(
    !near(nothing, (Math.log(numbers) + Math.log(7)) / 3),
    'answers are not equally likely',
    'You take ln 7 for the answer, as if all seven were equally likely. Which knows one who has counted the answers?',
  );
  expect(
    !near(nothing, entropy(answers) / 3),
    'b costs something',
    'Your loss of one who knows nothing has the answer alone. Which other token is uncertain?',
  );
  expect(
    floor < nothing,
    'who knows every answer has the lower loss',
    'Your floor is not below the loss of one who knows nothing: have you exchanged the two?',
  );
  const wanted = (known: Known) => lossKnowing({ expression, numbers, known });
  expect(
    near(
      nothing,
      wanted(() => true),
    ) &&
      near(
        floor,
        wanted((a, b) => answer(expression, a, b)),
      ),
    "both agree with the library's",
    'Nearly: write down the three terms of each loss, and compare them with your code.',
  );
  const [{ answers: others }] = groupsOf('ab', 100, () => true);
  const other = mine(others, 100) as { nothing: number; floor: number };
  expect(
    near(other.floor, Math.log(100) / 3) &&
      near(other.nothing, lossKnowing({ expression: 'ab', numbers: 100, known: () => true })),
    'they are right for another task',
    'They are right for 30 numbers and wrong for 100: do you use the numbers and the answers that you are given?',
  );
}

function plateauCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const numbers = 30;
  const at = (known: Known, of = numbers): number => mine(groupsOf('ab', of, known), of);
  const wanted = (known: Known, of = numbers): number => lossKnowing({ expression: 'ab', numbers: of, known });
  const [nothing, zero]: Known[] = [() => true, (a) => a === 0];
  expectNumber(at(nothing), expect);
  expect(
    near(at(nothing), wanted(nothing)),
    'without knowledge it is the loss of W2.2',
    'With one group for all pairs the loss should be that of one who knows nothing, as in W2.2: which tokens are in yours?',
  );
  expect(
    !near(at(zero), at(nothing)),
    'knowledge lowers it',
    'Knowing whether a is 0 changes nothing in your loss. Do you look into the groups one by one?',
  );
  const groups = groupsOf('ab', numbers, zero);
  const sum = groups.reduce((total, { answers }) => total + entropy(answers), 0);
  expect(
    !near(at(zero), (Math.log(numbers) + sum / groups.length) / 3),
    'rare groups count less',
    'All groups count alike in yours. How often does it happen that a is 0, and how often that it is not?',
  );
  expect(
    near(at(zero), wanted(zero)),
    'it is right for one who knows whether a is 0',
    'For one who knows whether a is 0 it is wrong: how uncertain is the answer in each of the two groups, and what is the mean?',
  );
  const others: Known[] = [(_, b) => b === 0, (a, b) => a === 0 || b === 0, (a) => a, (a, b) => (a * b) % 7];
  expect(
    others.every((known) => near(at(known), wanted(known)) && near(at(known, 100), wanted(known, 100))),
    "it agrees with the library's for all that one can know",
    'For more groups, or other numbers, it is wrong: do you go through all groups that you are given?',
  );
}

/** The plateaus of another task, closer to each other than those of the base task. */
const CLOSE: Plateau[] = [
  { knows: 'first', loss: 1.6 },
  { knows: 'second', loss: 1.58 },
  { knows: 'third', loss: 1.2 },
];

function nameCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const plateaus = baseTaskPlateaus({ numbers: 98 });
  const at = (loss: number, of: readonly Plateau[] = plateaus): string | undefined => mine(loss, of, 0.03);
  const halfway = (plateaus[3].loss + plateaus[4].loss) / 2;
  const on = at(plateaus[0].loss);
  expect(
    typeof on === 'string',
    'it gives a name on a plateau',
    `Exactly on a plateau its name is wanted, and you give ${whatIs(on)}.`,
  );
  const lossOf = (name: string | undefined) => plateaus.find(({ knows }) => knows === name)?.loss ?? Number.NaN;
  expect(
    plateaus.every(({ loss }) => near(lossOf(at(loss)), loss)),
    'it is right on every plateau',
    'On some plateau you give the name of another one: what is the distance of a loss from itself?',
  );
  expect(
    at(halfway) === undefined && at(plateaus[0].loss + 1) === undefined,
    'between plateaus it gives nothing',
    'Far from every plateau, halfway down to the floor, you still give a name. When is the nearest one not near enough?',
  );
  expect(
    mine(halfway, plateaus, 5) !== undefined && mine(plateaus[0].loss + 0.02, plateaus, 0.01) === undefined,
    'it goes by the distance that it is told',
    'With another `within` your answers stay the same: which number says how near is near enough?',
  );
  expect(
    plateaus.every(({ loss }) => near(lossOf(at(loss - 0.02)), loss) && near(lossOf(at(loss + 0.02)), loss)),
    'above and below count alike',
    'A loss a little above a plateau is treated differently from one a little below it. What is a distance?',
  );
  expect(
    at(1.583, CLOSE) === 'second' && at(1.598, CLOSE) === 'first' && at(1.21, CLOSE) === 'third',
    'it takes the nearest',
    'Where two plateaus are near enough you take the first that fits. Which of them should it be?',
  );
}
