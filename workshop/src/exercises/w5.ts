/** W5 Is it real? An interval, pairs, a bootstrap, samples needed, and how many seeds. */
import { bootstrapInterval, mean, samplesToReach, wilsonInterval } from '../../../lib/dist/stats';
import { random } from '../../../lib/dist/tasks';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, expectNumber, near, whatIs } from '../verdict';

export const W5: Exercises = {
  'W5.1': {
    title: 'The interval of an accuracy',
    minutes: 8,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'How far would the accuracy move if other samples were drawn for the test?',
      'First the spread of a share, with `Math.sqrt`. Then how many of them to each side?',
      '1.96 spreads below the accuracy, and as many above it; the spread has the number of samples under the root.',
    ],
    check: intervalCheck,
  },
  'W5.2': {
    title: 'Runs in pairs',
    minutes: 10,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Which two runs differ in nothing but the condition?',
      'For each run of the first list, `find` the one of the second list that has the same n and the same seed.',
      '`flatMap` can give one entry for a run, or none: `[]` where no partner was found.',
    ],
    check: pairsCheck,
  },
  'W5.3': {
    title: 'A bootstrap over n',
    minutes: 12,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Imagine the measurement made again, at other n: draw as many values as there are, from those that you have.',
      'One draw: `values.map(() => values[pick(values.length)])`. Keep the mean of each draw, and sort the means.',
      'Cut away 2.5 % of the sorted means at each end: what stands at `0.025 * draws`, and at the other end?',
    ],
    check: bootstrapCheck,
  },
  'W5.4': {
    title: 'Samples needed',
    minutes: 12,
    difficulty: 'hard',
    importance: 'core',
    hints: [
      'Between which two measured points does the curve reach the accuracy? What lies halfway between 100 and 400, on a logarithmic axis?',
      'Find the first point at or above the accuracy, and take the one before it. How large a share of the rise is done?',
      'On a logarithmic axis equal steps are equal factors: begin at the n before, and raise the factor between both n to the power of that share.',
    ],
    check: neededCheck,
  },
  'W5.5': {
    title: 'How many seeds?',
    minutes: 7,
    difficulty: 'medium',
    importance: 'extra',
    hints: [
      'The spread of a mean falls with the root of the number of seeds. And that of a difference of two means?',
      'Spreads of independent values add up as squares: a difference of two has the spread times `Math.sqrt(2)`.',
      'Ask for which number of seeds 1.96 spreads of the difference are no more than the lead; solve it, and round up.',
    ],
    check: seedsCheck,
  },
};

function intervalCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (accuracy: number, samples: number): { low: number; high: number } => mine(accuracy, samples);
  expectInterval(at(0.7, 1000), expect);
  const half = (accuracy: number, samples: number) => {
    const { low, high } = at(accuracy, samples);
    return (high - low) / 2;
  };
  const { low, high } = at(0.7, 1000);
  expect(
    low < 0.7 && high > 0.7,
    'the accuracy lies inside',
    `For an accuracy of 0.7 your interval goes from ${low.toFixed(3)} to ${high.toFixed(3)}: should the measured value lie inside?`,
  );
  expect(
    !near(half(0.7, 4000), half(0.7, 1000)),
    'more samples make it narrower',
    'Your interval is as wide with 4,000 samples as with 1,000. Where does the number of samples come in?',
  );
  expect(
    Math.abs(half(0.7, 1000) / half(0.7, 4000) - 2) < 0.1,
    'four times as many samples halve it',
    'With four times as many samples your interval should be half as wide, and it is not: what stands under the root?',
  );
  const { low: from, high: to } = wilsonInterval(700, 1000);
  expect(
    Math.abs(half(0.7, 1000) / ((to - from) / 2 / 1.96) - 1) > 0.1,
    'it holds 95 of 100',
    'You go one spread to each side, which holds only about 68 of 100. How many spreads hold 95?',
  );
  expect(
    [
      [0.7, 1000],
      [0.9, 500],
      [0.4, 1000],
      [0.65, 300],
    ].every(([accuracy, samples]) => {
      const wanted = wilsonInterval(accuracy * samples, samples);
      const found = at(accuracy, samples);
      const within = (wanted.high - wanted.low) / 15;
      return Math.abs(found.low - wanted.low) < within && Math.abs(found.high - wanted.high) < within;
    }),
    "it agrees with the library's",
    'For other accuracies it is wrong: where is an accuracy more uncertain, at 0.5 or at 0.9? Look at p(1 − p).',
  );
}

function expectInterval(found: unknown, expect: Expect): void {
  const { low, high } = (found ?? {}) as { low: number; high: number };
  expect(
    Number.isFinite(low) && Number.isFinite(high),
    'it gives low and high',
    `A record with the numbers low and high is wanted, and you give ${whatIs(found)}, where low is ${whatIs(low)} and high ${whatIs(high)}.`,
  );
  expect(low <= high, 'low is the lower end', 'Your low lies above your high.');
}

interface Run {
  n: number;
  seed: number;
  accuracy: number;
}

/** Runs in an order of their own, of which some have no partner. */
const FIRST: Run[] = [
  { n: 10, seed: 1, accuracy: 0.4 },
  { n: 10, seed: 2, accuracy: 0.5 },
  { n: 40, seed: 1, accuracy: 0.6 },
  { n: 40, seed: 2, accuracy: 0.75 },
  { n: 160, seed: 1, accuracy: 0.9 },
  { n: 1, seed: 62, accuracy: 0.3 },
  { n: 16, seed: 2, accuracy: 0.35 },
];
const SECOND: Run[] = [
  { n: 40, seed: 2, accuracy: 0.7 },
  { n: 10, seed: 1, accuracy: 0.2 },
  { n: 40, seed: 1, accuracy: 0.3 },
  { n: 10, seed: 2, accuracy: 0.55 },
  { n: 160, seed: 3, accuracy: 0.8 },
  { n: 16, seed: 2, accuracy: 0.25 },
  { n: 1, seed: 62, accuracy: 0.1 },
];

function pairsCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const found: unknown = mine(FIRST, SECOND);
  expect(Array.isArray(found), 'it gives a list', `A list of pairs is wanted, and you give ${whatIs(found)}.`);
  const pairs = found as { n: number; seed: number; difference: number }[];
  expect(
    pairs.every((pair) => [pair?.n, pair?.seed, pair?.difference].every((value) => value !== undefined)),
    'each entry has n, seed and difference',
    'Each entry needs n, seed and difference, and some of yours lack one.',
  );
  expect(
    pairs.every(({ difference }) => Number.isFinite(difference)),
    'each difference is a number',
    'Some of your differences are no numbers: what do you do with a run that has no partner?',
  );
  const wanted = FIRST.flatMap((run) =>
    SECOND.filter(({ n, seed }) => n === run.n && seed === run.seed).map(({ accuracy }) => ({
      n: run.n,
      seed: run.seed,
      difference: run.accuracy - accuracy,
    })),
  );
  expect(
    pairs.length <= FIRST.length,
    'a run is in one pair at most',
    `Of ${FIRST.length} and ${SECOND.length} runs you make ${pairs.length} pairs. Must the two of a pair have only the same n?`,
  );
  const of = (list: typeof pairs) => (run: Run) =>
    list.find(({ n, seed }) => n === run.n && seed === run.seed)?.difference ?? Number.NaN;
  const both = FIRST.filter((run) => Number.isFinite(of(wanted)(run)));
  const keys = pairs.map(({ n, seed }) => `${n}, seed ${seed}`);
  expect(
    new Set(keys).size === keys.length,
    'no pair stands twice',
    `A pair stands twice in your list: n = ${keys.find((key, i) => keys.indexOf(key) < i)}.`,
  );
  const missing = both.find((run) => Number.isNaN(of(pairs)(run)));
  expect(
    missing === undefined,
    'no pair is missing',
    `Both lists have a run with n = ${missing?.n} and seed ${missing?.seed}, and your list has no such pair.`,
  );
  expect(
    !both.every((run) => near(of(pairs)(run), -of(wanted)(run))),
    'it is first minus second',
    'Your differences have the wrong sign: wanted is first minus second.',
  );
  expect(
    both.every((run) => near(of(pairs)(run), of(wanted)(run))),
    'partners share n and seed',
    'Some differences are not those of two partners, or have lost their sign. The lists need not stand in the same order: what makes two runs partners?',
  );
  expect(
    pairs.length === wanted.length,
    'runs without a partner are left out',
    `There are ${wanted.length} pairs in the two lists, and you give ${pairs.length}: which run of yours has no partner with its seed?`,
  );
}

const DRAWS = 4000;

function bootstrapCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const of = (values: readonly number[], draws = DRAWS): { low: number; high: number } => {
    const source = random(7, 'bootstrap of a check');
    return mine(values, draws, (below: number) => source.integer(below));
  };
  const values = [-0.11, -0.02, 0.01, 0.03, 0.04, 0.08, 0.09, 0.15, 0.19, 0.24, 0.31];
  const found = of(values);
  expectInterval(found, expect);
  const wanted = bootstrapInterval(values, mean, DRAWS);
  const width = wanted.high - wanted.low;
  const ratio = (found.high - found.low) / width;
  expect(
    ratio > 0.01,
    'draws differ from each other',
    'All of your draws have the same mean. Can a value be drawn twice in one draw?',
  );
  expect(
    found.low < mean(values) && found.high > mean(values) && ratio < 4,
    'the mean lies inside',
    `The mean of the values is ${mean(values).toFixed(3)} and your interval goes from ${found.low.toFixed(3)} to ${found.high.toFixed(3)}: is it one of means?`,
  );
  expect(
    ratio < 2,
    'it is the interval of a mean',
    'Your interval is about as wide as the values themselves are scattered. What is kept of each draw, and how much less does that scatter?',
  );
  expect(
    ratio < 1.25,
    'its ends are no extremes',
    'Your ends are the smallest and the largest of all draws, so they move outwards with every further draw. Where do 95 of 100 lie?',
  );
  expect(
    ratio > 0.92,
    'it holds 95 of 100',
    'Your interval is too narrow: how many of the means lie outside it, and how many should?',
  );
  const within = width / 12;
  expect(
    Math.abs(found.low - wanted.low) < within && Math.abs(found.high - wanted.high) < within,
    "it agrees with the library's",
    'It is shifted to one side: what do you cut away below, and what above?',
  );
  for (const few of [
    [0.2, 0.1, 0.4, 0.1],
    [-0.2, -0.05, -0.4, -0.1],
  ]) {
    const [own, theirs] = [of(few), bootstrapInterval(few, mean, DRAWS)];
    expect(
      own.low <= own.high,
      'low is the lower end',
      'For negative values your low lies above your high: how does your sort compare numbers?',
    );
    expect(
      Math.abs(own.low - theirs.low) < 0.03 && Math.abs(own.high - theirs.high) < 0.03,
      'it is right for other values',
      'For four other values it is wrong: do you draw as many values as there are?',
    );
  }
  let drawn = 0;
  mine(values, 50, (below: number) => drawn++ % below);
  expect(
    drawn === 50 * values.length,
    'it draws as often as it is told',
    `For 50 draws of ${values.length} values you ask for chance ${drawn} times: what is drawn, and how often?`,
  );
}

function neededCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const curve = [
    { n: 10, accuracy: 0.3 },
    { n: 100, accuracy: 0.4 },
    { n: 400, accuracy: 0.8 },
    { n: 1000, accuracy: 0.7 },
    { n: 6400, accuracy: 0.95 },
  ];
  // A copy each time, since an answer may sort what it is given.
  const at = (accuracy: number): unknown =>
    mine(
      curve.map((point) => ({ ...point })),
      accuracy,
    );
  const [found, wanted] = [at(0.6), samplesToReach(curve, 0.6) ?? Number.NaN];
  expectNumber(found, expect);
  expect(
    found !== 400,
    'it reads between the points',
    'You give the first n that was measured above 0.6. The curve has crossed 0.6 before: where?',
  );
  expect(
    found !== 100,
    'it does not stop before the crossing',
    'You give the last n that was measured below 0.6. The curve crosses 0.6 after it: where?',
  );
  expect(
    !near(found as number, samplesToReach(curve, 0.6, { linear: true }) ?? Number.NaN),
    'its axis is logarithmic',
    'You go along a straight line in n. On a logarithmic axis the middle between 100 and 400 is another number: which factor lies on both sides of it?',
  );
  expect(
    !near(found as number, 100 * 10 ** ((0.6 - 0.4) / (0.7 - 0.4))),
    'it keeps the order of n',
    'You put the points in the order of their accuracies. In which order of n does the curve go, and between which two points does it first reach 0.6?',
  );
  expect(
    near(found as number, wanted),
    'it is right halfway between two points',
    `Halfway up from n = 100 to n = 400 you give ${(found as number).toFixed(1)}: does it lie between the two, and by the same factor from both?`,
  );
  expect(
    at(0.99) === null,
    'it gives null where the curve stays below',
    `The curve never reaches 0.99, and you give ${whatIs(at(0.99))}. What is known then about the samples needed? Say it with null.`,
  );
  expect(
    near(Number(at(0.8)), samplesToReach(curve, 0.8) ?? Number.NaN),
    'it takes the first crossing',
    'The curve reaches 0.8, falls, and rises again. Which of the crossings do you give?',
  );
  const early = orError(() => at(0.2));
  expect(
    near(Number(early), 10),
    'it goes no further back than what was measured',
    `Already the first point, at n = 10, lies above 0.2, and you give ${early instanceof Error ? 'an error' : whatIs(early)}. Is there a point before it, to draw a line from?`,
  );
  expect(
    [0.35, 0.45, 0.5, 0.75, 0.9].every((accuracy) =>
      near(Number(at(accuracy)), samplesToReach(curve, accuracy) ?? Number.NaN),
    ),
    "it agrees with the library's",
    'For other accuracies it is wrong: how large a share of the rise between the two points is done there?',
  );
}

/** What a call gives, or the error that it throws. */
function orError(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

const seeds = (spread: number, lead: number, z = 1.96, runs = 2): number => runs * ((z * spread) / lead) ** 2;

function seedsCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (spread: number, lead: number): number => mine(spread, lead);
  const found = at(0.04, 0.03);
  expectNumber(found, expect);
  const is = (wanted: number) => near(found, Math.ceil(wanted)) || near(found, wanted, 1e-3);
  expect(
    Number.isInteger(found) || !is(seeds(0.04, 0.03)),
    'it is a whole number',
    `There is no part of a seed, and you give ${found}. Up or down?`,
  );
  expect(
    !is(seeds(0.04, 0.03, 1.96, 1)),
    'both conditions have a spread',
    'You count the spread of one mean. A lead is the difference of two means: whose spread is missing?',
  );
  expect(
    !is(seeds(0.04, 0.03, 1)),
    'it asks for 95 of 100',
    'You ask for one spread only, where the interval has 1.96 to each side. How sure would you be?',
  );
  expect(
    at(0.04, 0.01) > 7 * at(0.04, 0.03),
    'a third of the lead needs many more',
    'For a third of the lead you ask for about three times as many seeds. How does the spread of a mean fall with their number?',
  );
  expect(
    found >= seeds(0.04, 0.03) - 0.1,
    'it rounds up',
    'With so many seeds the interval is still a little wider than the lead. Up or down?',
  );
  expect(
    [
      [0.04, 0.03],
      [0.04, 0.02],
      [0.03, 0.05],
      [0.1, 0.03],
      [0.02, 0.05],
    ].every(([spread, lead]) => at(spread, lead) === Math.ceil(seeds(spread, lead))),
    'it is right for other spreads and leads',
    'For other spreads and leads it is wrong: put your number of seeds back in, and compare 1.96 spreads with the lead.',
  );
}
