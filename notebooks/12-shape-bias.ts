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
// # 12 The shape-bias table
//
// An image has the shape of a cat and the texture of an elephant: what is it? Such an image is a [cue
// conflict](../docs/glossary.md#cue-conflict). Geirhos et al. ([ICLR 2019](https://arxiv.org/abs/1811.12231)) asked
// people and networks. The [*shape bias*](../docs/glossary.md#shape-bias) is the share of shape decisions among those
// for either cue.
//
// This notebook recomputes it from their raw decisions, and places the models of this project beside them.

// %%
import { aq, axes, charts, op, say, show, tables } from 'subtask-induction';

// A row is one decision.
const published = tables.publishedDecisions();
const none = 'The decisions are not here. `npm run fetch-data` brings them; then run this notebook again.';
const count = published.numRows();
say(count > 0 ? `There are ${count.toLocaleString('en-US')} decisions of people and networks.` : none);

// %% [markdown]
// ## Who decides
//
// Ten people and four networks. Images whose shape and texture are of one category say nothing and are left out. A person
// who did not answer in time counts as *neither*.

// %%
type Measured = ReturnType<ReturnType<typeof published.groupby>['rollup']>;
// What op.decided found, in columns; groups in which nobody decided for either cue are left out.
const inColumns = (measured: Measured) =>
  measured
    .derive({ bias: (d) => d.decided.bias, low: (d) => d.decided.low, high: (d) => d.decided.high })
    .derive({
      images: (d) => d.decided.decisions,
      'for shape, %': (d) => (100 * d.decided.shape) / d.decided.decisions,
      'for texture, %': (d) => (100 * d.decided.texture) / d.decided.decisions,
      'neither, %': (d) => (100 * d.decided.other) / d.decided.decisions,
      'shape bias, %': (d) => 100 * d.bias,
      'low, %': (d) => 100 * d.low,
      'high, %': (d) => 100 * d.high,
    })
    .filter((d) => op.is_finite(d.bias));

// %%
const observed = published.filter(
  (d) => d.source === 'people and networks' || (d.observer === 'ResNet-50' && d.training === 'ImageNet'),
);
const byShape = inColumns(
  observed
    .derive({ shape: () => 'all' })
    .concat(observed)
    .groupby('observer', 'shape')
    .rollup({ decided: (d) => op.decided(d.decision) })
    .orderby((d) => d.shape !== 'all', 'shape')
    .reify(),
);
const pooled = byShape.filter((d) => d.shape === 'all');
const decisions = ['images', 'for shape, %', 'for texture, %', 'neither, %', 'shape bias, %', 'low, %', 'high, %'];
await show(pooled.select('observer', ...decisions), { digits: 1, caption: 'Shape bias, all categories pooled', none });

// %% [markdown]
// The [interval](../docs/glossary.md#confidence-interval) is of the shape bias, 95 %: for a network as if its images
// were independent draws; for people by the [bootstrap](../docs/glossary.md#bootstrap) over images, since ten decisions
// on one image are not ten images.
//
// Do these agree with the numbers that were published?

// %%
const compared = pooled
  .select('observer', { bias: 'ours' })
  .join(tables.publishedShapeBias())
  .derive({ agrees: (d) => (op.abs(d.published - d.ours) <= 0.0005 ? 'to the last digit published' : 'no') })
  .select('observer', 'published', 'ours', 'agrees');
await show(compared, {
  digits: { published: 3, ours: 4 },
  caption: 'Shape bias, published and recomputed',
  none,
});

// %% [markdown]
// ## Category by category

// %%
await show(
  charts.dots(byShape, {
    title: 'Shape bias of people and networks',
    subtitle: 'by category of the shape, and of all pooled; bars: 95 % intervals',
    value: axes.shapeBias,
    of: 'shape',
    color: 'observer',
    interval: ['low', 'high'],
    height: 680,
  }),
  { none },
);

// %%
const byCategory = byShape.groupby('shape').pivot('observer', 'shape bias, %', { sort: false });
await show(byCategory, { digits: 1, caption: 'Shape bias in percent, by category of the shape', none });

// %% [markdown]
// What to see: people are far to the right in every category. The networks are not far to the left in all of them: how much
// a shape counts depends on the category too.
//
// ## People, one by one

// %%
const people = inColumns(
  published
    .filter((d) => d.observer === 'people')
    .groupby('subject')
    .rollup({ decided: (d) => op.decided(d.decision) }),
);
await show(people.orderby(aq.desc('bias')).select('subject', ...decisions), {
  digits: 1,
  caption: 'Shape bias of each person, the highest first',
  none,
});

// %% [markdown]
// ## Networks that were taught shapes
//
// *Stylized-ImageNet* is ImageNet with every image in the style of a random painting: its textures say nothing about the
// category. Networks trained on it are the known way to a high shape bias, and the measure for any other. (AlexNet and VGG-16
// are other trained weights here than above.)

// %%
const networks = inColumns(
  published
    .filter((d) => d.source === 'trained networks')
    .groupby('observer', 'training')
    .rollup({ decided: (d) => op.decided(d.decision) }),
);
await show(
  charts.dots(networks, {
    title: 'Shape bias of networks, by what they were trained on',
    subtitle: 'all categories pooled; bars: 95 % intervals',
    value: axes.shapeBias,
    of: 'observer',
    color: 'training',
    interval: ['low', 'high'],
  }),
  { none },
);

// %%
await show(networks.select('observer', 'training', ...decisions), {
  digits: 1,
  caption: 'Shape bias of networks, all categories pooled',
  none,
});
const stylized = networks.filter((d) => d.training === 'Stylized-ImageNet');
const taught = networks
  .filter((d) => d.training === 'ImageNet')
  .select('observer', { 'shape bias, %': 'ImageNet' })
  .join(stylized.select('observer', { 'shape bias, %': 'Stylized-ImageNet' }))
  .derive({ difference: (d) => d['Stylized-ImageNet'] - d.ImageNet });
await show(taught, { digits: 1, caption: 'Shape bias in percent, by the images trained on', none });

// %% [markdown]
// ## Models of this project
//
// The models of notebook 11 decided too, on drawn images whose shape and texture disagree. Their decisions lie in
// `data/results`, in the columns of the raw data above, so that the same code measures both. Their bias may be
// compared with that of others on the same images, and not with that of people. (Notebook 11 shows them real stimuli.)

// %%
const ours = tables.decisions({ architectures: ['resnet', 'vit'] });
const noneOfOurs = 'No decisions of models of this project are there yet.';
const models = inColumns(
  ours
    .derive({ mode: (d) => (d.normalization === '–' ? d.model : `${d.model}, ${d.normalization}`) })
    .groupby('mode', 'condition', 'start')
    .rollup({ decided: (d) => op.decided(d.decision) }),
);
await show(
  charts.dots(models, {
    title: 'Shape bias of models of this project',
    subtitle: 'seeds pooled; bars: 95 % intervals over images',
    value: { ...axes.shapeBias, title: 'shape bias' },
    width: 100,
    of: 'condition',
    color: 'start',
    facet: 'mode',
    interval: ['low', 'high'],
  }),
  { none: noneOfOurs },
);

// %%
await show(models.select('mode', 'condition', ...decisions), {
  digits: 1,
  caption: 'Shape bias of models of this project',
  none: '',
});

// %% [markdown]
// *Eval* and *train* say what [batch normalisation](../docs/glossary.md#batch-normalisation) worked with while a model was
// trained: the values of the base (eval) or of each batch (train). A bias says little of a model that is mostly wrong:
// notebook 11 has it beside the accuracy on plain images.

// %%
const some = ours.filter(
  (d) =>
    d.model === 'ResNet' &&
    d.normalization === 'eval' &&
    op.includes(['subnetwork', 'random mask', 'mask of an untrained network'], d.condition),
);
const ofSome = inColumns(
  some
    .derive({ shape: () => 'all' })
    .concat(some)
    .groupby('condition', 'shape')
    .rollup({ decided: (d) => op.decided(d.decision) }),
);
await show(ofSome.groupby('shape').pivot('condition', 'shape bias, %', { sort: false }), {
  digits: 1,
  caption: 'Shape bias in percent, by category of the shape (ResNet, eval)',
  none: noneOfOurs,
});
