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
import { imageChainSettings, readTable, rowsOfChains, shapeBiasSchema } from 'subtask-induction';

type Chain = Parameters<typeof imageChainSettings>[0];
const rowsOf = (chain: Chain) => {
  const table = readTable(`${tables}/shape-bias.csv`, shapeBiasSchema, { absent: 'empty' });
  return rowsOfChains(table, imageChainSettings({ preset, ...chain }), preset);
};
const transfersOf = (chain: Chain) => rowsOf(chain).filter(({ stage }) => stage === 'transfer');

// %%
import { IMAGE_CONDITIONS, type ImageCondition } from 'subtask-induction';

const wanted: ImageCondition[] = preset === 'quick' ? IMAGE_CONDITIONS.slice(0, 4) : IMAGE_CONDITIONS;
const baselines = IMAGE_CONDITIONS.filter(
  ({ inheritFrom, pooledShare }) => inheritFrom === 'random' && pooledShare === 0,
);
const conditions = [...wanted, ...baselines.filter((baseline) => !wanted.includes(baseline))];
// What is not in the table yet is computed; what is there is taken as it is.
const chains: Chain[] = (preset === 'quick' ? [1] : [1, 2, 3]).map((seed) => ({ seed }));

// Others are computed when they are added: chains.push({ seed: 4 }, { images: 'shaped' }, { shapes: 'silhouettes' },
// { architecture: 'vit' });

// %%
import { imagePoints, isVariant, runsObserver, type ShapeBiasRow, shapeBiasPaths } from 'subtask-induction';

const observerOf = (title: string) =>
  runsObserver<ShapeBiasRow[]>({
    title,
    runs: conditions.length,
    stage: 'image-transfer',
    draw: (runs) =>
      shapeBiasPaths({
        title: 'Shape bias over training',
        subtitle: imagePresetCaption(preset),
        rows: imagePoints(runs.flat()).filter(({ condition }) => !isVariant(condition)),
        over: 'step',
      }),
  });

// %%
import { shapeBiasRows } from 'subtask-induction';

for (const chain of chains) {
  const settings = imageChainSettings({ preset, ...chain });
  const there = new Set(transfersOf(chain).flatMap(({ seed, run }) => (seed === settings.base.seed ? [run] : [])));
  if (there.size >= conditions.length) continue;
  const observer = observerOf(`Transfer, ${settings.base.model.architecture}, seed ${settings.base.seed}`);
  const options = { store, tables, preset, conditions };
  await shapeBiasRows(settings, { ...options, observer, onRows: observer.onRow });
  await observer.finish();
}

// %%
const rows = transfersOf({});
const points = imagePoints(rows);
const runs = new Set(rows.map(({ run }) => run)).size;
const seeds = [...new Set(rows.map(({ seed }) => seed))].join(', ');
say(`What follows rests on **${runs} runs** of a ResNet, with the seeds ${seeds}.`);

// %% [markdown]
// ## Figure 4: accuracy over training

// %%
import { dataFile, ourVisionCurves, publishedFigure4Schema, showChart, visionCurves } from 'subtask-induction';

const figure4 = readTable(dataFile('published', 'fig4.csv'), publishedFigure4Schema);
const vit = imagePoints(transfersOf({ architecture: 'vit' }));
const frozen = (mode: string) =>
  points.filter(({ condition, normalization }) => condition === 'random init' || normalization === mode);
await showChart(
  visionCurves({
    title: 'Accuracy over training: published, and ours',
    subtitle: imagePresetCaption(preset),
    rows: [
      ...figure4,
      ...ourVisionCurves(frozen('eval'), 'our ResNet, batch normalisation: eval'),
      ...ourVisionCurves(frozen('train'), 'our ResNet, batch normalisation: train'),
      ...ourVisionCurves(vit, 'our ViT'),
    ],
  }),
);

// %% [markdown]
// What to see: in the published panels the transferred subnetwork keeps a lead on mean-pooled images (dashed) until the
// end. In ours the dashed line of the *subnetwork* shows how much of that survives.
//
// ## Frozen, or trained with the rest frozen
//
// The paper freezes the subnetwork; the first released code trained it and froze the rest. Which curve has the published form?

// %%
const reversed = points
  .filter(({ condition }) => condition === 'subnetwork, trained, rest frozen')
  .map((point) => ({ ...point, condition: 'subnetwork' }));
const randomInit = points.filter(({ condition }) => condition === 'random init');
if (reversed.length === 0) say('There are no runs with the rest frozen (the quick preset leaves them out).');
else {
  const panel = (mode: string) =>
    ourVisionCurves(
      [...reversed.filter(({ normalization }) => normalization === mode), ...randomInit],
      `our ResNet, rest frozen, batch normalisation: ${mode}`,
    );
  await showChart(
    visionCurves({
      title: 'The subnetwork trained, the rest frozen',
      subtitle: imagePresetCaption(preset),
      rows: [...figure4.filter(({ model }) => model === 'resnet18'), ...panel('eval'), ...panel('train')],
    }),
  );
}

// %% [markdown]
// ## Shape bias, beside what the networks can do

// %%
import { imageTransferTable, showTableOf } from 'subtask-induction';

showTableOf(imageTransferTable(points), {
  caption: `After training; ${imagePresetCaption(preset)}`,
  digits: 1,
  limit: 40,
  none: 'There are no runs yet.',
});
showTableOf(imageTransferTable(imagePoints(rows, { shapes: 'held out' })), {
  caption: `The same on drawings that no network has met; ${imagePresetCaption(preset)}`,
  digits: 1,
  limit: 40,
  none: 'There are no runs yet.',
});

// %% [markdown]
// ## The subnetwork against every control
//
// Runs of one [seed](../docs/glossary.md#seed) are [paired](../docs/glossary.md#paired): they start with the same new
// weights and see the same images in the same order. With one seed the
// [interval](../docs/glossary.md#confidence-interval) knows of the chance in the images alone, with more it is the
// [bootstrap](../docs/glossary.md#bootstrap) over seeds.

// %%
import { imageComparisonSentence, imageComparisons, imageComparisonTable } from 'subtask-induction';

const compared = imageComparisons(rows);
showTableOf(imageComparisonTable(compared), {
  caption: 'Shape bias of the subnetwork minus that of each control, after training',
  digits: 1,
  none: 'There are no pairs of runs yet.',
});
for (const mode of ['eval', 'train'] as const) say(imageComparisonSentence(compared, mode));

// %% [markdown]
// What to see: a difference counts where the accuracy on plain images is about the same (last column near 0). In the mode
// *eval* frozen values of batch normalisation hold a network back as well, and a random mask has a part of the effect.
//
// ## Over training

// %%
import { showChartOf } from 'subtask-induction';

const drawn = points.filter(({ condition }) => !isVariant(condition));
const none = 'There are no runs yet.';
const subtitle = imagePresetCaption(preset);
await showChartOf(drawn, {
  none,
  draw: (rows) => shapeBiasPaths({ title: 'Shape bias over training', subtitle, rows, over: 'step' }),
});

// %%
const title = 'Shape bias and plain accuracy, in the order of training';
await showChartOf(drawn, {
  none,
  draw: (rows) => shapeBiasPaths({ title, subtitle, rows, over: 'plain accuracy' }),
});

// %% [markdown]
// What to see: training on images in which texture helps as much as shape moves the bias, and networks learn at
// different speeds, so that after the same number of [steps](../docs/glossary.md#step) a slow learner is not the same
// as a network that prefers shape. The second chart compares at equal accuracy: read it along a vertical line.
//
// ## At equal accuracy

// %%
import { biasAtPlainAccuracy, lastImagePoints } from 'subtask-induction';

const reached = lastImagePoints(points).map(({ plain }) => plain);
// The highest round accuracy that all conditions reach, as means over seeds.
const level = Math.floor(20 * Math.min(...reached)) / 20;
showTableOf(biasAtPlainAccuracy(rows, level), {
  caption: `Shape bias where the accuracy on plain images reaches ${(100 * level).toFixed(0)} %`,
  digits: 1,
  limit: 40,
  none: 'There are no runs yet.',
});

// %% [markdown]
// ## Masks of one size
//
// The masks keep different numbers of weights, and more frozen weights hold a network back further. Cut to one size, by
// their [scores](../docs/glossary.md#score), they differ in nothing but what they were trained on and over.

// %%
const kept = (label: string) => label.endsWith('% kept');
showTableOf(imageTransferTable(points.filter(({ condition }) => kept(condition))), {
  caption: `Masks of one size; ${imagePresetCaption(preset)}`,
  digits: 1,
  none: 'There are no such runs (the quick preset leaves them out).',
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
import { realStimuliPoints, realStimuliRows, realStimuliTable, stimuliAccuracyChart } from 'subtask-induction';

const onStimuli = await realStimuliRows(rowsOf({}), { store, tables });
const real = realStimuliPoints(onStimuli).filter(({ model }) => !isVariant(model));
await showChartOf(real, {
  none: 'There is nothing yet: `npm run fetch-data` brings the stimuli, and models are measured that are in `runs/`.',
  draw: (rows) => stimuliAccuracyChart({ title: 'Shapes recognised in real stimuli', subtitle, rows }),
});
showTableOf(realStimuliTable(real), {
  caption: 'Shares of real stimuli whose shape, or texture, was named',
  digits: 1,
  limit: 20,
  none: 'There is no such model yet.',
});

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

// %%
const kinds: { name: string; chain: Chain }[] = [
  { name: 'textured (as above)', chain: {} },
  { name: 'balanced: turned and bent less', chain: { images: 'balanced' } },
  { name: 'shaped: faint textures, upright', chain: { images: 'shaped' } },
  { name: 'base: plain images only', chain: { basePooledShare: 0 } },
  { name: 'a ViT', chain: { architecture: 'vit' } },
];
const groups = kinds.map(({ name, chain }) => {
  const bases = imagePoints(rowsOf(chain), { stage: 'base' });
  const transfers = imagePoints(transfersOf(chain)).filter(({ condition }) => !isVariant(condition));
  return { name, points: lastImagePoints([...bases, ...transfers]) };
});

// %%
import { shapeBiasChart } from 'subtask-induction';

const modes = { train: 'batch normalisation: train', eval: 'batch normalisation: eval' };
for (const [mode, subtitle] of Object.entries(modes)) {
  const other = mode === 'train' ? 'eval' : 'train';
  const inMode = ({ condition, normalization }: (typeof points)[number]) =>
    normalization !== other || condition === 'random init';
  const bars = groups.flatMap(({ name, points }) =>
    points
      .filter((point) => inMode(point) && point.condition !== 'full model')
      .map((point) => ({ observer: point.condition, category: name, ...point })),
  );
  await showChartOf(bars, {
    none,
    draw: (rows) => shapeBiasChart({ title: 'Shape bias after training', subtitle, rows }),
  });
}

// %% [markdown]
// What to see: *subnetwork* is the method. There is a bias to correct where *random init* is far to the left.
//
// Where the subnetwork is as far to the left as random init, the base had no part to give that prefers shape: look at
// the base that met plain images only.
//
// And where *mask of an untrained network* is as far to the right as the subnetwork, or further, training a mask on
// mean-pooled images makes such a part by itself.

// %%
for (const { name, points } of groups.slice(1))
  showTableOf(imageTransferTable(points), {
    caption: name,
    digits: 1,
    limit: 20,
    none: `There are no runs yet: ${name}.`,
  });

// %% [markdown]
// ## What it says, and what it does not
//
// If the *subnetwork* is above *random mask* and *mask of plain images*, the transferred weights carry something that
// belongs to shape. If the *mask of an untrained network* is as high, that something is made by training the mask on
// mean-pooled images, and need not have been in the base.
//
// Drawn images are simple, the networks small, and the base was shown mean-pooled images itself: what holds here need
// not hold for photographs.
