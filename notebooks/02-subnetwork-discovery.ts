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
// # 02 Subnetwork discovery
//
// The [base model](../docs/glossary.md#base-model) computes "a + ab". Somewhere in it there must be weights that
// compute "ab". Which?

// %%
import { chainSettings, presetCaption, presetFromEnvironment, presetNote, projectStore, say } from 'subtask-induction';

const preset = presetFromEnvironment();
const settings = chainSettings({ preset });
const store = projectStore();
say(presetNote(preset));

// %% [markdown]
// ## Training a mask
//
// The weights of the base model stand still, and a mask is trained over them. It covers the four linear maps of each
// [block](../docs/glossary.md#block): queries, keys and values in one; attention output; both maps of the
// [MLP](../docs/glossary.md#mlp). The [embeddings](../docs/glossary.md#embedding),
// [LayerNorm](../docs/glossary.md#layernorm) and the biases have no mask.
//
// Each masked weight gets a [score](../docs/glossary.md#score) s, and is multiplied by sigmoid(T·s), the [*soft
// mask*](../docs/glossary.md#hard-and-soft-mask). Training on "ab" moves the scores; an [L0
// penalty](../docs/glossary.md#l0-penalty) pushes them down, so that only weights that are needed stay.
//
// The [temperature](../docs/glossary.md#temperature) T rises from [epoch](../docs/glossary.md#epoch) to epoch, until
// the sigmoid is nearly a step. What counts in the end is the *hard mask*: a weight is kept if s > 0. The kept weights
// are the [subnetwork](../docs/glossary.md#subnetwork).
//
// Two schedules for T are tried, over the same base model. The paper describes one in which T grows by the same factor
// after each epoch. The released code applies the factor twice after the first epoch: from then on it is one factor
// ahead, and reaches the final temperature in its last epoch.
//
// The two are called [*as described* and *as released*](../docs/glossary.md#as-described-as-released).

// %%
import { chainOf, dataFile, notebookObserver } from 'subtask-induction';

const tables = preset === 'paper' ? dataFile('results') : undefined;
const observer = notebookObserver();
const chains = [];
for (const temperatureSchedule of ['released', 'described'] as const) {
  const discovery = { ...settings.discovery, temperatureSchedule };
  const chain = await chainOf({ ...settings, discovery }, { store, observer, tables });
  if (!chain) break; // interrupted
  chains.push(chain);
}
await observer.finish();

// %%
import { finished, maskTrainingCurve, maskTrainingRows, showChart } from 'subtask-induction';

const [released, described] = [finished(chains[0]), finished(chains[1])].map((chain) => chain.discovery);
const { base } = chains[0];
const rows = [released, described].flatMap(({ log, result, settings }) =>
  maskTrainingRows(log, { run: `as ${settings.temperatureSchedule}`, total: result.total }),
);
await showChart(maskTrainingCurve({ title: 'Training a mask for "ab"', subtitle: presetCaption(preset), rows }));

// %% [markdown]
// What to see: with the soft mask the model computes "ab" early. The hard mask says nothing useful for a long time: at
// low temperature a score far below zero still lets much of its weight through, and the model relies on that. Only when
// the sigmoid has become steep do both masks agree.
//
// The number of kept weights (below) jumps up in the first epochs and then falls slowly.
//
// At the same temperature, both schedules keep about as many weights; on the way the hard masks differ more in their
// accuracy, and at the end little. The schedule as released gets one step further.

// %%
import { showTable, temperaturesToReach } from 'subtask-induction';

const reached = temperaturesToReach(rows, 0.9);
const summary = [released, described].map(({ result }, i) => ({
  schedule: reached[i].run,
  'T where soft reaches 0.9': reached[i].soft,
  'T where hard reaches 0.9': reached[i].hard,
  'best epoch': result.best_epoch,
  accuracy: result.eval_accuracy,
  kept: result.kept,
  share: result.kept / result.total,
}));
showTable(summary, { caption: 'How each training went, and the mask of its best epoch' });

// %% [markdown]
// ## Where the subnetwork lies

// %%
import { subnetworkMap, subnetworkParts } from 'subtask-induction';

const parts = subnetworkParts(released.subnetwork, { heads: settings.base.heads });
await showChart(
  subnetworkMap({
    title: 'Share of weights in the subnetwork',
    subtitle: `schedule as released; ${presetCaption(preset)}`,
    parts,
  }),
);

// %% [markdown]
// What to see: one cell for each attention [head](../docs/glossary.md#head)'s query, key, value and output weights, and
// one for each map of the MLP. No part is empty and none is full; the subnetwork is spread over the whole model, with
// more weights in some heads than in others.

// %%
import * as aq from 'arquero';

const ranked = aq
  .from(parts)
  .derive({ share: (part) => part.kept / part.total })
  .orderby(aq.desc('share'));
showTable(ranked.select('layer', 'part', 'head', 'kept', 'total', 'share'), { limit: 6, caption: 'The fullest parts' });

// %% [markdown]
// The same masks, map by map, as a DataFrame:

// %%
import { dataFrame, subnetworkRows } from 'subtask-induction';

const frame = dataFrame([released, described].flatMap((discovery) => subnetworkRows(base, discovery)));
const byMap = frame.groupby(['temperature_schedule', 'map']).col(['kept', 'total']).sum();
byMap.addColumn('share', byMap.column('kept_sum').div(byMap.column('total_sum')), { inplace: true });
showTable(byMap, { caption: 'Kept weights of each kind of map, over all blocks' });

// %% [markdown]
// ## Is it the same subnetwork?
//
// Two schedules, one base model, the same data: do they find the same weights? The [Jaccard
// index](../docs/glossary.md#jaccard-index) of two masks is 1 where they are equal.

// %%
import { overlap } from 'subtask-induction';

const both = overlap(released.subnetwork, described.subnetwork);
const shared = aq
  .from(both.layers)
  .derive({ 'times chance': (layer) => layer.shared / layer.sharedByChance })
  .select('parameter', 'shared', { sharedByChance: 'by chance' }, 'times chance', 'jaccard');
showTable(shared, { digits: 2, caption: 'Weights that both masks keep' });

// %%
const [inBoth, byChance] = [aq.op.sum('shared'), aq.op.sum('sharedByChance')];
const sums = aq.from(both.layers).rollup({ inBoth, byChance }).object() as {
  inBoth: number;
  byChance: number;
};
say(
  `The masks share ${sums.inBoth.toLocaleString('en-US')} weights, ${(sums.inBoth / sums.byChance).toFixed(1)} times as many ` +
    `as random masks of their sizes would; of all weights in either, ${(100 * both.jaccard).toFixed(0)} % are in both.`,
);

// %% [markdown]
// ## What it does alone, and what remains without it
//
// If these weights compute "ab" and nothing else, they should do so alone and fail at "a + ab"; and the base model should
// lose "a + ab" without them, since "ab" is a part of it.

// %%
import { majorityAccuracy, removalTable } from 'subtask-induction';

const removal = [released, described].flatMap((discovery) =>
  removalTable(base, discovery).map((row) => ({ mask: `as ${discovery.settings.temperatureSchedule}`, ...row })),
);
const guesses = (['a + ab', 'ab'] as const).map((expression) => ({
  mask: '(none)',
  model: 'the most frequent answer',
  expression,
  accuracy: majorityAccuracy(expression, { numbers: settings.base.numbers }),
}));
const wide = aq
  .from([...removal, ...guesses])
  .groupby('mask', 'model')
  .pivot('expression', 'accuracy');
showTable(wide, { caption: 'Accuracy of the base model, of the subnetwork alone, and of the base model without it' });

// %% [markdown]
// What to see: alone, the subnetwork is right about "ab", and at "a + ab" no better than the most frequent answer. Without
// it, the rest of the base model computes neither.
//
// Next: [03 data efficiency](03-data-efficiency.ipynb) gives these weights to new models.
