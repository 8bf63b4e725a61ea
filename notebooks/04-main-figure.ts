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
// # 04 The main figure
//
// Figure 2 of the paper is its main result in arithmetic: how accurate a new model is after training with n disambiguation
// samples, as a mean over models of six depths (left), and for the deepest one with the spread over runs (right). Do we get
// the same curves?

// %%
import { manyRunsPreset, presetCaption, presetFromEnvironment, presetNote, projectStore, say } from 'subtask-induction';

const preset = manyRunsPreset(presetFromEnvironment());
const store = projectStore();
say(presetNote(preset, { computes: false }));

// %% [markdown]
// ## Runs
//
// Conditions are those of notebook 03. The complement control is not in this figure; notebook 05 has it.

// %%
import { CURVE_CONDITIONS, chainSettings, resultTables } from 'subtask-induction';

const tables = resultTables(preset);
const depths = preset === 'paper' ? [2, 4, 6, 8, 10, 12] : [2, 4];
const deepest = depths[depths.length - 1];
const conditions = CURVE_CONDITIONS.filter(({ inheritFrom }) => inheritFrom !== 'subnet_sampled_complement');
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
import { dataEfficiencySchema, isCurveRow, readTable, runsInAll, runsTable, showTableOf } from 'subtask-induction';

const recorded = readTable(`${tables}/data-efficiency.csv`, dataEfficiencySchema, { absent: 'empty' });
const rows = recorded.filter((row) => isCurveRow(row) && row.inherit_from !== 'subnet_sampled_complement');
say(runsInAll(rows));
showTableOf(runsTable(rows), { caption: 'What the curves rest on', none: 'So there is nothing to list.' });

// %% [markdown]
// ## Which depths the mean is over
//
// A mean over depths can be compared from n to n only if it is over the same depths everywhere. Of all sets of depths we
// take the one that has the most points, depths times n.

// %%
import { dataFile, depthsText, listed, meanOverDepths, publishedDepthSchema } from 'subtask-induction';

const breakdown = readTable(dataFile('published', 'fig_depth_breakdown.csv'), publishedDepthSchema);
const means = meanOverDepths(rows, breakdown);
const over = depthsText(means.depths);
const left = depths.filter((layers) => !means.depths.includes(layers));
say(
  `Ours: **${over}**, at ${means.sizes.length} n (${listed(means.sizes) || 'none'}). ` +
    (left.length > 0
      ? `Not in it: ${listed(left)} layers, which have too few runs yet, so it is compared with the published mean ` +
        'over the same depths, and not with that over all six.'
      : 'Those are all depths of this preset.'),
);

// %% [markdown]
// ## The figure

// %%
import { ourPoints, publishedFigure2Schema, publishedPoints, publishedWithSpread } from 'subtask-induction';

const figure2 = readTable(dataFile('published', 'fig2.csv'), publishedFigure2Schema);
const deep = rows.filter((row) => row.n_layers === deepest);
const ofPanel = (panel: string) => figure2.filter((row) => row.panel === panel);
const plain = (source: string) => source.replace(', as released', '');
const inPanel = (panel: string, points: { source: string }[]) =>
  points.map((point) => ({ ...point, source: plain(point.source), panel }));
const panels = [
  ...inPanel('published: mean over 2 to 12 layers', publishedPoints(ofPanel('mean_over_depths'))),
  ...inPanel(`ours: ${over}`, means.ours),
  ...inPanel('published: 12 layers, five runs', publishedWithSpread(ofPanel('gpt2_12_layers'))),
  ...inPanel(`ours: ${deepest} layers`, ourPoints(deep)),
];

// %%
import { dataEfficiencyFacets, type PanelPoint, showChart } from 'subtask-induction';

await showChart(
  dataEfficiencyFacets({
    title: 'Data efficiency: published and ours',
    subtitle: presetCaption(preset),
    rows: panels as PanelPoint[],
  }),
);
if (means.ours.length === 0) say('There is no mean of ours yet, so its panel is missing.');
if (deep.length === 0) say(`There are no runs with ${deepest} layers yet, so their panel is missing.`);

// %% [markdown]
// What to see: compare the order of the lines in a panel with that in the panel to its left. Bands of the published
// runs are one standard deviation wide to each side; ours are 95 % intervals.
//
// Dotted lines, where there are any, are the sampled control as the paper describes it; the solid line of the same
// control is the one that the released code draws.
//
// ## The mean over depths, condition by condition

// %%
import { dataEfficiencyPanels, pointDifferences, showChartOf } from 'subtask-induction';

const shown = ['subnet', 'original', 'random', 'subnet_sampled'];
const publishedMeans = means.published.filter(({ condition }) => shown.includes(condition));
await showChartOf(means.ours, {
  none: 'There is no mean of ours yet to compare.',
  draw: (points) =>
    dataEfficiencyPanels({
      title: `Published and ours: ${over}`,
      subtitle: `published: over the same depths; ${presetCaption(preset)}`,
      rows: [...publishedMeans, ...points],
    }),
});

// %% [markdown]
// What to see: where the published line runs within our band, we agree. The band combines the intervals of the depths:
// over seeds where a depth has several, and of the test set alone where it has one run, which leaves out how much
// another run would differ.
//
// Nor does luck with the samples average out over depths: runs of one seed train on the same ones at every depth, and a
// bump of several lines at the same n may be no more than that.

// %%
import * as aq from 'arquero';
import { comparable, conditionLabel, noComparison } from 'subtask-induction';

const meanDifferences = pointDifferences(means.ours, comparable(publishedMeans, preset));
const byPoint = (differences: { condition: string }[]) =>
  differences.length === 0
    ? []
    : (aq
        .from(differences)
        .derive({ condition: aq.escape((row: { condition: string }) => conditionLabel(row.condition)) })
        .select('condition', 'source', 'n', 'published', 'ours', 'difference', 'runs')
        .objects() as object[]);
const none = noComparison(preset);
showTableOf(byPoint(meanDifferences), { limit: 100, caption: `Test accuracy, ${over}`, none });

// %% [markdown]
// How far is that? The yardstick is how far the paper's own five runs of 12 layers lie from each other: *within* counts
// the points whose difference is at most twice their standard deviation.
//
// It is the yardstick of another depth, and a mean over several depths should lie closer; two single runs of equal
// settings, on the other hand, would lie within it at about five of six points.

// %%
import { distanceRows, publishedSpread, withinSpreadSentence } from 'subtask-induction';

const spread = publishedSpread(figure2);
showTableOf(distanceRows(meanDifferences, spread), { caption: `|ours − published|, ${over}` });
if (meanDifferences.length > 0) say(withinSpreadSentence(meanDifferences, spread));

// %% [markdown]
// And who leads? The paper's claim is that the subnetwork does. The [lead](../docs/glossary.md#lead-level-behind) is
// the mean difference of the accuracies, run by run, over the n that all depths have, with its 95 % interval; *level*
// says that chance could have made it.

// %%
import { depthLeads, leadsTable, meanLeads } from 'subtask-induction';

const leads = meanLeads(depthLeads(rows, breakdown), means.depths).filter(({ condition }) => shown.includes(condition));
showTableOf(leadsTable(leads), { caption: `Leads of the subnetwork, ${over}` });

// %% [markdown]
// ### Samples needed
//
// [n50 and n90](../docs/glossary.md#n50): where the mean curve first reaches an accuracy of 0.5 and 0.9. The interval
// is where the ends of its band do.

// %%
import { pointSamplesNeeded } from 'subtask-induction';

const needed = (accuracy: number) =>
  means.ours.length > 0 ? pointSamplesNeeded(means.ours, publishedMeans, accuracy) : [];
showTableOf(needed(0.5), { caption: `n50, ${over}` });
showTableOf(needed(0.9), { caption: `n90, ${over}` });

// %% [markdown]
// ## The deepest model
//
// The right panel of the figure, condition by condition. For 12 layers the published standard deviation is exactly the
// right yardstick.

// %%
const publishedDeep = publishedWithSpread(ofPanel('gpt2_12_layers'));
await showChartOf(ourPoints(deep), {
  none: `There are no runs with ${deepest} layers yet.`,
  draw: (points) =>
    dataEfficiencyPanels({
      title: `${deepest} layers`,
      subtitle: `published: 12 layers, five runs; ${presetCaption(preset)}`,
      rows: [...publishedDeep, ...points],
    }),
});

// %%
import { differenceRows } from 'subtask-induction';

const deepDifferences = differenceRows(deep, comparable(publishedDeep, preset));
showTableOf(byPoint(deepDifferences), { limit: 100, caption: `Test accuracy, ${deepest} layers`, none });
showTableOf(distanceRows(deepDifferences, spread), { caption: `|ours − published|, ${deepest} layers` });
if (deepDifferences.length > 0) say(withinSpreadSentence(deepDifferences, spread));

// %% [markdown]
// What to see: *within* is the share of points at which our mean differs from the published one by no more than twice the
// spread of the published runs. Where that spread is zero, at large n, only equal accuracies count as within.

// %%
const publishedRuns = ofPanel('gpt2_12_layers').map((row) => ({ ...row, n_layers: deepest }));
const deepLeads = depthLeads(deep, publishedRuns);
showTableOf(leadsTable(deepLeads), { caption: `Leads of the subnetwork, ${deepest} layers` });

// %% [markdown]
// What to see: the published leads are those of the means of five runs. Their intervals are taken as if each point were one
// run, which makes them rather too wide than too narrow. One run a depth, as in notebook 05, leaves more to chance.

// %%
import { samplesNeededRows } from 'subtask-induction';

const neededDeep = (accuracy: number) => (deep.length > 0 ? samplesNeededRows(deep, publishedDeep, accuracy) : []);
showTableOf(neededDeep(0.5), { caption: `n50, ${deepest} layers` });
showTableOf(neededDeep(0.9), { caption: `n90, ${deepest} layers` });

// %% [markdown]
// What to see: the paper's claim is that the subnetwork needs the fewest samples. Where there are several seeds, the interval
// says how sure our number is; with one, an empty interval is a reminder that it may move.
