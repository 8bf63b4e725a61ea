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
// # Start here
//
// These notebooks regenerate the results of *Instilling Inductive Biases with Subnetworks* (Zhang, Lepori and Pavlick,
// [arXiv 2310.10899](https://arxiv.org/abs/2310.10899)). This first one shows what the paper claims, says how a notebook
// here is read, and walks once through the whole method with a model so small that you can watch it.

// %% [markdown]
// ## What the paper claims
//
// Many functions fit ambiguous training data; which of them a network learns is its [*inductive
// bias*](../docs/glossary.md#inductive-bias). The paper sets that bias by hand: it takes from a trained network the few
// weights that compute a *subtask*, and lets a new network start with them. The new network should then prefer
// solutions that use the subtask.

// %%
import { methodDiagram, showChart } from 'subtask-induction';

await showChart(methodDiagram());

// %% [markdown]
// Each square stands for a weight. Those that *Mask* leaves are the [*subnetwork*](../docs/glossary.md#subnetwork).
// Under *Transfer* they stand in the same places, as they were; all squares around them are new weights, which know
// nothing yet.
//
// **The test.** All arithmetic is modulo 7: an answer is the [residue](../docs/glossary.md#residue), what remains after
// division by 7. The new task is "a^2 + ab". Nearly all training samples have a = b, where other expressions give the
// same answers:

// %%
import { answer, EXPRESSIONS, listed, MODULUS, say } from 'subtask-induction';

const residues = [...Array(MODULUS).keys()];
const alike = EXPRESSIONS.filter((name) => residues.every((a) => answer(name, a, a) === answer('a^2 + ab', a, a)));
say(
  `Of the ${EXPRESSIONS.length} expressions of these notebooks, **${alike.length}** agree where a = b: ` +
    `${listed(alike.map((name) => `"${name}"`))}.`,
);

// %% [markdown]
// A network that sees only such samples may well learn one of the others. A few [*disambiguation
// samples*](../docs/glossary.md#disambiguation-samples) with a ≠ b tell them apart. A network that already multiplies a
// by b should need fewer of them.

// %%
import { dataEfficiencyCurve, dataFile, publishedFigure2Schema, publishedPoints, readTable } from 'subtask-induction';

const figure2 = readTable(dataFile('published', 'fig2.csv'), publishedFigure2Schema);
const means = publishedPoints(figure2.filter((row) => row.panel === 'mean_over_depths'));
await showChart(
  dataEfficiencyCurve({
    title: 'Published: mean over GPT-2 of six depths',
    subtitle: 'paper, figure 2, left',
    rows: means,
  }),
);

// %% [markdown]
// What to see: with a few dozen samples and more, a network that starts with the *subnetwork* is far ahead of one that
// starts from nothing (*random init*), and a little ahead of one that starts with the *full model*. Random weights
// instead of the discovered ones (*sampled [control](../docs/glossary.md#control)*) help late.
//
// Without any samples the subnetwork is no better than others: nothing then says which of the solutions is meant.
//
// How many samples does each need to be right half of the time, and nine times of ten (later called [n50 and
// n90](../docs/glossary.md#n50))?

// %%
import { samplesNeededRows, showTable } from 'subtask-induction';

const half = samplesNeededRows([], means, 0.5);
const most = samplesNeededRows([], means, 0.9);
showTable(
  half.map(({ condition, samples }, i) => ({
    condition,
    'accuracy 0.5': samples,
    'accuracy 0.9': most[i].samples,
  })),
  { caption: 'Disambiguation samples needed, read off the published curves' },
);

// %% [markdown]
// The second half of the paper carries the idea to images. The subtask there is to recognise a shape without its texture;
// the new network should then look at shapes.

// %%
import { publishedFigure4Schema, visionCurves } from 'subtask-induction';

const figure4 = readTable(dataFile('published', 'fig4.csv'), publishedFigure4Schema);
await showChart(
  visionCurves({ title: 'Published: training on 16 classes of ImageNet', subtitle: 'paper, figure 4', rows: figure4 }),
);

// %% [markdown]
// What to see: with the *subnetwork* training is faster and ends higher, and the distance is largest on images whose
// texture has been painted over (dashed).
//
// The notebooks that follow regenerate both halves, step by step; 01 to 08 are about arithmetic, those from 09 on about
// images:
//
// | notebook | question |
// | --- | --- |
// | [01 base model](01-base-model.ipynb) | How does a model learn "a + ab"? |
// | [02 subnetwork discovery](02-subnetwork-discovery.ipynb) | Which of its weights compute "ab"? |
// | [03 data efficiency](03-data-efficiency.ipynb) | How many samples do they save? |
// | [04 main figure](04-main-figure.ipynb) | Do the paper's main curves come out again? |
// | [05 every depth](05-every-depth.ipynb) | Does the subnetwork help models of every depth? |
// | [06 frozen or trainable](06-frozen-or-trainable.ipynb) | Must the transferred weights stay as they are? |
// | [07 controls](07-controls.ipynb) | Do random weights help as much? |
// | [08 other targets](08-other-targets.ipynb) | Which other expressions does a subnetwork for "ab" help? |
// | [09 shape or texture](09-shape-or-texture.ipynb) | What can be told from an image's shapes, what from its textures? |
// | [10 shape discovery](10-shape-discovery.ipynb) | Is there a part of a network that sees shape? |
// | [11 shape transfer](11-shape-transfer.ipynb) | Does a new network that starts with it look at shape? |
// | [12 shape bias](12-shape-bias.ipynb) | How do people and networks decide when the two disagree? |

// %% [markdown]
// ## What this is running on

// %%
import { describeDevice } from 'subtask-induction';

showTable(Object.entries(describeDevice()).map(([what, value]) => ({ what, value: String(value) })));

// %% [markdown]
// ## How a notebook here is read
//
// **Run** a cell with Shift+Enter, all of them with *Run → Run All Cells*. Cells are TypeScript: `const x = 5;`. Tab
// completes a name, and Shift+Tab explains what the cursor stands on. Words that may be new are linked to the
// [glossary](../docs/glossary.md).
//
// **Your copy.** `npm start` makes a copy of each notebook in `notebooks/mine`, and that is what you work on: change
// what you like. If you delete a copy, the next `npm start` brings a new one.
//
// **While it computes**, a bar says how far it is and how long that will take, and a chart grows below it.
//
// **Interrupt**, the square in the toolbar, stops any cell. A training ends in order and keeps what was trained: run
// its cell again, and a base model or a mask goes on after its last whole [epoch](../docs/glossary.md#epoch).
//
// A loop of your own that awaits something, for example `await tf.nextFrame();`, ends at once. One that never awaits
// makes the kernel restart within three seconds: the notebook's variables are lost then, finished runs are safe.
//
// **Presets.** A notebook uses the paper's settings, and takes finished runs from the repository. With the preset
// `quick` it computes everything itself on a smaller task, within three minutes. Then it says so, since its numbers are
// not the paper's.
//
// To get it, start with the environment variable `PRESET=quick`; or, for one notebook, write `presetFromEnvironment({
// PRESET: 'quick' })` where its first cell has `presetFromEnvironment()`.
//
// **Results.** Each finished run is a folder in `runs/` (settings, log, result, weights as safetensors), and is taken
// from there the next time; the environment variable `SUBTASK_RUNS` can name another folder. `data/checkpoints/` holds
// runs that come with the repository.
//
// One line for each run lies in the tables of `data/results/`, and the paper's numbers lie in `data/published/`.
//
// **Claims.** Sentences with numbers are printed by cells, so they always belong to the results above them.
//
// **Memory.** A notebook that has trained holds about 1 GB of memory. Closing it ends its kernel, and frees that.
//
// **Without a browser:** `npm run reproduce -- 01 02 03` runs those that are named, with `--preset quick` for the
// smaller task.

// %% [markdown]
// ## The smallest real example
//
// Here is the whole method, on the smallest task that shows it. Everything is computed now, in a store that is thrown away
// afterwards.

// %%
import { chainSettings, notebookObserver, temporaryStore } from 'subtask-induction';

const settings = chainSettings({ preset: 'tiny' });
const store = temporaryStore();
const { layers, width, numbers, expression } = settings.base;
say(`A GPT-2 of ${layers} layers and width ${width} is to compute "${expression}" for the numbers 0..${numbers - 1}.`);

// %% [markdown]
// **1. Train** a [base model](../docs/glossary.md#base-model) on a task that contains the subtask.

// %%
import { baseModel } from 'subtask-induction';

const baseObserver = notebookObserver();
const { base } = await baseModel(settings.base, { store, observer: baseObserver });
await baseObserver.finish();

// %% [markdown]
// What to see: for a while the model knows only which answers are frequent, then it learns to compute. Notebook 01 looks
// at that jump.
//
// **2. Mask.** The base's weights stand still; a mask over them is trained so that the masked model computes "ab" with
// as few of them as possible. While it is trained the mask is [soft](../docs/glossary.md#hard-and-soft-mask), and it
// hardens as its [temperature](../docs/glossary.md#temperature) T rises.

// %%
import { discoverSubnetwork, finished } from 'subtask-induction';

const maskObserver = notebookObserver();
const discovery = await discoverSubnetwork(finished(base), settings.discovery, {
  store,
  observer: maskObserver,
});
await maskObserver.finish();

// %%
const { kept, total, eval_accuracy } = discovery.result;
const [keptText, totalText] = [kept, total].map((count) => count.toLocaleString('en-US'));
say(
  `${keptText} of ${totalText} weights are kept; alone, they compute "ab" with accuracy ${eval_accuracy.toFixed(3)}.`,
);

// %% [markdown]
// What to see: the soft mask is right early. The hard mask, which keeps a weight or removes it, follows once the temperature
// is high. Notebook 02 shows where in the model these weights are.
//
// **3. [Transfer](../docs/glossary.md#transfer).** Three new models learn "a^2 + ab" from the same samples: one starts
// with the subnetwork, one with the whole base model, one from nothing.

// %%
import { CURVE_CONDITIONS, transferRun, transferSettings } from 'subtask-induction';

const chain = { base, discovery: finished(discovery) };
const [n] = settings.sizes;
const observer = notebookObserver({ charts: false });
const transfers = [];
for (const condition of CURVE_CONDITIONS.slice(0, 3)) {
  const transfer = await transferRun(transferSettings(settings, condition, n, chain), { store, observer });
  if (!transfer.id) break; // interrupted
  transfers.push(transfer);
}
await observer.finish();

// %%
import { conditionLabel, learningCurves, learningPoints } from 'subtask-induction';

const points = transfers.flatMap(({ log, settings }) =>
  learningPoints(log, { column: 'unambiguous_accuracy', run: conditionLabel(settings.inheritFrom) }),
);
await showChart(
  learningCurves({
    title: `Learning "a^2 + ab" with ${n} disambiguation samples`,
    measure: 'accuracy',
    points,
  }),
);

// %% [markdown]
// What to see: how early each curve leaves the level of its first [steps](../docs/glossary.md#step), and how far it
// gets.
//
// The table says for [test](../docs/glossary.md#evaluation-and-test) samples with a ≠ b how many of a model's answers
// are right, and how many agree with "2a^2" and "2b^2", two of the expressions that fit all samples with a = b (one
// answer may agree with several).

// %%
const results = transfers.map(({ settings, result }) => ({
  starts_from: conditionLabel(settings.inheritFrom),
  ...result,
}));
showTable(
  results.map(({ starts_from, test_accuracy, test_is_2a2, test_is_2b2 }) => ({
    'starts from': starts_from,
    'right (a^2 + ab)': test_accuracy,
    'answers 2a^2': test_is_2a2,
    'answers 2b^2': test_is_2b2,
  })),
);

// %%
const best = results.reduce((a, b) => (b.test_accuracy > a.test_accuracy ? b : a));
say(
  `With these ${n} samples the model that starts from **${best.starts_from}** is best: ` +
    `${results.map((row) => `${row.starts_from} ${row.test_accuracy.toFixed(3)}`).join(', ')}. ` +
    "This is one run of a tiny task; notebook 03 measures it with the paper's.",
);
