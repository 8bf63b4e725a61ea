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
// # 03 Data efficiency
//
// The main result of the arithmetic half: how many [disambiguation samples](../docs/glossary.md#disambiguation-samples)
// does a new model need for "a^2 + ab", when it starts with the [subnetwork](../docs/glossary.md#subnetwork) for "ab",
// and when it does not? The paper's curve for 2 layers, and ours.

// %%
import { chainSettings, presetCaption, presetFromEnvironment, presetNote, projectStore, say } from 'subtask-induction';

const preset = presetFromEnvironment();
const settings = chainSettings({ preset });
const { layers } = settings.base;
const store = projectStore();
say(presetNote(preset));

// %% [markdown]
// ## Conditions
//
// All models of one n, the number of disambiguation samples, train on the same samples. They differ in what they start
// from. The rest are [embeddings](../docs/glossary.md#embedding), [LayerNorm](../docs/glossary.md#layernorm) and
// biases.
//
// | condition | the masked weights | the rest |
// | --- | --- | --- |
// | subnetwork | from the base model where the mask keeps them, and [frozen](../docs/glossary.md#frozen); new elsewhere | from the base model |
// | full model | from the [base model](../docs/glossary.md#base-model) | from the base model |
// | random init | new | new |
// | sampled control | as for the subnetwork, with a random mask | from the base model |
// | complement control | the same, the mask drawn outside the subnetwork | from the base model |
//
// The paper describes [controls](../docs/glossary.md#control) that keep as many weights as the subnetwork has. The
// released code keeps *all but* that many. So each control is computed both ways: [*as described* and *as
// released*](../docs/glossary.md#as-described-as-released).
//
// ## Runs

// %%
import { CURVE_CONDITIONS, dataEfficiencySchema, dataFile, isCurveRow, readTable } from 'subtask-induction';

const tables = preset === 'paper' ? dataFile('results') : undefined;
const recorded = () =>
  tables
    ? readTable(`${tables}/data-efficiency.csv`, dataEfficiencySchema, { absent: 'empty' }).filter(
        (row) => row.n_layers === layers && isCurveRow(row),
      )
    : [];
// Sizes to compute now. Where the table has runs they are taken as they are: write [2500] here to add that size to them.
const sizes: number[] = recorded().length > 0 ? [] : settings.sizes;

// %%
import { curveObserver, dataEfficiencyRows } from 'subtask-induction';

const observer = curveObserver({
  title: `Data efficiency, ${layers} layers`,
  subtitle: presetCaption(preset),
  runs: sizes.length * CURVE_CONDITIONS.length,
});
const options = { store, tables, sizes, observer, onRow: observer.onRow };
const computed = await dataEfficiencyRows(settings, options);
await observer.finish();

// %%
import { restsOn } from 'subtask-induction';

const rows = tables ? recorded() : computed;
say(restsOn(rows));

// %% [markdown]
// ## Published and ours

// %%
import { dataEfficiencyPanels, ourPoints, publishedDepthSchema, publishedPoints, showChart } from 'subtask-induction';

const breakdown = readTable(dataFile('published', 'fig_depth_breakdown.csv'), publishedDepthSchema).filter(
  (row) => row.n_layers === layers,
);
const published = publishedPoints(breakdown);
const ours = ourPoints(rows);
await showChart(
  dataEfficiencyPanels({
    title: `Data efficiency, ${layers} layers`,
    subtitle: presetCaption(preset),
    rows: [...published, ...ours],
  }),
);

// %% [markdown]
// What to see: compare the panels, not only the lines in one. *Subnetwork* and *full model* rise first, *random init*
// last.
//
// In the panels of the two controls there are two lines of ours: the one as described
// [transfers](../docs/glossary.md#transfer) few weights, the one as released nearly the whole model.
//
// The bands are 95 % [intervals](../docs/glossary.md#confidence-interval): over [seeds](../docs/glossary.md#seed) where
// there are several runs, and of the [test](../docs/glossary.md#evaluation-and-test) set alone where there is one,
// which then says nothing about how another run would have ended.

// %% [markdown]
// ## Is the subnetwork ahead?
//
// The claim is one of order: at the same n, the model that starts with the subnetwork should be more often right than
// the others. The [lead](../docs/glossary.md#lead-level-behind) is the mean difference of the accuracies over all n,
// run by run.
//
// Its 95 % interval has three kinds of chance to answer for: other n, other seeds (where there are several) and other
// test samples. It is as wide as the widest of their intervals.

// %%
import { depthLeads, leadsTable, showTableOf } from 'subtask-induction';

const leads = depthLeads(rows, breakdown, { upTo: 10_000 });
const caption = `Leads of the subnetwork; ${presetCaption(preset)}`;
showTableOf(leadsTable(leads), { caption, none: 'There are no runs yet to compare.' });

// %% [markdown]
// What to see: a lead above zero means that the subnetwork is ahead, and *level* that chance could have made the
// difference. Compare ours with the published lead of the same line: where that is level or behind, the paper's own 2-layer
// curves do not show the claim either, and its mean over six depths (notebook 04) has to.
//
// ## The differences
//
// First the table: for each n the published accuracy, ours, and ours minus published.

// %%
import { comparable, conditionLabel, differenceRows, noComparison } from 'subtask-induction';

const differences = differenceRows(rows, comparable(published, preset));
const none = noComparison(preset);
const wide = differences.map(({ condition, source, n, published, ours, difference, runs }) => {
  return { condition: conditionLabel(condition), source, n, published, ours, difference, runs };
});
showTableOf(wide, { limit: 200, caption: `Test accuracy, ${presetCaption(preset)}`, none });

// %%
import { differencesChart, showChartOf } from 'subtask-induction';

const subtitle = presetCaption(preset);
await showChartOf(differences, {
  draw: (points) => differencesChart({ title: 'Ours minus published', subtitle, rows: points }),
});

// %% [markdown]
// What to see: points near the line at zero agree with the paper. A published point is one run too, so single points
// may lie off the line by the spread between runs; a whole row of points on one side is a real difference.
//
// The same as a DataFrame, summed up for each line:

// %%
import { dataFrame, showTable } from 'subtask-induction';

if (differences.length > 0) {
  const frame = dataFrame(wide);
  frame.addColumn('absolute', frame.column('difference').abs(), { inplace: true });
  const summary = frame.groupby(['condition', 'source']).agg({ difference: ['mean', 'min', 'max'], absolute: 'mean' });
  showTable(summary, { caption: 'Difference from the published accuracy over all n' });
}

// %% [markdown]
// ## Which controls did the paper draw?
//
// The text describes one kind of control, the code makes the other. The published curves can tell: which of ours lies
// nearer to them? (The interval draws the n anew: it says whether one kind fits better along the whole curve.)

// %%
import { nearerSampler } from 'subtask-induction';

const verdicts = (['subnet_sampled', 'subnet_sampled_complement'] as const).map(
  (control) =>
    nearerSampler(control, rows, comparable(published, preset)) ??
    noComparison(preset, 'There are no runs of this control to compare.'),
);
for (const verdict of new Set(verdicts)) say(verdict);

// %% [markdown]
// ## Samples needed
//
// One number for each curve: [n50](../docs/glossary.md#n50), the number of disambiguation samples at which it first
// reaches an accuracy of 0.5, and n90 for 0.9 (interpolated between the n that were measured).

// %%
import { samplesNeededRows } from 'subtask-induction';

const n50 = samplesNeededRows(rows, published, 0.5);
showTable(n50, { caption: `n50; ${presetCaption(preset)}` });

// %%
const n90 = samplesNeededRows(rows, published, 0.9);
showTable(n90, { caption: `n90; ${presetCaption(preset)}` });

// %% [markdown]
// What to see: some curves begin not far below 0.5, by guessing among the solutions that fit samples with a = b, so
// that a little luck moves their n50 by a lot. n90 is steadier: it says when a model has understood.
