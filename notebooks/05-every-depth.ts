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
import { manyRunsPreset, presetCaption, presetFromEnvironment, presetNote, projectStore, say } from 'subtask-induction';

const preset = manyRunsPreset(presetFromEnvironment());
const store = projectStore();
say(presetNote(preset, { computes: false }));

// %% [markdown]
// ## Runs

// %%
import { CURVE_CONDITIONS, chainSettings, resultTables } from 'subtask-induction';

const tables = resultTables(preset);
const depths = preset === 'paper' ? [2, 4, 6, 8, 10, 12] : [2, 4];
// Sizes to compute now. With the paper's settings that takes days, so the table's runs are taken as they are: write [40]
// here to add what is missing at that size.
const sizes: number[] = preset === 'paper' ? [] : [40, 100];

// %%
import { curveObserver, dataEfficiencyRows } from 'subtask-induction';

for (const layers of depths) {
  const settings = chainSettings({ preset, layers });
  const runs = sizes.length * CURVE_CONDITIONS.length;
  const observer = curveObserver({ title: `${layers} layers`, subtitle: presetCaption(preset), runs });
  const options = { store, tables, sizes };
  await dataEfficiencyRows(settings, { ...options, observer, onRow: observer.onRow });
  await observer.finish();
}

// %%
import { dataEfficiencySchema, isCurveRow, readTable, runsInAll, runsTable, showTableOf } from 'subtask-induction';

const recorded = readTable(`${tables}/data-efficiency.csv`, dataEfficiencySchema, { absent: 'empty' });
const rows = recorded.filter(isCurveRow);
say(runsInAll(rows));
showTableOf(runsTable(rows), { caption: 'What the curves rest on', none: 'So there is nothing to list.' });

// %% [markdown]
// ## All curves

// %%
import { dataFile, depthsOf, listed, ourPoints, publishedDepthSchema, publishedPoints } from 'subtask-induction';

const breakdown = readTable(dataFile('published', 'fig_depth_breakdown.csv'), publishedDepthSchema);
const atDepth = <Row extends { n_layers: number }>(all: readonly Row[], layers: number) =>
  all.filter((row) => row.n_layers === layers);
const points = depthsOf([...breakdown, ...rows]).flatMap((layers) =>
  [...publishedPoints(atDepth(breakdown, layers)), ...ourPoints(atDepth(rows, layers))].map((point) => ({
    ...point,
    layers,
  })),
);
const missing = depths.filter((layers) => !depthsOf(rows).includes(layers));
if (missing.length > 0)
  say(`There are no runs of ours with ${listed(missing)} layers yet: only published lines there.`);

// %%
import { depthGrid, showChart } from 'subtask-induction';

await showChart(depthGrid({ title: 'Data efficiency, depth by depth', subtitle: presetCaption(preset), rows: points }));

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
import {
  comparable,
  differenceRows,
  distanceRows,
  noComparison,
  publishedFigure2Schema,
  publishedSpread,
} from 'subtask-induction';

const spread = publishedSpread(readTable(dataFile('published', 'fig2.csv'), publishedFigure2Schema));
const differences = depthsOf(rows).map((layers) => ({
  layers,
  rows: differenceRows(atDepth(rows, layers), publishedPoints(atDepth(comparable(breakdown, preset), layers))),
}));
const distances = differences.flatMap((depth) =>
  distanceRows(depth.rows, spread).map((row) => ({ layers: depth.layers, ...row })),
);
const none = noComparison(preset);
showTableOf(distances, { caption: `|ours − published|; ${presetCaption(preset)}`, none });

// %%
import { withinSpreadSentence } from 'subtask-induction';

const all = differences.flatMap((depth) => depth.rows);
if (all.length > 0) say(withinSpreadSentence(all, spread));

// %% [markdown]
// What to see: two runs with equal settings that differ by chance alone would lie within twice that standard deviation at
// about five of six points. A condition whose share is far below that differs by more than chance, or its runs differ
// more from each other than those of 12 layers do.
//
// Every point: ours minus published.

// %%
import * as aq from 'arquero';
import { conditionLabel, showTable } from 'subtask-induction';

const flat = differences.flatMap((depth) =>
  depth.rows.map((row) => ({ layers: depth.layers, ...row, condition: conditionLabel(row.condition) })),
);
if (flat.length > 0) {
  const wide = aq
    .from(flat)
    .orderby('n')
    .groupby('layers', 'condition', 'source')
    .pivot('n', 'difference', { sort: false })
    .orderby('layers');
  showTable(wide, { caption: 'Ours minus published at each n', limit: 100 });
}

// %% [markdown]
// The same points as a DataFrame, to be looked at from other sides: here the differences of each condition over all n.

// %%
import { dataFrame } from 'subtask-induction';

if (flat.length > 0) {
  const summary = dataFrame(flat)
    .groupby(['condition', 'source'])
    .agg({ difference: ['mean', 'min', 'max', 'std'] });
  showTable(summary, { caption: 'Ours minus published, over all depths and n' });
}

// %% [markdown]
// ## Is the subnetwork ahead at every depth?

// %%
import { depthLeads, leadsByDepthChart } from 'subtask-induction';

const leads = depthLeads(rows, breakdown);
await showChart(
  leadsByDepthChart({
    title: 'How far the subnetwork is ahead, n up to 1,000',
    subtitle: presetCaption(preset),
    rows: leads,
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
import { depthLeadsSentence, leadsTable } from 'subtask-induction';

showTableOf(leadsTable(leads), { caption: 'Leads of the subnetwork, with 95 % intervals', limit: 80 });
say(depthLeadsSentence(leads));

// %% [markdown]
// ## Samples needed
//
// [n50 and n90](../docs/glossary.md#n50) over depth. A point is missing where a curve does not reach the accuracy
// within the n measured, or where runs are missing at the very n between which it would be read.

// %%
import { samplesByDepth, samplesByDepthChart } from 'subtask-induction';

await showChart(
  samplesByDepthChart({
    title: 'n50: samples for an accuracy of one half',
    subtitle: presetCaption(preset),
    rows: samplesByDepth(rows, breakdown, 0.5),
  }),
);

// %%
await showChart(
  samplesByDepthChart({
    title: 'n90: samples for nine right answers of ten',
    subtitle: presetCaption(preset),
    rows: samplesByDepth(rows, breakdown, 0.9),
  }),
);

// %% [markdown]
// What to see: lower is better. A line that falls to the right means that deeper models need fewer samples. n50 is easily
// moved by luck, since some curves begin not far below one half; n90 is steadier.

// %%
import { samplesNeededRows } from 'subtask-induction';

const needed = (accuracy: number) =>
  depthsOf(rows).flatMap((layers) =>
    samplesNeededRows(atDepth(rows, layers), publishedPoints(atDepth(breakdown, layers)), accuracy).map((row) => ({
      layers,
      ...row,
    })),
  );
showTableOf(needed(0.5), { caption: 'n50, with 95 % intervals over seeds', limit: 80 });
showTableOf(needed(0.9), { caption: 'n90, with 95 % intervals over seeds', limit: 80 });
