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
// # 06 Frozen or trainable
//
// In the main experiment the transferred weights do not change; only the new ones around them are trained. Is that needed,
// or does the subnetwork help just as much when it may be trained on? The paper compares both for the discovered subnetwork
// and for a sampled one.

// %%
import { aq, axes, charts, experiments, op, presets, say, show, stats, tables } from 'subtask-induction';

const preset = presets.manyRuns(presets.current());
say(presets.note(preset, { computes: false }));

// %% [markdown]
// ## Runs

// %%
const conditions = [
  'subnetwork',
  'subnetwork, trainable',
  'sampled control',
  'sampled control, trainable',
  'full model',
];
const depths = preset === 'paper' ? [2, 4, 6, 8, 10, 12] : [2];
// n to compute now. With the paper's settings that takes days, so the table's runs are taken as they are: write [40] here
// to add what is missing at that n.
const sizes: number[] = preset === 'paper' ? [] : [40, 100];
const computed = await experiments.dataEfficiency.compute({ preset, layers: depths, conditions, sizes });

// %%
const ours = tables.curves({ preset, conditions }).filter((d) => d.whose === 'ours');
await show(ours.groupby('layers', 'line').rollup({ seeds: op.listed('seed'), n: op.listed('n'), runs: op.count() }), {
  caption: 'What the curves rest on',
  limit: 100,
  none: 'There are no finished runs of ours yet.',
});
if (ours.filter((d) => op.match(d.line, /trainable/, 0)).numRows() === 0)
  say('**No run with a trainable subnetwork is there yet**: of ours, only the frozen ones.');

// %% [markdown]
// ## Published and ours
//
// The published curves are means over six depths, and their single depths were not published for trainable subnetworks. So
// they can only be compared with a mean over the depths that we have: those that have both kinds of runs.
// The sampled control comes twice again, as described and as released.

// %%
const points = ours.groupby('layers', 'condition', 'line', 'n').rollup({
  accuracy: op.mean('accuracy'),
  low: op.low('accuracy', 1000),
  high: op.high('accuracy', 1000),
});
// Of each mask the depths and n that have its frozen and its trainable line, and the full model.
const masks = ['discovered', 'sampled, as described', 'sampled, as released'];
const linesOf = (mask: string) => {
  const [name, drawn = ''] = mask.replace('discovered', 'subnetwork').replace('sampled', 'sampled control').split(', ');
  return [name, `${name}, trainable`].map((line) => (drawn ? `${line}, ${drawn}` : line)).concat('full model');
};
type Point = { layers: number; line: string; n: number; depths: number };
const commonOf = (mask: string) => {
  const complete = points
    .filter(aq.escape(({ line }: Point) => linesOf(mask).includes(line)))
    .groupby('layers', 'n')
    .rollup({ lines: op.count() })
    .filter((d) => d.lines === 3);
  return stats.commonDepths(complete.objects() as Point[]);
};

// %%
const means = masks.map((mask) => {
  const { depths, sizes } = commonOf(mask);
  say(
    depths.length > 0
      ? `**${mask}**: our mean is over ${depths.join(', ')} layers, at ${sizes.length} n; the published one is over 2, 4, 6, 8, 10 and 12.`
      : `**${mask}**: there is no depth yet with frozen and trainable runs at the same n, so the picture has published lines only.`,
  );
  return points
    .filter(
      aq.escape(
        ({ line, layers, n }: Point) => linesOf(mask).includes(line) && depths.includes(layers) && sizes.includes(n),
      ),
    )
    .groupby('condition', 'n')
    .rollup({ mean: (d) => op.combined({ mean: d.accuracy, low: d.low, high: d.high }) })
    .derive({ accuracy: (d) => d.mean.mean, low: (d) => d.mean.low, high: (d) => d.mean.high })
    .derive({ mask: aq.escape(() => mask), source: () => 'ours' })
    .select('mask', 'condition', 'source', 'n', 'accuracy', 'low', 'high');
});
const mean = means[0].concat(means[1], means[2]);

// %%
// The published curves of sampled controls stand beside both of ours.
const figure = tables.frozenOrTrainable();
const published = ['discovered', 'sampled, as described', 'sampled, as released']
  .map((mask) =>
    figure
      .filter(aq.escape((d: { mask: string }) => d.mask === mask.split(',')[0]))
      .derive({ mask: aq.escape(() => mask), low: () => null, high: () => null })
      .select('mask', 'condition', 'source', 'n', 'accuracy', 'low', 'high'),
  )
  .reduce((all, table) => all.concat(table));
await show(
  charts.lines(published.concat(mean), {
    title: 'Frozen and trainable subnetworks',
    subtitle: `published: mean over six depths; ${presets.caption(preset)}`,
    ...{ x: axes.samples, y: axes.accuracy, color: 'condition', dash: 'source', facet: 'mask', columns: 2 },
    band: ['low', 'high'],
  }),
);

// %% [markdown]
// What to see: in each panel, the distance between the frozen and the trainable line, published (dashed) and ours (solid).
// Where our mean is over fewer depths, the height of its lines cannot be compared with the published ones, only their order
// and distance.
//
// ## The differences from the published means

// %%
const spread = tables
  .figure2()
  .filter((d) => d.deviation != null)
  .select('condition', 'n', 'deviation');
const distances = mean
  .join(presets.comparable(published, preset).select('mask', 'condition', 'n', { accuracy: 'published' }))
  .join_left(spread)
  .derive({ distance: (d) => op.abs(d.accuracy - d.published) })
  .derive({ within: (d) => (d.distance <= 2 * d.deviation + 1e-9 ? 1 : 0) })
  .groupby('mask', 'condition')
  .rollup({
    points: op.count(),
    'mean distance': op.mean('distance'),
    'largest distance': op.max('distance'),
    within: op.sum('within'),
    of: op.valid('deviation'),
    share: (d) => op.sum(d.within) / op.valid(d.deviation),
  });
await show(distances, {
  caption: '|ours − published|; within twice the standard deviation of the published runs of 12 layers, where known',
  none: presets.noComparison(preset, 'There are no means of ours yet to compare.'),
});

// %% [markdown]
// ## Does it matter whether the transferred weights train?
//
// Now within our own runs: a frozen and a trainable run of the same depth, n and seed train on the same samples, from the
// same weights. Each difference is frozen minus trainable.

// %%
const paired = ours
  .derive({
    kind: (d) => (op.match(d.line, /trainable/, 0) ? 'trainable' : 'frozen'),
    mask: (d) => op.replace(d.line, ', trainable', ''),
  })
  .groupby('layers', 'mask', 'n', 'seed')
  .pivot('kind', 'accuracy', { sort: false })
  .filter((d) => d.frozen != null && d.trainable != null)
  .derive({ pair: (d) => ({ layers: d.layers, n: d.n, seed: d.seed, first: d.frozen, second: d.trainable }) });
const frozen = paired.groupby('layers', 'mask').rollup({ paired: (d) => op.paired(d.pair) });
const none = 'There are no pairs of frozen and trainable runs yet.';

// %%
const alongN = frozen
  .derive({ point: (d) => d.paired.points })
  .unroll('point')
  .derive({
    n: (d) => d.point.n,
    difference: (d) => d.point.mean,
    low: (d) => d.point.low,
    high: (d) => d.point.high,
    depth: (d) => `${d.layers} layers`,
  });
await show(
  charts.dots(alongN, {
    title: 'Frozen minus trainable',
    subtitle: presets.caption(preset),
    value: axes.difference('frozen − trainable'),
    of: axes.fewSamples,
    interval: ['low', 'high'],
    facet: 'mask',
    row: 'depth',
    at: 0,
  }),
  { none },
);

// %%
const answers = frozen.derive({
  'mean difference': (d) => d.paired.mean,
  low: (d) => d.paired.low,
  high: (d) => d.paired.high,
  frozen: (d) => d.paired.verdict,
  n: (d) => d.paired.n,
  'above zero at': (d) => op.length(d.paired.above),
  'below zero at': (d) => op.length(d.paired.below),
  pairs: (d) => d.paired.pairs,
  seeds: (d) => d.paired.seeds,
});
await show(answers.select(aq.not('paired')), {
  caption: `Frozen minus trainable; ${presets.caption(preset)}`,
  none: '',
});
const overDepths = paired
  .filter((d) => d.n <= 1000)
  .groupby('mask')
  .rollup({ depths: op.distinct('layers'), paired: (d) => op.paired(d.pair) })
  .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high });
await show(overDepths.select(aq.not('paired')), {
  caption: 'Frozen minus trainable, n up to 1,000: mean over depths, with 95 % intervals',
  none: '',
});

// %% [markdown]
// What to see: above zero, freezing helps. The published curves can be asked the same question, as a mean over depths:

// %%
const gaps = figure
  .derive({
    kind: (d) =>
      op.match(d.condition, /trainable/, 0) ? 'trainable' : d.condition === 'full model' ? 'full' : 'frozen',
  })
  .groupby('mask', 'n')
  .pivot('kind', 'accuracy', { sort: false });
await show(
  gaps
    .filter((d) => d.n <= 1000 && d.frozen != null && d.trainable != null)
    .derive({ gap: (d) => d.frozen - d.trainable })
    .groupby('mask')
    .rollup({
      n: op.count(),
      'above zero at': (d) => op.sum(d.gap > 0 ? 1 : 0),
      'mean difference': op.mean('gap'),
      'mean distance': (d) => op.mean(op.abs(d.gap)),
    }),
  { caption: 'Published: frozen minus trainable, n up to 1,000, mean over six depths' },
);

// %% [markdown]
// ## What the trainable control gives away
//
// A control as released holds all of the base's weights but a few. If these may train too, it is nearly the full model, and
// should learn like it; a control as described should not. Which does the published trainable control resemble?

// %%
await show(
  gaps
    .filter((d) => d.mask === 'sampled')
    .derive({ fromFull: (d) => op.abs(d.trainable - d.full), fromFrozen: (d) => op.abs(d.trainable - d.frozen) })
    .ungroup()
    .rollup({ 'from the full model': op.mean('fromFull'), 'from the frozen control': op.mean('fromFrozen') }),
  { caption: 'Published: how far the trainable control lies on average, mean over six depths' },
);

// %%
const control = presets
  .comparable(figure, preset)
  .filter((d) => d.condition === 'sampled control, trainable')
  .select('n', { accuracy: 'published' });
const fits = mean
  .filter((d) => d.condition === 'sampled control, trainable')
  .join(control)
  .derive({ square: (d) => op.pow(d.accuracy - d.published, 2) })
  .groupby('n')
  .rollup({
    described: (d) => op.max(d.mask === 'sampled, as described' ? d.square : null),
    released: (d) => op.max(d.mask === 'sampled, as released' ? d.square : null),
  })
  .filter((d) => d.described != null && d.released != null)
  .derive({ excess: (d) => d.described - d.released })
  .rollup({
    described: (d) => op.sqrt(op.mean(d.described)),
    released: (d) => op.sqrt(op.mean(d.released)),
    excess: op.mean('excess'),
    low: op.low('excess'),
    high: op.high('excess'),
    'released is nearer at': (d) => op.sum(d.excess > 0 ? 1 : 0),
    n: op.count(),
  })
  .filter((d) => d.n > 0);

// %%
await show(fits, {
  digits: { excess: 4, low: 4, high: 4 },
  caption:
    'Trainable control, means over depths: root mean square difference from the published one; excess: mean square as described minus as released',
  none: presets.noComparison(preset, 'There are not both kinds of the trainable control yet.'),
});

// %% [markdown]
// What to see: the kind with the smaller difference is the one that the published control resembles; where the interval of
// the excess lies above zero, that is the one as released.
//
// ## Samples needed

// %%
const needed = published
  .concat(mean)
  .derive({
    run: (d) =>
      d.source === 'ours'
        ? { n: d.n, accuracy: d.accuracy, low: d.low, high: d.high }
        : { n: d.n, accuracy: d.accuracy, seed: 1 },
  })
  .groupby('mask', 'condition', 'source')
  .rollup({ half: (d) => op.needed(d.run, 0.5), most: (d) => op.needed(d.run, 0.9) })
  .derive({
    n50: (d) => d.half.text,
    'n50, interval': (d) => d.half.interval,
    n90: (d) => d.most.text,
    'n90, interval': (d) => d.most.interval,
  });
await show(needed.select(aq.not('half', 'most')), {
  caption: 'Samples needed; intervals are where the ends of our bands reach the accuracy',
  limit: 30,
});
