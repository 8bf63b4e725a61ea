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
// # 11 Shape transfer
//
// A new network takes the weights of the [subnetwork](../docs/glossary.md#subnetwork) for shape (notebook 10), starts
// afresh everywhere else, and is trained on plain images. Does it look at shape more than others do? The paper shows
// its accuracy over training (figure 4); this notebook puts ours beside it, and asks the question of [*shape
// bias*](../docs/glossary.md#shape-bias) with the [controls](../docs/glossary.md#control) that it needs.

// %%
import { aq, axes, charts, experiments, op, presets, runs, say, show, tables } from 'subtask-induction';

const preset = presets.images(presets.current());
const caption = presets.imageCaption(preset);
say(presets.imageNote(preset));

// %% [markdown]
// ## Conditions
//
// | condition | masked weights | what it tells |
// | --- | --- | --- |
// | subnetwork | the base's, where the mask of [mean-pooled](../docs/glossary.md#mean-pooling) images keeps them; new elsewhere | the paper's claim |
// | random mask | the base's, as many in each layer, at random | whether it matters which weights |
// | mask of plain images | the base's, by a mask trained on plain images | whether it matters what the mask is trained on |
// | mask of an untrained network | an initialisation's, by a mask trained on mean-pooled images | whether the base matters |
// | full model | all of the base's, trained on | the paper's baseline |
// | random init | new | the paper's baseline |
// | augmented | as full model or random init, half of the training images mean-pooled | the paper's baseline |
//
// The [transferred](../docs/glossary.md#transfer) weights are [frozen](../docs/glossary.md#frozen) and the others are
// trained, as the paper says; *trained, rest frozen* is the reverse, as the first
// [released](../docs/glossary.md#as-described-as-released) code did it.
//
// [Batch normalisation](../docs/glossary.md#batch-normalisation) is a second choice. Its layers in a
// [ResNet](../docs/glossary.md#resnet) bring what passes through them to a mean of 0 and a variance of 1. With *eval*,
// as released, they use the base's mean and variance, which stay, and so do the base's own weights in them. With
// *train* they use those of each batch, and their weights train.

// %%
type Chain = NonNullable<Parameters<typeof experiments.imageChainSettings>[0]>;
type Table = ReturnType<typeof tables.shapeBias>;

// A row is one run at one time of its training.
const transfersOf = (chain: Chain) => tables.shapeBias({ preset, ...chain }).filter((d) => d.stage === 'transfer');
// Means over seeds. The shape bias is that of all decisions, with its 95 % interval.
const meansOf = (table: Table) =>
  table
    .groupby('condition', 'start', 'variant', 'normalization', 'frozen', 'shapes', 'step')
    .rollup({
      seeds: op.count(),
      transferred: (d) => op.mean(d.kept / d.total),
      plain: op.mean('plain'),
      pooled: op.mean('pooled'),
      of: (d) => op.bias({ shape: d.shape, texture: d.texture }),
    })
    .derive({ bias: (d) => d.of.bias, low: (d) => d.of.low, high: (d) => d.of.high })
    .filter((d) => op.is_finite(d.bias));

// %%
// What has no frozen weights has no choice of a mode: it stands in the panels of both.
const modes = aq.table({ mode: ['eval', 'train'], panel: ['batch normalisation: eval', 'batch normalisation: train'] });
type Row = Record<string, unknown>;
// A join and not a cross join: of a table without rows that makes rows.
const inBothModes = (table: Table) =>
  table.join(modes, (a: Row, b: Row) => !a.frozen || a.normalization === b.mode || a.normalization === '–');

const bias = { ...axes.shapeBias, title: 'shape bias', axis: { format: '.1f', values: [0, 0.5, 1] } };

// %%
const { IMAGE_CONDITIONS } = experiments;
const wanted = preset === 'laptop' ? IMAGE_CONDITIONS : IMAGE_CONDITIONS.slice(0, 4);
const baselines = IMAGE_CONDITIONS.filter(
  ({ inheritFrom, pooledShare }) => inheritFrom === 'random' && pooledShare === 0,
);
const conditions = [...new Set([...wanted, ...baselines])];
// Seeds of which the table lacks runs are computed now. More can be asked for: another seed, or
// images: ['shaped'], shapes: ['silhouettes'], models: ['vit'].
const asked = { preset, models: ['resnet'] as const, conditions };
const seeds = (preset === 'laptop' ? [1, 2, 3] : [1]).filter((seed) =>
  experiments.shapeBias.wanted({ ...asked, seeds: [seed] }).some(({ rows }) => rows.length === 0),
);
const computed = await experiments.shapeBias.compute({ ...asked, seeds });

// %%
const transfers = transfersOf({});
const means = meansOf(transfers);
const ends = means
  .groupby('condition', 'normalization', 'shapes')
  .filter((d) => d.step === op.max(d.step))
  .ungroup();
const rests = transfers.groupby('model').rollup({ runs: op.distinct('run'), seeds: op.listed('seed') });
await show(rests, { caption: 'What follows rests on', none: 'There are no runs yet.' });

// %% [markdown]
// ## Figure 4: accuracy over training

// %%
const published = tables.figure4().derive({ panel: (d) => `published: ${d.model}` });
// Ours in the columns of the published curves.
const ourCurves = (table: Table) =>
  table
    .filter((d) => d.shapes === 'seen')
    .fold(['plain', 'pooled'], { as: ['images', 'accuracy'] })
    .derive({
      condition: (d) => d.start,
      images: (d) => (d.images === 'plain' ? 'plain images' : 'mean-pooled images'),
    })
    .select('panel', 'condition', 'images', 'step', 'accuracy');
const figure4 = (table: Table, title: string) =>
  charts.lines(table, {
    title,
    subtitle: caption,
    x: axes.step,
    y: axes.share('accuracy', 'validation accuracy'),
    color: 'condition',
    dash: 'images',
    facet: 'panel',
    columns: 2,
    width: 255,
    freeX: true,
    points: false,
  });

// %%
const starts = (table: Table) =>
  table.filter((d) => d.variant === '' && (d.start === 'subnetwork' || d.start === 'random init'));
const ours = ourCurves(inBothModes(starts(means)).derive({ panel: (d) => `our ResNet, ${d.panel}` }));
const vit = ourCurves(starts(meansOf(transfersOf({ architecture: 'vit' }))).derive({ panel: () => 'our ViT' }));
await show(figure4(published.concat(ours, vit), 'Accuracy over training: published, and ours'));

// %% [markdown]
// What to see: in the published panels the transferred subnetwork keeps a lead on mean-pooled images (dashed) until the
// end. In ours the dashed line of the *subnetwork* shows how much of that survives.
//
// ## Frozen, or trained with the rest frozen
//
// The paper freezes the subnetwork; the first released code trained it and froze the rest. Which curve has the published form?

// %%
const reversed = inBothModes(
  means.filter((d) => d.variant === 'trained, rest frozen' || d.condition === 'random init'),
);
const restFrozen = ourCurves(reversed.derive({ panel: (d) => `our ResNet, ${d.panel}` }));
const any = restFrozen.filter((d) => d.condition === 'subnetwork').numRows() > 0;
const resnet18 = published.filter((d) => d.model === 'ResNet-18');
await show(
  any ? figure4(resnet18.concat(restFrozen), 'The subnetwork trained, the rest frozen') : restFrozen.slice(0, 0),
  {
    none: 'There are no runs with the rest frozen (the quick preset leaves them out).',
  },
);

// %% [markdown]
// ## Shape bias, beside what the networks can do
//
// *Seen* drawings are those of training, *held out* those that no network has met.

// %%
const none = 'There are no runs yet.';
await show(
  charts.dots(inBothModes(ends.filter((d) => d.variant === '')), {
    title: 'Shape bias after training',
    subtitle: caption,
    value: bias,
    of: 'start',
    color: 'start',
    interval: ['low', 'high'],
    facet: 'panel',
    row: 'shapes',
    width: 175,
  }),
  { none },
);

// %%
const inPercent = ends.derive({
  'transferred, %': (d) => 100 * d.transferred,
  'plain, %': (d) => 100 * d.plain,
  'mean-pooled, %': (d) => 100 * d.pooled,
  'shape bias, %': (d) => 100 * d.bias,
  'low, %': (d) => 100 * d.low,
  'high, %': (d) => 100 * d.high,
});
const measures = ['plain, %', 'mean-pooled, %', 'shape bias, %', 'low, %', 'high, %'];
const run = ['condition', { normalization: 'mode' }];
await show(inPercent.filter((d) => d.shapes === 'seen').select(...run, 'seeds', 'transferred, %', ...measures), {
  caption: `After training; ${caption}`,
  digits: 1,
  none: '',
});
await show(inPercent.filter((d) => d.shapes === 'held out').select(...run, ...measures), {
  caption: `The same on drawings that no network has met; ${caption}`,
  digits: 1,
  none: '',
});

// %% [markdown]
// ## The subnetwork against every control
//
// Runs of one [seed](../docs/glossary.md#seed) are [paired](../docs/glossary.md#paired): they start with the same new
// weights and see the same images in the same order. With one seed the
// [interval](../docs/glossary.md#confidence-interval) knows of the chance in the images alone, with more it is the
// [bootstrap](../docs/glossary.md#bootstrap) over seeds.

// %%
// The last rows of runs that decided for either cue at all, those of one seed and mode side by side.
const last = inBothModes(transfers.filter((d) => d.shapes === 'seen' && d.variant === ''))
  .groupby('run', 'mode')
  .filter((d) => d.step === op.max(d.step) && d.shape + d.texture > 0)
  .ungroup()
  .derive({ trials: (d) => d.shape + d.texture, bias: (d) => d.shape / (d.shape + d.texture) });
const subnetwork = last.filter((d) => d.start === 'subnetwork');
const pairs = last
  .filter((d) => d.start !== 'subnetwork')
  .select('mode', 'panel', 'seed', { start: 'against', bias: 'second', trials: 'other', plain: 'otherPlain' })
  .join(subnetwork.select('mode', 'seed', { bias: 'first', trials: 'own', plain: 'ownPlain' }))
  .orderby('mode', 'seed')
  .reify()
  .derive({
    pair: (d) => ({ first: d.first, second: d.second, trials: op.least(d.own, d.other) }),
    points: aq.escape((d: { first: number; second: number }) => (100 * (d.first - d.second)).toFixed(1)),
  });

// %%
const compared = pairs
  .groupby('mode', 'panel', 'against')
  .rollup({
    of: (d) => op.difference(d.pair),
    bySeed: op.array_agg('points'),
    'plain, points': (d) => 100 * op.mean(d.ownPlain - d.otherPlain),
  })
  .derive({ difference: (d) => d.of.mean, low: (d) => d.of.low, high: (d) => d.of.high })
  .orderby('mode');
await show(
  charts.dots(compared, {
    title: 'Shape bias: the subnetwork minus each control',
    subtitle: `after training; ${caption}`,
    value: axes.difference('subnetwork − control'),
    of: 'against',
    color: 'against',
    interval: ['low', 'high'],
    facet: 'panel',
    width: 175,
    at: 0,
  }),
  { none: 'There are no pairs of runs yet.' },
);

// %%
const inPoints = compared
  .derive({
    'bias, points': (d) => 100 * d.difference,
    low: (d) => 100 * d.low,
    high: (d) => 100 * d.high,
    'seed by seed': (d) => op.join(d.bySeed, ', '),
    subnetwork: (d) => (d.low > 0 ? 'above' : d.high < 0 ? 'below' : 'not told apart'),
  })
  .select('mode', 'against', 'subnetwork', 'bias, points', 'low', 'high', 'seed by seed', 'plain, points');
await show(inPoints, { caption: 'The subnetwork minus each control, in points of percent', digits: 1, none: '' });

// %% [markdown]
// What to see: a difference counts where the accuracy on plain images is about the same (*plain, points* near 0). In the mode
// *eval* frozen values of batch normalisation hold a network back as well, and a random mask has a part of the effect.
//
// ## Over training

// %%
const overTraining = inBothModes(means.filter((d) => d.variant === '' && d.shapes === 'seen'));
const look = { subtitle: caption, y: bias, color: 'start', facet: 'panel', width: 255 };
await show(charts.lines(overTraining, { title: 'Shape bias over training', x: axes.step, ...look }), { none });

// %%
await show(
  charts.lines(overTraining, {
    title: 'Shape bias and plain accuracy, in the order of training',
    x: axes.share('plain', 'accuracy on plain images'),
    order: 'step',
    ...look,
  }),
  { none },
);

// %% [markdown]
// What to see: training on images in which texture helps as much as shape moves the bias, and networks learn at
// different speeds, so that after the same number of [steps](../docs/glossary.md#step) a slow learner is not the same
// as a network that prefers shape. The second chart compares at equal accuracy: read it along a vertical line.
//
// ## At equal accuracy

// %%
// The highest round accuracy that all conditions reach, as means over seeds.
const level = Math.floor(20 * Math.min(...ends.filter((d) => d.shapes === 'seen').array('plain'))) / 20;
type Reached = { before?: number; biasBefore: number; plain: number; bias: number };
// The first time that a run reaches it, and its bias there, between that time and the one before.
const reached = transfers
  .filter((d) => d.shapes === 'seen')
  .derive({ bias: (d) => d.shape / (d.shape + d.texture) })
  .groupby('run')
  .orderby('step')
  .derive({ before: op.lag('plain'), biasBefore: op.lag('bias') })
  .filter(aq.escape((d: Reached) => d.plain >= level))
  .slice(0, 1)
  .ungroup()
  .derive({
    at: aq.escape(({ before, biasBefore, plain, bias }: Reached) =>
      before === undefined ? bias : biasBefore + ((level - before) / (plain - before)) * (bias - biasBefore),
    ),
  })
  .filter((d) => op.is_finite(d.at))
  .orderby('seed')
  .derive({ percent: aq.escape((d: { at: number }) => (100 * d.at).toFixed(1)) });

// %%
const atLevel = transfers
  .groupby('condition', 'normalization')
  .rollup({ runs: op.distinct('run') })
  .join(
    reached.groupby('condition', 'start', 'variant', 'normalization', 'frozen').rollup({
      seeds: op.count(),
      bias: op.mean('at'),
      low: op.low('at'),
      high: op.high('at'),
      bySeed: op.array_agg('percent'),
    }),
  );
// %%
const title = `Shape bias where plain accuracy reaches ${(100 * level).toFixed(0)} %`;
await show(
  charts.dots(inBothModes(atLevel.filter((d) => d.variant === '')), {
    title,
    subtitle: caption,
    value: bias,
    of: 'start',
    color: 'start',
    interval: ['low', 'high'],
    facet: 'panel',
    width: 175,
  }),
  { none },
);

// %%
await show(
  atLevel
    .derive({ 'shape bias, %': (d) => 100 * d.bias, 'seed by seed': (d) => op.join(d.bySeed, ', ') })
    .select(
      'condition',
      { normalization: 'mode', seeds: 'seeds that reach it', runs: 'of' },
      'shape bias, %',
      'seed by seed',
    ),
  { caption: title, digits: 1, none: '' },
);

// %% [markdown]
// ## Masks of one size
//
// The masks keep different numbers of weights, and more frozen weights hold a network back further. Cut to one size, by
// their [scores](../docs/glossary.md#score), they differ in nothing but what they were trained on and over.

// %%
const ofOneSize = inPercent.filter((d) => op.endswith(d.variant, '% kept'));
const noneOfOneSize = 'There are no such runs (the quick preset leaves them out).';
const uncut = ends.filter((d) => d.variant === '' && d.normalization === 'eval').semijoin(ofOneSize, 'start');
const bySize = uncut.concat(ofOneSize).derive({ size: (d) => (d.variant === '' ? 'as trained' : d.variant) });
await show(
  charts.dots(ofOneSize.numRows() > 0 ? bySize.filter((d) => d.shapes === 'seen') : ofOneSize, {
    title: 'Masks as they were trained, and cut to one size',
    subtitle: `batch normalisation: eval; ${caption}`,
    value: bias,
    of: 'start',
    color: 'start',
    interval: ['low', 'high'],
    facet: 'size',
    width: 175,
  }),
  { none: noneOfOneSize },
);
await show(ofOneSize.filter((d) => d.shapes === 'seen').select('condition', 'transferred, %', ...measures), {
  caption: `Masks of one size; ${caption}`,
  digits: 1,
  none: '',
});

// %% [markdown]
// ## Real silhouettes and edges
//
// Geirhos et al. made 160 filled silhouettes and 160 edge drawings from photographs, and 1,200 images in which shape
// and texture disagree (notebook 09 shows them). No network here has seen anything like them in training.
//
// The real textures mean nothing to these networks, so that of the [cue-conflict](../docs/glossary.md#cue-conflict)
// images only the share of shapes tells something.

// %%
// Models that lie in runs/ and are not in the table yet are measured now, where the stimuli are there.
const chain = experiments.imageChainSettings({ preset });
const recorded = experiments.rowsOfChains(experiments.shapeBias.rowsOf({ preset }), chain, preset);
await experiments.realStimuliRows(recorded, { store: runs.projectStore(), tables: tables.folder(preset) });

const real = tables
  .realStimuli({ preset })
  .filter((d) => d.variant === '')
  .derive({
    named: (d) => ({ share: d.shape / d.shown, trials: d.shown }),
    texture: (d) => (d.texture === null ? null : d.texture / d.shown),
  })
  .groupby('start', 'normalization', 'frozen', 'stimuli')
  .rollup({
    seeds: op.count(),
    accuracy: (d) => op.mean(d.named.share),
    low: op.low('named'),
    high: op.high('named'),
    texture: op.mean('texture'),
  });

// %%
await show(
  charts.dots(inBothModes(real), {
    title: 'Shapes recognised in real stimuli',
    subtitle: caption,
    value: { field: 'accuracy', title: 'accuracy (dashed: chance)', axis: { format: '%' }, format: '.1%' },
    of: 'stimuli',
    color: 'start',
    interval: ['low', 'high'],
    facet: 'panel',
    width: 240,
    at: 1 / 16,
  }),
  {
    none: 'There is nothing yet: `npm run fetch-data` brings the stimuli, and models are measured that are in `runs/`.',
  },
);

// %%
type Real = { accuracy: number; low: number; high: number; texture?: number };
const percent = (value: number) => (100 * value).toFixed(1);
const texts = real.derive({
  text: aq.escape(
    (d: Real) =>
      `${percent(d.accuracy)} (${percent(d.low)} to ${percent(d.high)})` +
      (Number.isFinite(d.texture) ? `, texture ${percent(d.texture!)}` : ''),
  ),
});
await show(
  texts
    .groupby('start', 'normalization', 'seeds')
    .pivot('stimuli', 'text', { sort: false })
    .rename({ start: 'condition', normalization: 'mode' }),
  { caption: 'Shares of real stimuli whose shape was named, in percent', none: '' },
);

// %% [markdown]
// What to see: chance is one in 16, and networks that have met six drawings of a category know little of real ones, so
// compare them with each other. Where a condition is further to the right than random init, what it brought along helps with
// shapes that nobody showed it.
//
// ## On other images, and with a ViT
//
// The images above were chosen for a [base model](../docs/glossary.md#base-model) that prefers texture: strong
// textures, shapes that are turned and bent far, and the base has met mean-pooled images. How much of what was seen
// depends on that?
//
// | images | base | network |
// | --- | --- | --- |
// | textured (as above) | a quarter of its images mean-pooled | ResNet |
// | balanced: turned and bent less | the same | ResNet |
// | shaped: faint textures, upright | the same | ResNet |
// | textured | *plain base*: plain images only | ResNet |
// | textured | a quarter mean-pooled | *ViT* |

// %%
const kinds: [string, Chain][] = [
  ['textured', {}],
  ['balanced', { images: 'balanced' }],
  ['shaped', { images: 'shaped' }],
  ['plain base', { basePooledShare: 0 }],
  ['ViT', { architecture: 'vit' }],
];
const others = kinds.map(([kind, chain]) =>
  meansOf(tables.shapeBias({ preset, ...chain }).filter((d) => d.stage !== 'mask' && d.shapes === 'seen'))
    .filter((d) => d.variant === '')
    .groupby('condition', 'normalization')
    .filter((d) => d.step === op.max(d.step))
    .ungroup()
    .derive({ kind: aq.escape(() => kind) }),
);
const everywhere = others.slice(1).reduce((all, one) => all.concat(one), others[0]);

// %%
await show(
  charts.dots(inBothModes(everywhere), {
    title: 'Shape bias after training',
    subtitle: caption,
    value: bias,
    of: 'kind',
    color: 'start',
    interval: ['low', 'high'],
    facet: 'panel',
    width: 240,
  }),
  { none },
);

// %% [markdown]
// What to see: *subnetwork* is the method. There is a bias to correct where *random init* is far to the left.
//
// Where the subnetwork is as far to the left as random init, the base had no part to give that prefers shape: look at
// the base that met plain images only.
//
// And where *mask of an untrained network* is as far to the right as the subnetwork, or further, training a mask on
// mean-pooled images makes such a part by itself.

// %%
const measured = [
  ['bias', 'Shape bias after training, in percent'],
  ['plain', 'Accuracy on plain images, in percent'],
  ['pooled', 'Accuracy on mean-pooled images, in percent'],
] as const;
const percents = everywhere.derive({
  bias: (d) => 100 * d.bias,
  plain: (d) => 100 * d.plain,
  pooled: (d) => 100 * d.pooled,
  transferred: (d) => 100 * d.transferred,
});
for (const [measure, title] of measured) {
  const table = percents
    .filter((d) => d.kind !== 'ViT')
    .groupby('condition', 'normalization')
    .pivot('kind', measure, { sort: false })
    .rename({ normalization: 'mode' });
  await show(table, { caption: `${title}; ${caption}`, digits: 1, none: '' });
}
const ofVit = percents.filter((d) => d.kind === 'ViT').select('condition', 'transferred', 'plain', 'pooled', 'bias');
await show(ofVit, { caption: `A ViT after training, in percent; ${caption}`, digits: 1, none: '' });

// %% [markdown]
// ## What it says, and what it does not
//
// If the *subnetwork* is above *random mask* and *mask of plain images*, the transferred weights carry something that
// belongs to shape. If the *mask of an untrained network* is as high, that something is made by training the mask on
// mean-pooled images, and need not have been in the base.
//
// Drawn images are simple, the networks small, and the base was shown mean-pooled images itself: what holds here need
// not hold for photographs. Notebook [14](14-photographs.ipynb) asks the same of them.
