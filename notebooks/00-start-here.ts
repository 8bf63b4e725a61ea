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

// %% [markdown] tags=["slide"]
// ![Squares stand for weights. 1 Train: all learn a + ab. 2 Mask: a few compute ab. 3 Transfer: these, frozen, among new
// ones that learn a² + ab.](../docs/method.svg)
//
// Each square stands for a weight. Those that *Mask* leaves are the [*subnetwork*](../docs/glossary.md#subnetwork).
// Under *Transfer* they stand in the same places, as they were; all squares around them are new weights, which know
// nothing yet.
//
// **The test.** All arithmetic is modulo 7: an answer is the [residue](../docs/glossary.md#residue), what remains after
// division by 7. The new task is "a^2 + ab". Nearly all training samples have a = b, where other expressions give the
// same answers:

// %% tags=["slide"]
import {
  axes,
  charts,
  experiments,
  masks,
  models,
  op,
  runs,
  say,
  show,
  tables,
  tasks,
  tensorflow,
  tf,
  training,
  watch,
} from 'subtask-induction';

const residues = [...Array(tasks.MODULUS).keys()];
const alike = tasks.EXPRESSIONS.filter((name) =>
  residues.every((a) => tasks.answer(name, a, a) === tasks.answer('a^2 + ab', a, a)),
);
say(
  `Of the ${tasks.EXPRESSIONS.length} expressions of these notebooks, **${alike.length}** agree where a = b: ` +
    `${alike.map((name) => `"${name}"`).join(', ')}.`,
);

// %% [markdown] tags=["slide"]
// A network that sees only such samples may well learn one of the others. A few [*disambiguation
// samples*](../docs/glossary.md#disambiguation-samples) with a ≠ b tell them apart. A network that already multiplies a
// by b should need fewer of them.

// %% tags=["slide"]
const figure2 = tables.figure2().filter((d) => d.panel === 'mean over depths');
await show(
  charts.lines(figure2, {
    title: 'Published: mean over GPT-2 of six depths',
    subtitle: 'paper, figure 2, left',
    x: axes.samples,
    y: axes.accuracy,
    color: 'condition',
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
const needed = figure2
  .derive({ point: (d) => ({ n: d.n, accuracy: d.accuracy, seed: 1 }) })
  .groupby('condition')
  .rollup({
    'accuracy 0.5': (d) => op.needed(d.point, 0.5).text,
    'accuracy 0.9': (d) => op.needed(d.point, 0.9).text,
  });
await show(needed, { caption: 'Disambiguation samples needed, read off the published curves' });

// %% [markdown] tags=["slide"]
// The second half of the paper carries the idea to images. The subtask there is to recognise a shape without its texture;
// the new network should then look at shapes.

// %% tags=["slide"]
await show(
  charts.lines(tables.figure4(), {
    title: 'Published: training on 16 classes of ImageNet',
    subtitle: 'paper, figure 4',
    x: { ...axes.step, axis: { format: ',d', tickCount: 3 } },
    y: axes.share('accuracy', 'validation accuracy'),
    color: 'condition',
    dash: 'images',
    facet: 'model',
    freeX: true,
    points: false,
    width: 260,
    height: 200,
  }),
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
// | [13 all results](13-all-results.ipynb) | Everything at a glance |
// | [14 photographs](14-photographs.ipynb) | And on photographs? |

// %% [markdown]
// ## What this is running on

// %%
await show(Object.entries(tensorflow.describeDevice()).map(([what, value]) => ({ what, value: String(value) })));

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
// To get it, start with the environment variable `PRESET=quick`; or, for one notebook, write `presets.current({ PRESET:
// 'quick' })` where its first cell has `presets.current()`.
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
// Here is the whole method, on the smallest task that shows it. Everything is computed now, in a store that is thrown
// away afterwards. Each step is done twice: by a *stage*, which trains, measures and keeps its run, and by a few lines
// below it that you can change and run again.

// %%
const settings = experiments.chainSettings({ preset: 'tiny' });
const store = runs.temporaryStore();
const { layers, width, numbers, expression } = settings.base;
say(`A GPT-2 of ${layers} layers and width ${width} is to compute "${expression}" for the numbers 0..${numbers - 1}.`);

// %% [markdown]
// **1. Train** a [base model](../docs/glossary.md#base-model) on a task that contains the subtask.

// %% tags=["slide"]
const baseObserver = watch.run();
const { base } = await experiments.baseModel(settings.base, { store, observer: baseObserver });
await baseObserver.finish();

// %% [markdown]
// What to see: for a while the model knows only which answers are frequent, then it learns to compute. Notebook 01
// looks at that jump.
//
// **By hand.** A model is a set of named [tensors](../docs/glossary.md#tensor) (arrays of numbers with a shape) and one
// function, `gpt2Logits`. It reads rows of tokens and gives for each token a [logit](../docs/glossary.md#logit) for
// every token that could come next: the larger, the more likely.

// %%
const config = experiments.configOf(settings.base);
const parameters = tensorflow.tensorsOf(watch.finished(base).parameters);
await show(
  Object.entries(parameters).map(([name, { shape, size }]) => ({ name, shape: shape.join(' × '), numbers: size })),
  { caption: 'The parameters of the base model' },
);

// %%
const [a, b] = [3, 5]; // change them, and run the cell again
const separator = numbers; // the token after the last number
const sample = [a, b, separator, tasks.answer(expression, a, b)];
const ids = tf.tensor2d([sample], [1, 4], 'int32');
const logits = models.gpt2Logits(parameters, training.inputsOf(ids), config);
const losses = tensorflow.softmaxCrossEntropy(logits, training.labelsOf(ids)).dataSync();
const likely = logits.argMax(1).dataSync();
say(`One row of ${ids.shape[1] - 1} tokens is read; the logits have the shape ${logits.shape.join(' × ')}.`);
await show(
  sample.slice(1).map((token, i) => ({
    'the model has read': sample.slice(0, i + 1).join(' '),
    'next comes': token,
    'the model says': likely[i],
    'loss (nats)': losses[i],
  })),
  { caption: `"${expression}" for a = ${a}, b = ${b}, with ${separator} as the separator` },
);

// %% [markdown]
// What to see: the last row is the answer. The [loss](../docs/glossary.md#loss) of a token is the negative logarithm of
// the probability that the model gave it, in [nats](../docs/glossary.md#nats); training lowers its mean. That of b stays
// high: nothing before it says which number comes.
//
// **2. Mask.** The base's weights stand still; a mask over them is trained so that the masked model computes "ab" with
// as few of them as possible. While it is trained the mask is [soft](../docs/glossary.md#hard-and-soft-mask), and it
// hardens as its [temperature](../docs/glossary.md#temperature) T rises.

// %% tags=["slide"]
const maskObserver = watch.run();
const discovery = await experiments.discoverSubnetwork(watch.finished(base), settings.discovery, {
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
// What to see: the soft mask is right early. The hard mask, which keeps a weight or removes it, follows once the
// temperature is high. Notebook 02 shows where in the model these weights are.
//
// **By hand.** Each masked weight has a [score](../docs/glossary.md#score) s. The soft mask multiplies it by sigmoid(T·s), the
// hard one by 1 where s > 0 and by 0 elsewhere. The stage keeps only the hard mask, so take s = 0.1 where it is 1, and
// −0.1 elsewhere.

// %%
const hard = masks.maskTensors(watch.finished(discovery).subnetwork);
const name = 'transformer.h.0.mlp.c_fc.weight';
const score = hard[name].mul(0.2).sub(0.1);
const T = 10; // the temperature: change it
const soft = score.mul(T).sigmoid();
const masked = parameters[name].mul(soft);
await show(
  [0, 1, 2, 3, 4, 5].map((i) => ({
    weight: parameters[name].dataSync()[i],
    score: score.dataSync()[i],
    'soft mask': soft.dataSync()[i],
    'weight × soft mask': masked.dataSync()[i],
    'hard mask': hard[name].dataSync()[i],
    'weight × hard mask': parameters[name].mul(hard[name]).dataSync()[i],
  })),
  { caption: `The first weights of ${name} (${masked.shape.join(' × ')}), T = ${T}` },
);

// %% [markdown]
// The same for all masked weights at once, with `masks.softMask` and `masks.applyMask`, at several temperatures. The [L0
// penalty](../docs/glossary.md#l0-penalty) is one number: λ times the sum of the soft mask, which training adds to the
// loss.
//
// Tensors lie outside of JavaScript's memory and stay there until they are disposed of. `tf.tidy` does that for all
// that are made in it, except what it returns: put it around the body of a loop.

// %%
const scores = Object.fromEntries(Object.entries(hard).map(([weight, mask]) => [weight, mask.mul(0.2).sub(0.1)]));
const evaluator = training.languageModelEvaluator(config, { compiled: false });
const products = tasks.unambiguousRows({ expression: 'ab', rows: 1000, seed: 2, numbers });
const row = (mask: masks.Scores) => ({
  penalty: masks.l0Norm(mask).mul(settings.discovery.lambda).dataSync()[0],
  'accuracy on "ab"': evaluator.accuracy(masks.applyMask(parameters, mask), products),
});
const temperatures = [1, 3, 10, 30, 100].map((T) =>
  tf.tidy(() => ({ mask: `soft, T = ${T}`, ...row(masks.softMask(scores, T)) })),
);
const last = tf.tidy(() => ({ mask: 'hard, s > 0', ...row(masks.hardMask(scores)) }));
await show([...temperatures, last], { digits: { penalty: 5 }, caption: 'The base model with a mask' });

// %% [markdown]
// What to see: at T = 1 the mask takes about half of every weight, and the model computes nothing; as T rises the soft
// mask becomes the hard one.
//
// **3. [Transfer](../docs/glossary.md#transfer).** Three new models learn "a^2 + ab" from the same samples: one starts
// with the subnetwork, one with the whole base model, one from nothing.

// %%
const chain = { base, discovery: watch.finished(discovery) };
const [n] = settings.sizes;
const observer = watch.run({ charts: false });
const transfers = [];
for (const condition of experiments.CURVE_CONDITIONS.slice(0, 3)) {
  const transferSettings = experiments.transferSettings(settings, condition, n, chain);
  const transfer = await experiments.transferRun(transferSettings, { store, observer });
  if (!transfer.id) break; // interrupted
  transfers.push({ ...transfer, condition: experiments.CONDITION_NAMES[condition.inheritFrom] });
}
await observer.finish();

// %% tags=["slide"]
const learning = transfers.flatMap(({ log, condition }) =>
  log.map(({ step, unambiguous_accuracy }) => ({ condition, step, accuracy: unambiguous_accuracy })),
);
await show(
  charts.lines(learning, {
    title: `Learning "a^2 + ab" with ${n} disambiguation samples`,
    x: axes.step,
    y: axes.share('accuracy', 'evaluation accuracy'),
    color: 'condition',
  }),
);

// %% [markdown]
// What to see: how early each curve leaves the level of its first [steps](../docs/glossary.md#step), and how far it
// gets.
//
// **By hand.** What the first model starts with is composed in one line, mask · base + (1 − mask) · new, and that is
// what the stage's own function makes, number for number.

// %%
const fresh = models.gpt2Init(config, 2); // new weights from seed 2
const composed = hard[name].mul(parameters[name]).add(tf.sub(1, hard[name]).mul(fresh[name]));
const made = masks.transferSubnetwork({
  base: base.parameters,
  subnetwork: chain.discovery.subnetwork,
  fresh: tensorflow.snapshot(fresh),
});
const difference = composed.sub(tensorflow.tensorsOf(made)[name]).abs().max().dataSync()[0];
const share = hard[name].mean().dataSync()[0];
say(
  `${name}: ${(100 * share).toFixed(1)} % of the weights are the base model's, the others are new. ` +
    `Largest difference between the two ways: ${difference}.`,
);

// %% [markdown]
// The table says for [test](../docs/glossary.md#evaluation-and-test) samples with a ≠ b how many of a model's answers
// are right, and how many agree with "2a^2" and "2b^2", two of the expressions that fit all samples with a = b (one
// answer may agree with several).

// %%
await show(
  transfers.map(({ condition, result }) => ({
    'starts from': condition,
    'right (a^2 + ab)': result.test_accuracy,
    'answers 2a^2': result.test_is_2a2,
    'answers 2b^2': result.test_is_2b2,
  })),
);

// %% tags=["slide"]
const results = transfers.map(({ condition, result }) => ({ condition, accuracy: result.test_accuracy }));
const best = results.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
say(
  `With these ${n} samples the model that starts from **${best.condition}** is best: ` +
    `${results.map(({ condition, accuracy }) => `${condition} ${accuracy.toFixed(3)}`).join(', ')}. ` +
    "This is one run of a tiny task; notebook 03 measures it with the paper's.",
);
