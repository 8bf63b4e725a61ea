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
// # 03 Data efficiency
//
// The main result of the arithmetic half: how many [disambiguation samples](../docs/glossary.md#disambiguation-samples)
// does a new model need for "a^2 + ab", when it starts with the [subnetwork](../docs/glossary.md#subnetwork) for "ab",
// and when it does not? The paper's curve for 2 layers, and ours.

// %%
import { aq, axes, charts, dataFrame, experiments, op, presets, say, show, stats, tables } from 'subtask-induction';

const preset = presets.current();
const { layers } = experiments.chainSettings({ preset }).base;
say(presets.note(preset));

// %% [markdown]
// ## Conditions
//
// All models of one n, the number of disambiguation samples, train on the same samples. They differ in what they start
// from. The rest are [embeddings](../docs/glossary.md#embedding), [LayerNorm](../docs/glossary.md#layernorm) and
// biases.
//
// | condition | the masked weights | the rest |
// | --- | --- | --- |
// | subnetwork | from the base model where the mask keeps them, and [frozen](../docs/glossary.md#frozen); new elsewhere | from the base model |
// | full model | from the [base model](../docs/glossary.md#base-model) | from the base model |
// | random init | new | new |
// | sampled control | as for the subnetwork, with a random mask | from the base model |
// | complement control | the same, the mask drawn outside the subnetwork | from the base model |
//
// The paper describes [controls](../docs/glossary.md#control) that keep as many weights as the subnetwork has. The
// released code keeps *all but* that many. So each control is computed both ways: [*as described* and *as
// released*](../docs/glossary.md#as-described-as-released).
//
// ## Runs

// %%
const conditions = ['subnetwork', 'full model', 'random init', 'sampled control', 'complement control'];
// n to compute now. Where the table has runs they are taken as they are: write [2500] here to add that n to them.
const sizes: number[] = preset === 'paper' ? [] : experiments.chainSettings({ preset }).sizes;
const computed = await experiments.dataEfficiency.compute({ preset, layers: [layers], conditions, sizes });

// %%
// A row is one run; the paper's curves are in the same columns.
const runs = tables.curves({ preset, layers: [layers], conditions });
await show(
  runs
    .filter((d) => d.whose === 'ours')
    .groupby('line')
    .rollup({ seeds: op.listed('seed'), n: op.listed('n'), runs: op.count() }),
  { caption: 'What our curves rest on', none: 'There are no finished runs of ours yet.' },
);

// %% [markdown]
// ## Published and ours

// %%
const points = runs.groupby('condition', 'line', 'source', 'whose', 'n').rollup({
  accuracy: op.mean('accuracy'),
  low: op.low('accuracy', 1000),
  high: op.high('accuracy', 1000),
  runs: op.count(),
});
await show(
  charts.lines(points, {
    title: `Data efficiency, ${layers} layers`,
    subtitle: presets.caption(preset),
    x: axes.samples,
    y: axes.accuracy,
    color: 'source',
    facet: 'condition',
    band: ['low', 'high'],
  }),
);

// %% [markdown]
// What to see: compare the panels, not only the lines in one. *Subnetwork* and *full model* rise first, *random init*
// last.
//
// In the panels of the two controls there are two lines of ours: the one as described
// [transfers](../docs/glossary.md#transfer) few weights, the one as released nearly the whole model.
//
// The bands are 95 % [intervals](../docs/glossary.md#confidence-interval): over [seeds](../docs/glossary.md#seed) where
// there are several runs, and of the [test](../docs/glossary.md#evaluation-and-test) set alone where there is one,
// which then says nothing about how another run would have ended.

// %% [markdown]
// ## Is the subnetwork ahead?
//
// The claim is one of order: at the same n, the model that starts with the subnetwork should be more often right than
// the others. The [lead](../docs/glossary.md#lead-level-behind) is the mean difference of the accuracies over all n,
// run by run.
//
// Its 95 % interval has three kinds of chance to answer for: other n, other seeds (where there are several) and other
// test samples. It is as wide as the widest of their intervals.

// %%
// Runs of one n and seed side by side, up to 10,000 samples.
const leads = runs
  .filter((d) => d.n <= 10_000)
  .groupby('whose', 'n', 'seed')
  .pivot('line', 'accuracy', { sort: false })
  .fold(aq.not('whose', 'n', 'seed', 'subnetwork'), { as: ['against', 'other'] })
  .filter((d) => d.subnetwork != null && d.other != null)
  .derive({ pair: (d) => ({ n: d.n, seed: d.seed, first: d.subnetwork, second: d.other }) })
  .groupby('against', 'whose')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({
    lead: (d) => d.paired.mean,
    low: (d) => d.paired.low,
    high: (d) => d.paired.high,
    subnetwork: (d) => d.paired.verdict,
    n: (d) => d.paired.n,
    seeds: (d) => d.paired.seeds,
  })
  .select(aq.not('paired'));

// %%
await show(
  charts.dots(leads, {
    title: 'How far the subnetwork is ahead',
    subtitle: presets.caption(preset),
    value: axes.difference('lead of the subnetwork', 'lead'),
    of: 'against',
    interval: ['low', 'high'],
    color: 'whose',
    at: 0,
  }),
);
await show(leads, { caption: `Leads of the subnetwork; ${presets.caption(preset)}` });

// %% [markdown]
// What to see: a lead above zero means that the subnetwork is ahead, and *level* that chance could have made the
// difference. Compare ours with the published lead of the same line: where that is level or behind, the paper's own 2-layer
// curves do not show the claim either, and its mean over six depths (notebook 04) has to.
//
// ## The differences
//
// For each n, ours minus the published accuracy.

// %%
const published = presets
  .comparable(
    points.filter((d) => d.whose === 'published'),
    preset,
  )
  .select('condition', 'n', { accuracy: 'published' });
const differences = points
  .filter((d) => d.whose === 'ours')
  .join(published)
  .derive({
    difference: (d) => d.accuracy - d.published,
    low: (d) => d.low - d.published,
    high: (d) => d.high - d.published,
  });
const none = presets.noComparison(preset);

// %%
await show(
  charts.dots(differences, {
    title: 'Ours minus published',
    subtitle: presets.caption(preset),
    value: axes.difference('ours − published'),
    of: axes.samples,
    interval: ['low', 'high'],
    color: 'source',
    facet: 'condition',
    at: 0,
  }),
  { none },
);
await show(differences.select('line', 'n', 'published', { accuracy: 'ours' }, 'difference', 'runs'), {
  caption: `Test accuracy, ${presets.caption(preset)}`,
  limit: 200,
  none: '',
});

// %% [markdown]
// What to see: points near the line at zero agree with the paper. A published point is one run too, so single points
// may lie off the line by the spread between runs. A whole row on one side is more than chance of the test set, but may be
// no more than another base model (notebook 05).
//
// The same as a DataFrame, summed up for each line:

// %%
if (differences.numRows() > 0) {
  const frame = dataFrame(differences.select('line', 'difference'));
  frame.addColumn('absolute', frame.column('difference').abs(), { inplace: true });
  const summary = frame.groupby(['line']).agg({ difference: ['mean', 'min', 'max'], absolute: 'mean' });
  await show(summary, { caption: 'Difference from the published accuracy over all n' });
}

// %% [markdown]
// ## Which controls did the paper draw?
//
// The text describes one kind of control, the code makes the other. The published curves can tell: which of ours lies
// nearer to them? (The interval draws the n anew: it says whether one kind fits better along the whole curve.)

// %%
const fits = differences
  .filter((d) => op.endswith(d.condition, 'control'))
  .derive({ square: (d) => op.pow(d.difference, 2) })
  .groupby('condition', 'n')
  .rollup({
    described: (d) => op.max(d.source === 'ours, as described' ? d.square : null),
    released: (d) => op.max(d.source === 'ours, as released' ? d.square : null),
  })
  .filter((d) => d.described != null && d.released != null)
  .derive({ excess: (d) => d.described - d.released })
  .groupby('condition')
  .rollup({
    described: (d) => op.sqrt(op.mean(d.described)),
    released: (d) => op.sqrt(op.mean(d.released)),
    excess: op.mean('excess'),
    low: op.low('excess'),
    high: op.high('excess'),
    'released is nearer at': (d) => op.sum(d.excess > 0 ? 1 : 0),
    n: op.count(),
  })
  .derive({ nearer: (d) => (d.low > 0 ? 'as released' : d.high < 0 ? 'as described' : 'not told apart') });

// %%
await show(fits, {
  digits: { excess: 4, low: 4, high: 4 },
  caption: 'Root mean square difference from the published curve; excess: mean square as described minus as released',
  none: presets.noComparison(preset, 'There are no runs of both kinds of a control to compare.'),
});

// %% [markdown]
// ## Samples needed
//
// One number for each curve: [n50](../docs/glossary.md#n50), the number of disambiguation samples at which it first
// reaches an accuracy of 0.5, and n90 for 0.9 (interpolated between the n that were measured).

// %%
const needed = runs
  .derive({ run: (d) => ({ n: d.n, seed: d.seed, accuracy: d.accuracy }) })
  .groupby('line', 'whose')
  .rollup({ half: (d) => op.needed(d.run, 0.5), most: (d) => op.needed(d.run, 0.9) })
  .derive({
    n50: (d) => d.half.text,
    'n50, interval': (d) => d.half.interval,
    n90: (d) => d.most.text,
    'n90, interval': (d) => d.most.interval,
    seeds: (d) => d.most.seeds,
  });
await show(needed.select(aq.not('half', 'most')), { caption: `Samples needed; ${presets.caption(preset)}` });

// %% [markdown]
// What to see: some curves begin not far below 0.5, by guessing among the solutions that fit samples with a = b, so
// that a little luck moves their n50 by a lot. n90 is steadier: it says when a model has understood.
//
// ## Bits
//
// A whole curve in one number: how much the labels still had to say. Where a model is right with probability a, a label
// costs h(a) [bits](../docs/glossary.md#bits); along the curve they add up to its *code length*. What a condition saves
// against random init is what it *instils*.
//
// A yardstick stands beside it: a learner that knows the [residues](../docs/glossary.md#residue) of a and b, and nothing
// else, and memorises an answer for each of their 49 pairs.

// %%
// The n up to 1,000 that all of our lines have; the reference once for every seed.
const ours = runs.filter((d) => d.whose === 'ours' && d.n <= 1000);
const lines = ours
  .groupby('line')
  .rollup({ line: op.any('line') })
  .numRows();
const shared = ours.groupby('n').rollup({ lines: op.distinct('line') });
const at = (shared.objects() as { n: number; lines: number }[]).filter((d) => d.lines === lines).map(({ n }) => n);
const knowing = at.map((n) => ({ line: 'knows the residues', n, accuracy: stats.knowsResidues(n) }));
const lengths = ours
  .select('line', 'seed', 'n', 'accuracy')
  .concat(ours.dedupe('seed').select('seed').cross(aq.from(knowing)))
  .filter(aq.escape((d: { n: number }) => at.includes(d.n)))
  .groupby('line', 'seed')
  .derive({ points: op.count(), point: (d) => ({ n: d.n, accuracy: d.accuracy }) })
  .filter(aq.escape((d: { points: number }) => d.points === at.length))
  .groupby('line', 'seed')
  .rollup({ length: (d) => op.codeLength(d.point) });

// %%
const unbiased = lengths.filter((d) => d.line === 'random init').select('seed', { length: 'unbiased' });
const bits = lengths
  .join(unbiased)
  .derive({ saved: (d) => d.unbiased - d.length })
  .groupby('line')
  .rollup({
    instilled: op.mean('saved'),
    low: op.low('saved'),
    high: op.high('saved'),
    'code length': op.mean('length'),
    seeds: op.count(),
  })
  .orderby(aq.desc('instilled'));
await show(
  charts.dots(bits, {
    title: `Bits instilled in the first ${at.at(-1)} labels`,
    subtitle: presets.caption(preset),
    value: { field: 'instilled', title: 'bits that the labels need not say', format: '.0f', axis: { tickCount: 6 } },
    of: 'line',
    interval: ['low', 'high'],
    bars: true,
  }),
);
await show(bits, { caption: 'Code lengths (bits)', digits: { instilled: 0, low: 0, high: 0, 'code length': 0 } });

// %% [markdown]
// What to see: what is transferred is far from the yardstick, though a base model knows the residues well. [Notebook
// 20](20-which-channel.ipynb) reads them out of the frozen base, and asks where they are lost.
