/** W4 Honest controls: sampling, the released sampler, the complement, a run of one's own, and what comes along. */
import type { TransferSettings } from '../../../lib/dist/experiments/settings';
import { startingPoint, type TransferInputs } from '../../../lib/dist/experiments/transfer';
import { countKept } from '../../../lib/dist/masking';
import { random } from '../../../lib/dist/tasks';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, whatIs } from '../verdict';

export const W4: Exercises = {
  'W4.1': {
    title: 'The honest sampled control',
    minutes: 15,
    difficulty: 'hard',
    importance: 'core',
    hints: [
      'How many ones must the control have? And may one place be drawn twice?',
      'Put the places 0, 1, 2 … in a random order and take the first k of them. Or draw until k different ones are there.',
      'A Set of drawn places never holds one twice: draw with `below(keep.length)` until its size is k.',
    ],
    check: sampledCheck,
  },
  'W4.2': {
    title: 'The released sampler',
    minutes: 8,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Follow one drawn place through releasedSample: which number does it get at the end?',
      'Look at what the mask is filled with before anything is drawn.',
      'Exchange ones and zeros in the two lines that write them, and keep everything else.',
    ],
    check: mendedCheck,
  },
  'W4.3': {
    title: 'The complement',
    minutes: 8,
    difficulty: 'medium',
    importance: 'extra',
    hints: [
      'Which places may be drawn now? Make a list of them first.',
      'What is to be done where that list is shorter than k?',
      '`throw new Error(…)` with a sentence that names both numbers; else draw from the list as before.',
    ],
    check: complementCheck,
  },
  'W4.4': {
    title: 'Your seat in the distribution',
    minutes: 10,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'A control for the whole model is a control for each of its weights. What do they have to have different?',
      '`masks.mapLayers(subnetwork, (parameter, { keep }) => …)` makes a mask for each weight; `tasks.random(seat, parameter).integer` draws.',
      'Name your control with `masks.named(…)`, give the name as `mask` to the settings of the run, and return what `experiments.transferRun` gives.',
    ],
    check: ownControlCheck,
  },
  'W4.5': {
    title: 'Find the confound',
    minutes: 14,
    difficulty: 'hard',
    importance: 'core',
    hints: [
      'The subnetwork covers linear maps only. What of a model is no linear map of a block?',
      'Read the text of `masks.transferSubnetwork` (Shift+Tab on it): which parameters are taken from the base, and which from `fresh`?',
      'Two conditions differ in one row only; one condition has the same word in every row.',
    ],
    check: confoundCheck,
  },
};

const SIZE = 400;
/** Every eighth weight is in the subnetwork. */
const KEEP = Uint8Array.from({ length: SIZE }, (_, i) => (i % 8 === 0 ? 1 : 0));
const KEPT = countKept(KEEP);
const DRAWS = 400;

type Sample = (keep: Uint8Array, below: (n: number) => number) => unknown;

/** A mask that a participant's sampler draws. */
function drawn(mine: Sample, below: (n: number) => number, expect: Expect): Uint8Array {
  const mask = mine(KEEP.slice(), below);
  expect(
    mask instanceof Uint8Array && mask.length === SIZE,
    'it gives a mask of the same length',
    `A Uint8Array with one entry for each of the ${SIZE} weights is wanted, and you give ${whatIs(mask)}.`,
  );
  expect(
    (mask as Uint8Array).every((bit) => bit <= 1),
    'it holds zeros and ones',
    'A mask holds zeros and ones, and yours holds other numbers.',
  );
  return mask as Uint8Array;
}

function expectSize(mask: Uint8Array, expect: Expect): void {
  const kept = countKept(mask);
  expect(
    kept !== SIZE - KEPT,
    'it does not turn ones and zeros round',
    `The subnetwork keeps ${KEPT} of ${SIZE} weights and yours all but so many: that is what the released code does. What would such a "control" show?`,
  );
  expect(
    kept === KEPT,
    'it keeps as many weights as the subnetwork',
    `The subnetwork keeps ${KEPT} weights and yours ${kept}.${kept < KEPT ? ' Can one place be drawn twice?' : ''}`,
  );
}

/** How often each weight is kept in many draws. */
function hitsOf(mine: Sample, below: (n: number) => number, expect: Expect): Float64Array {
  const hits = new Float64Array(SIZE);
  for (let draw = 0; draw < DRAWS; draw++) {
    const mask = drawn(mine, below, expect);
    for (let i = 0; i < SIZE; i++) hits[i] += mask[i];
  }
  return hits;
}

function expectChance(hits: Float64Array, may: (place: number) => boolean, expect: Expect): void {
  const half = (from: number) => hits.slice(from, from + SIZE / 2).reduce((a, b) => a + b, 0);
  const first = half(0) / (half(0) + half(SIZE / 2));
  expect(
    Math.abs(first - 0.5) < 0.03,
    'both halves of the weights are drawn alike',
    `${(100 * first).toFixed(0)} % of what you draw lies in the first half of the weights: every weight should be as likely as any other.`,
  );
  expect(
    hits.every((count, place) => count > 0 === may(place)),
    'every weight that may be drawn is drawn at times',
    `In ${DRAWS} draws some weights never come. Which places can your code not reach?`,
  );
}

function sampledCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const { integer } = random(7, 'workshop');
  const mask = drawn(mine, integer, expect);
  expectSize(mask, expect);
  expect(
    mask.some((bit, i) => bit !== KEEP[i]),
    'it is another set',
    'You give the subnetwork itself: then the treatment is compared with itself.',
  );
  const again = drawn(mine, integer, expect);
  expect(
    again.some((bit, i) => bit !== mask[i]),
    'it is drawn anew each time',
    'Two draws gave the same weights. Where does chance come in?',
  );
  const hits = hitsOf(mine, integer, expect);
  const inside = KEEP.reduce((sum, bit, i) => sum + bit * hits[i], 0);
  expect(
    inside > 0,
    'weights of the subnetwork can be drawn too',
    'Yours never draws a weight of the subnetwork: that is the complement control, which comes later.',
  );
  expectChance(hits, () => true, expect);
}

function mendedCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const { integer } = random(8, 'workshop');
  const mask = drawn(mine, integer, expect);
  const kept = countKept(mask);
  expect(
    kept > 0 && kept < SIZE,
    'it keeps some weights and not all',
    `Yours keeps ${kept} of ${SIZE} weights. Which number does a drawn place get now, and which the others?`,
  );
  expectSize(mask, expect);
  const hits = hitsOf(mine, integer, expect);
  expectChance(hits, () => true, expect);
}

function complementCheck(mine: Answer, expect: Expect): void {
  expectFunction(mine, expect);
  const { integer } = random(9, 'workshop');
  const mask = drawn(mine, integer, expect);
  expect(
    KEEP.every((bit, i) => bit + mask[i] < 2),
    'it lies outside the subnetwork',
    'Some of your weights are in the subnetwork: the complement is drawn from the others alone.',
  );
  expectSize(mask, expect);
  expectChance(hitsOf(mine, integer, expect), (place) => KEEP[place] === 0, expect);
  const dense = Uint8Array.from({ length: 10 }, (_, i) => (i < 6 ? 1 : 0));
  const sentence = errorOf(() => mine(dense, integer));
  expect(
    sentence !== undefined,
    'it refuses what is impossible',
    'Of 10 weights 6 are in the subnetwork, so only 4 are left for a control of 6. Yours gives something all the same: what?',
  );
  expect(
    /6/.test(sentence as string) && /4/.test(sentence as string),
    'its sentence names both numbers',
    `Your error says "${sentence}". Somebody who reads it wants to know how many weights are wanted and how many are left.`,
  );
}

function errorOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function ownControlCheck(answer: Answer, expect: Expect): Promise<void> {
  const { run, discovery } = (await answer()) as {
    run: { settings: TransferSettings; result: { test_accuracy: number; transferred_weights: number } };
    discovery: { result: { kept: number } };
  };
  const accuracy = run?.result?.test_accuracy;
  expect(
    Number.isFinite(accuracy),
    'it is a finished run',
    `What experiments.transferRun gives is wanted, and you give ${whatIs(run)}.`,
  );
  expect(
    run.settings.mask !== undefined,
    'it starts from your control',
    'This run starts from the discovered subnetwork, since its settings name no mask of yours: you measured the treatment.',
  );
  expect(
    run.result.transferred_weights === discovery.result.kept,
    'it keeps as many weights as the subnetwork',
    `The subnetwork hands over ${discovery.result.kept} weights and your control ${run.result.transferred_weights}.`,
  );
  expect(
    run.settings.subnetwork === 'frozen',
    'what it hands over stays as it is',
    'The transferred weights of your control train on, those of the subnetwork do not: then two things differ.',
  );
}

/** The rows of W4.5: which parameters, and whether the mask of the condition keeps them (no mask: the discovered one). */
export const INGREDIENTS = [
  'embeddings',
  'LayerNorm',
  'biases',
  'weights that the mask keeps',
  'weights that the mask drops',
] as const;

/** The columns. */
export const CONDITIONS = ['subnetwork', 'sampled control', 'complement', 'full model', 'random init'] as const;

type Word = 'base' | 'new';
export type Origins = Record<(typeof INGREDIENTS)[number], Record<(typeof CONDITIONS)[number], Word>>;

function confoundCheck(answer: Answer, expect: Expect): void {
  const { table, inputs, settings } = answer() as {
    table: Origins;
    inputs: TransferInputs;
    settings: Record<string, TransferSettings>;
  };
  const words = INGREDIENTS.flatMap((row) => CONDITIONS.map((column) => table?.[row]?.[column]));
  expect(
    words.every((word) => word === 'base' || word === 'new'),
    'every field says base or new',
    'Every field needs one of the two words, "base" or "new".',
  );
  for (const row of INGREDIENTS) {
    const wrong = CONDITIONS.filter((column) => originOf(row, settings[column], inputs) !== table[row][column]);
    expect(
      wrong.length === 0,
      `the row "${row}" is right`,
      `In the row "${row}" ${wrong.length === 1 ? 'one word is' : `${wrong.length} words are`} not what experiments.startingPoint does. Which parameters does a transfer touch at all?`,
    );
  }
}

/** Whether a run starts with the base model's values in some of its parameters. */
function originOf(row: (typeof INGREDIENTS)[number], settings: TransferSettings, inputs: TransferInputs): Word {
  const { parameters, subnetwork } = startingPoint(settings, inputs);
  const base = inputs.discovery?.base.parameters ?? {};
  const masks = subnetwork ?? inputs.discovery?.subnetwork ?? {};
  const bit = row === 'weights that the mask keeps' ? 1 : 0;
  const named: Record<string, (name: string) => boolean> = {
    embeddings: (name) => /wte|wpe/.test(name),
    LayerNorm: (name) => /ln_/.test(name),
    biases: (name) => /(?:attn|mlp).*bias$/.test(name),
  };
  const isIn = named[row] ?? ((name: string) => name in masks);
  let [same, all] = [0, 0];
  for (const name of Object.keys(base).filter(isIn)) {
    base[name].data.forEach((value, i) => {
      if (name in masks && masks[name].keep[i] !== bit) return;
      all++;
      if (parameters[name].data[i] === value) same++;
    });
  }
  return same > all / 2 ? 'base' : 'new';
}
