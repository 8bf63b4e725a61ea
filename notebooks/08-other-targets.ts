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
// # 08 Other targets
//
// A subnetwork that computes "ab" should help wherever "ab" is needed, and nowhere else. Here new models learn each of the 13
// expressions, from a few unambiguous samples of that expression and nothing else. Which of them does the subnetwork help?

// %%
import {
  chainSettings,
  manyRunsPreset,
  presetCaption,
  presetFromEnvironment,
  presetNote,
  projectStore,
  say,
} from 'subtask-induction';

const preset = manyRunsPreset(presetFromEnvironment());
const settings = chainSettings({ preset });
const store = projectStore();
say(presetNote(preset, { computes: false }));

// %% [markdown]
// ## Runs
//
// Three conditions: the subnetwork (frozen), the full model, and random init.
//
// As in the released script, the n samples are the first n of rows that contain every number once, so that for small n
// most numbers are small, and the model that counts is the one that is best on ambiguous samples (a = b) of the same
// expression.
//
// How many samples the authors used was not released; we take several n. The paper has no numbers for this experiment,
// so there are none to compare with.

// %%
import { EXPRESSIONS, resultTables, TARGET_CONDITIONS } from 'subtask-induction';

const tables = resultTables(preset);
const few = ['a + ab', 'ab', 'a^2 + ab', 'a^2 + b^2', 'a + b'] as const;
const targets = preset === 'paper' ? EXPRESSIONS : few;
// Sizes to compute now. With the paper's settings that takes hours, so the table's runs are taken as they are: write [640]
// here to add what is missing at that size.
const sizes: number[] = preset === 'paper' ? [] : [100];

// %%
import { additionalTargetRows, targetObserver } from 'subtask-induction';

const observer = targetObserver({
  title: 'Other targets',
  subtitle: presetCaption(preset),
  runs: targets.length * sizes.length * TARGET_CONDITIONS.length,
});
await additionalTargetRows(settings, {
  ...{ store, tables, targets, sizes },
  ...{ observer, onRow: observer.onRow },
});
await observer.finish();

// %%
import { additionalTargetsSchema, readTable, targetRuns } from 'subtask-induction';

const read = readTable(`${tables}/additional-targets.csv`, additionalTargetsSchema, { absent: 'empty' });
const rows = read.filter((row) => row.n_layers === settings.base.layers);
say(targetRuns(rows));

// %% [markdown]
// ## How accurate are the models?

// %%
import { showChartOf, targetAccuracies, targetDots } from 'subtask-induction';

await showChartOf(targetAccuracies(rows), {
  none: 'So there is nothing to draw yet, here and below.',
  draw: (points) =>
    targetDots({
      title: 'Test accuracy on each target',
      subtitle: presetCaption(preset),
      rows: points,
      values: 'accuracy',
    }),
});

// %% [markdown]
// What to see: one panel for each number of samples, one line for each target. Some expressions are learned from few
// samples whatever a model starts from, others from none of these numbers: in both cases the starting point cannot
// show.
//
// Guessing the most frequent answer is right more often for some expressions than for others, so compare along a line,
// not between lines.
//
// ## What the subnetwork adds
//
// The accuracy of the model that starts with the subnetwork, minus that of the others with the same samples.

// %%
import { targetDifferences } from 'subtask-induction';

const againstRandom = targetDifferences(rows, { against: 'random' });
const againstFull = targetDifferences(rows, { against: 'original' });
await showChartOf([...againstRandom, ...againstFull], {
  draw: (points) =>
    targetDots({
      title: 'Subnetwork minus random init, and minus full model',
      subtitle: presetCaption(preset),
      rows: points,
      values: 'difference',
    }),
});

// %% [markdown]
// What to see: right of the line the subnetwork helps. The legend names what it is held against, *random init* or *full
// model*. Lines through the dots are 95 % intervals: over seeds where there are several, of the two test sets alone
// where there is one.
//
// ## Which targets are helped?

// %%
import { showTableOf, targetTable } from 'subtask-induction';

showTableOf(targetTable(againstRandom), { caption: 'Subnetwork minus random init, mean over n' });
showTableOf(targetTable(againstFull), { caption: 'Subnetwork minus full model, mean over n' });

// %%
import { targetSentence } from 'subtask-induction';

say(targetSentence(againstRandom, { against: 'random' }));
say(targetSentence(againstFull, { against: 'original' }));

// %% [markdown]
// What to see: if the subnetwork carries "ab" and nothing else, the targets with ab should be helped and the others should
// not. A target without ab that is helped all the same profits from something else that comes along with the subnetwork,
// such as the embeddings, which say what each number is modulo 7.
//
// The same as a DataFrame, to be looked at from other sides: the mean accuracy of each condition, for targets with and
// without ab.

// %%
import { conditionLabel, dataFrame, hasProduct, showTable } from 'subtask-induction';

const flat = rows.map((row) => ({
  condition: conditionLabel(row.inherit_from),
  'has ab': hasProduct(row.target) ? 'yes' : 'no',
  samples: row.n_samples,
  accuracy: row.test_accuracy,
}));
if (flat.length > 0) {
  const summary = dataFrame(flat)
    .groupby(['condition', 'has ab', 'samples'])
    .agg({ accuracy: ['mean', 'count'] });
  showTable(summary, { caption: 'Test accuracy' });
}
