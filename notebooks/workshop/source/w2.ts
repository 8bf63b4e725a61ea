// %% [markdown]
// # W2 What does it know?
//
// While the [base model](../../../docs/glossary.md#base-model) trains, its [loss](../../../docs/glossary.md#loss) rests on
// [plateaus](../../../docs/glossary.md#plateau). You predict their heights without a network: from what one can know, and
// how uncertain the rest is.

// %% [markdown] tags=["slide"]
// **W2 What does it know?**: afterwards you can
//
// - compute an [entropy](../../../docs/glossary.md#entropy), and from it a lowest loss;
// - say why a loss cannot fall to zero;
// - read from a loss what a model has learned, and see whether it is stuck.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W2.1')` in a cell of its own
// gives one hint more each time; `solution('W2.1')` opens after three tries.

// %%
import { charts, experiments, runs, show, tasks, watch } from 'subtask-induction';
import { check, hint, predict, progress, reveal, solution, todo } from 'subtask-induction-workshop';

// %% [markdown] tags=["slide"]
// ## W2.1
//
// The entropy is the mean surprise. One who gives an answer the probability p is surprised by −ln p when it comes. With the
// natural logarithm the unit is the [nat](../../../docs/glossary.md#nats).
//
// Before you write: what is the entropy of an answer that is always the same?

// %% tags=["W2.1"]
/** The entropy of answers that come with these probabilities, in nats. */
function myEntropy(probabilities: readonly number[]): number {
  //> stub
  // return todo('Write the mean surprise, in nats.');
  //> solution
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  //> wrong "that is in bits"
  // return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
  //> wrong "What should an answer add that never comes"
  // return -probabilities.reduce((sum, p) => sum + p * Math.log(p), 0);
  //> wrong "what must be done with the sign"
  // return probabilities.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);
  //> wrong "You divide by the number of answers"
  // return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0) / probabilities.length;
  //> wrong "term by term"
  // return Math.log(probabilities.filter((p) => p > 0).length);
  //> end
}

// %% tags=["check"]
await check('W2.1', myEntropy);

// %% [markdown]
// The answers of "a + b" are seven [residues](../../../docs/glossary.md#residue), all equally likely. The base model learns
// "a + ab". Before you look: is the entropy of its answers *larger*, *smaller* or *equal*? Think of a = 0.

// %% tags=["predict", "slide"]
//> stub
// predict('W2.1', undefined); // 'larger', 'smaller' or 'equal'
//> solution
predict('W2.1', 'smaller');
//> end

// %%
/** What one can tell apart who knows `known(a, b)`: groups of pairs, their shares, and the shares of the seven answers in them. */
function groupsOf(expression: string, numbers: number, known: (a: number, b: number) => unknown = () => true) {
  const formula = tasks.functionOf(expression);
  const counts = new Map<unknown, number[]>();
  for (let a = 0; a < numbers; a++) {
    for (let b = 0; b < numbers; b++) {
      const group = known(a % 7, b % 7);
      if (!counts.has(group)) counts.set(group, [0, 0, 0, 0, 0, 0, 0]);
      counts.get(group)![tasks.answer(formula, a, b)]++;
    }
  }
  return [...counts.values()].map((own) => {
    const total = own.reduce((sum, count) => sum + count, 0);
    return { share: total / numbers ** 2, answers: own.map((count) => count / total) };
  });
}

// %% tags=["slide"]
await reveal('W2.1', () => {
  const bars = ['a + b', 'a + ab'].flatMap((expression) => {
    const [{ answers }] = groupsOf(expression, 49);
    const panel = `"${expression}": ${myEntropy(answers).toFixed(3)} nats`;
    return answers.map((share, answer) => ({ panel, answer, share }));
  });
  return {
    title: 'How often each answer comes',
    data: { values: bars },
    mark: { type: 'bar', color: '#0072B2', tooltip: true },
    encoding: {
      x: { field: 'answer', type: 'ordinal', axis: { labelAngle: 0 } },
      y: { field: 'share', type: 'quantitative', title: 'share of all pairs' },
      column: { field: 'panel', title: null, sort: [...new Set(bars.map(({ panel }) => panel))] },
    },
    width: { step: 32 },
    height: 160,
  };
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The answer 0 comes about twice as often as each other one: a + ab = a(1 + b), which is 0 where a = 0 and where b = 6. So
// the answers are a little less uncertain than seven equal ones, without any calculation.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W2.2
//
// A training row has four tokens: a, b, a separator and the answer. The model sees a, then predicts the other three, one
// after the other. The loss of a row is the mean over these three tokens.
//
// One learner knows nothing but how often each answer comes. Another knows every answer. What are their lowest losses?

// %% tags=["predict", "slide"]
//> stub
// predict('W2.2', undefined); // the loss of one who knows every answer, with the numbers 0 to 48
//> solution
predict('W2.2', 0);
//> end

// %% tags=["W2.2"]
/** The lowest loss of one who knows how often each answer comes and nothing else, and that of one who knows every answer. */
function myLosses(answers: readonly number[], numbers: number): { nothing: number; floor: number } {
  //> stub
  // return todo('Write both losses: a mean over three tokens.');
  //> solution
  const ofB = Math.log(numbers);
  return { nothing: (ofB + 0 + myEntropy(answers)) / 3, floor: ofB / 3 };
  //> wrong "Can anybody who sees a know"
  // return { nothing: (Math.log(numbers) + myEntropy(answers)) / 3, floor: 0 };
  //> wrong "The loss of a row is their mean"
  // return { nothing: Math.log(numbers) + myEntropy(answers), floor: Math.log(numbers) };
  //> wrong "as if all seven were equally likely"
  // return { nothing: (Math.log(numbers) + Math.log(7)) / 3, floor: Math.log(numbers) / 3 };
  //> wrong "You divide by two"
  // return { nothing: (Math.log(numbers) + myEntropy(answers)) / 2, floor: Math.log(numbers) / 2 };
  //> wrong "Which other token is uncertain"
  // return { nothing: myEntropy(answers) / 3, floor: Math.log(numbers) / 3 };
  //> end
}

// %% tags=["check"]
await check('W2.2', myLosses);

// %% tags=["slide"]
await reveal('W2.2', () => {
  const [{ answers }] = groupsOf('a + ab', 49);
  const { nothing, floor } = myLosses(answers, 49);
  const ofAnswer = 3 * (nothing - floor);
  const bars = [
    { learner: 'knows nothing', token: 'b', answer: 0 },
    { learner: 'knows nothing', token: 'answer', answer: ofAnswer },
    { learner: 'knows every answer', token: 'b', answer: 0 },
  ];
  return {
    title: { text: 'Of what the lowest loss is made', subtitle: 'the separator adds nothing' },
    params: [
      { name: 'numbers', value: 49, bind: { input: 'range', min: 7, max: 1001, step: 7, name: 'count of numbers ' } },
    ],
    data: { values: bars },
    transform: [{ calculate: "(datum.token === 'b' ? log(numbers) : datum.answer) / 3", as: 'loss' }],
    mark: { type: 'bar', tooltip: true },
    encoding: {
      y: { field: 'learner', type: 'nominal', title: null, sort: null },
      x: { field: 'loss', type: 'quantitative', title: 'loss (nats)', scale: { domain: [0, 3] } },
      order: { field: 'token', sort: 'descending' },
      color: { field: 'token', type: 'nominal', title: 'token', scale: { range: ['#0072B2', '#E69F00'] }, sort: null },
    },
    width: 420,
  };
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The floor is made of b alone: it is drawn at random, and nobody can predict it. The more numbers there are, the higher the
// floor lies (in JupyterLab, move the slider). What a model can learn is only the part of the answer.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W2.3
//
// Now the subtask "ab". Its answer is 0 where a = 0, and where b = 0. A model can learn such shortcuts before it multiplies,
// and rests there.
//
// `groupsOf` gives the groups that one tells apart who knows, for example, whether a is 0. In each group the answer is
// uncertain by the group's own entropy. Write the lowest loss.

// %% tags=["W2.3"]
/** The lowest loss on `numbers` numbers of one who knows which of these groups a pair is in. */
function myPlateau(groups: readonly { share: number; answers: number[] }[], numbers: number): number {
  //> stub
  // return todo('Write the lowest loss of one who knows the group of a pair.');
  //> solution
  const uncertain = groups.reduce((sum, { share, answers }) => sum + share * myEntropy(answers), 0);
  return (Math.log(numbers) + uncertain) / 3;
  //> wrong "All groups count alike"
  // const uncertain = groups.reduce((sum, { answers }) => sum + myEntropy(answers), 0) / groups.length;
  // return (Math.log(numbers) + uncertain) / 3;
  //> wrong "Do you look into the groups one by one"
  // const all = [0, 1, 2, 3, 4, 5, 6].map((i) => groups.reduce((sum, { share, answers }) => sum + share * answers[i], 0));
  // return (Math.log(numbers) + myEntropy(all)) / 3;
  //> wrong "which tokens are in yours"
  // return groups.reduce((sum, { share, answers }) => sum + share * myEntropy(answers), 0) / 3;
  //> wrong "how uncertain is the answer in each of the two groups"
  // return (Math.log(numbers) + groups[0].share * myEntropy(groups[0].answers)) / 3;
  //> end
}

// %% tags=["check"]
await check('W2.3', myPlateau);

// %% [markdown]
// Before you look: "ab" knows the shortcuts a = 0 and b = 0, "a + ab" the shortcuts a = 0 and b = 6. Are the plateaus of
// "ab" *higher*, *lower* or *equal*?

// %% tags=["predict", "slide"]
//> stub
// predict('W2.3', undefined); // 'higher', 'lower' or 'equal'
//> solution
predict('W2.3', 'equal');
//> end

// %% tags=["slide"]
await reveal('W2.3', () => {
  const plateaus = [
    { expression: 'ab', zero: 0 },
    { expression: 'a + ab', zero: 6 },
  ].flatMap(({ expression, zero }) =>
    [
      { knows: 'how often each answer comes', known: () => true },
      { knows: 'whether a gives 0', known: (a: number) => a === 0 },
      { knows: 'whether b gives 0', known: (_: number, b: number) => b === zero },
      { knows: 'both', known: (a: number, b: number) => a === 0 || b === zero },
      { knows: 'every answer', known: (a: number, b: number) => tasks.answer(expression, a, b) },
    ].map(({ knows, known }) => ({ expression, knows, loss: myPlateau(groupsOf(expression, 1000, known), 1000) })),
  );
  return charts.dots(plateaus, {
    title: 'Predicted plateaus, numbers 0..999',
    value: { field: 'loss', title: 'lowest loss (nats)', scale: { zero: false }, format: '.4f' },
    of: 'knows',
    color: 'expression',
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// They are equal, up to a hair: for every 0 of "ab" there is one of "a + ab", at another place. The two shortcuts are worth
// the same, so a loss cannot tell which of them a model has learned. From both of them to the floor it is by far the longest
// way.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W2.4
//
// The other way round: from a loss to what the model knows. Three base models have been trained. The third has a small
// learning rate.
//
// Write a function that names the nearest plateau, if it is at most `within` nats away. Between plateaus it gives
// `undefined`.

// %% tags=["W2.4"]
/** What a model of this loss knows: the nearest plateau, if it is near enough. */
function myName(loss: number, plateaus: readonly tasks.Plateau[], within = 0.03): string | undefined {
  //> stub
  // return todo('Name the nearest plateau, if it is near enough.');
  //> solution
  const distance = (plateau: tasks.Plateau) => Math.abs(plateau.loss - loss);
  const [nearest] = [...plateaus].sort((a, b) => distance(a) - distance(b));
  return distance(nearest) <= within ? nearest.knows : undefined;
  //> wrong "When is the nearest one not near enough"
  // const distance = (plateau: tasks.Plateau) => Math.abs(plateau.loss - loss);
  // const [nearest] = [...plateaus].sort((a, b) => distance(a) - distance(b));
  // return nearest.knows;
  //> wrong "which number says how near"
  // const distance = (plateau: tasks.Plateau) => Math.abs(plateau.loss - loss);
  // const [nearest] = [...plateaus].sort((a, b) => distance(a) - distance(b));
  // return distance(nearest) <= 0.03 ? nearest.knows : undefined;
  //> wrong "you take the first that fits"
  // return plateaus.find((plateau) => Math.abs(plateau.loss - loss) <= within)?.knows;
  //> wrong "What is a distance"
  // return plateaus.find((plateau) => plateau.loss >= loss && plateau.loss - loss <= within)?.knows;
  //> wrong "its name is wanted"
  // return plateaus.findIndex((plateau) => Math.abs(plateau.loss - loss) <= within) as unknown as string;
  //> end
}

// %% tags=["check"]
await check('W2.4', myName);

// %% [markdown]
// Before you look: the second model has 12 layers, the first has 2. Does the deep one rest on a plateau for a *longer* or a
// *shorter* time?

// %% tags=["predict", "slide"]
//> stub
// predict('W2.4', undefined); // 'longer' or 'shorter'
//> solution
predict('W2.4', 'longer');
//> end

// %%
/** Losses by epoch of two models that are there and of one that is trained now, in ten seconds, and what they know. */
async function threeLogs() {
  const store = runs.projectStore();
  const observer = watch.run();
  const [shallow, deep] = [2, 12].map((layers) => experiments.chainSettings({ layers }).base);
  const small = experiments.chainSettings({ preset: 'tiny' }).base;
  const slow = { ...small, learningRate: small.learningRate / 7, epochs: 12, stuckAfter: 12 };
  const logs = [];
  for (const [run, settings] of Object.entries({ '2 layers': shallow, '12 layers': deep, 'small, slow': slow })) {
    const { log } = await experiments.trainBaseModel(settings, { store, observer });
    const plateaus = tasks.baseTaskPlateaus({ numbers: settings.numbers });
    for (const { epoch, eval_loss: loss } of log.slice(0, 15)) {
      logs.push({ run, epoch, loss, knows: myName(loss, plateaus) ?? 'in between' });
    }
    for (const { loss: level, knows } of plateaus) logs.push({ run, level, knows });
  }
  return logs;
}

// %% tags=["trains", "slide"]
await reveal('W2.4', async () => ({
  title: { text: 'What three models know, epoch by epoch', subtitle: 'lines: the predicted plateaus' },
  data: { values: await threeLogs() },
  facet: { column: { field: 'run', title: null, sort: ['2 layers', '12 layers', 'small, slow'] } },
  resolve: { scale: { y: 'independent' } },
  spec: {
    width: 165,
    height: 230,
    layer: [
      { mark: { type: 'rule', color: '#AAAAAA' }, encoding: { y: { field: 'level', type: 'quantitative' } } },
      {
        transform: [{ filter: 'isValid(datum.epoch)' }],
        mark: { type: 'point', filled: true, size: 70, tooltip: true },
        encoding: {
          x: { field: 'epoch', type: 'quantitative', axis: { tickCount: 5 } },
          y: { field: 'loss', type: 'quantitative', title: 'evaluation loss (nats)', scale: { zero: false } },
          color: { field: 'knows', type: 'nominal', legend: { orient: 'bottom', columns: 2, labelLimit: 300 } },
          shape: { field: 'knows', type: 'nominal' },
        },
      },
    ],
  },
}));

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The first model knows both shortcuts after one epoch, and falls to the floor in the next few. The deep one knows only the
// frequencies for many epochs, and then takes the same way. The slow one comes to the shortcuts and stays there: it is
// stuck, or needs far more time.
//
// </details>

// %% [markdown]
// ## How far are you?

// %%
await progress('W2');
