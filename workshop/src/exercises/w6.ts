/** W6 Shape or texture: the shape bias, mean pooling, categories, what guessing does to a bias, and ranks at equal accuracy. */
import { CATEGORIES } from '../../../lib/dist/images/categories';
import { meanPoolLabels, type RgbImage } from '../../../lib/dist/images/meanPooling';
import { type Decision, samplesToReach, shapeBias } from '../../../lib/dist/stats';
import { random } from '../../../lib/dist/tasks/random';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, expectNumber, near, whatIs } from '../verdict';

export const W6: Exercises = {
  'W6.1': {
    title: 'The shape bias',
    minutes: 12,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'Which decisions say anything about shape against texture, and which say nothing?',
      'First `.filter(…)` the images that are no conflict away; then count the answers for each cue.',
      'With `shape` and `texture` as the two counts, the bias is the one divided by both. What is neither stands in no count.',
    ],
    check: biasCheck,
  },
  'W6.2': {
    title: 'Mean pooling',
    minutes: 15,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Two passes: in the first you add up colours, in the second you paint. What has to be kept between them?',
      'Three sums and a count for each label. Value i of the image belongs to the pixel `Math.floor(i / 3)` and to the colour `i % 3`.',
      '`sums[3 * label + colour]` and `counts[label]` in the first pass; `image.map((_, i) => …)` makes a new image in the second.',
    ],
    check: poolCheck,
  },
  'W6.3': {
    title: 'Category by category',
    minutes: 8,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'A decision has three categories: of the shape, of the texture, and the answer. Which of them is the question?',
      'You have a function that measures a list of decisions: give it those of one category at a time.',
      '`images.CATEGORIES.map((category, label) => …)`, with the decisions filtered by their `shape`.',
    ],
    check: categoriesCheck,
  },
  'W6.4': {
    title: 'Who wins by being bad?',
    minutes: 14,
    difficulty: 'hard',
    importance: 'core',
    hints: [
      'Take 1,600 images, of which it knows none: how many answers fall on each category by luck?',
      'Let `lucky` be the part that it guesses, divided by the number of categories. It is right on that part too, and names the shape of a conflict that often.',
      'On plain images it is right where it knows and where it is lucky. On conflicts `lucky` is the share for the shape; which two parts make up the share for the texture?',
    ],
    check: guesserCheck,
  },
  'W6.5': {
    title: 'Ranks at equal accuracy',
    minutes: 10,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'A network is measured a few times while it trains. Between which two of these times does it pass the accuracy?',
      '`path.findIndex(…)` finds the first time at which it is reached. What lies between it and the time before?',
      'The part of the way is (accuracy − before.plain) / (after.plain − before.plain); go as far from the one bias to the other.',
    ],
    check: pathCheck,
  },
};

/** Decisions that were made up: [shape, texture, response], as often as it says. */
function decided(...rows: [shape: number, texture: number, response: number, times?: number][]): Decision[] {
  const all = rows.flatMap(([shape, texture, response, times = 1]) =>
    Array.from({ length: times }, () => ({ shape, texture, response })),
  );
  return all.map((one, i) => ({
    ...one,
    subject: 'made up',
    session: 1,
    trial: i + 1,
    reactionTime: null,
    condition: '0',
    imageName: `${i + 1}_${CATEGORIES[one.shape]}1-${CATEGORIES[one.texture] ?? CATEGORIES[0]}1.png`,
  }));
}

/** Answers of which about a third is for each cue, over all categories. */
function mixed(seed: number): Decision[] {
  const { integer } = random(seed, 'decisions of a check');
  return decided(
    ...Array.from({ length: 1600 }, (_, i): [number, number, number] => {
      const [shape, texture] = [i % 16, integer(16)];
      // So that a grouping by shape, by texture and by answer are three different things.
      const forShape = integer(20) < shape;
      return [shape, texture, [forShape ? shape : texture, integer(16) - 1][integer(3) === 0 ? 1 : 0]];
    }),
  );
}

async function biasCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const of = (...rows: [number, number, number, number?][]): number => mine(decided(...rows));
  expectNumber(of([1, 2, 1]), expect);
  const [all, none] = [of([1, 2, 1, 5]), of([1, 2, 2, 5])];
  expect(
    near(all, 1) && near(none, 0),
    'it is 1 for shape alone, and 0 for texture alone',
    `Five answers for the shape should give 1 and five for the texture 0, and yours are ${all.toFixed(2)} and ${none.toFixed(2)}: what is divided by what?`,
  );
  const neither = of([1, 2, 1, 3], [1, 2, 2, 1], [1, 2, 3, 4]);
  expect(
    near(neither, 0.75),
    'answers for neither cue do not count',
    `Three answers name the shape, one the texture, and four neither: yours is ${neither.toFixed(3)}. Do those four say which of the two cues counts?`,
  );
  const late = of([1, 2, 1, 3], [1, 2, 2, 1], [1, 2, -1, 2], [1, -1, -1, 4]);
  expect(
    near(late, 0.75),
    'no answer does not count',
    `Some people gave no answer (−1), and some images have no texture (−1 too). You get ${late.toFixed(3)} where it should change nothing: what does your code take these for?`,
  );
  const same = of([1, 2, 1, 3], [1, 2, 2, 1], [4, 4, 4, 6]);
  expect(
    near(same, 0.75),
    'images without a conflict do not count',
    `Six of these images have a cat's shape and a cat's texture, and with them you get ${same.toFixed(3)}. Which of the two did the answer "cat" go by?`,
  );
  const data = mixed(1);
  expect(
    near(mine(data), shapeBias(data).bias),
    "it agrees with the library's on 1,600 decisions",
    `On 1,600 mixed decisions you get ${Number(mine(data)).toFixed(3)}, and the library something else: try it on a few that you can count by hand.`,
  );
}

function poolCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const { integer } = random(1, 'image of a check');
  const [height, width] = [4, 5];
  const pixels = Uint8Array.from({ length: height * width * 3 }, () => integer(256));
  const labels = Int32Array.from({ length: height * width }, (_, i) => [0, 2, 0, 3][(7 * i) % 4]);
  const picture: RgbImage = { image: pixels.slice(), height, width };
  const found: unknown = mine(picture, labels);
  const size = height * width * 3;
  const isImage = (found instanceof Uint8Array || Array.isArray(found)) && found.length === size;
  expect(
    isImage,
    'it gives an image of the same size',
    `The image has ${height} × ${width} pixels of three colours, ${size} values, and you return ${found instanceof Uint8Array ? `${found.length} of them` : whatIs(found)}.`,
  );
  const values = found as Uint8Array;
  expect(
    picture.image.every((value, i) => value === pixels[i]),
    'it leaves the image that it was given as it is',
    'After your function the image that it was given is another one: where should the pooled one be painted?',
  );
  const colourOf = (pixel: number) => [0, 1, 2].map((colour) => Math.round(values[3 * pixel + colour]));
  const [first, other] = [0, 2].map((label) => labels.indexOf(label));
  const twins = [...labels.keys()].filter((i) => labels[i] === labels[first]);
  expect(
    twins.every((i) => `${colourOf(i)}` === `${colourOf(first)}`),
    'a segment has one colour',
    'Two pixels of one segment have different colours in your image: its texture is still there. To which pixel does value i belong?',
  );
  expect(
    `${colourOf(first)}` !== `${colourOf(other)}`,
    'each segment has its own',
    'All segments have the same colour in your image: over which pixels is the mean taken?',
  );
  expect(
    [...labels.keys()].some((i) => new Set(colourOf(i)).size > 1),
    'it keeps colours',
    'Your image is grey: red, green and blue have a mean each.',
  );
  const wanted = meanPoolLabels({ ...picture, labels });
  expect(
    wanted.every((value, i) => Math.abs(value - values[i]) <= 1),
    "it agrees with the library's",
    'The colours are not the means of their segments: work one out by hand, for a picture of 1 × 2 pixels with two labels.',
  );
}

async function categoriesCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const data = mixed(2);
  const rows: unknown = mine(data);
  expect(
    Array.isArray(rows) && rows.length === CATEGORIES.length,
    'it has a row for each category',
    `A row for each of the ${CATEGORIES.length} categories is wanted, and you give ${whatIs(rows)}.`,
  );
  const named = rows as { category: string; bias: number }[];
  expect(
    [...named].every((row) => row?.category !== undefined && row?.bias !== undefined),
    'each row has a category and a bias',
    'Each row needs a category and a bias, and some of yours lack one.',
  );
  expect(
    named.every(({ category }, i) => category === CATEGORIES[i]),
    'each row has the name of its category',
    `The first row should be of "${CATEGORIES[0]}", and yours is of "${named[0]?.category}": a label is a place in images.CATEGORIES.`,
  );
  const agrees = (by: (decision: Decision) => number) =>
    named.every(({ bias }, label) => near(bias, shapeBias(data.filter((one) => by(one) === label)).bias));
  expect(
    !agrees(({ texture }) => texture),
    'it does not go by the texture',
    'These are the decisions on images with the texture of each category. Whose shape was the question about?',
  );
  expect(
    !agrees(({ response }) => response),
    'it does not go by the answer',
    'You group by the answer: then a category that nobody names has no decisions, however its shape counts. What is known before the answer?',
  );
  expect(
    agrees(({ shape }) => shape),
    "it agrees with the library's",
    'The groups are right and the values are not: is each the shape bias of its own decisions?',
  );
}

/** The bias of one that knows the texture of `known` of 16·`known + guessed` images, and guesses the others, counted out. */
function counted(known: number, guessed: number): { plain: number; bias: number } {
  const conflicts = decided(
    ...CATEGORIES.map((_, answer): [number, number, number, number] => [0, 1, answer, guessed]),
    [0, 1, 1, 16 * known],
  );
  return { plain: (16 * known + guessed) / (16 * (known + guessed)), bias: shapeBias(conflicts).bias };
}

function guesserCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const at = (known: number): { plain: number; bias: number } => mine(known) ?? {};
  const begin = at(0.5);
  expect(
    ['plain', 'bias'].every((name) => name in begin),
    'it gives plain and bias',
    `A record with the numbers plain and bias is wanted, and you give ${whatIs(mine(0.5))}.`,
  );
  expectNumber(begin.plain, expect, 'it gives an accuracy');
  expectNumber(begin.bias, expect, 'it gives a bias');
  expect(
    near(at(1).plain, 1) && near(at(1).bias, 0),
    'one that knows every texture is always right, and has a bias of 0',
    'A network that knows every texture is right on all plain images, and names no shape on conflicts: yours does not come to that.',
  );
  expect(
    !near(at(0).plain, 0),
    'a guess is sometimes right',
    'A network that knows nothing and guesses is right now and then: how often, with 16 categories?',
  );
  expect(
    !near(at(0).bias, 0),
    'a guess names a shape sometimes',
    'A network that knows nothing names the shape of an image as often as any other category. So is its bias 0?',
  );
  expect(
    near(at(0).bias, 0.5),
    'one that only guesses has a bias of one half',
    `One that only guesses names shape and texture equally often, and its bias is ${at(0).bias.toFixed(3)} in your function: by what do you divide?`,
  );
  const cases = [
    [1, 3],
    [1, 1],
    [7, 2],
  ].map(([known, guessed]) => ({ mine: at(known / (known + guessed)), wanted: counted(known, guessed) }));
  expect(
    cases.every(({ mine, wanted }) => near(mine.plain, wanted.plain)),
    'its accuracy is what counting gives',
    'The accuracy is right at both ends and not between them: which part of the images is guessed, when half are known?',
  );
  expect(
    cases.every(({ mine, wanted }) => near(mine.bias, wanted.bias)),
    'its bias is what counting gives',
    'The bias is right at both ends and not between them: the texture is named where it is known, and where else?',
  );
}

type Path = { plain: number; bias: number }[];

function pathCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const path: Path = [
    { plain: 0.06, bias: 0.5 },
    { plain: 0.4, bias: 0.62 },
    { plain: 0.72, bias: 0.3 },
    { plain: 0.66, bias: 0.45 },
    { plain: 0.9, bias: 0.2 },
  ];
  // A copy each time, since an answer may sort what it is given.
  const at = (accuracy: number): number | null =>
    mine(
      path.map((point) => ({ ...point })),
      accuracy,
    );
  expect(
    at(0.06) !== null && at(0.06) !== undefined,
    'the first measurement counts',
    'The path begins at an accuracy of 0.06, so its bias there is known, and you give none.',
  );
  expectNumber(at(0.4), expect);
  expect(
    near(at(0.4) as number, 0.62),
    'it has the value where it was measured',
    'At 0.4 this path was measured, and its bias there is known: you give another.',
  );
  const between = at(0.6) as number;
  expect(
    between >= 0.3 && between <= 0.62,
    'it lies between two measured values',
    `At 0.6 this path lies between two measurements with the biases 0.62 and 0.3, and you give ${Number(between).toFixed(3)}. Which two of them do you take?`,
  );
  expect(
    !near(between, 0.62) && !near(between, 0.3) && !near(between, 0.46),
    'it goes a part of the way',
    'The accuracy 0.6 lies closer to one of its neighbours than to the other, and your bias does not show that: what part of the way is it?',
  );
  expect(
    !near(between, 0.62 + ((0.6 - 0.4) / (0.66 - 0.4)) * (0.45 - 0.62)),
    'it goes along the training',
    'You put the path in the order of its accuracies. In which order was it measured, and between which two times does it first come to 0.6?',
  );
  expect(
    !near(at(0.7) as number, 0.45 + ((0.7 - 0.66) / (0.9 - 0.66)) * (0.2 - 0.45)),
    'it takes the first time',
    'This path reaches 0.7, falls below it, and reaches it again: which of these times is meant?',
  );
  const isNothing = (bias: unknown) => bias === null || bias === undefined || Number.isNaN(bias);
  const early = at(0.03);
  expect(
    isNothing(early) || near(early as number, 0.5),
    'it goes no further back than what was measured',
    `This path begins at an accuracy of 0.06, and for 0.03 you give a bias of ${Number(early).toFixed(3)}, which was never measured: is there a time before the first, to draw a line from?`,
  );
  const never = at(0.95);
  expect(
    isNothing(never),
    'it has no value where it was never reached',
    `This path never reaches 0.95, and you give ${Number(never).toFixed(3)} all the same: what should stand for "not known"?`,
  );
  const wanted = (accuracy: number): number => {
    const place = samplesToReach(
      path.map(({ plain }, n) => ({ n, accuracy: plain })),
      accuracy,
      { linear: true },
    ) as number;
    const before = Math.floor(place);
    const { bias } = path[before];
    return place === before ? bias : bias + (place - before) * (path[before + 1].bias - bias);
  };
  expect(
    [0.06, 0.2, 0.5, 0.6, 0.68, 0.7, 0.72, 0.8].every((accuracy) => near(at(accuracy) as number, wanted(accuracy))),
    "it agrees with the library's",
    'Nearly: draw the path from (0.40, 0.62) to (0.72, 0.30), and read it at 0.5.',
  );
}
