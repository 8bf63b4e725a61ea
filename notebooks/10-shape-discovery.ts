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
import {
  imagePresetCaption,
  imagePresetNote,
  imagePresetOf,
  imageTables,
  presetFromEnvironment,
  projectStore,
  say,
} from 'subtask-induction';

const preset = imagePresetOf(presetFromEnvironment());
const store = projectStore();
const tables = imageTables(preset);
say(imagePresetNote(preset));

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
import {
  imageChainSettings,
  imageSubnetworksSchema,
  readTable,
  rowsOfChains,
  shapeBiasSchema,
} from 'subtask-induction';

const architectures = preset === 'quick' ? (['resnet'] as const) : (['resnet', 'vit'] as const);
const chains = architectures.map((architecture) => imageChainSettings({ preset, architecture }));
const allRows = () => {
  const table = readTable(`${tables}/shape-bias.csv`, shapeBiasSchema, { absent: 'empty' });
  return chains.flatMap((chain) => rowsOfChains(table, chain, preset));
};
const layerRows = () => {
  const table = readTable(`${tables}/image-subnetworks.csv`, imageSubnetworksSchema, { absent: 'empty' });
  return chains.flatMap((chain) => rowsOfChains(table, chain, preset));
};
// Seeds to compute now, for networks that the table lacks.
const seeds = [1];

// %%
import { type ImageMaskKind, imageChainOf, notebookObserver } from 'subtask-induction';

const observer = notebookObserver();
const kinds: ImageMaskKind[] = ['mask', 'plain mask', 'untrained mask'];
for (const architecture of architectures) {
  if (allRows().some((row) => row.model === architecture && row.stage === 'mask')) continue;
  for (const seed of seeds) {
    const chain = imageChainSettings({ preset, architecture, seed });
    for (const kind of kinds) {
      await imageChainOf(chain, { store, tables, preset, observer }, kind);
    }
  }
}
await observer.finish();

// %%
const rows = allRows();
const layers = layerRows();
const names = { resnet: 'ResNet', vit: 'ViT' };
for (const model of architectures) {
  const own = new Set(layers.filter((row) => row.model === model).map(({ seed }) => seed));
  say(`**${names[model]}**: masks of ${own.size} seed${own.size === 1 ? '' : 's'}.`);
}

// %% [markdown]
// ## What the base can do
//
// Accuracy on validation images of other placements, colours and textures' phases, and the [shape
// bias](../docs/glossary.md#shape-bias) on images whose shape and texture disagree. *Seen* drawings are those of
// training; the last row of a seed is on drawings that it never met.

// %%
import { lastRows, showTableOf } from 'subtask-induction';

const ends = (stage: 'base' | 'mask') => lastRows(rows.filter((row) => row.stage === stage));
const percent = (row: (typeof rows)[number]) => ({
  'plain, %': 100 * row.plain_accuracy,
  'mean-pooled, %': 100 * row.pooled_accuracy,
  'shape bias, %': (100 * row.shape_decisions) / (row.shape_decisions + row.texture_decisions),
});
showTableOf(
  ends('base').map((row) => ({ model: names[row.model], seed: row.seed, drawings: row.shapes, ...percent(row) })),
  { caption: `Base models; ${imagePresetCaption(preset)}`, digits: 1, none: 'There is no base model yet.' },
);

// %% [markdown]
// ## What the masks can do
//
// The same measures with the [hard mask](../docs/glossary.md#hard-and-soft-mask): every weight that it does not keep is
// 0.

// %%
import { imageConditionLabel } from 'subtask-induction';

showTableOf(
  ends('mask').map((row) => ({
    model: names[row.model],
    mask: imageConditionLabel(row),
    seed: row.seed,
    'kept, %': (100 * row.kept) / row.total,
    ...percent(row),
  })),
  { caption: `Masks after the last epoch; ${imagePresetCaption(preset)}`, digits: 1, none: 'There is no mask yet.' },
);

// %% [markdown]
// What to see: the subnetwork should do well on mean-pooled images and badly on plain ones, the mask of plain images
// the other way round.
//
// Now compare the subnetwork with the mask of the untrained network: as far as that one recognises mean-pooled images
// too, *discovery* is a kind of training, and does not show by itself that the base had a part for shape.
//
// ## While a mask is trained

// %%
import { learningCurves, showChartOf } from 'subtask-induction';

for (const model of architectures) {
  const own = rows.filter((row) => row.stage === 'mask' && row.model === model && row.seed === seeds[0]);
  await showChartOf(own, {
    none: `There is no mask of a ${names[model]} yet.`,
    draw: () =>
      learningCurves({
        title: `Accuracy on mean-pooled images, hard mask, ${names[model]}`,
        subtitle: imagePresetCaption(preset),
        measure: 'accuracy',
        points: own.map((row) => ({ run: imageConditionLabel(row), step: row.step, value: row.pooled_accuracy })),
      }),
  });
}

// %% [markdown]
// ## What is kept where

// %%
const nameOf = (inherit_from: (typeof layers)[number]['inherit_from']) =>
  imageConditionLabel({ stage: 'mask', inherit_from, trained: null, pooled_share: 0, kept_share: null });
const kept = layers.map((row) => ({
  model: row.model,
  mask: nameOf(row.inherit_from),
  position: row.position,
  parameter: row.parameter,
  share: row.kept / row.total,
}));

// %%
import { keptByLayer } from 'subtask-induction';

for (const model of architectures) {
  await showChartOf(
    kept.filter((row) => row.model === model),
    {
      none: `There is no mask of a ${names[model]} yet.`,
      draw: (own) =>
        keptByLayer({
          title: `Weights kept, ${names[model]}`,
          subtitle: `a point for each seed, lines are their means; ${imagePresetCaption(preset)}`,
          rows: own,
        }),
    },
  );
}

// %%
showTableOf(
  layers
    .filter((row) => row.model === 'resnet' && row.seed === seeds[0] && row.inherit_from === 'subnet')
    .map(({ position, parameter, kept, total }) => ({
      position,
      weight: parameter,
      kept,
      of: total,
      'share, %': (100 * kept) / total,
    })),
  { caption: 'The subnetwork of the ResNet, weight by weight', digits: 1, limit: 30, none: 'There is no mask yet.' },
);
