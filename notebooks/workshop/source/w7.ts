// %% [markdown]
// # W7 Your own subtask
//
// You ask a question of your own: does the [subnetwork](../../../docs/glossary.md#subnetwork) of *your* subtask help a network
// to learn *your* target? You plan, run, report and review it, in this order.

// %% [markdown] tags=["slide"]
// **W7 Your own subtask**: afterwards you can
//
// - choose a task, and name the [rivals](../../../docs/glossary.md#rival) that its samples leave open;
// - write a plan that can fail, before the run;
// - say in five sentences what came out, and what did not.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W7.1')` in a cell of its own gives
// one hint more each time; `solution('W7.1')` opens after three tries.

// %%
import { charts, experiments, masks, runs, say, show, tasks, watch } from 'subtask-induction';
import { check, hint, keepPlan, predict, progress, reveal, solution, todo } from 'subtask-induction-workshop';

// %% [markdown] tags=["slide"]
// ## W7.1
//
// The [base model](../../../docs/glossary.md#base-model) of the paper learns "a + ab", its subtask is "ab", its target "a^2 + ab". Choose three
// expressions of your own: a subtask that is not "ab", and a base and a target. Both have all terms of the subtask and at least one
// more, and they are two tasks. A new network learns your target from samples with a = b, and few others.
//
// A *rival* has the same answers as the target where a = b, and others elsewhere. Name two or more: one of a alone, and one of b
// alone. Powers go up to 9, factors are whole numbers. `tasks.defineExpression` makes an expression of each text.

// %%
type Expression = ReturnType<typeof tasks.defineExpression>;

interface Question {
  base: Expression;
  subtask: Expression;
  target: Expression;
  rivals: Expression[];
}

// %% tags=["W7.1"]
/** What the base computes, the subtask within it, the target, and expressions that agree with the target where a = b. */
function myQuestion(): Question {
  const define = tasks.defineExpression;
  //> stub
  // // Each expression like this: define('2ab + b^2')
  // return todo('Choose a base, a subtask, a target and its rivals.');
  //> solution
  return {
    base: define('a + ab + b^2'),
    subtask: define('ab + b^2'),
    target: define('a^2 + ab + b^2'),
    rivals: [define('3a^2'), define('3b^2'), define('a^2 + 2b^2')],
  };
  //> wrong "the subtask of the paper"
  // const rivals = [define('2a^2'), define('2b^2')];
  // return { base: define('a + ab'), subtask: define('ab'), target: define('a^2 + ab'), rivals };
  //> wrong "a text as it was typed"
  // const [rivals, target] = [[define('3a^2'), define('3b^2')], 'a^2+2ab' as Expression];
  // return { base: define('a + 2ab'), subtask: define('2ab'), target, rivals };
  //> wrong "no part of your target"
  // const rivals = [define('2a^2'), define('2b^2')];
  // return { base: define('a + 2ab'), subtask: define('2ab'), target: define('a^2 + b^2'), rivals };
  //> wrong "for the mask to leave out"
  // const rivals = [define('3a^2'), define('3b^2')];
  // return { base: define('2ab'), subtask: define('2ab'), target: define('a^2 + 2ab'), rivals };
  //> wrong "Which second one"
  // return { base: define('a + 2ab'), subtask: define('2ab'), target: define('a^2 + 2ab'), rivals: [define('3a^2')] };
  //> wrong "is no rival"
  // const rivals = [define('2a^2'), define('2b^2')];
  // return { base: define('a + 2ab'), subtask: define('2ab'), target: define('a^2 + 2ab'), rivals };
  //> wrong "in other words"
  // const rivals = [define('3a^2'), define('3b^2'), define('8a^2 + 2ab')];
  // return { base: define('a + 2ab'), subtask: define('2ab'), target: define('a^2 + 2ab'), rivals };
  //> wrong "A lazy network reads one"
  // const rivals = [define('3a^2'), define('2a^2 + ab')];
  // return { base: define('a + 2ab'), subtask: define('2ab'), target: define('a^2 + 2ab'), rivals };
  //> end
}

// %% tags=["check"]
await check('W7.1', myQuestion);

// %% [markdown]
// A rival gives the target's answer for some other pairs too, by chance. Before you look: for how many of the 49 pairs of
// [residues](../../../docs/glossary.md#residue) does your first rival agree with your target?

// %% tags=["predict", "W7.1", "slide"]
//> stub
// predict('W7.1', undefined); // a number from 7 to 49
//> solution
predict('W7.1', 14);
//> end

// %% tags=["slide"]
const residues = [0, 1, 2, 3, 4, 5, 6];
const agreement = ({ target, rivals }: Question) =>
  rivals.map((rival) => {
    const right = (a: number, b: number) => tasks.answer(rival, a, b) === tasks.answer(target, a, b);
    return { rival, pairs: residues.flatMap((a) => residues.filter((b) => right(a, b))).length };
  });
await reveal('W7.1', () =>
  charts.dots(agreement(myQuestion()), {
    title: 'Pairs for which each rival has the answer of the target',
    subtitle: 'of 49; seven of them have a = b',
    value: { field: 'pairs', title: 'pairs', scale: { domain: [0, 49] } },
    of: 'rival',
    bars: true,
  }),
);

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// No bar is shorter than 7, and most are longer, since two expressions agree by chance elsewhere too. So a network that has learned a
// rival is right on more than the samples with a = b, and an accuracy of one quarter may be no knowledge of the target at all.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W7.2
//
// Now the plan. A *claim* is a sentence that can turn out false. The [control](../../../docs/glossary.md#control) differs from the subnetwork in one
// thing. `refuted` is a rule: from the three accuracies it says whether the claim has failed.
//
// Think first: which result would make you give your claim up? How large a lead does chance make, with 1,000 test samples?

// %%
type Accuracies = Record<'subnetwork' | 'control' | 'random', number>;

interface Plan {
  claim: string;
  /** Accuracies on test samples, from 0 to 1. `random` inherits nothing. */
  expected: Accuracies;
  /** Where the control starts; a mask of your own goes with 'subnet', by its name: `mask: masks.named(mine)`. */
  control: experiments.Condition & { mask?: string };
  /** Whether these accuracies refute the claim. */
  refuted(accuracy: Accuracies): boolean;
}

// %% tags=["W7.2"]
/** What I claim, what I expect, what I compare with, and what would refute me. */
function myPlan(): Plan {
  //> stub
  // return todo('Write a claim, what you expect, a control, and a rule that can refute the claim.');
  //> solution
  return {
    claim: 'The subnetwork for "ab + b^2" helps more than as many other weights of its base.',
    expected: { subnetwork: 0.75, control: 0.55, random: 0.4 },
    control: { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' },
    refuted: ({ subnetwork, control }) => subnetwork - control < 0.04,
  };
  //> wrong "what do you claim"
  // const control: Plan['control'] = { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' };
  // return { claim: 'It works.', expected: { subnetwork: 0.75, control: 0.55, random: 0.4 }, control, refuted: () => false };
  //> wrong "not in percent"
  // const control: Plan['control'] = { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' };
  // const expected = { subnetwork: 75, control: 55, random: 40 };
  // return { claim: 'The subnetwork helps more than others.', expected, control, refuted: (d) => d.subnetwork < d.control };
  //> wrong "brings every weight"
  // const expected = { subnetwork: 0.75, control: 0.55, random: 0.4 };
  // const refuted = ({ subnetwork, control }: Accuracies) => subnetwork - control < 0.04;
  // return { claim: 'The subnetwork helps more than others.', expected, control: { inheritFrom: 'original' }, refuted };
  //> wrong "lacks the embeddings too"
  // const expected = { subnetwork: 0.75, control: 0.4, random: 0.4 };
  // const refuted = ({ subnetwork, control }: Accuracies) => subnetwork - control < 0.04;
  // return { claim: 'The subnetwork helps more than others.', expected, control: { inheritFrom: 'random' }, refuted };
  //> wrong "No accuracies whatever"
  // const control: Plan['control'] = { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' };
  // const expected = { subnetwork: 0.75, control: 0.55, random: 0.4 };
  // return { claim: 'The subnetwork can help more than others.', expected, control, refuted: () => false };
  //> wrong "what is the control there for"
  // const control: Plan['control'] = { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' };
  // const expected = { subnetwork: 0.75, control: 0.55, random: 0.4 };
  // return { claim: 'The subnetwork helps more than others.', expected, control, refuted: (d) => d.subnetwork < 0.5 };
  //> wrong "does chance make"
  // const control: Plan['control'] = { inheritFrom: 'subnet_sampled', sampler: 'described', subnetwork: 'frozen' };
  // const expected = { subnetwork: 0.75, control: 0.55, random: 0.4 };
  // return { claim: 'The subnetwork helps more than others.', expected, control, refuted: (d) => d.subnetwork <= d.control };
  //> end
}

// %% tags=["check"]
await check('W7.2', myPlan);

// %% [markdown]
// Keep the plan now. It gets a time, and whatever you change later gets a later one.

// %%
await keepPlan('W7.2', myPlan);

// %% [markdown]
// The chain is small: numbers 0 to 48, as in W3 and W4. The next cell trains your base model and finds your subnetwork. It takes
// about half a minute of computing. If the base gets stuck it tries again; a mask below 0.9 says that your subtask
// is hard to find there.

// %%
const tiny = experiments.chainSettings({ preset: 'tiny' });
const store = runs.projectStore();
/** The settings of a chain that answers a question. */
const chainFor = ({ base, subtask, target }: Question): experiments.ChainSettings => ({
  ...tiny,
  base: { ...tiny.base, expression: base },
  discovery: { ...tiny.discovery, expression: subtask },
  transfer: { ...tiny.transfer, expression: target },
});
/** How well the base computes its task, and the subnetwork the subtask. */
async function origins() {
  const observer = watch.run();
  const made = await experiments.chainOf(chainFor(myQuestion()), { store, observer });
  await observer.finish();
  if (!made) return [];
  const { base, discovery } = made;
  return [
    { what: 'base model', task: base.settings.expression, accuracy: base.result.eval_accuracy },
    { what: 'subnetwork', task: discovery.settings.expression, accuracy: discovery.result.eval_accuracy },
  ];
}

// %% tags=["trains", "slide"]
await reveal('W7.2', origins);

// %% [markdown]
// <details><summary>With a control or mask functions of your own</summary>
//
// Functions of W3 go into `chainFor`, beside `expression: subtask`: `functions: masks.named({ soft: mySoft })`. A control of W4 starts from the
// subnetwork that `experiments.chainOf(…)` gives as `discovery.subnetwork`. Put `mask: masks.named(mine)` into the plan's control, with
// `inheritFrom: 'subnet'`, and keep the plan once more, before the runs.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W7.3
//
// Three runs: the subnetwork, the control of your plan, and a network that inherits nothing. Each gets `n` samples beside those with
// a = b. Write their settings; the check trains them, a few seconds each.
//
// Think first: what may differ between the three, and what must not?

// %% tags=["W7.3"]
/** The settings of the three runs: subnetwork, control, random init. */
function mySettings({ rivals, ...question }: Question, { control }: Plan, n = 120): experiments.TransferSettings[] {
  const chain = chainFor({ rivals, ...question });
  //> stub
  // return todo('Give the settings of three runs in this chain, with your rivals.');
  //> solution
  const conditions: Plan['control'][] = [
    { inheritFrom: 'subnet', subnetwork: 'frozen' },
    control,
    { inheritFrom: 'random' },
  ];
  return conditions.map((condition) => ({ ...experiments.transferSettings(chain, condition, n), rivals }));
  //> wrong "Settings of three runs are wanted"
  // const conditions: Plan['control'][] = [{ inheritFrom: 'subnet', subnetwork: 'frozen' }, { inheritFrom: 'random' }];
  // return conditions.map((condition) => ({ ...experiments.transferSettings(chain, condition, n), rivals }));
  //> wrong "The order matters"
  // const conditions: Plan['control'][] = [{ inheritFrom: 'random' }, control, { inheritFrom: 'subnet', subnetwork: 'frozen' }];
  // return conditions.map((condition) => ({ ...experiments.transferSettings(chain, condition, n), rivals }));
  //> wrong "not the control that your plan names"
  // const other: Plan['control'] = { inheritFrom: 'subnet_sampled_complement', sampler: 'described', subnetwork: 'frozen' };
  // const conditions: Plan['control'][] = [{ inheritFrom: 'subnet', subnetwork: 'frozen' }, other, { inheritFrom: 'random' }];
  // return conditions.map((condition) => ({ ...experiments.transferSettings(chain, condition, n), rivals }));
  //> wrong "Whose chain is this"
  // const conditions: Plan['control'][] = [{ inheritFrom: 'subnet', subnetwork: 'frozen' }, control, { inheritFrom: 'random' }];
  // return conditions.map((condition) => ({ ...experiments.transferSettings(tiny, condition, n), rivals }));
  //> wrong "The runs differ in n too"
  // const conditions: Plan['control'][] = [{ inheritFrom: 'subnet', subnetwork: 'frozen' }, control, { inheritFrom: 'random' }];
  // return conditions.map((condition, i) => ({ ...experiments.transferSettings(chain, condition, n + i), rivals }));
  //> wrong "do not name your rivals"
  // const conditions: Plan['control'][] = [{ inheritFrom: 'subnet', subnetwork: 'frozen' }, control, { inheritFrom: 'random' }];
  // return conditions.map((condition) => experiments.transferSettings(chain, condition, n));
  //> end
}

// %% tags=["check", "trains"]
const observer = watch.run({ charts: false });
const run = (settings: experiments.TransferSettings) => experiments.transferRun(settings, { store, observer });
await check('W7.3', { question: myQuestion, plan: myPlan, settings: mySettings, run });
await observer.finish();

// %%
const STARTS = ['subnetwork', 'control', 'random'] as const;

interface Outcome {
  n: number;
  seed: number;
  accuracy: Accuracies;
  /** How often the answers of the network with the subnetwork are those of each rival. */
  rivals: Record<string, number>;
}

/** What came out of the three runs. */
async function outcome(): Promise<Outcome> {
  const made = [];
  for (const settings of mySettings(myQuestion(), myPlan())) {
    made.push(await experiments.transferRun(settings, { store }));
  }
  const [subnetwork, control, random] = made.map(({ result }) => result.test_accuracy);
  const { n, seed } = made[0].settings;
  return { n, seed, accuracy: { subnetwork, control, random }, rivals: made[0].result.test_is_rival ?? {} };
}

// %% tags=["trains", "slide"]
await reveal('W7.2', async () => {
  const [{ expected }, { accuracy }] = [myPlan(), await outcome()];
  const points = STARTS.flatMap((start) => [
    { start, whose: 'expected', accuracy: expected[start] },
    { start, whose: 'measured', accuracy: accuracy[start] },
  ]);
  return charts.dots(points, {
    title: 'Accuracy on test samples: expected, and measured',
    value: { field: 'accuracy', title: 'test accuracy', scale: { domain: [0, 1] } },
    of: 'start',
    color: 'whose',
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// There is no right picture. With many subtasks the subnetwork is ahead of a sampled control, and both are ahead of random init. Yours may
// be another one; then the claim has failed, and the report says so.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W7.4
//
// The report has five sentences: what was asked, what came out, what that means for the claim, which rival the answers follow, and
// how far it all reaches. The cell prints it from results, so that no number is typed.
//
// Think first: what would the third sentence be if your claim had failed?

// %% tags=["W7.4"]
/** Five sentences on whatever came out. */
function myReport(
  { subtask, target }: Question,
  { claim, refuted }: Plan,
  { n, seed, accuracy, rivals }: Outcome,
): string[] {
  //> stub
  // return todo('Return an array of five sentences, made of these values.');
  //> solution
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lead = accuracy.subnetwork - accuracy.control;
  const [rival] = Object.keys(rivals).sort((one, other) => rivals[other] - rivals[one]);
  return [
    `A network that inherits the subnetwork for "${subtask}" learned "${target}".`,
    `It is right on ${percent(accuracy.subnetwork)} of the test samples, the control on ${percent(accuracy.control)}, and one that inherits nothing on ${percent(accuracy.random)}.`,
    `Its lead over the control is ${(100 * lead).toFixed(1)} points, so the claim ${refuted(accuracy) ? 'is refuted' : 'stands'}: ${claim}`,
    `Of the rivals "${rival}" has most of its answers: ${percent(rivals[rival])}.`,
    `This is one chain, with ${n} samples and seed ${seed}; others may give another lead.`,
  ];
  //> wrong "five sentences is wanted"
  // return [`The subnetwork for "${subtask}" reaches ${accuracy.subnetwork} on "${target}" and ${refuted(accuracy)}.`];
  //> wrong "what the subtask was and what the target"
  // const { subnetwork, control, random } = accuracy;
  // return [`The subnetwork reaches ${subnetwork}.`, `The control has ${control}.`, `Random: ${random}.`, claim, `${n} ${seed}.`];
  //> wrong "word for word the same"
  // return [`"${subtask}" helps to learn "${target}".`, 'It reaches 84.5 %.', 'The control reaches 66.9 %.', claim, 'One seed.'];
  //> wrong "how should a reader judge"
  // const { subnetwork, control } = accuracy;
  // const lead = subnetwork - control;
  // return [`"${subtask}" for "${target}".`, `It has ${subnetwork}.`, `The lead is ${lead.toFixed(3)}.`, claim, `${n}, ${seed}.`];
  //> wrong "who says so to the reader"
  // const { subnetwork, control, random } = accuracy;
  // const all = `${subnetwork}, ${control} and ${random}`;
  // return [`"${subtask}" for "${target}".`, `They have ${all}.`, `I claimed: ${claim}`, `3 ${Object.keys(rivals)[0]}.`, `${n}, ${seed}.`];
  //> wrong "which of the rivals"
  // const { subnetwork, control, random } = accuracy;
  // const verdict = refuted(accuracy) ? 'failed' : 'stands';
  // const all = `${subnetwork}, ${control} and ${random}`;
  // return [`"${subtask}" for "${target}".`, `They have ${all}.`, `The claim ${verdict}.`, `Rivals exist.`, `${n}, ${seed}.`];
  //> wrong "as if it were true of all"
  // const { subnetwork, control, random } = accuracy;
  // const verdict = refuted(accuracy) ? 'failed' : 'stands';
  // const [most] = Object.keys(rivals).sort((one, other) => rivals[other] - rivals[one]);
  // const all = `${subnetwork}, ${control} and ${random}`;
  // return [`"${subtask}" for "${target}".`, `They have ${all}.`, `The claim ${verdict}.`, `Most follow ${most}.`, 'So it is.'];
  //> end
}

// %% tags=["check"]
await check('W7.4', myReport);

// %% tags=["trains", "slide"]
await reveal('W7.2', async () => {
  const sentences = myReport(myQuestion(), myPlan(), await outcome());
  return sentences.map((sentence, i) => ({ '': i + 1, report: sentence }));
});

// %% [markdown] tags=["slide"]
// ## W7.5
//
// A review asks four things of a study. Was it planned before its first run was finished? Are the runs
// [paired](../../../docs/glossary.md#paired), with one `n` and one `seed`? Is there a control? Does its verdict follow from its own
// rule?
//
// Think first: is a claim that failed a fault of the study?

// %%
interface Study {
  /** Times in one form, such as 2026-03-02T10:05:00Z. */
  planned: string;
  runs: { start: string; n: number; seed: number; accuracy: number; finished: string }[];
  refuted(accuracy: Accuracies): boolean;
  verdict: string;
}
const accuraciesOf = ({ runs }: Study): Accuracies =>
  Object.fromEntries(runs.map(({ start, accuracy }) => [start, accuracy])) as Accuracies;
type Fault = 'planned too late' | 'not paired' | 'no control' | 'wrong verdict';

// %% tags=["W7.5"]
/** What is wrong with a study: all its faults, in any order. Where there is no control, nothing is said of the verdict. */
function myReview(study: Study): Fault[] {
  //> stub
  // return todo('Return the list of the faults of this study.');
  //> solution
  const faults: Fault[] = [];
  const { planned, runs, verdict, refuted } = study;
  const hasControl = runs.some(({ start }) => start === 'control');
  if (runs.some(({ finished }) => finished < planned)) faults.push('planned too late');
  if (new Set(runs.map(({ n, seed }) => `${n} ${seed}`)).size > 1) faults.push('not paired');
  if (!hasControl) faults.push('no control');
  else if (refuted(accuraciesOf(study)) !== (verdict === 'refuted')) faults.push('wrong verdict');
  return faults;
  //> wrong "younger than the first"
  // return study.runs.some(({ start }) => start === 'control')
  //   ? study.runs.every(({ finished }) => finished < study.planned) ? ['planned too late'] : []
  //   : ['no control'];
  //> wrong "another seed than the others"
  // const { runs, planned } = study;
  // if (!runs.some(({ start }) => start === 'control')) return ['no control'];
  // if (runs.some(({ finished }) => finished < planned)) return ['planned too late'];
  // return new Set(runs.map(({ n }) => n)).size > 1 ? ['not paired'] : [];
  //> wrong "and you find a fault in it"
  // return study.runs[0].finished > study.planned ? ['planned too late'] : [];
  //> wrong "is that a fault"
  // const { runs, planned, refuted } = study;
  // if (!runs.some(({ start }) => start === 'control')) return ['no control'];
  // if (runs.some(({ finished }) => finished < planned)) return ['planned too late'];
  // if (new Set(runs.map(({ n, seed }) => `${n} ${seed}`)).size > 1) return ['not paired'];
  // return refuted(accuraciesOf(study)) ? ['wrong verdict'] : [];
  //> wrong "a review names every one"
  // const { runs, planned, refuted, verdict } = study;
  // if (!runs.some(({ start }) => start === 'control')) return ['no control'];
  // if (runs.some(({ finished }) => finished < planned)) return ['planned too late'];
  // if (new Set(runs.map(({ n, seed }) => `${n} ${seed}`)).size > 1) return ['not paired'];
  // return refuted(accuraciesOf(study)) !== (verdict === 'refuted') ? ['wrong verdict'] : [];
  //> end
}

// %% tags=["check"]
await check('W7.5', myReview);

// %% [markdown]
// Now change seats, and read your neighbour's report. Ask the four questions of it, and one more: what would *you* run next, and
// which sentence of the report could that change? Say it to your neighbour, and hear what they say of yours.

// %% [markdown]
// ## How far are you?

// %%
await progress('W7');
