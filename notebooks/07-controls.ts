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
// # 07 The controls
//
// The paper's argument rests on its [controls](../docs/glossary.md#control): if random weights of the same number
// helped as much as the [subnetwork](../docs/glossary.md#subnetwork), then nothing would have been found.
//
// But the controls that the paper describes are not those that its code makes. And one control is missing altogether: a
// mask that was trained over a model that knows nothing. This notebook asks, question by question, what the honest
// controls say.

// %%
import { aq, axes, charts, experiments, op, presets, say, show, tables } from 'subtask-induction';

const preset = presets.manyRuns(presets.current());
const { layers } = experiments.chainSettings({ preset }).base;
say(presets.note(preset, { computes: false }));

// %% [markdown] tags=["slide"]
// ## Runs
//
// Beside the conditions of notebook 03 there is the *untrained subnetwork*: a mask for "ab" is trained as ever, but
// over the [base model](../docs/glossary.md#base-model)'s initialisation, which was never trained. It is
// [transferred](../docs/glossary.md#transfer) in the same way.

// %%
const conditions = [
  'subnetwork',
  'full model',
  'random init',
  'sampled control',
  'complement control',
  'untrained subnetwork',
];
// n to compute now. With the paper's settings that takes days, so the table's runs are taken as they are: write [40] here
// to add what is missing at that n.
const sizes: number[] = preset === 'paper' ? [] : [40, 100];
const computed = await experiments.dataEfficiency.compute({ preset, layers: [layers], conditions, sizes });

// %%
const runs = tables.curves({ preset, conditions });
const ours = runs.filter((d) => d.whose === 'ours');
const details = tables.details({ preset, conditions, layers: [layers] });
const none = 'There are no such runs yet.';
await show(ours.groupby('layers', 'line').rollup({ seeds: op.listed('seed'), n: op.listed('n'), runs: op.count() }), {
  caption: 'What this rests on',
  limit: 100,
  none,
});

// %% [markdown]
// ## 1. What do the controls transfer?
//
// If the subnetwork has k weights in a layer, the paper describes k random weights. The released sampler draws them, and
// then keeps all the others; the complement control even keeps the whole subnetwork with them.

// %%
const full = details.filter((d) => d.condition === 'full model').rollup({ all: op.max('transferred') });
await show(
  details
    .groupby('line')
    .rollup({
      'weights transferred': (d) => op.round(op.mean(d.transferred)),
      mean: op.mean('transferred'),
      runs: op.count(),
    })
    .cross(full)
    .derive({ share: (d) => d.mean / d.all })
    .select('line', 'weights transferred', 'share', 'runs'),
  { caption: `Weights that come from the base, ${layers} layers`, none },
);

// %% [markdown]
// What to see: [as described](../docs/glossary.md#as-described-as-released), a control transfers as many weights as the
// subnetwork; as released, nearly the whole model. So *as released* is less a random subnetwork than a slightly damaged
// full model.
//
// ## 2. What does that do to accuracy and training?

// %% tags=["slide"]
const points = runs.groupby('layers', 'condition', 'line', 'source', 'whose', 'n').rollup({
  accuracy: op.mean('accuracy'),
  low: op.low('accuracy', 1000),
  high: op.high('accuracy', 1000),
});
type Point = { layers: number; condition: string };
const controls = points.filter((d) => op.endswith(d.condition, 'control'));
const here = controls.filter(aq.escape((d: Point) => d.layers === layers));
await show(
  charts.lines(here, {
    title: `The controls, ${layers} layers`,
    subtitle: presets.caption(preset),
    x: axes.samples,
    y: axes.accuracy,
    color: 'source',
    facet: 'condition',
    columns: 2,
    band: ['low', 'high'],
  }),
  { none },
);

// %% tags=["slide"]
const losses = details.groupby('condition', 'line', 'source', 'n').rollup({ loss: op.mean('loss') });
await show(
  charts.lines(losses, {
    title: `Training loss in the last epoch, ${layers} layers`,
    subtitle: presets.caption(preset),
    x: axes.samples,
    y: { ...axes.loss, title: 'training loss (nats)', scale: { zero: true } },
    color: 'condition',
    dash: 'source',
  }),
  { none },
);

// %%
// Runs of one n and seed, drawn in both ways.
await show(
  details
    .filter((d) => op.endswith(d.condition, 'control'))
    .derive({ drawn: (d) => op.replace(d.source, 'ours, as ', '') })
    .groupby('condition', 'n', 'seed')
    .rollup({
      described: (d) => op.max(d.drawn === 'described' ? d.loss : null),
      released: (d) => op.max(d.drawn === 'released' ? d.loss : null),
    })
    .filter((d) => d.described != null && d.released != null)
    .groupby('condition')
    .rollup({
      'loss as described': op.mean('described'),
      'loss as released': op.mean('released'),
      'lower as released': (d) => op.sum(d.released < d.described ? 1 : 0),
      pairs: op.count(),
    }),
  { caption: 'Loss at the end of training (nats)', none },
);

// %% [markdown]
// What to see: the loss is over the model's own training samples, the prediction of b included. At small n most of
// them have b = a, so a model with enough free weights can bring it near zero by memorising; a low loss does not mean
// that the task is understood.
//
// A control as released has most of its weights [frozen](../docs/glossary.md#frozen). Where its loss stays high, it
// cannot even fit its own samples: a difference between the two kinds that
// [test](../docs/glossary.md#evaluation-and-test) accuracy alone does not show.
//
// What do the models answer where they have seen the fewest samples?

// %%
const accuracies = ours.select('layers', 'line', 'n', 'seed', 'accuracy');
const [least] = details.rollup({ n: op.min('n') }).array('n') as number[];
await show(
  details
    .filter(aq.escape((d: { n: number }) => d.n === least))
    .join_left(accuracies)
    .groupby('line')
    .rollup({ right: op.mean('accuracy'), 'as 2a^2': op.mean('is2a2'), 'as 2b^2': op.mean('is2b2'), runs: op.count() }),
  { caption: `Share of answers at n = ${least}`, none },
);

// %% [markdown]
// The three solutions agree for some samples, so the shares may add up to more than one.
//
// ## 3. Which controls did the paper draw?
//
// The published curves can tell: which of ours lies nearer to them? (The interval draws the n anew: it says whether one kind
// fits better along the whole curve.)

// %%
const published = presets
  .comparable(
    points.filter((d) => d.whose === 'published'),
    preset,
  )
  .select('layers', 'condition', 'n', { accuracy: 'published' });

// %%
const fits = controls
  .filter((d) => d.whose === 'ours')
  .join(published)
  .derive({ square: (d) => op.pow(d.accuracy - d.published, 2) })
  .groupby('layers', 'condition', 'n')
  .rollup({
    described: (d) => op.max(d.source === 'ours, as described' ? d.square : null),
    released: (d) => op.max(d.source === 'ours, as released' ? d.square : null),
  })
  .filter((d) => d.described != null && d.released != null)
  .derive({ excess: (d) => d.described - d.released })
  .groupby('layers', 'condition')
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
  none: presets.noComparison(preset, none),
});

// %% [markdown]
// ## 4. Can the two be told apart at all?
//
// Not by the published curves, but by each other: runs of the same n and [seed](../docs/glossary.md#seed), one with
// each kind of control, [paired](../docs/glossary.md#paired).

// %%
// What a question compares: runs of one depth, n and seed side by side, first minus second.
const sideBySide = ours.groupby('layers', 'n', 'seed').pivot('line', 'accuracy', { sort: false });
const pairsOf = (first: string, second: string) =>
  sideBySide.columnNames().includes(first) && sideBySide.columnNames().includes(second)
    ? sideBySide
        .rename({ [first]: 'first', [second]: 'second' })
        .filter((d) => d.first != null && d.second != null)
        .derive({ pair: (d) => ({ layers: d.layers, n: d.n, seed: d.seed, first: d.first, second: d.second }) })
        .derive({ comparison: aq.escape(() => `${first} − ${second}`) })
        .select('layers', 'n', 'comparison', 'pair')
    : sideBySide
        .ungroup()
        .derive({ comparison: () => '', pair: () => null })
        .select('layers', 'n', 'comparison', 'pair')
        .slice(0, 0);
const compare = (pairs: ReturnType<typeof pairsOf>) =>
  pairs.groupby('layers', 'comparison').rollup({ paired: (d) => op.paired(d.pair) });

// %%
// Their differences n by n, for a chart, and over all n, for a table.
type Compared = ReturnType<typeof compare>;
const alongN = (compared: Compared) =>
  compared
    .derive({ point: (d) => d.paired.points, depth: (d) => `${d.layers} layers` })
    .unroll('point')
    .derive({
      n: (d) => d.point.n,
      difference: (d) => d.point.mean,
      low: (d) => d.point.low,
      high: (d) => d.point.high,
    });

// %%
const overAll = (compared: Compared) =>
  compared
    .derive({
      difference: (d) => d.paired.mean,
      low: (d) => d.paired.low,
      high: (d) => d.paired.high,
      'the first is': (d) => d.paired.verdict,
      n: (d) => d.paired.n,
      'above zero at': (d) => op.length(d.paired.above),
      'below zero at': (d) => op.length(d.paired.below),
      pairs: (d) => d.paired.pairs,
      seeds: (d) => d.paired.seeds,
    })
    .select(aq.not('paired'));

// %%
const picture = { of: axes.fewSamples, facet: 'comparison', row: 'depth', at: 0, subtitle: presets.caption(preset) };
const interval = ['low', 'high'] as const;
const value = axes.difference('difference');

// %%
const apart = compare(
  pairsOf('sampled control, as released', 'sampled control, as described').concat(
    pairsOf('complement control, as released', 'complement control, as described'),
  ),
);
const title = 'Controls: as released minus as described';
await show(charts.dots(alongN(apart), { title, value, interval, ...picture }), { none });
await show(overAll(apart), { caption: title, none });

// %% [markdown]
// What to see: 95 % [intervals](../docs/glossary.md#confidence-interval) that leave out zero at single n are to be
// expected now and then by chance. What counts is whether the points lie on one side along a stretch of the axis.
//
// They can be told apart, at every depth: with few samples a control as released is ahead, with several hundred that
// as described. *Level* in the table only says that the two stretches cancel in the mean.
//
// ## 5. What does the honest control say about the claim?
//
// The claim is that the *discovered* weights matter, not just any weights of a trained model. The honest test is the
// control as described: as many weights, chosen at random.

// %%
const claimedPairs = ['sampled control, as described', 'complement control, as described', 'full model']
  .map((control) => pairsOf('subnetwork', control))
  .reduce((all, pairs) => all.concat(pairs));
const claimed = compare(claimedPairs);
await show(charts.dots(alongN(claimed), { title: 'What the discovered weights add', value, interval, ...picture }), {
  none,
});
await show(overAll(claimed), { caption: 'What the discovered weights add', none });
const overDepths = claimedPairs
  .filter((d) => d.n <= 1000)
  .groupby('comparison')
  .rollup({ depths: op.distinct('layers'), paired: (d) => op.paired(d.pair) })
  .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high })
  .select(aq.not('paired'));
await show(overDepths, { caption: 'The same, n up to 1,000: mean over depths, with 95 % intervals', none: '' });

// %%
const needed = ours
  .derive({ run: (d) => ({ n: d.n, seed: d.seed, accuracy: d.accuracy }) })
  .groupby('layers', 'line')
  .rollup({ half: (d) => op.needed(d.run, 0.5), most: (d) => op.needed(d.run, 0.9) })
  .derive({
    n50: (d) => d.half.text,
    'n50, interval': (d) => d.half.interval,
    n90: (d) => d.most.text,
    'n90, interval': (d) => d.most.interval,
    seeds: (d) => d.most.seeds,
  });
await show(needed.select(aq.not('half', 'most')), { caption: 'Samples needed, our curves', limit: 50, none });

// %% [markdown]
// What to see: if the subnetwork is ahead of the controls as described over all n, the claim stands with honest controls
// too. The distance to the full model is another question: there the subnetwork competes with all of the base's weights.
//
// ## 6. Is it the base model, or the training of the mask?
//
// A mask has as many trained bits as there are weights, so training it over random weights may already put something into
// them. First, what does such a mask compute?

// %%
const masks = tables
  .subnetworks({ preset })
  .filter((d) => d.expression === 'ab')
  .groupby('layers', 'seed', 'base', 'temperature as', 'run')
  .rollup({
    'accuracy on "ab"': op.max('accuracy'),
    kept: op.sum('kept'),
    share: (d) => op.sum(d.kept) / op.sum(d.total),
  })
  .select(aq.not('run'));
await show(masks, { caption: 'Masks for "ab"', limit: 50, none, digits: { share: 4 } });

// %% [markdown]
// Then, what is it worth? Each step from nothing to the subnetwork, taken alone:

// %%
// All three at the n and seeds of the untrained subnetwork, so that the steps add up.
const there = ours.filter((d) => d.condition === 'untrained subnetwork').select('layers', 'n', 'seed');
const three = ours.semijoin(there).groupby('layers', 'n', 'seed').pivot('condition', 'accuracy', { sort: false });
const names = ['untrained subnetwork − random init', 'subnetwork − untrained subnetwork', 'subnetwork − random init'];
const steps =
  three.numRows() === 0
    ? apart.slice(0, 0)
    : three
        .derive({
          [names[0]]: (d) => ({ n: d.n, seed: d.seed, first: d['untrained subnetwork'], second: d['random init'] }),
          [names[1]]: (d) => ({ n: d.n, seed: d.seed, first: d.subnetwork, second: d['untrained subnetwork'] }),
          [names[2]]: (d) => ({ n: d.n, seed: d.seed, first: d.subnetwork, second: d['random init'] }),
        })
        .fold(names, { as: ['comparison', 'pair'] })
        .groupby('layers', 'comparison')
        .rollup({ paired: (d) => op.paired(d.pair) });

// %%
const noUntrained = 'There are no runs with an untrained subnetwork yet, so this question is open.';
const between = 'The untrained subnetwork between nothing and the subnetwork';
await show(charts.dots(alongN(steps), { title: between, value, interval, ...picture }), { none: noUntrained });
await show(overAll(steps), { caption: between, none: '' });

// %%
// Each step as a share of the whole way, where the whole is above zero.
const whole = steps
  .filter((d) => d.comparison === 'subnetwork − random init' && d.paired.low > 0)
  .derive({ whole: (d) => d.paired.mean })
  .select('layers', 'whole');
await show(
  steps
    .join(whole)
    .filter((d) => d.comparison !== 'subnetwork − random init')
    .derive({ gain: (d) => d.paired.mean, 'share, %': (d) => (100 * d.paired.mean) / d.whole })
    .select('layers', 'comparison', 'gain', 'whole', 'share, %'),
  {
    caption: 'What the training of the mask adds, and what the trained base adds',
    digits: { 'share, %': 0 },
    none: noUntrained,
  },
);

// %% [markdown]
// What to see: the subnetwork's [lead](../docs/glossary.md#lead-level-behind) over nothing is the sum of the two steps.
// The second one holds all that comes from the trained base: the masked weights, and
// [embeddings](../docs/glossary.md#embedding) and [LayerNorm](../docs/glossary.md#layernorm), which come along with
// them.
//
// ## 7. Do other differences between paper and code matter?
//
// Two more settings are described in one way and released in another: the schedule of the mask's
// [temperature](../docs/glossary.md#temperature) (notebook 02), and the [disambiguation
// samples](../docs/glossary.md#disambiguation-samples), which the paper draws at random and the code, up to n = 1,000,
// from rows that contain every number once. Each is changed alone, to what the paper describes.

// %%
await experiments.variants.compute({ preset, sizes: sizes.filter((n) => n > 0) });
const changed = tables.variants({ preset });
const noVariants = 'There are no runs with changed settings yet, so this question is open.';

// %%
// How samples are drawn makes no difference where there are none.
const variants = changed
  .filter((d) => d.variant !== 'uniform rows' || d.n > 0)
  .select('variant', 'layers', 'condition', 'n', 'seed', { accuracy: 'first' })
  .join(ours.select('layers', 'condition', 'n', 'seed', { accuracy: 'second' }))
  .derive({
    pair: (d) => ({ n: d.n, seed: d.seed, first: d.first, second: d.second }),
    comparison: (d) => `${d.condition}: ${d.variant === 'uniform rows' ? 'samples' : 'temperature'}`,
  })
  .groupby('layers', 'comparison')
  .rollup({ paired: (d) => op.paired(d.pair) });
const described = 'As described minus as released';
const beside = { ...picture, of: axes.samples, row: undefined, columns: 2 };
await show(charts.dots(alongN(variants), { title: described, value, interval, ...beside }), { none: noVariants });
await show(overAll(variants), { caption: 'One setting changed, against the runs as released', none: '' });

// %% [markdown]
// The third is in the experiment on other targets (notebook 08): there the released code keeps the model that is best on
// *ambiguous* samples, although the unambiguous ones are what is asked for. Both are measured in the same training.

// %%
await experiments.targets.compute({ preset, targets: ['a + ab', 'a^2 + b^2'], sizes: preset === 'paper' ? [] : [100] });
const selection = tables
  .targets({ preset })
  .derive({ pair: (d) => ({ first: d.accuracy, second: d.byUnambiguous }) })
  .groupby('condition', 'n')
  .rollup({
    'by ambiguous rows': op.mean('accuracy'),
    'by unambiguous rows': op.mean('byUnambiguous'),
    paired: (d) => op.difference(d.pair, 1000),
    runs: op.count(),
  })
  .derive({ difference: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high })
  .select('condition', 'n', 'by ambiguous rows', 'by unambiguous rows', 'difference', 'low', 'high', 'runs');
await show(selection, {
  caption: 'Test accuracy by the samples that select the model, mean over all targets',
  none: 'There are no runs on other targets yet, so this question is open.',
});

// %% [markdown]
// What to see: a difference below zero is what the released selection costs. Where it is near zero for all conditions, the
// comparison between them does not depend on it.
//
// ## In short

// %%
const everything = [apart, claimed, steps, variants].reduce((all, compared) => all.concat(compared));
await show(overAll(everything), { caption: 'All comparisons of this notebook', limit: 100, none });
