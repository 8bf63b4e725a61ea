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
// # 05 Every depth
//
// Notebook 04 averages over depths. Here is each depth on its own, with the complement control too: does the subnetwork help
// models of every depth, and is its lead the same in all of them?

// %%
import { aq, axes, charts, dataFrame, experiments, op, presets, say, show, tables } from 'subtask-induction';

const preset = presets.manyRuns(presets.current());
say(presets.note(preset, { computes: false }));

// %% [markdown]
// ## Runs

// %%
const conditions = ['subnetwork', 'full model', 'random init', 'sampled control', 'complement control'];
const depths = preset === 'paper' ? [2, 4, 6, 8, 10, 12] : [2, 4];
// n to compute now. With the paper's settings that takes days, so the table's runs are taken as they are: write [40] here
// to add what is missing at that n.
const sizes: number[] = preset === 'paper' ? [] : [40, 100];
const computed = await experiments.dataEfficiency.compute({ preset, layers: depths, conditions, sizes });

// %%
const runs = tables.curves({ preset, conditions });
const ours = runs.filter((d) => d.whose === 'ours');
await show(ours.groupby('layers', 'line').rollup({ seeds: op.listed('seed'), n: op.listed('n'), runs: op.count() }), {
  caption: 'What our curves rest on',
  limit: 100,
  none: 'There are no finished runs of ours yet.',
});

// %% [markdown]
// ## All curves

// %%
const points = runs
  .groupby('layers', 'condition', 'line', 'source', 'whose', 'n')
  .rollup({
    accuracy: op.mean('accuracy'),
    low: op.low('accuracy', 1000),
    high: op.high('accuracy', 1000),
  })
  .derive({ depth: (d) => `${d.layers} layers` });
await show(
  charts.lines(points, {
    title: 'Data efficiency, depth by depth',
    subtitle: presets.caption(preset),
    x: axes.fewSamples,
    y: { ...axes.accuracy, title: 'accuracy', axis: { format: '.1f', values: [0, 0.5, 1] } },
    color: 'source',
    facet: 'condition',
    row: 'depth',
    band: ['low', 'high'],
  }),
);

// %% [markdown]
// What to see: go down a column to see one condition at all depths, along a row to see all conditions of one depth.
//
// The columns of the two controls hold two lines of ours, one for each way to draw them. Bands are 95 %
// [intervals](../docs/glossary.md#confidence-interval): over [seeds](../docs/glossary.md#seed) where there are several
// runs, of the test set alone where there is one.
//
// ## How far ours are from the published curves
//
// The published curves of single depths are one run each. As in notebook 04 the yardstick is the standard deviation of the
// published runs of 12 layers: exact for 12 layers, borrowed for the others; and the complement control, which has none,
// borrows that of the sampled control.

// %%
const published = presets.comparable(
  points.filter((d) => d.whose === 'published'),
  preset,
);
const ofSampled = tables.figure2().filter((d) => d.deviation != null);
// The complement control, which has no published runs of its own, borrows the deviations of the sampled control.
const ofComplement = ofSampled
  .filter((d) => d.condition === 'sampled control')
  .derive({ condition: () => 'complement control' });
const spread = ofSampled.concat(ofComplement).select('condition', 'n', 'deviation');
const differences = points
  .filter((d) => d.whose === 'ours')
  .join(published.select('layers', 'condition', 'n', { accuracy: 'published' }))
  .join_left(spread)
  .derive({ difference: (d) => d.accuracy - d.published, distance: (d) => op.abs(d.accuracy - d.published) })
  .derive({ within: (d) => (d.distance <= 2 * d.deviation + 1e-9 ? 1 : 0) });
const none = presets.noComparison(preset);

// %%
await show(
  charts.cells(differences.orderby('n'), {
    title: 'Ours minus published at each n',
    subtitle: presets.caption(preset),
    x: axes.samples,
    y: axes.layers,
    value: axes.difference('difference'),
    facet: 'line',
    columns: 1,
    width: 520,
    diverging: true,
  }),
  { none },
);

// %%
await show(
  differences.groupby('layers', 'line').rollup({
    points: op.count(),
    'mean distance': op.mean('distance'),
    'largest distance': op.max('distance'),
    within: op.sum('within'),
    of: op.valid('deviation'),
    share: (d) => op.sum(d.within) / op.valid(d.deviation),
  }),
  { caption: `|ours − published|; ${presets.caption(preset)}`, limit: 100, none: '' },
);
const all = differences.rollup({ within: op.sum('within'), of: op.valid('deviation') });
const { within, of } = all.object() as { within: number; of: number };
if (of > 0) {
  say(
    `**${within} of ${of} points (${((100 * within) / of).toFixed(0)} %)** lie within twice the standard deviation of ` +
      'the published runs of 12 layers at the same n.',
  );
}

// %% [markdown]
// What to see: two runs with equal settings that differ by chance alone would lie within twice that standard deviation at
// about five of six points. A condition whose share is far below that differs by more than chance, or its runs differ
// more from each other than those of 12 layers do.

// %% [markdown]
// The same points as a DataFrame, to be looked at from other sides: here the differences of each condition over all n.

// %%
if (differences.numRows() > 0) {
  const summary = dataFrame(differences.select('line', 'difference'))
    .groupby(['line'])
    .agg({ difference: ['mean', 'min', 'max', 'std'] });
  await show(summary, { caption: 'Ours minus published, over all depths and n' });
}

// %% [markdown]
// ## Is the subnetwork ahead at every depth?

// %%
// The subnetwork beside each other line, at the same depth, n and seed.
const pairsOf = (table: typeof runs) =>
  table
    .filter((d) => d.n <= 1000)
    .groupby('layers', 'whose', 'n', 'seed')
    .pivot('line', 'accuracy', { sort: false })
    .fold(aq.not('layers', 'whose', 'n', 'seed', 'subnetwork'), { as: ['against', 'other'] })
    .filter((d) => d.subnetwork != null && d.other != null)
    .derive({ pair: (d) => ({ layers: d.layers, n: d.n, seed: d.seed, first: d.subnetwork, second: d.other }) });
const leads = pairsOf(runs)
  .groupby('layers', 'against', 'whose')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({
    condition: (d) => op.replace(d.against, /, as .*/, ''),
    source: (d) => (d.whose === 'ours' ? op.replace(d.against, /^[^,]*/, 'ours') : 'published'),
    lead: (d) => d.paired.mean,
    low: (d) => d.paired.low,
    high: (d) => d.paired.high,
    subnetwork: (d) => d.paired.verdict,
    n: (d) => d.paired.n,
    seeds: (d) => d.paired.seeds,
  });

// %%
await show(
  charts.dots(leads, {
    title: 'How far the subnetwork is ahead, n up to 1,000',
    subtitle: presets.caption(preset),
    value: axes.difference('lead of the subnetwork', 'lead'),
    of: axes.layers,
    interval: ['low', 'high'],
    color: 'source',
    facet: 'condition',
    columns: 2,
    at: 0,
  }),
);

// %% [markdown]
// What to see: a panel for each condition that the subnetwork is held against. A point is the mean difference of the
// accuracies over the n up to 1,000 that both have; above zero the subnetwork is ahead.
//
// A line that does not touch zero is a lead (or a lag) that chance does not explain: that of single runs, such as the
// published ones, holds the sampling of the test set and of the n, but not how much a second run of the same settings
// would differ.

// %%
const verdicts = leads.groupby('whose', 'against').rollup({
  depths: op.count(),
  'ahead at': (d) => op.sum(d.subnetwork === 'ahead' ? 1 : 0),
  'level at': (d) => op.sum(d.subnetwork === 'level' ? 1 : 0),
  'behind at': (d) => op.sum(d.subnetwork === 'behind' ? 1 : 0),
});
await show(verdicts, { caption: 'At how many depths the subnetwork is ahead' });
const everywhere = leads
  .groupby('whose', 'layers')
  .rollup({ others: op.count(), ahead: (d) => op.sum(d.subnetwork === 'ahead' ? 1 : 0) })
  .groupby('whose')
  .rollup({ depths: op.count(), 'ahead of everything at': (d) => op.sum(d.ahead === d.others ? 1 : 0) });
await show(everywhere, { caption: 'At how many depths it is ahead of everything else' });
await show(leads.select('layers', 'against', 'whose', 'lead', 'low', 'high', 'subnetwork', 'n', 'seeds'), {
  caption: 'Leads of the subnetwork, with 95 % intervals',
  limit: 80,
});

// %% [markdown]
// ## Samples needed
//
// [n50 and n90](../docs/glossary.md#n50) over depth. A point is missing where a curve does not reach the accuracy
// within the n measured, or where runs are missing at the very n between which it would be read.

// %%
const needed = runs
  .derive({ run: (d) => ({ n: d.n, seed: d.seed, accuracy: d.accuracy }) })
  .groupby('layers', 'condition', 'line', 'source', 'whose')
  .rollup({ half: (d) => op.needed(d.run, 0.5), most: (d) => op.needed(d.run, 0.9) });
for (const [name, what] of [
  ['half', 'n50: samples for an accuracy of one half'],
  ['most', 'n90: samples for nine right answers of ten'],
]) {
  const reached = needed
    .rename({ [name]: 'needed' })
    .filter((d) => d.needed.samples != null && (d.needed.whole || d.whose === 'published'))
    .derive({ samples: (d) => (op.abs(d.needed.samples) < 1 ? 1 : d.needed.samples) });
  await show(
    charts.lines(reached, {
      ...{ title: what, subtitle: presets.caption(preset), x: axes.layers, y: axes.samplesNeeded },
      ...{ color: 'source', facet: 'condition' },
    }),
  );
}

// %% [markdown]
// What to see: lower is better. A line that falls to the right means that deeper models need fewer samples. n50 is easily
// moved by luck, since some curves begin not far below one half; n90 is steadier.

// %%
const shown = needed.derive({
  n50: (d) => d.half.text,
  'n50, interval': (d) => d.half.interval,
  n90: (d) => d.most.text,
  'n90, interval': (d) => d.most.interval,
  seeds: (d) => d.most.seeds,
});
await show(shown.select('layers', 'line', 'whose', 'n50', 'n50, interval', 'n90', 'n90, interval', 'seeds'), {
  caption: 'Samples needed, with 95 % intervals over seeds',
  limit: 80,
});

// %% [markdown]
// ## The same settings, made again
//
// How far do two runs of equal settings differ? Some were made twice: at 4 to 10 layers from another base model and
// another mask (same data, other draws), at 12 layers from the same ones, with other new weights, order and dropout.
//
// One of the two is by [scripts/train_many.py](../docs/sweeps.md). *Ours* are the runs of all other tables, the *other run*
// stands in `data/results/again`.

// %%
const bases = (again: boolean) =>
  tables.details({ preset, conditions, again }).select('layers', 'line', 'n', 'seed', 'baseTrainedWith');
const second = tables.curves({ preset, conditions, again: true });
// Without columns named, tables are joined by those that both have: layers, line, n, seed.
const twice = ours
  .filter((d) => d.n <= 1000)
  .join(second.select('layers', 'line', 'n', 'seed', { accuracy: 'again' }))
  .join(bases(false).join(bases(true).rename({ baseTrainedWith: 'other' })))
  .derive({
    start: (d) =>
      d.baseTrainedWith == null
        ? 'no base model'
        : d.baseTrainedWith === d.other
          ? 'the same base model'
          : 'another base model',
    pair: (d) => ({ n: d.n, seed: d.seed, first: d.again, second: d.accuracy }),
  });
const differencesOfTwo = twice
  .groupby('layers', 'line', 'start')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({ difference: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high });

// %%
await show(
  charts.dots(differencesOfTwo, {
    title: 'Two runs of the same settings',
    subtitle: 'mean over n up to 1,000, with 95 % intervals',
    value: axes.difference('other run − ours', 'difference'),
    of: axes.layers,
    interval: ['low', 'high'],
    color: 'start',
    facet: 'line',
    columns: 2,
    at: 0,
  }),
  { none: 'No runs were made twice with these settings.' },
);
await show(
  twice.groupby('start').rollup({
    pairs: op.count(),
    'mean difference': (d) => op.mean(d.again - d.accuracy),
    'mean distance': (d) => op.mean(op.abs(d.again - d.accuracy)),
  }),
  { caption: 'Runs made twice', none: '' },
);

// %% [markdown]
// What to see: with the same base model and mask the dots lie at zero, though each was trained with another program. With
// another base model a whole curve moves, that of the full model too, which needs no mask.
//
// So one chain tells little about the height of a curve. What is left of the subnetwork's lead when the other runs stand
// in the place of ours?

// %%
const others = twice.select('layers', 'line', 'n', 'seed', 'again');
const leadsWith = (table: typeof runs, from: string) =>
  pairsOf(table)
    .groupby('against')
    .rollup({ depths: op.distinct('layers'), paired: (d) => op.paired(d.pair) })
    .derive({ runs: aq.escape(() => from), lead: (d) => d.paired.mean, low: (d) => d.paired.low })
    .derive({ high: (d) => d.paired.high, subnetwork: (d) => d.paired.verdict })
    .select('against', 'runs', 'depths', 'lead', 'low', 'high', 'subnetwork');
const exchanged = ours.join_left(others).derive({ accuracy: (d) => d.again ?? d.accuracy });
const both = leadsWith(ours, 'ours').concat(leadsWith(exchanged, 'other runs, where there are any')).orderby('against');
await show(others.numRows() > 0 ? both : both.slice(0, 0), {
  caption: 'Leads of the subnetwork over all depths, n up to 1,000',
  none: '',
});

// %% [markdown]
// What to see: how far the two leads over one line lie apart. Intervals over n and test samples do not hold the choice of a
// base model, and may be too narrow for that reason.
//
// For the same reason lines of one depth and seed should start from one base model. The next cell names those that were trained with two
// programs, and therefore do not.

// %%
const origins = bases(false)
  .filter((d) => d.baseTrainedWith != null)
  .rename({ baseTrainedWith: 'base' })
  .groupby('layers', 'seed')
  .derive({ bases: (d) => op.distinct(d.base) })
  .filter((d) => d.bases > 1)
  .groupby('layers', 'seed', 'line', 'base')
  .rollup({ n: op.listed('n'), runs: op.count() });
await show(origins, {
  caption: 'Lines of one depth and seed that start from two base models, and what these were trained with',
  none: 'There are none: the base model of all lines of one depth and seed was trained with one program.',
  limit: 100,
});
