/** W3 The mask: soft mask, penalty, temperature, gradient, training with one's own, and the factor of the penalty. */
import { l0Norm, softMask, temperatureOf } from '../../../lib/dist/masking';
import { tf } from '../../../lib/dist/tensorflow/backend';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, expectNumber, near, whatIs } from '../verdict';

export const W3: Exercises = {
  'W3.1': {
    title: 'The soft mask',
    minutes: 8,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'What should a weight be multiplied by when its score is very high, very low, or exactly 0?',
      'A tensor has methods for this: press Tab after `scores.` to list them. Two of them, one after the other, are enough.',
      'First make the scores larger or smaller with `.mul(…)`, then bring them between 0 and 1 with a sigmoid.',
    ],
    check: softMaskCheck,
  },
  'W3.2': {
    title: 'The L0 penalty',
    minutes: 8,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'Without a penalty nothing pushes a score down. Which number grows with every weight that stays?',
      'Each weight tensor gives one number; then several numbers become one.',
      '`.sum()` of each soft mask, and `tf.addN` adds tensors of one shape.',
    ],
    check: penaltyCheck,
  },
  'W3.3': {
    title: 'The temperature, as described',
    minutes: 10,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Write down T for the epochs 1, 2 and 3 as powers of one factor f.',
      'f is the number that gives the final temperature when it is multiplied by itself `epochs` times.',
      'f is `final ** (1 / epochs)`. How often has it been applied before epoch 1? And before epoch 2?',
    ],
    check: temperatureCheck,
  },
  'W3.4': {
    title: 'When is a score lost?',
    minutes: 8,
    difficulty: 'medium',
    importance: 'extra',
    hints: [
      'The mask is σ(T·s). How fast does it change when s changes a little? Think of the chain rule.',
      'The derivative of σ(x) is σ(x)·(1 − σ(x)); the inner function T·s brings one more factor.',
      'With m = σ(T·s), three factors are multiplied: T, m and one more.',
    ],
    check: gradientCheck,
  },
  'W3.5': {
    title: 'Train with your own three functions',
    minutes: 14,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'The library trains; you only say with which functions. Where do settings name them?',
      '`masks.named({ … })` takes the three functions by their names soft, penalty and temperature, and gives a name.',
      'Spread the settings of the chain and add one field: `{ ...chain.discovery, functions: masks.named({ soft: …, … }) }`.',
    ],
    check: ownTrainingCheck,
  },
  'W3.6': {
    title: 'Three penalties',
    minutes: 10,
    difficulty: 'medium',
    importance: 'extra',
    hints: [
      'λ is the price of a weight. What is bought when the price is higher?',
      'A loop over the three factors, with one training in each turn; `result.kept` and `result.total` say what stays.',
      'In each turn `experiments.discoverSubnetwork` with the settings of `short` and this `lambda`, then push a row.',
    ],
    check: penaltiesCheck,
  },
};

/** The values of a participant's tensor of a shape. */
function valuesOf(tensor: unknown, shape: number[], expect: Expect): number[] {
  expect(!(tensor instanceof Promise), 'it is computed at once', 'You return a promise: this needs no await.');
  expect(tensor instanceof tf.Tensor, 'it gives a tensor', `A tensor is wanted, and you return ${whatIs(tensor)}.`);
  const { shape: found } = tensor as tf.Tensor;
  expect(
    found.join() === shape.join(),
    'it has the shape of the scores',
    `The scores have the shape [${shape.join(', ')}] and your mask has [${found.join(', ')}]: a mask has one entry for each weight.`,
  );
  return Array.from((tensor as tf.Tensor).dataSync());
}

function softMaskCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const scores = tf.tensor2d([
    [-0.4, -0.1, 0],
    [0.1, 0.3, 2],
  ]);
  const at = (temperature: number) => valuesOf(mine(scores, temperature), [2, 3], expect);
  const [cold, hot] = [at(1), at(100)];
  expect(
    near(cold[2], 0.5) && near(hot[2], 0.5),
    'a score of 0 lets half of the weight through',
    `A score of 0 lets half of the weight through at every temperature, and yours lets ${cold[2].toFixed(3)} and ${hot[2].toFixed(3)} through.`,
  );
  expect(
    [...cold, ...hot].every((m) => m >= 0 && m <= 1),
    'its entries lie between 0 and 1',
    'A mask multiplies weights: its entries lie between 0 and 1, and some of yours do not.',
  );
  expect(
    cold[5] > cold[0],
    'a higher score lets more through',
    'A higher score should let more of its weight through, and yours does the opposite.',
  );
  expect(
    hot.some((m, i) => !near(m, cold[i])),
    'it depends on the temperature',
    'Your mask is the same at T = 1 and at T = 100. What should the temperature change?',
  );
  expect(
    hot[4] > cold[4],
    'it hardens as T rises',
    'At T = 100 a score of 0.3 should be nearly fully on, and yours moves towards one half. A softmax is divided by its temperature; what is done here?',
  );
  const wanted = (temperature: number) => softMask({ scores }, temperature).scores.dataSync();
  expect(
    [1, 7, 100].every((temperature) => at(temperature).every((m, i) => near(m, wanted(temperature)[i]))),
    "it agrees with the library's at three temperatures",
    'The direction is right and the values are not: put T = 1 and s = 2 into the formula by hand.',
  );
}

function penaltyCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const mask = {
    first: tf.tensor2d([
      [0.25, 0.5],
      [1, 0],
    ]),
    second: tf.tensor2d([[1, 1, 0.125]]),
  };
  const found: unknown = mine(mask);
  expect(!(found instanceof Promise), 'it is computed at once', 'You return a promise: this needs no await.');
  expect(
    found instanceof tf.Tensor && found.size === 1,
    'it gives one number, as a tensor',
    `A tensor with one entry is wanted, since it is added to the loss, and you return ${found instanceof tf.Tensor ? `one of the shape [${found.shape.join(', ')}]` : whatIs(found)}.`,
  );
  const [value] = (found as tf.Tensor).dataSync();
  const [total] = l0Norm(mask).dataSync();
  expect(
    !near(value, total / 7),
    'it is no mean',
    'You take the mean over all weights. The released penalty is the plain sum: what would have to happen to its factor in a larger model?',
  );
  expect(
    !Number.isInteger(value),
    'it counts soft entries',
    'You count the entries above a threshold. A count has no gradient, so nothing would ever push a score down.',
  );
  expect(
    !near(value, 1.75) && !near(value, 2.125),
    'it covers every weight',
    'You look at one weight tensor alone; the penalty is over all of them.',
  );
  expect(
    near(value, total),
    'it is the sum of the soft masks',
    `For the masks [[0.25, 0.5], [1, 0]] and [[1, 1, 0.125]] you get ${value.toFixed(3)}: add them up by hand.`,
  );
}

function temperatureCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (epoch: number, epochs = 50, final = 100): number => mine(epoch, epochs, final);
  expectNumber(at(1), expect);
  expect(
    near(at(1), 1),
    'the first epoch runs at T = 1',
    `The first epoch runs at T = 1, and yours at ${at(1).toFixed(3)}. From which number are epochs counted?`,
  );
  const factors = [2, 3, 4].map((epoch) => at(epoch) / at(epoch - 1));
  expect(
    factors.every((factor) => factor > 1),
    'the temperature rises',
    'The temperature should rise from epoch to epoch.',
  );
  expect(
    near(factors[0], factors[1] ** 2) === false,
    'its first step is as large as the others',
    'Your first step is twice as large as the others (f² and not f): that is what the released loop does. What does the paper describe?',
  );
  expect(
    factors.every((factor) => near(factor, factors[0])),
    'it grows by one factor',
    'The same factor should lie between any two epochs next to each other, and yours grows by the same amount instead.',
  );
  expect(
    !near(at(50), 100),
    'the last epoch stays below the final temperature',
    'Your last epoch runs at T = 100 exactly. As described the factor is the 50th root of 100, and between 50 epochs lie 49 steps.',
  );
  const wanted = (epoch: number, epochs: number, final: number) =>
    temperatureOf({ epoch, epochs, final, schedule: 'described' });
  expect(
    [
      [1, 50, 100],
      [17, 50, 100],
      [50, 50, 100],
      [3, 10, 50],
    ].every(([epoch, epochs, final]) => near(at(epoch, epochs, final), wanted(epoch, epochs, final))),
    "it agrees with the library's",
    'Nearly: try it with 10 epochs and a final temperature of 50.',
  );
}

/** d sigmoid(T·s) / ds. */
const slope = (score: number, temperature: number): number => {
  const mask = 1 / (1 + Math.exp(-temperature * score));
  return temperature * mask * (1 - mask);
};

function gradientCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (score: number, temperature: number): number => mine(score, temperature);
  expectNumber(at(0, 1), expect, 'it gives a number');
  expect(
    !near(at(0, 1), 0.5),
    'it is a slope and no mask',
    'At s = 0 you give the mask itself, one half. Asked for is how fast the mask changes there.',
  );
  expect(
    !near(at(0, 8), at(0, 1)),
    'it has the inner factor',
    'At s = 0 your slope is the same at T = 1 and at T = 8. The mask is much steeper at T = 8: which factor does the chain rule bring?',
  );
  expect(
    [
      [0, 1],
      [0, 8],
      [-0.1, 1],
      [-0.1, 40],
      [0.3, 7],
    ].every(([score, temperature]) => near(at(score, temperature), slope(score, temperature))),
    'it agrees with the difference quotient',
    'Compare with the difference quotient, (mask(s + h) − mask(s − h)) / (2h) for a small h: yours is another number.',
  );
}

interface Mask {
  settings: { functions?: string; base: object };
  result: { eval_accuracy: number; kept: number; total: number };
}

function expectMask(mask: Mask, expect: Expect): void {
  const { result } = mask ?? {};
  expect(
    Number.isFinite(result?.eval_accuracy) && Number.isFinite(result?.kept),
    'it is a mask that was trained',
    `What experiments.discoverSubnetwork gives is wanted, and you give ${whatIs(mask)}.`,
  );
}

/** How far from the library's share of kept weights one's own may lie. */
const KEPT_WITHIN = 0.05;

async function ownTrainingCheck(answer: Answer, expect: Expect): Promise<void> {
  const { mine, library } = (await answer()) as { mine: Mask; library: Mask };
  expectMask(mine, expect);
  expectMask(library, expect);
  expect(
    mine.settings.functions !== undefined,
    'it was trained with your functions',
    "This mask was trained with the library's functions: its settings name none of yours.",
  );
  const [own, theirs] = [mine, library].map(({ result: { kept, total } }) => kept / total);
  expect(
    mine.result.eval_accuracy >= 0.9,
    'it still computes "ab"',
    `Your mask computes "ab" on ${(100 * mine.result.eval_accuracy).toFixed(0)} % of the pairs, and the library's on ${(100 * library.result.eval_accuracy).toFixed(0)} %. Which of your functions lets too little through, and when?`,
  );
  expect(
    Math.abs(own - theirs) <= KEPT_WITHIN,
    "it keeps about as many weights as the library's",
    `Your mask keeps ${(100 * own).toFixed(0)} % of the weights and the library's ${(100 * theirs).toFixed(0)} %. Which function says what a weight costs?`,
  );
}

async function penaltiesCheck(answer: Answer, expect: Expect): Promise<void> {
  const rows: unknown = await answer();
  expect(
    Array.isArray(rows) && rows.length >= 3,
    'there are three trainings',
    `One row for each of the three factors is wanted, and you give ${whatIs(rows)}.`,
  );
  const sorted = [...(rows as { lambda: number; kept: number; accuracy: number }[])].sort(
    (a, b) => a.lambda - b.lambda,
  );
  expect(
    sorted.every(
      ({ lambda, kept, accuracy }) => lambda >= 0 && kept >= 0 && kept <= 1 && accuracy >= 0 && accuracy <= 1,
    ),
    'each row has lambda, the share kept and the accuracy',
    'Each row needs lambda, kept and accuracy; the last two are shares between 0 and 1.',
  );
  expect(
    new Set(sorted.map(({ lambda }) => lambda)).size === sorted.length,
    'the factors differ',
    'Two of your rows have the same factor.',
  );
  expect(
    sorted.every(({ kept }, i) => i === 0 || kept <= sorted[i - 1].kept),
    'a dearer weight is kept less often',
    'With a larger factor more weights stay in your table. Did kept and lambda come from the same training?',
  );
}
