/** W7 Your own subtask: a question with rivals, a plan that can fail, runs that are comparable, a report, a review. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { TransferSettings } from '../../../lib/dist/experiments';
import { canonicalJson } from '../../../lib/dist/files/json';
import { projectStore, type RunStore } from '../../../lib/dist/runs';
import { answer, defineExpression, MODULUS } from '../../../lib/dist/tasks';
import type { Exercises } from '../exercise';
import { planText, recordOf } from '../progress';
import { type Answer, type Expect, expectFunction, whatIs } from '../verdict';

export const W7: Exercises = {
  'W7.1': {
    title: 'A question, and its rivals',
    minutes: 20,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'In the paper base, subtask and target are "a + ab", "ab" and "a^2 + ab". What do all three have in common?',
      'Take a subtask, and add one term to it for the base and another for the target. For rivals, put a in the place of b: which other expressions come to the same then?',
      'Count the factors of the target: "a^2 + 2ab" is three times a square where a = b. `tasks.defineExpression` for each text; one rival of a alone, one of b alone.',
    ],
    check: questionCheck,
  },
  'W7.2': {
    title: 'A plan that can fail',
    minutes: 15,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'Which numbers would make you give your claim up? If there are none, it is no claim.',
      "The control of W4 fits: `{ inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' }`. The rule takes the three accuracies and compares two of them.",
      '`refuted` says true where the lead of subnetwork over control is smaller than what chance can make: with 1,000 test samples some 0.04.',
    ],
    before: 'keepPlan',
    check: planCheck,
  },
  'W7.3': {
    title: 'Three runs that differ in one thing',
    minutes: 15,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'What may differ between the three runs, and what must not?',
      '`experiments.transferSettings(chain, condition, n)` gives the settings of one run; three conditions give three.',
      "A list of three conditions, the second of them the plan's; `.map(…)` makes settings of each, spread into an object with `rivals`.",
    ],
    check: settingsCheck,
  },
  'W7.4': {
    title: 'A report in five sentences',
    minutes: 20,
    difficulty: 'medium',
    importance: 'core',
    hints: [
      'What was asked, what came out, what that means for the claim, what else it could be, and how far it reaches: one sentence each.',
      'Template strings take values: a dollar sign and braces within backticks. Whether the claim stands is for the rule of the plan to say.',
      'For the rival, sort the names by their shares and take the first; for the verdict, `refuted(accuracy)` decides between two wordings.',
    ],
    check: reportCheck,
  },
  'W7.5': {
    title: 'A review that finds what is wrong',
    minutes: 15,
    difficulty: 'hard',
    importance: 'core',
    hints: [
      'Ask four questions of a study, one after the other, and note every one that it fails.',
      'Times in this form can be compared as texts. `.some(…)` asks whether any run …, `new Set(…)` how many different values there are.',
      'Begin with an empty list, push a name for each question that fails, and return the list at the end.',
    ],
    check: reviewCheck,
  },
};

type Accuracies = Record<'subnetwork' | 'control' | 'random', number>;

const RESIDUES = [...Array(MODULUS).keys()];
const PAIRS = RESIDUES.flatMap((a) => RESIDUES.map((b) => [a, b] as const));

const same = (one: string, other: string) => PAIRS.every(([a, b]) => answer(one, a, b) === answer(other, a, b));
const uses = (letter: string, expression: string) => expression.includes(letter);

/** The terms of an expression, with their signs. */
const termsOf = (expression: string) => expression.replace(/ - /g, ' + -').split(' + ');

async function questionCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const { base, subtask, target, rivals } = (await mine()) ?? {};
  expect(
    [base, subtask, target].every((one) => typeof one === 'string' && one !== '') && Array.isArray(rivals),
    'it has base, subtask, target and rivals',
    'A question has three expressions, base, subtask and target, and a list of rivals: one of them is missing.',
  );
  const all: string[] = [base, subtask, target, ...rivals];
  const undefinedOne = all.find((one) => !isDefined(one));
  expect(
    undefinedOne === undefined,
    'all are defined',
    `"${undefinedOne}" is a text as it was typed: hand it to tasks.defineExpression, which reads it and gives it its name.`,
  );
  expect(
    !same(subtask, 'ab'),
    'the subtask is your own',
    'This is the subtask of the paper, and the answer is in notebook 03: which one would you like to know about?',
  );
  const lacking = Object.entries({ base, target }).find(
    ([, whole]) => !termsOf(subtask).every((term) => termsOf(whole).includes(term)),
  );
  expect(
    lacking === undefined,
    'base and target contain the subtask',
    `The subtask is no part of your ${lacking?.[0]}, "${lacking?.[1]}": how should weights that compute "${subtask}" come from it, or help it?`,
  );
  expect(
    !same(base, subtask) && !same(target, subtask) && !same(base, target),
    'each asks for more than the subtask',
    'Two of base, subtask and target are the same task: what is left for the mask to leave out, or for the new network to learn?',
  );
  expect(
    rivals.length >= 2,
    'there are two rivals or more',
    'Samples with a = b leave many expressions open. Which second one fits them as well as your target does?',
  );
  const misfit = rivals.find((rival: string) => RESIDUES.some((a) => answer(rival, a, a) !== answer(target, a, a)));
  const at = RESIDUES.find((a) => misfit && answer(misfit, a, a) !== answer(target, a, a));
  expect(
    misfit === undefined,
    'every rival agrees with the target where a = b',
    `"${misfit}" is no rival: work it out for a = b = ${at}, and your target too.`,
  );
  const twin = rivals.find((rival: string) => same(rival, target));
  expect(
    twin === undefined,
    'every rival differs from the target elsewhere',
    `"${twin}" is your target in other words: both have the same answer for every pair, so no answer could tell them apart.`,
  );
  const lonely = ['a', 'b'].find(
    (letter) => !rivals.some((rival: string) => uses(letter, rival) && !uses(letter === 'a' ? 'b' : 'a', rival)),
  );
  expect(
    lonely === undefined,
    'two rivals look at one number alone',
    `A lazy network reads one of the two numbers. Which expression of ${lonely} alone fits all samples with a = b?`,
  );
}

function isDefined(one: string): boolean {
  try {
    return defineExpression(one) === one;
  } catch {
    return false;
  }
}

/** About the half width of a 95 % interval of a difference of two accuracies on 1,000 samples. */
const CHANCE = 0.04;

async function planCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const { claim, expected, control, refuted } = (await mine()) ?? {};
  expect(
    typeof claim === 'string' && claim.trim().split(/\s+/).length >= 5,
    'it has a claim',
    'The claim is one whole sentence, about the subnetwork and what it is compared with: what do you claim?',
  );
  const shares = expected && [expected.subnetwork, expected.control, expected.random];
  expect(
    Array.isArray(shares) && shares.every((share) => typeof share === 'number' && share >= 0 && share <= 1),
    'it expects three accuracies',
    'Expected accuracies are wanted for subnetwork, control and random, each a share between 0 and 1 (not in percent).',
  );
  const from = control?.inheritFrom;
  expect(
    typeof from === 'string',
    'it names a control',
    'Without a control nobody knows what the subnetwork is better than: which condition is yours?',
  );
  expect(
    from !== 'random' && from !== 'original',
    'the control differs in one thing',
    `${from === 'random' ? 'A network that inherits nothing lacks the embeddings too' : 'The full model brings every weight, and none is frozen'}, so more than one thing differs. Which control transfers as many weights, and others?`,
  );
  expect(
    from !== 'subnet' || control.mask !== undefined,
    'the control is not the subnetwork itself',
    'Your control is the subnetwork once more: two equal runs cannot differ.',
  );
  expect(
    !from.startsWith('subnet_sampled') || control.sampler !== undefined,
    'it says how the control is drawn',
    'A sampled control is drawn as described or as released (W4): say which, in `sampler`.',
  );
  expect(
    typeof refuted === 'function',
    'it has a rule',
    'What would refute the claim is to be a function of the three accuracies, so that nobody can bend it afterwards.',
  );
  const says = (accuracies: Partial<Accuracies>) => Boolean(refuted({ ...expected, ...accuracies }));
  expect(
    !says({}),
    'the expected accuracies do not refute it',
    'By your own rule the accuracies that you expect refute your claim: which of the two do you mean?',
  );
  const grid = [...Array(101).keys()].map((i) => i / 100);
  expect(
    grid.some((subnetwork) => grid.some((other) => says({ subnetwork, control: other }))),
    'something could refute it',
    'No accuracies whatever would refute this claim. What would you have to see to give it up?',
  );
  expect(
    grid.some((other) => says({ control: other })),
    'the rule looks at the control',
    'However good your control turns out, your rule lets the claim stand: what is the control there for?',
  );
  const level = expected.control + CHANCE / 8;
  expect(
    expected.subnetwork <= expected.control || says({ subnetwork: level }),
    'a lead that chance makes does not confirm it',
    `By your rule a lead of ${CHANCE / 8} confirms the claim. How large a difference between two equal networks does chance make, with 1,000 test samples each?`,
  );
}

/** What may differ between the runs: where they start. */
const STARTS = ['inheritFrom', 'sampler', 'subnetwork', 'mask', 'base', 'discovery'];

async function settingsCheck(given: Answer, expect: Expect): Promise<void> {
  const [question, plan] = [await given.question(), await given.plan()];
  const all: TransferSettings[] = await given.settings(question, plan);
  expect(
    Array.isArray(all) && all.length === 3 && all.every((one) => typeof one?.inheritFrom === 'string'),
    'there are settings of three runs',
    `Settings of three runs are wanted, those of subnetwork, control and random init, and you give ${whatIs(all)}.`,
  );
  const [subnet, control, random] = all;
  expect(
    subnet.inheritFrom === 'subnet' && subnet.mask === undefined && random.inheritFrom === 'random',
    'the first starts from the subnetwork, the last from nothing',
    'The order matters: first the subnetwork, then your control, last the network that inherits nothing.',
  );
  const planned = Object.entries(plan.control as object);
  expect(
    planned.every(([key, value]) => control[key as keyof TransferSettings] === value),
    'the second is the control of the plan',
    'The second run is not the control that your plan names: which of the two do you want to change, and what does that cost?',
  );
  expect(
    all.every(({ expression }) => expression === question.target),
    'all learn your target',
    `Your runs learn "${all.find(({ expression }) => expression !== question.target)?.expression}", and your question is about another target. Whose chain is this?`,
  );
  const differs = Object.keys({ ...subnet, ...control, ...random }).find(
    (key) =>
      !STARTS.includes(key) &&
      new Set(all.map((one) => canonicalJson({ value: one[key as keyof TransferSettings] ?? null }))).size > 1,
  );
  expect(
    differs === undefined,
    'they differ in where they start alone',
    `The runs differ in ${differs} too: if one is ahead, how do you know that it is because of where it started?`,
  );
  expect(
    subnet.discovery?.expression === question.subtask && subnet.discovery?.base.expression === question.base,
    'the subnetwork is that of your subtask',
    'The subnetwork of these settings was found for another subtask, or in another base model, than your question names.',
  );
  expect(
    all.every(({ rivals }) => question.rivals.every((rival: never) => rivals?.includes(rival))),
    'answers are held against your rivals',
    'The settings do not name your rivals, so that nobody can say afterwards what the wrong answers were.',
  );
  const kept = recordOf('W7.2').predicted;
  expect(
    kept?.plan !== undefined,
    'the plan is kept',
    'Your plan is not kept yet: run the cell with keepPlan, before anything is trained.',
  );
  expect(
    kept?.plan === planText(plan),
    'the plan is the one that was kept',
    'Your plan is another one than the one that you kept: keep it first, or take back what you changed.',
  );
  const store = projectStore();
  const made: { id?: string; settings: TransferSettings }[] = [];
  for (const settings of all) made.push(await given.run(settings));
  expect(
    made.every(({ id }) => id !== undefined),
    'all three runs are finished',
    'One of the runs was stopped before its end: run the check again, and it makes what is missing.',
  );
  const early = made.some(({ settings }) => timeOf(store, settings) < Date.parse(kept?.at ?? ''));
  expect(
    !early,
    'the plan was made before the runs',
    'One of these runs is older than your plan, so you may have known how it ends: take another seed for all three, and run again.',
  );
}

/** When a run was finished, in milliseconds. */
function timeOf(store: RunStore, settings: TransferSettings): number {
  const run = store.find('transfer', settings);
  return run ? statSync(join(run.path, 'result.json')).mtimeMs : Number.NaN;
}

const QUESTION = { base: 'a + 5ab', subtask: '5ab', target: 'a^2 + 5ab', rivals: ['6a^2', '6b^2'] };
const PLAN = {
  claim: 'The subnetwork helps more than other weights do.',
  expected: { subnetwork: 0.8, control: 0.6, random: 0.4 },
  control: { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' },
  refuted: ({ subnetwork, control }: Accuracies) => subnetwork - control < CHANCE,
};
const OUTCOMES = [
  {
    n: 77,
    seed: 19,
    accuracy: { subnetwork: 0.713, control: 0.542, random: 0.437 },
    rivals: { '6a^2': 0.281, '6b^2': 0.133 },
  },
  {
    n: 77,
    seed: 19,
    accuracy: { subnetwork: 0.588, control: 0.621, random: 0.356 },
    rivals: { '6a^2': 0.094, '6b^2': 0.247 },
  },
];

/** Whether a text holds this share, as it is or in percent, rounded as one likes. */
const holds = (text: string, share: number) =>
  (text.match(/\d+(?:\.\d+)?/g) ?? []).some(
    (found) => Math.abs(Number(found) - share) < 0.0051 || Math.abs(Number(found) - 100 * share) < 0.51,
  );

async function reportCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const reports: unknown[] = [];
  for (const outcome of OUTCOMES) reports.push(await mine(QUESTION, PLAN, outcome));
  expect(
    reports.every((one) => Array.isArray(one) && one.length === 5 && one.every((text) => typeof text === 'string')),
    'it has five sentences',
    `An array of five sentences is wanted, and you give ${whatIs(reports[0])}.`,
  );
  const texts = (reports as string[][]).map((sentences) => sentences.map((text) => text.trim()));
  const [first, second] = texts.map((sentences) => sentences.join(' '));
  const open = texts[0].find((text) => !/[.!?]["”)]?$/.test(text));
  expect(
    open === undefined,
    'they are whole sentences',
    `A sentence ends with a full stop, and this does not: "${open}"`,
  );
  expect(
    first.includes(QUESTION.target) && first.replaceAll(QUESTION.target, '').includes(QUESTION.subtask),
    'it says what was asked',
    'A reader does not learn what the subtask was and what the target: where would they look first?',
  );
  expect(
    first !== second,
    'it is made of the results',
    'Your report is word for word the same when other results come in: which of its numbers were typed?',
  );
  const missing = (Object.keys(OUTCOMES[0].accuracy) as (keyof Accuracies)[]).find((of) =>
    OUTCOMES.some(({ accuracy }, i) => !holds([first, second][i], accuracy[of])),
  );
  expect(
    missing === undefined,
    'it has the three accuracies',
    `The accuracy of "${missing}" stands nowhere: how should a reader judge the others without it?`,
  );
  const words = [first, second].map((text) =>
    QUESTION.rivals.reduce((rest, rival) => rest.replaceAll(rival, ''), text).replace(/[-−]?\d+(?:\.\d+)?/g, ''),
  );
  expect(
    words[0] !== words[1],
    'it says whether the claim stands',
    'By the rule of the plan one of two results refutes the claim, and your words are the same for both: who says so to the reader?',
  );
  expect(
    first.includes('6a^2') && second.includes('6b^2'),
    'it names the rival that most answers follow',
    'Where the network is wrong its answers may follow a rule: which of the rivals do they agree with most often?',
  );
  expect(
    holds(first.replaceAll('%', ''), 19) && holds(first, 77),
    'it says how far it reaches',
    'One seed and one number of samples: your report names only one of them, or neither, and reads as if it were true of all.',
  );
}

/** A study of W7.5 without a fault. */
const SOUND = {
  planned: '2026-03-02T10:00:00Z',
  refuted: ({ subnetwork, control }: Accuracies) => subnetwork - control < CHANCE,
  verdict: 'stands',
  runs: [
    { start: 'subnetwork', n: 120, seed: 1, accuracy: 0.7, finished: '2026-03-02T10:05:00Z' },
    { start: 'control', n: 120, seed: 1, accuracy: 0.6, finished: '2026-03-02T10:06:00Z' },
    { start: 'random', n: 120, seed: 1, accuracy: 0.4, finished: '2026-03-02T10:07:00Z' },
  ],
};
type Study = typeof SOUND;

/** Studies with faults, and what to ask where one is not found. */
const FAULTY: { study: Study; faults: string[]; what: string; otherwise: string }[] = [
  {
    study: SOUND,
    faults: [],
    what: 'it finds nothing in a sound study',
    otherwise:
      'This study was planned first, is paired, has a control and says what its rule says, and you find a fault in it:',
  },
  {
    study: changed((runs) => runs.filter(({ start }) => start !== 'control')),
    faults: ['no control'],
    what: 'it misses a control',
    otherwise: 'A study with subnetwork and random init alone is to be found wanting in one thing, and you find:',
  },
  {
    study: { ...SOUND, planned: '2026-03-02T10:06:30Z' },
    faults: ['planned too late'],
    what: 'it sees a plan that was made between the runs',
    otherwise: 'This plan is older than the last run and younger than the first. You find:',
  },
  {
    study: changed((runs) => runs.map((run) => (run.start === 'random' ? { ...run, seed: 2 } : run))),
    faults: ['not paired'],
    what: 'it sees another seed',
    otherwise: 'One of these runs has another seed than the others. You find:',
  },
  {
    study: changed((runs) => runs.map((run) => (run.start === 'control' ? { ...run, n: 60 } : run))),
    faults: ['not paired'],
    what: 'it sees another number of samples',
    otherwise: 'The control of this study had half as many samples. You find:',
  },
  {
    study: changed((runs) => runs.map((run) => (run.start === 'control' ? { ...run, accuracy: 0.69 } : run))),
    faults: ['wrong verdict'],
    what: 'it applies the rule of the plan',
    otherwise: 'The rule of this plan refutes the claim, and the report says that it stands. You find:',
  },
  {
    study: {
      ...changed((runs) => runs.map((run) => (run.start === 'control' ? { ...run, accuracy: 0.69 } : run))),
      verdict: 'refuted',
    },
    faults: [],
    what: 'it takes an honest failure for what it is',
    otherwise: 'The rule refutes this claim and the report says so: is that a fault? You find:',
  },
  {
    study: {
      ...changed((runs) => runs.map((run) => (run.start === 'control' ? { ...run, n: 60, accuracy: 0.69 } : run))),
      planned: '2026-03-03T10:00:00Z',
    },
    faults: ['planned too late', 'not paired', 'wrong verdict'],
    what: 'it finds all faults of a study',
    otherwise: 'This study has three faults, and a review names every one. You find:',
  },
];

function changed(change: (runs: Study['runs']) => Study['runs']): Study {
  return { ...SOUND, runs: change(SOUND.runs) };
}

async function reviewCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  for (const { study, faults, what, otherwise } of FAULTY) {
    const found: unknown = await mine(study);
    expect(
      Array.isArray(found),
      'it gives a list',
      `A list of faults is wanted, an empty one where there are none, and you give ${whatIs(found)}.`,
    );
    const list = found as unknown[];
    expect(
      canonicalJson([...list].map(String).sort()) === canonicalJson([...faults].sort()),
      what,
      `${otherwise} ${list.length > 0 ? list.join(', ') : 'nothing'}.`,
    );
  }
}
