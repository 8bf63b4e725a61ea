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
// # 10 Shape discovery
//
// A network that tells 16 categories apart may do so by shape, by texture, or by both. Is there a part of it that sees
// shape?
//
// The recipe is the one of notebook 02: [freeze](../docs/glossary.md#frozen) the network and train a mask over its
// weights. This time the mask is trained on [*mean-pooled*](../docs/glossary.md#mean-pooling) images (notebook 09), on
// which texture does not help.

// %%
import { axes, charts, experiments, op, presets, say, show, tables } from 'subtask-induction';

const preset = presets.images(presets.current());
const caption = presets.imageCaption(preset);
say(presets.imageNote(preset));

// %% [markdown]
// ## Base models and masks
//
// Three masks are trained for each [seed](../docs/glossary.md#seed), over a [ResNet](../docs/glossary.md#resnet) and a
// [ViT](../docs/glossary.md#vit). Two are [controls](../docs/glossary.md#control), which the paper lacks:
//
// | mask | trained over | on |
// | --- | --- | --- |
// | [subnetwork](../docs/glossary.md#subnetwork) | the base | mean-pooled images |
// | mask of plain images | the base | plain images |
// | mask of an untrained network | a network at its initialisation | mean-pooled images |
//
// The second asks what the mean-pooled images add, the third what the base adds.
//
// The base has met mean-pooled images: a quarter of those that it is trained on. Where the table has a seed's masks
// already they are read from there.

// %%
const architectures = preset === 'laptop' ? (['resnet', 'vit'] as const) : (['resnet'] as const);
// Seeds to compute now, where the table lacks their masks.
const seeds = [1];
const computed = await experiments.imageMasks.compute({ preset, models: architectures, seeds });

// %%
// Base models and masks over training: a row is one run at one time.
const found = tables
  .shapeBias({ preset, architecture: 'resnet' })
  .concat(tables.shapeBias({ preset, architecture: 'vit' }));
const seedsOfMasks = found
  .filter((d) => d.stage === 'mask')
  .groupby('model')
  .rollup({ 'seeds that have masks': op.distinct('seed') });
await show(seedsOfMasks, { none: 'There is no mask yet.' });

// %% [markdown]
// ## What the base can do
//
// Accuracy on validation images of other placements, colours and textures' phases, and the [shape
// bias](../docs/glossary.md#shape-bias) on images whose shape and texture disagree. *Seen* drawings are those of
// training; the last row of a seed is on drawings that it never met.

// %%
// The last time of each run.
const ends = found
  .groupby('run', 'shapes')
  .filter((d) => d.step === op.max(d.step))
  .ungroup()
  .derive({
    'kept, %': (d) => (100 * d.kept) / d.total,
    'plain, %': (d) => 100 * d.plain,
    'mean-pooled, %': (d) => 100 * d.pooled,
    'shape bias, %': (d) => (100 * d.shape) / (d.shape + d.texture),
  });
const bases = ends
  .filter((d) => d.stage === 'base')
  .select('model', 'seed', { shapes: 'drawings' }, 'plain, %', 'mean-pooled, %', 'shape bias, %');
await show(bases, { caption: `Base models; ${caption}`, digits: 1, none: 'There is no base model yet.' });

// %% [markdown]
// ## What the masks can do
//
// The same measures with the [hard mask](../docs/glossary.md#hard-and-soft-mask): every weight that it does not keep is
// 0.

// %%
const ofMasks = ends
  .filter((d) => d.stage === 'mask')
  .select('model', { condition: 'mask' }, 'seed', 'kept, %', 'plain, %', 'mean-pooled, %', 'shape bias, %');
await show(ofMasks, { caption: `Masks after the last epoch; ${caption}`, digits: 1, none: 'There is no mask yet.' });

// %% [markdown]
// What to see: the subnetwork should do well on mean-pooled images and badly on plain ones, the mask of plain images
// the other way round.
//
// Now compare the subnetwork with the mask of the untrained network: as far as that one recognises mean-pooled images
// too, *discovery* is a kind of training, and does not show by itself that the base had a part for shape.
//
// ## While a mask is trained

// %%
const training = found
  .filter((d) => d.stage === 'mask')
  .groupby('model', 'condition', 'step')
  .rollup({ pooled: op.mean('pooled'), least: op.min('pooled'), most: op.max('pooled') })
  .orderby('step');
const curves = charts.lines(training, {
  title: 'Accuracy on mean-pooled images, hard mask',
  subtitle: `mean and range over seeds; ${caption}`,
  x: axes.step,
  y: axes.share('pooled', 'accuracy'),
  color: 'condition',
  band: ['least', 'most'],
  facet: 'model',
  width: 255,
  freeX: true,
});
await show(curves, { none: 'There is no mask yet.' });

// %% [markdown]
// ## What is kept where
//
// The masked weights from the input to the classifier. Of the ResNet, *2.1 conv 2* is the second convolution in the first
// block of the second stage; of the ViT, *2 query* is the query map of the second layer.

// %%
const layers = (['resnet', 'vit'] as const).map((architecture) => tables.imageSubnetworks({ preset, architecture }));
for (const ofModel of layers) {
  const kept = ofModel
    .derive({ share: (d) => d.kept / d.total })
    .groupby('model', 'condition', 'position', 'layer')
    .rollup({ share: op.mean('share'), least: op.min('share'), most: op.max('share') })
    .orderby('position');
  const chart = charts.lines(kept, {
    title: `Weights kept, ${kept.numRows() > 0 ? kept.get('model', 0) : ''}`,
    subtitle: `mean and range over seeds; ${caption}`,
    x: 'layer',
    y: { field: 'share', title: 'weights kept', axis: { format: '.0%' }, format: '.1%' },
    color: 'condition',
    band: ['least', 'most'],
  });
  await show(chart, { none: 'There is no such mask yet.' });
}

// %%
const [ofResnet] = layers;
const weightByWeight = ofResnet
  .filter((d) => d.condition === 'subnetwork' && d.seed === op.min(d.seed))
  .derive({ 'share, %': (d) => (100 * d.kept) / d.total })
  .select('position', 'layer', 'parameter', 'kept', { total: 'of' }, 'share, %');
const title = 'The subnetwork of the ResNet (first seed), weight by weight';
await show(weightByWeight, { caption: title, digits: 1, none: 'There is no mask yet.' });
