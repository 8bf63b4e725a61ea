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
import { manyRunsPreset, presetCaption, presetFromEnvironment, presetNote, projectStore, say } from 'subtask-induction';

const preset = manyRunsPreset(presetFromEnvironment());
const store = projectStore();
say(presetNote(preset, { computes: false }));

// %% [markdown]
// ## Runs

// %%
import { CURVE_CONDITIONS, chainSettings, resultTables, TRAINABLE_CONDITIONS } from 'subtask-induction';

const tables = resultTables(preset);
const depths = preset === 'paper' ? [2, 4, 6, 8, 10, 12] : [2];
const compared = ['subnet', 'subnet_sampled', 'original'];
const conditions = [...CURVE_CONDITIONS, ...TRAINABLE_CONDITIONS].filter(({ inheritFrom }) =>
  compared.includes(inheritFrom),
);
// Sizes to compute now. With the paper's settings that takes days, so the table's runs are taken as they are: write [40]
// here to add what is missing at that size.
const sizes: number[] = preset === 'paper' ? [] : [40, 100];

// %%
import { curveObserver, dataEfficiencyRows } from 'subtask-induction';

for (const layers of depths) {
  const settings = chainSettings({ preset, layers });
  const runs = sizes.length * conditions.length;
  const observer = curveObserver({ title: `${layers} layers`, subtitle: presetCaption(preset), runs });
  const options = { store, tables, sizes, conditions };
  await dataEfficiencyRows(settings, { ...options, observer, onRow: observer.onRow });
  await observer.finish();
}

// %%
import { dataEfficiencySchema, readTable, runsInAll, runsTable, showTableOf } from 'subtask-induction';

const recorded = readTable(`${tables}/data-efficiency.csv`, dataEfficiencySchema, { absent: 'empty' });
const rows = recorded.filter((row) => compared.includes(row.inherit_from));
const trainable = rows.filter((row) => row.subnetwork === 'trainable');
say(runsInAll(rows));
showTableOf(runsTable(rows), { caption: 'What the curves rest on', none: 'So there is nothing to list.' });
if (trainable.length === 0) say('**No run with a trainable subnetwork is there yet**: of ours, only the frozen ones.');

// %% [markdown]
// ## Published and ours
//
// The published curves are means over six depths, and their single depths were not published for trainable subnetworks. So
// they can only be compared with a mean over the depths that we have: those that have both kinds of runs.
// The sampled control comes twice again, as described and as released.

// %%
import { dataFile, listed, meanOverDepths, publishedDepthSchema } from 'subtask-induction';

const breakdown = readTable(dataFile('published', 'fig_depth_breakdown.csv'), publishedDepthSchema);
const meanOf = (condition: string, source: string) => {
  const of = [condition, `${condition}_trainable`, 'original'];
  const from = (kind: string) => (kind === 'original' ? 'ours' : source);
  const lines = of.map((kind) => ({ condition: kind, source: from(kind) }));
  const means = meanOverDepths(rows, breakdown, { lines });
  const wanted = lines.map((line) => `${line.condition} ${line.source}`);
  return { ...means, ours: means.ours.filter((point) => wanted.includes(`${point.condition} ${point.source}`)) };
};

// %%
import { publishedFrozenOrTrainableSchema, publishedFrozenPoints } from 'subtask-induction';

const figure = readTable(dataFile('published', 'fig_frozen_vs_trainable.csv'), publishedFrozenOrTrainableSchema);
const masks = [
  { name: 'discovered', mask: 'discovered', ...meanOf('subnet', 'ours') },
  { name: 'sampled, as described', mask: 'sampled', ...meanOf('subnet_sampled', 'ours, as described') },
  { name: 'sampled, as released', mask: 'sampled', ...meanOf('subnet_sampled', 'ours, as released') },
].map((kind) => ({ ...kind, published: publishedFrozenPoints(figure, kind.mask as 'discovered' | 'sampled') }));
for (const { name, depths, sizes } of masks) {
  say(
    `**${name}**: ${
      depths.length > 0
        ? `our mean is over ${listed(depths)} layers, at ${sizes.length} n; the published one is over 2, 4, 6, 8, 10 and 12.`
        : 'there is no depth yet with frozen and trainable runs at the same n, so the picture has published lines only.'
    }`,
  );
}

// %%
import { dataEfficiencyFacets, showChart } from 'subtask-induction';

const plain = (source: string) => (source === 'published' ? source : 'ours');
const panels = masks.flatMap(({ name, published, ours }) =>
  [...published, ...ours].map((point) => ({ ...point, source: plain(point.source), panel: name })),
);
await showChart(
  dataEfficiencyFacets({
    title: 'Frozen and trainable subnetworks',
    subtitle: `published: mean over six depths; ${presetCaption(preset)}`,
    rows: panels,
  }),
);

// %% [markdown]
// What to see: in each panel, the distance between the frozen and the trainable line, published (dashed) and ours (solid).
// Where our mean is over fewer depths, the height of its lines cannot be compared with the published ones, only their order
// and distance.
//
// ## The differences from the published means

// %%
import {
  comparable,
  distanceRows,
  noComparison,
  pointDifferences,
  publishedFigure2Schema,
  publishedSpread,
} from 'subtask-induction';

const spread = publishedSpread(readTable(dataFile('published', 'fig2.csv'), publishedFigure2Schema));
const distances = masks.flatMap(({ name, published, ours }) =>
  distanceRows(pointDifferences(ours, comparable(published, preset)), spread).map((row) => ({ mask: name, ...row })),
);
showTableOf(distances, {
  caption: '|ours − published|; within twice the standard deviation of the published runs of 12 layers, where known',
  none: noComparison(preset, 'There are no means of ours yet to compare.'),
});

// %% [markdown]
// ## Does it matter whether the transferred weights train?
//
// Now within our own runs: a frozen and a trainable run of the same depth, n and seed train on the same samples, from the
// same weights. Each difference is frozen minus trainable.

// %%
import { comparisons, frozenPairs } from 'subtask-induction';

const answers = comparisons(frozenPairs(rows));

// %%
import { differencesChart, pairDifferences, showChartOf } from 'subtask-induction';

const noPairs = 'There are no pairs of frozen and trainable runs yet.';
await showChartOf(pairDifferences(answers), {
  none: noPairs,
  draw: (points) =>
    differencesChart({
      title: 'Frozen minus trainable',
      subtitle: presetCaption(preset),
      rows: points,
      axis: 'frozen − trainable',
    }),
});

// %%
import { pairSentence, pairTable } from 'subtask-induction';

showTableOf(pairTable(answers), { caption: `Frozen minus trainable; ${presetCaption(preset)}` });
for (const answer of answers) {
  say(pairSentence(answer, { question: `${answer.name}:`, first: 'frozen', second: 'trainable' }));
}

// %% [markdown]
// What to see: above zero, freezing helps. The published curves can be asked the same question, as a mean over depths:

// %%
import { publishedGap, showTable } from 'subtask-induction';

const [discovered, , released] = masks;
const publishedGaps = [
  publishedGap(discovered.published, { first: 'subnet', second: 'subnet_trainable' }),
  publishedGap(released.published, { first: 'subnet_sampled', second: 'subnet_sampled_trainable' }),
];
showTable(publishedGaps, { caption: 'Published: frozen minus trainable, mean over six depths' });

// %% [markdown]
// ## What the trainable control gives away
//
// A control as released holds all of the base's weights but a few. If these may train too, it is nearly the full model, and
// should learn like it; a control as described should not. Which does the published trainable control resemble?

// %%
const control = released.published.filter(({ condition }) => condition === 'subnet_sampled_trainable');
const [fromFull, fromFrozen] = ['original', 'subnet_sampled'].map(
  (second) => publishedGap(released.published, { first: 'subnet_sampled_trainable', second })['mean distance'],
);
say(
  `Published, mean over six depths: the trainable control differs by ${fromFull.toFixed(3)} on average from the full ` +
    `model, and by ${fromFrozen.toFixed(3)} from the frozen control.`,
);

// %%
import { depthsOf, nearerSampler } from 'subtask-induction';

for (const layers of depthsOf(trainable)) {
  const own = trainable.filter((row) => row.n_layers === layers);
  const verdict = nearerSampler('subnet_sampled_trainable', own, comparable(control, preset));
  say(`${layers} layers: ${verdict ?? noComparison(preset, 'there are not both kinds of the trainable control yet.')}`);
}
if (trainable.length === 0) say('There are no runs of ours yet to hold against it.');

// %% [markdown]
// Ours are of single depths here, the published curve is a mean over six, so a distance from it is to be expected; what
// counts is which of the two kinds is nearer.
//
// ## Samples needed

// %%
import { pointSamplesNeeded } from 'subtask-induction';

const needed = (accuracy: number) =>
  masks.flatMap(({ name, published, ours }) =>
    pointSamplesNeeded(ours, published, accuracy).map((row) => ({ mask: name, ...row })),
  );
showTableOf(needed(0.5), { caption: 'n50; intervals are where the ends of our bands reach it' });
showTableOf(needed(0.9), { caption: 'n90; intervals are where the ends of our bands reach it' });
