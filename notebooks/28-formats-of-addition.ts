// -*- coding: utf-8 -*-
// ---
// jupyter:
//   jupytext:
//     cell_metadata_filter: tags,-all
//     notebook_metadata_filter: kernelspec,-jupytext.text_representation.jupytext_version
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript
//     language: typescript
//     name: tslab
// ---

// %% [markdown]
// # 28 Formats of addition
//
// The same sums, the same network, another spelling: is the *format* of the data an [inductive
// bias](../docs/glossary.md#inductive-bias)? And how many sums does anybody need who knows nothing but that they are sums?
//
// **Source.** Lee, Sreenivasan, Lee, Lee and Papailiopoulos, "Teaching Arithmetic to Small Transformers"
// ([arXiv 2307.03381](https://arxiv.org/abs/2307.03381)), and its released code, data and curves,
// [lee-ny/teaching_arithmetic](https://github.com/lee-ny/teaching_arithmetic). Published numbers are those of its files of
// plots.

// %%
import { aq, axes, charts, experiments, op, presets, runs, say, show, tasks } from 'subtask-induction';

const chosen = presets.current();
const preset = chosen === 'paper' ? 'laptop' : chosen;
const seeds = preset === 'laptop' ? [1, 2, 3] : [1];
const [part] = experiments.ADDITION_FORMAT_PARTS[preset];
const { below, layers, heads, width, batch } = part;
say(
  `**Preset \`${preset}\`**: sums of numbers below ${below}, a GPT-2 of ${layers} layers, ${heads} heads and width ${width} ` +
    `that reads ${tasks.CHARACTERS.length} characters, ${part.steps} steps of ${batch} rows. The paper has numbers below 1,000 and 6 layers ` +
    "of width 384, so **these numbers are not the paper's**.",
);

// %% [markdown]
// ## Six ways to write a sum
//
// A model reads what is asked, character by character, and writes the rest. *Reverse* has the digits of the answer from the
// units on, in the order in which people carry. *Scratchpads* write each digit A and carry C before the answer. The compact one
// is ours.

// %%
const sum = [38, 47] as const; // try others
const visible = (text: string) => `\`${text.replaceAll('\n', '⏎')}\``;
await show(
  tasks.ADDITION_FORMATS.map((format) => {
    const { prompt, completion } = tasks.writtenSum(format, sum);
    const characters = prompt.length + completion.length;
    return { format, characters, asked: visible(prompt), written: visible(completion.slice(0, 44)) };
  }),
  { caption: `${sum.join(' + ')}, which carries ${tasks.carries(sum)} times; ⏎ is a new line; long texts are cut` },
);
const { prompt, completion } = tasks.writtenSum('detailed scratchpad', sum);
say(`The detailed scratchpad in full:\n\n\`\`\`text\n${prompt}${completion}\`\`\``);

// %% [markdown]
// How rows come into the network is a format, too. *Aligned*: a row a sequence, so that every sum begins at the first position.
// *Packed*, as in the paper: all rows behind one another, in windows that are cut anywhere.

// %%
const { train } = experiments.additionSums({ ...part, format: 'plain', n: 8, steps: 1, seed: 1 });
const rows = train.map((pair) => tasks.writtenSum('plain', pair)).map((row) => row.prompt + row.completion);
const text = rows.join('');
await show(
  [0, 13, 27].map((from, i) => ({
    'aligned: a sequence': visible(rows[i]),
    'packed: a sequence': visible(text.slice(from, from + 40)),
  })),
  { caption: 'Three sequences of each' },
);

// %% [markdown]
// ## Without any network: which cells follow from the others?
//
// Write all sums of numbers below N into a table of N × N cells, and reveal some. Who knows only that a cell is f(row) + g(column)
// can fill in M(i, j) = M(i, q) + M(p, j) − M(p, q). A cell is determined exactly where its row and its column are *connected* by
// revealed cells.

// %%
const table = tasks.sumTable(3);
const steps = [
  [0, 0],
  [1, 1],
  [0, 1], // joins both pairs: the cell (1, 0) follows
  [2, 0],
].map(([row, column]) => {
  table.reveal(row, column);
  return { revealed: `(${row}, ${column})`, 'cells determined': table.determined, 'groups left': table.components };
});
await show(steps, { caption: 'A table of 3 × 3' });

// %%
const completed = await experiments.additionCompletion.compute({ preset });
const shares = aq
  .from(completed)
  .groupby('numbers', 'cells')
  .rollup({
    determined: op.mean('determined'),
    ...{ complete: op.mean('complete'), low: op.low('complete'), high: op.high('complete') },
  })
  .derive({
    N: (d) => `N = ${d.numbers}`,
    x: (d) => d.cells / (d.numbers * op.log(2 * d.numbers)),
    law: aq.escape((d: { numbers: number; cells: number }) => tasks.completionLaw(d.numbers, d.cells)),
  });
await show(shares.select('N', 'cells', 'determined', 'complete', 'low', 'high', 'law').orderby('N', 'cells'), {
  caption: 'Share of cells determined, share of draws in which all are, and its law',
  digits: 3,
  limit: 40,
});

// %%
const curves = (
  shares.objects() as { N: string; x: number; determined: number; complete: number; law: number }[]
).flatMap(({ N, x, ...of }) => [
  { N, x, what: 'cells determined', as: 'ours', share: of.determined },
  { N, x, what: 'draws that are complete', as: 'ours', share: of.complete },
  { N, x, what: 'draws that are complete', as: 'law', share: of.law },
]);
await show(
  charts.lines(curves, {
    title: 'Completion of a table of sums',
    subtitle: 'dashed: exp(−2N·(1 − k/N²)ᴺ), k cells of N², drawn without replacement',
    x: { field: 'x', title: 'cells / (N ln 2N)', scale: { domain: [0, 2], nice: false, clamp: true }, format: '.2f' },
    y: axes.share('share', 'share'),
    ...{ color: 'N', dash: 'as', facet: 'what', columns: 2, height: 220, points: false },
  }),
);

// %%
type Share = { numbers: number; cells: number; complete: number };
const halfway = (all: Share[]) => {
  const at = all.findIndex(({ complete }) => complete >= 0.5);
  if (at < 1) return null;
  const [before, after] = [all[at - 1], all[at]];
  const part = (0.5 - before.complete) / (after.complete - before.complete);
  return before.cells + part * (after.cells - before.cells);
};
const all = shares.orderby('cells').objects() as Share[];
const halves = [...new Set(all.map(({ numbers }) => numbers))].map((N) => {
  const cells = halfway(all.filter(({ numbers }) => numbers === N));
  const [border, grokking] = [N * Math.log(2 * N), N * Math.log(N)];
  return {
    N,
    cells,
    'N ln 2N': border,
    'cells / (N ln 2N)': cells && cells / border,
    'N ln N': grokking,
    'of all': cells && cells / N ** 2,
  };
});
await show(halves, { caption: 'Cells at which half of the draws are complete', digits: 2 });

// %% [markdown]
// What to see: nearly all cells are determined long before the last one is. The last row without a revealed cell decides, so that
// N ln 2N cells are needed: the collector who wants every picture. Notebook [21](21-grokking-boundary.ipynb) found M ln M for
// networks that grok an addition table.
//
// A network that makes use of nothing but rows and columns could know this much. Below it is the line *completed table*.
//
// ## The published curves
//
// Numbers below 1,000, packed rows, 6 layers; accuracy on sums that are nearly all of three digits.

// %%
const published = aq
  .from(runs.publishedAdditionSamplesSchema.read(runs.dataFile('published')))
  .derive({ source: () => 'published' });
const samples = {
  field: 'n',
  title: 'rows to train on',
  scale: { type: 'log', nice: false },
  axis: { values: [250, 500, 1000, 2000, 4000, 10_000, 20_000], format: ',d' },
  format: ',d',
};
const named = aq.escape((d: { format: string }) => (tasks.ADDITION_FORMATS as readonly string[]).includes(d.format));
await show(
  charts.lines(published.filter(named), {
    title: 'Published accuracy',
    subtitle: 'Lee et al., plots/sample_efficiency.csv',
    x: samples,
    y: axes.accuracy,
    ...{ color: 'format', dash: 'source' },
  }),
);

// %%
const noisy = published.filter(aq.escape((d: { format: string }) => /random|simplified scratchpad/.test(d.format)));
await show(noisy.groupby('n').pivot('format', 'accuracy', { sort: false }), {
  caption: 'Published: the simplified scratchpad, and with digits A or carries C at random',
  none: 'There are no published rows.',
});
await show(
  aq.from(runs.publishedAdditionVariantsSchema.read(runs.dataFile('published'))).orderby(aq.desc('accuracy')),
  { caption: 'Published: variants of plain and reverse, overall accuracy' },
);

// %% [markdown]
// What to see: the published gaps are wide, and in the order of the characters that a row costs. But plain has no delimiters and reverse
// has. Delimiters *alone* bring plain more than half of the way to reverse, in the second table. So the published curve of plain against
// reverse mixes two changes.
//
// Even scratchpads with random digits work, given more rows: part of what they teach is their form.
//
// ## Ours: one row a sequence
//
// With aligned rows a delimiter says nothing that the position does not say. What is left of the order of the digits?

// %%
const measured = await experiments.additionFormats.compute({ preset, seeds });
const least = Math.min(...part.steps);
const ends = aq
  .from(measured)
  .filter((d) => d.step === d.steps)
  .rename({ test_accuracy: 'accuracy' });
const aligned = ends
  .filter(aq.escape((d: { arrangement: string; steps: number }) => d.arrangement === 'aligned' && d.steps === least))
  .select('format', 'n', 'seed', 'accuracy', 'train_accuracy', 'characters');
const cells = aq
  .from(completed)
  .filter(aq.escape((d: { numbers: number }) => d.numbers === below))
  .derive({
    n: (d) => d.cells,
    format: () => 'completed table',
    accuracy: (d) => (d.determined * d.numbers ** 2 - d.cells) / (d.numbers ** 2 - d.cells),
  })
  .select('format', 'n', 'seed', 'accuracy');

// %%
const sizes = [...new Set(aligned.array('n') as number[])].sort((a, b) => a - b);
const reference = cells.filter(aq.escape((d: { n: number }) => d.n <= Math.max(...sizes)));
const compared = aligned
  .concat(reference)
  .groupby('format', 'n')
  .rollup({ accuracy: op.mean('accuracy'), low: op.low('accuracy', part.test), high: op.high('accuracy', part.test) });
await show(
  charts.lines(compared, {
    title: 'Accuracy on other sums',
    subtitle: `ours: numbers below ${below}, aligned rows, ${least} steps; bands are 95 % intervals over seeds`,
    x: { ...samples, axis: { ...samples.axis, values: [100, 250, ...sizes] } },
    y: axes.accuracy,
    ...{ color: 'format', band: ['low', 'high'] },
  }),
);

// %% [markdown]
// One number a curve: [n50](../docs/glossary.md#n50), the sums needed for an accuracy of 0.5. Another: the [code
// length](../docs/glossary.md#bits), the bits that the answers of the first sums must still say to such a learner, up to the
// largest n. A beginner guesses among all answers that occur. Fewer bits are more bias towards the rule.

// %%
const curveOf = aligned
  .concat(reference)
  .select('format', 'n', 'seed', 'accuracy')
  .concat(
    aligned
      .concat(reference)
      .dedupe('format', 'seed')
      .select('format', 'seed')
      .cross(aq.from([{ n: 0, accuracy: 0 }])),
  )
  .derive({ run: (d) => ({ n: d.n, seed: d.seed, accuracy: d.accuracy }) });
const needed = curveOf
  .groupby('format')
  .rollup({ half: (d) => op.needed(d.run, 0.5) })
  .derive({ n50: (d) => d.half.text, interval: (d) => d.half.interval })
  .select(aq.not('half'));
const bits = curveOf
  .groupby('format', 'seed')
  .rollup({ bits: (d) => op.codeLength(d.run, 199) }) // answers 0 to 198
  .groupby('format')
  .rollup({ bits: op.mean('bits'), low: op.low('bits'), high: op.high('bits'), seeds: op.count() });
await show(needed.join(bits), { caption: `n50, and bits of the first ${Math.max(...sizes)} answers`, digits: 0 });

// %%
const wide = compared
  .derive({
    text: aq.escape(
      (d: Record<string, number>) => `${d.accuracy.toFixed(3)} (${d.low.toFixed(3)} to ${d.high.toFixed(3)})`,
    ),
    rows: (d) => `n = ${d.n}`,
  })
  .filter(aq.escape((d: { n: number }) => sizes.includes(d.n)))
  .orderby('n')
  .groupby('format')
  .pivot('rows', 'text', { sort: false });
await show(wide, { caption: 'Accuracy on other sums: mean over seeds (95 % interval)' });

// %% [markdown]
// What to see: from few sums, answers that begin with the units are learned better than plain ones with the same delimiters. The
// compact scratchpad is far behind: in so few steps it has not understood.
//
// All networks lie far below the completed table. A few hundred cells determine nearly all others, and no format makes a network
// use them as well as that.
//
// ## When does it understand?
//
// A fixed number of steps is a choice that decides much. Single runs, while they train:

// %%
const largest = Math.max(...sizes);
const learning = aq
  .from(measured)
  .filter(aq.escape((d: { n: number; arrangement: string }) => d.n === largest && d.arrangement === 'aligned'))
  .derive({ seed: (d) => `seed ${d.seed}`, accuracy: (d) => d.test_accuracy, training: (d) => `of ${d.steps} steps` })
  .filter(aq.escape((d: { steps: number }) => d.steps === least));
await show(
  charts.lines(learning, {
    title: `Accuracy on other sums while training, n = ${largest}`,
    subtitle: 'a line is a run',
    x: axes.step,
    y: axes.accuracy,
    ...{ color: 'seed', facet: 'format', columns: 2, height: 130 },
  }),
);

// %% [markdown]
// The same number of steps is not the same number of characters: a scratchpad row is twice as long. Below, plain and
// reverse have trained for as many *characters* as the compact scratchpad in its shorter training.

// %%
const longer = ends
  .filter(aq.escape((d: { n: number; arrangement: string }) => d.n === largest && d.arrangement === 'aligned'))
  .groupby('format', 'steps')
  .rollup({
    characters: op.mean('characters'),
    'on its own sums': op.mean('train_accuracy'),
    accuracy: op.mean('accuracy'),
    ...{ low: op.low('accuracy', part.test), high: op.high('accuracy', part.test), seeds: op.count() },
  })
  .orderby('format', 'steps');
await show(longer, { caption: `Steps and characters, n = ${largest}`, limit: 12 });

// %% [markdown]
// What to see: a run rests, and then rises within some hundred steps. Seed, n and format move that moment, which a single run
// cannot show. In twice the steps plain and reverse come to the same place: with 2,000 sums, reversing saves steps and not sums.
//
// The scratchpad rises last. After thrice the steps it is where the others are, or above, but it has also read thrice as much.
//
// ## Which sums are hard?
//
// By the number of places that carry. To write the first digit of a plain answer, a network must know whether everything
// behind it carries; reversed, it has just written it.

// %%
const carried = aq
  .from(measured)
  .filter(
    aq.escape(
      (d: { n: number; arrangement: string; step: number; steps: number }) =>
        d.n === largest && d.arrangement === 'aligned' && d.step === d.steps && d.steps === least,
    ),
  )
  .fold(['carries_0', 'carries_1', 'carries_2'], { as: ['carries', 'accuracy'] })
  .filter((d) => d.accuracy !== null)
  .derive({ carries: (d) => op.replace(d.carries, 'carries_', 'carries: ') })
  .groupby('format', 'carries')
  .rollup({ accuracy: op.mean('accuracy'), low: op.low('accuracy'), high: op.high('accuracy') });
await show(
  charts.dots(carried, {
    title: `Accuracy by carries, n = ${largest}`,
    subtitle: `aligned rows, ${least} steps; 95 % intervals over seeds`,
    value: axes.accuracy,
    of: 'carries',
    ...{ interval: ['low', 'high'], color: 'format', height: 240 },
  }),
);

// %% [markdown]
// What to see: reversed answers are right more often, the more places carry. For plain ones carries make no difference that
// these seeds could show.
//
// ## Aligned or packed?
//
// The same sums and as many characters, but in windows that are cut anywhere, as released. The prompt stands at the first position, where a
// window seldom begins with a sum. In a second test a newline stands before it, as between rows.

// %%
const arranged = ends
  .filter(aq.escape((d: { n: number; steps: number }) => d.n === largest && d.steps === least))
  .derive({ test: (d) => d.arrangement })
  .select('format', 'seed', 'test', 'accuracy');
const after = ends
  .filter((d) => d.arrangement === 'packed')
  .derive({ test: () => 'packed, after a newline', accuracy: (d) => d.after_newline })
  .select('format', 'seed', 'test', 'accuracy');
const packed = arranged
  .concat(after)
  .filter((d) => d.format !== 'compact scratchpad')
  .groupby('format', 'test')
  .rollup({ accuracy: op.mean('accuracy'), low: op.low('accuracy'), high: op.high('accuracy') });
await show(
  charts.dots(packed, {
    title: `Aligned or packed rows, n = ${largest}, ${least} steps`,
    subtitle: 'accuracy on other sums; 95 % intervals over seeds',
    value: axes.accuracy,
    of: 'format',
    ...{ interval: ['low', 'high'], color: 'test', height: 200 },
  }),
);
await show(packed, { caption: 'The same as numbers', limit: 12 });

// %% [markdown]
// What to see: after as many characters, networks that read packed windows have learned next to nothing: they must also find out
// where a sum begins. A newline before the prompt does not mend it. So packing is a bias of its own, and here the largest.
//
// It also means that this notebook says nothing on formats in packed rows. The published curves, all of them packed, rest on
// many more steps.
//
// ## What holds?
//
// Differences of accuracies, paired by seed (equal sums to train and to test on).

// %%
type End = { format: string; arrangement: string; n: number; steps: number; seed: number; accuracy: number };
const every = ends.select('format', 'arrangement', 'n', 'steps', 'seed', 'accuracy').objects() as End[];
const difference = (question: string, first: Partial<End>, second: Partial<End>) => {
  const find = (of: Partial<End>) =>
    every.filter((end) => Object.entries(of).every(([name, value]) => end[name as keyof End] === value));
  return find(first).flatMap((one) => {
    const other = find(second).find(({ seed }) => seed === one.seed);
    return other ? [{ question, pair: { first: one.accuracy, second: other.accuracy } }] : [];
  });
};

// %%
const base = { arrangement: 'aligned', n: largest, steps: least };
const [plainer, turned] = [
  { ...base, format: 'plain with delimiters' },
  { ...base, format: 'reverse' },
];
const [twice, packing] = [{ steps: 2 * least }, { arrangement: 'packed' }];
const pad = { ...base, format: 'compact scratchpad' };
const asked = [
  ...difference('delimiters alone − plain', plainer, { ...base, format: 'plain' }),
  ...difference('reverse − plain with delimiters', turned, plainer),
  ...sizes.slice(0, -1).flatMap((n) => difference(`… with n = ${n}`, { ...turned, n }, { ...plainer, n })),
  ...difference('… with twice the steps', { ...turned, ...twice }, { ...plainer, ...twice }),
  ...difference('… with packed rows', { ...turned, ...packing }, { ...plainer, ...packing }),
  ...difference('delimiters alone, packed rows', { ...plainer, ...packing }, { ...base, ...packing, format: 'plain' }),
  ...difference('reverse: aligned − packed', turned, { ...turned, ...packing }),
  ...difference('compact scratchpad − reverse, equal steps', pad, turned),
  ...difference('… equal characters', pad, { ...turned, ...twice }),
  ...difference('… thrice the steps against twice', { ...pad, steps: 3 * least }, { ...turned, ...twice }),
];

// %%
const verdicts = aq
  .from(asked)
  .groupby('question')
  .rollup({ of: (d) => op.difference(d.pair), seeds: op.count() })
  .derive({ difference: (d) => d.of.mean, low: (d) => d.of.low, high: (d) => d.of.high })
  .derive({
    verdict: (d) => (d.seeds < 2 ? 'one seed' : d.low > 0 ? 'better' : d.high < 0 ? 'worse' : 'not told apart'),
  })
  .select(aq.not('of'));
await show(verdicts, { caption: 'The first against the second', limit: 12 });

// %% [markdown]
// ## Limits
//
// - Numbers below 100, a small network, and few steps. With a fixed number of steps, few sums mean many epochs: a curve over n mixes
//   both.
//
// - Three seeds, and runs that understand at different times: the intervals are wide.
//
// - Published formats differ in their delimiters as well, and published answers are sampled; ours are the most likely ones.
//
// - Other settings of the optimiser, and packed rows with more steps, were not compared. Both may move the moment at which a
//   network understands.
//
// - Rows that end early are filled up with newlines, which the network learns to write.
//
// - Test sums are drawn like the others, so that for some a + b it has seen b + a.
//
// ## Questions to try
//
// - What if every number has two digits, with a 0 before it? Write another `writtenSum`.
//
// - Does a scratchpad with wrong carries help? The published table above says how much its form alone is worth.
//
// - Which cells does a network know that connectivity does not determine? And the other way round?
