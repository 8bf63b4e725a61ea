// %% [markdown]
// # W1 Which function?
//
// Training samples can leave open which function they come from. You count how many functions fit, and how few samples would
// be enough for a perfect reasoner. A network needs far more: its [inductive bias](../../../docs/glossary.md#inductive-bias)
// has to fill the gap.

// %% [markdown] tags=["slide"]
// **W1 Which function?**: afterwards you can
//
// - say which functions a set of samples leaves open, and count them;
// - say how many samples a learner needs that knows the right list;
// - say what a network must learn beside the function.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W1.1')` in a cell of its own
// gives one hint more each time; `solution('W1.1')` opens after three tries.

// %%
import { axes, charts, op, show, stats, tables, tasks } from 'subtask-induction';
import { check, hint, predict, progress, reveal, solution, todo } from 'subtask-induction-workshop';

// %%
const residues = [...Array(tasks.MODULUS).keys()];

// %% [markdown] tags=["slide"]
// ## W1.1
//
// All arithmetic here is modulo 7. An answer is a [residue](../../../docs/glossary.md#residue): what remains after division
// by 7, one of 0 to 6. Negative values have one too: on the number line, go up in steps of 7.
//
// Before you write: which residue has −3? And what does `-3 % 7` give in TypeScript?

// %% tags=["W1.1"]
/** The residue of a formula's value: one of 0 to 6. */
function myAnswer(formula: (a: number, b: number) => number, a: number, b: number): number {
  //> stub
  // return todo('Write the residue of formula(a, b), also of negative values.');
  //> solution
  return ((formula(a, b) % 7) + 7) % 7;
  //> wrong "by which number can you go up"
  // return formula(a, b) % 7;
  //> wrong "Where do you arrive, and where from 3"
  // return Math.abs(formula(a, b)) % 7;
  //> wrong "is one of 0 to 6, and you give"
  // return formula(a, b);
  //> wrong "take away 7 as often as you can"
  // return Math.floor(formula(a, b) / 7) % 7;
  //> end
}

// %% tags=["check"]
await check('W1.1', myAnswer);

// %% [markdown]
// The task of the workshop is a² + ab. Its training samples have a = b, where 2a² gives the same answers: they lie on the
// diagonal of the table below.
//
// Before you look: on how many of all 49 pairs do the two agree?

// %% tags=["predict", "slide"]
//> stub
// predict('W1.1', undefined); // write a number in the place of undefined
//> solution
predict('W1.1', 7);
//> end

// %%
const grid = tasks.EXPRESSIONS.flatMap((name) =>
  residues.flatMap((a) =>
    residues.map((b) => {
      const [own, target] = [tasks.answer(name, a, b), tasks.answer('a^2 + ab', a, b)];
      return { name, a, b, own, target, same: own === target ? 'the same answer' : 'another answer' };
    }),
  ),
);

// %% tags=["slide"]
const same = { field: 'same', type: 'nominal', title: null, legend: { orient: 'top' } } as const;
const scale = { domain: ['the same answer', 'another answer'], range: ['#56B4E9', '#F0F0F0'] };
const menu = { input: 'select', options: tasks.EXPRESSIONS, name: 'compare a² + ab with ' } as const;
await reveal('W1.1', () => ({
  title: { text: 'Where another expression gives the answer of a² + ab', subtitle: 'written: the answer of a² + ab' },
  params: [{ name: 'chosen', value: '2a^2', bind: menu }],
  data: { values: grid },
  transform: [{ filter: 'datum.name === chosen' }],
  width: 260,
  height: 260,
  encoding: { x: { field: 'b', type: 'ordinal', axis: { labelAngle: 0 } }, y: { field: 'a', type: 'ordinal' } },
  layer: [
    { mark: { type: 'rect', stroke: 'white' }, encoding: { color: { ...same, scale }, tooltip: [{ field: 'own' }] } },
    { mark: 'text', encoding: { text: { field: 'target' } } },
  ],
}));

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The two agree on the diagonal, and on the whole row a = 0: there both are 0. So not even every pair with a ≠ b tells them
// apart. In JupyterLab the menu below the picture shows the other expressions.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W1.2
//
// A *rival* of the target gives the same answer on every sample that has a = b. The paper's text names two rivals of a² +
// ab: 2a² and 2b². Let the computer look at all 13 expressions of the released experiments, `tasks.EXPRESSIONS`.
//
// `tasks.answer(name, a, b)` gives the answer of an expression.

// %% tags=["W1.2"]
/** Those of the names that agree with the target wherever a = b, without the target itself. */
function myRivals(target: string, names: readonly string[]): string[] {
  //> stub
  // return todo('Keep the names that agree with the target wherever a = b.');
  //> solution
  return names.filter(
    (name) => name !== target && residues.every((a) => tasks.answer(name, a, a) === tasks.answer(target, a, a)),
  );
  //> wrong "have you let the computer look"
  // return ['2a^2', '2b^2'];
  //> wrong "A rival is another function"
  // return names.filter((name) => residues.every((a) => tasks.answer(name, a, a) === tasks.answer(target, a, a)));
  //> wrong "At which does it differ"
  // return names.filter((name) => name !== target && tasks.answer(name, 1, 1) === tasks.answer(target, 1, 1));
  //> wrong "as if there were no ambiguity"
  // const fits = (name: string, a: number, b: number) => tasks.answer(name, a, b) === tasks.answer(target, a, b);
  // return names.filter((name) => name !== target && residues.every((a) => residues.every((b) => fits(name, a, b))));
  //> wrong "do you use the target"
  // return ['2a^2', '2b^2', 'a^2 + b^2'];
  //> end
}

// %% tags=["check"]
await check('W1.2', myRivals);

// %% [markdown]
// Rivals agree on 7 pairs of 7 with a = b. Before you look: on how many of the 42 pairs with a ≠ b does the best of them
// agree with the target?

// %% tags=["predict", "slide"]
//> stub
// predict('W1.2', undefined); // a number from 0 to 42
//> solution
predict('W1.2', 6);
//> end

// %% tags=["slide"]
await reveal('W1.2', () => {
  const rivals = myRivals('a^2 + ab', tasks.EXPRESSIONS);
  const agreeing = rivals.map((rival) => ({
    rival,
    pairs: grid.filter(({ name, a, b, own, target }) => name === rival && a !== b && own === target).length,
  }));
  return charts.dots(agreeing, {
    title: 'Pairs with a ≠ b on which a rival agrees with a² + ab',
    value: { field: 'pairs', title: 'pairs, of 42', scale: { domain: [0, 42] }, format: 'd' },
    of: 'rival',
    bars: true,
    at: 42 / 7,
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Each rival agrees on a seventh of these pairs (the line): as often as somebody who guesses. So a network that has learned
// a rival looks perfect on a = b, and as if it knew nothing elsewhere.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W1.3
//
// Thirteen names are a short list. The target is a [quadratic form](../../../docs/glossary.md#quadratic-form): p·a² + q·ab +
// r·b², each factor one of 0 to 6. There are 7³ forms. Write how many of them agree with a² + ab wherever a = b, the
// target included; for any modulus, not only 7.
//
// Before you write: how many of the 343 forms are that, for the modulus 7?

// %% tags=["predict", "slide"]
//> stub
// predict('W1.3', undefined); // a number from 1 to 343
//> solution
predict('W1.3', 49);
//> end

// %% tags=["W1.3"]
/** How many quadratic forms agree with a² + ab wherever a = b. Factors are 0 to modulus - 1. */
function myCount(modulus: number): number {
  //> stub
  // return todo('Count the forms that agree wherever a = b.');
  //> solution
  const factors = [...Array(modulus).keys()];
  let count = 0;
  for (const p of factors) for (const q of factors) for (const r of factors) if ((p + q + r) % modulus === 2) count++;
  return count;
  //> wrong "You count all forms"
  // return modulus ** 3;
  //> wrong "Which other sums leave the same remainder"
  // const factors = [...Array(modulus).keys()];
  // let count = 0;
  // for (const p of factors) for (const q of factors) for (const r of factors) if (p + q + r === 2) count++;
  // return count;
  //> wrong "Which factor has b²"
  // let count = 0;
  // for (let p = 1; p < modulus; p++)
  //   for (let q = 1; q < modulus; q++) for (let r = 1; r < modulus; r++) if ((p + q + r) % modulus === 2) count++;
  // return count;
  //> wrong "You leave out one form"
  // return modulus ** 2 - 1;
  //> wrong "is there still a 7"
  // return 49;
  //> end
}

// %% tags=["check"]
await check('W1.3', myCount);

// %%
const agrees = (form: tasks.Formula) =>
  residues.every((a) => tasks.answer(form, a, a) === tasks.answer('a^2 + ab', a, a));
const factors = residues.flatMap((p) =>
  residues.flatMap((q) =>
    residues
      .filter((r) => agrees((a, b) => p * a * a + q * a * b + r * b * b))
      .map((r) => ({ p: `p = ${p}`, q: `q = ${q}`, r })),
  ),
);

// %% tags=["slide"]
await reveal('W1.3', () =>
  charts.cells(factors, {
    title: 'The factor r that p and q leave, where a form agrees on a = b',
    x: 'q',
    y: 'p',
    value: { field: 'r', title: 'r', axis: { format: 'd' } },
    width: 380,
  }),
);

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// For every p and q exactly one r is left. So one seventh of all forms agree: samples with a = b say only one thing about
// three factors, their sum. Of the other two things they say nothing, however many samples there are.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W1.4
//
// Now samples with a ≠ b: [disambiguation samples](../../../docs/glossary.md#disambiguation-samples). A perfect reasoner has
// a list of rules. It strikes out each rule that a sample contradicts. When only the target is left, it knows everything.

// %% tags=["W1.4"]
/** The rules that give the target's answer at every one of these pairs. */
function myConsistent(rules: readonly string[], target: string, pairs: [a: number, b: number][]): string[] {
  //> stub
  // return todo('Keep the rules that no pair contradicts.');
  //> solution
  return rules.filter((rule) => pairs.every(([a, b]) => tasks.answer(rule, a, b) === tasks.answer(target, a, b)));
  //> wrong "How many of the samples must a rule fit"
  // return pairs.length === 0
  //   ? [...rules]
  //   : rules.filter((rule) => pairs.some(([a, b]) => tasks.answer(rule, a, b) === tasks.answer(target, a, b)));
  //> wrong "Do you look at all of them"
  // const [a, b] = pairs.at(-1) ?? [0, 0];
  // return rules.filter((rule) => tasks.answer(rule, a, b) === tasks.answer(target, a, b));
  //> wrong "You strike out the target itself"
  // return rules.filter((rule) => pairs.every(([a, b]) => tasks.answer(rule, a, b) !== tasks.answer(target, a, b)));
  //> wrong "With what do you compare the answer of a rule"
  // return rules.filter((rule) => pairs.every(([a, b]) => tasks.answer(rule, a, b) === tasks.answer(rule, a, b)));
  //> wrong "nothing contradicts a rule"
  // return rules.filter((rule) => pairs.some(([a, b]) => tasks.answer(rule, a, b) === tasks.answer(target, a, b)));
  //> end
}

// %% tags=["check"]
await check('W1.4', myConsistent);

// %% [markdown]
// Your function now reasons about two lists: the target with its rivals of W1.2, and the forms of W1.3. Pairs with a ≠ b
// come in random order.
//
// Before you look: after how many pairs does it know the target among the forms, usually?

// %% tags=["predict", "slide"]
//> stub
// predict('W1.4', undefined); // a number
//> solution
predict('W1.4', 3);
//> end

// %%
const forms = factors.map(({ p, q, r }) => `${p.slice(4)}a^2 + ${q.slice(4)}ab + ${r}b^2`);
const lists = [
  {
    list: 'the expressions that agree',
    target: 'a^2 + ab',
    of: (target: string) => [target, ...myRivals(target, tasks.EXPRESSIONS)],
  },
  { list: 'the forms that agree', target: '1a^2 + 1ab + 0b^2', of: () => forms },
];
/** After how many random pairs only the target is left. */
function samplesNeeded(rules: string[], target: string, source: tasks.Random): number {
  const pairs: [number, number][] = [];
  for (let left = rules; left.length > 1; left = myConsistent(left, target, pairs)) {
    const a = source.integer(7);
    pairs.push([a, (a + 1 + source.integer(6)) % 7]);
  }
  return pairs.length;
}

// %% tags=["slide"]
await reveal('W1.4', () => {
  const source = tasks.random(1, 'pairs');
  const draws = lists.flatMap(({ list, target, of }) =>
    Array.from({ length: 400 }, () => ({ list, samples: samplesNeeded(of(target), target, source) })),
  );
  return {
    title: 'Pairs with a ≠ b after which a perfect reasoner knows the target, in 400 draws',
    data: { values: draws },
    mark: { type: 'bar', tooltip: true, color: '#0072B2' },
    encoding: {
      x: { field: 'samples', type: 'ordinal', title: 'pairs needed', axis: { labelAngle: 0 } },
      y: { aggregate: 'count', title: 'draws' },
      column: { field: 'list', title: null, sort: null },
    },
    width: { step: 34 },
    height: 180,
  };
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Among the expressions one pair is mostly enough. Among the forms it is mostly two: two factors are open, and each pair
// says one thing about them. Sometimes a pair says nothing new, and a third is needed.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W1.5
//
// A network needs hundreds of such samples. Where do they go? Put four learners in order, from the fewest samples to the
// most, for nine right answers of ten:
// - `'knows the forms'`: the reasoner of W1.4;
// - `'knows the residues'`: it knows the residue of every number, and learns the 49 answers by heart;
// - `'subnetwork'`: a network that begins with weights that compute ab;
// - `'random init'`: a network that begins with nothing.

// %% tags=["W1.5"]
/** The four learners, from the fewest samples to the most. */
function myOrder(): string[] {
  //> stub
  // return todo('Put the four names in order.');
  //> solution
  return ['knows the forms', 'knows the residues', 'subnetwork', 'random init'];
  //> wrong "Only the two in the middle"
  // return ['knows the forms', 'subnetwork', 'knows the residues', 'random init'];
  //> wrong "Compare with the reasoner"
  // return ['subnetwork', 'knows the forms', 'knows the residues', 'random init'];
  //> wrong "Which of them is told nothing"
  // return ['knows the forms', 'subnetwork', 'random init', 'knows the residues'];
  //> wrong "each once"
  // return ['knows the forms', 'subnetwork'];
  //> end
}

// %% tags=["check"]
await check('W1.5', myOrder);

// %% [markdown]
// The curves of these networks are measured. Say what you expect before you look: with how many disambiguation samples is
// the *subnetwork* right in nine of ten cases?

// %% tags=["predict", "slide"]
//> stub
// predict('W1.5', undefined); // a number
//> solution
predict('W1.5', 500);
//> end

// %% tags=["slide"]
const networks = tables
  .curves({ layers: [2], conditions: ['subnetwork', 'random init'] })
  .filter((d) => d.whose === 'ours')
  .groupby('line', 'n')
  .rollup({ accuracy: op.mean('accuracy') })
  .objects() as { line: string; n: number; accuracy: number }[];
const sizes = [...new Set(networks.map(({ n }) => n))].sort((a, b) => a - b);
const knowing = sizes.map((n) => ({ line: 'knows the residues', n, accuracy: stats.knowsResidues(n) }));
await reveal('W1.5', () =>
  charts.lines([...networks, ...knowing], {
    title: 'What is right after n samples with a ≠ b',
    subtitle: 'networks of 2 layers, numbers 0..999, beside a learner that knows the residues',
    x: axes.samples,
    y: axes.accuracy,
    color: 'line',
    levels: [{ value: 0.9, label: 'nine of ten' }],
  }),
);

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// One who knows the residues needs about a hundred samples, to fill a table. The subnetwork needs several times as many,
// though it computes ab: it does not have the residues as ready as one who is told them. *Random init* does not reach nine
// of ten at all.
//
// So most samples go to the residues, some to the table of answers, and the fewest to the choice among the forms.
//
// </details>

// %% [markdown]
// ## How far are you?

// %%
await progress('W1');
