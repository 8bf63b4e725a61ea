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

// %% [markdown] tags=["slide"]
// # 02 Subnetwork discovery
//
// The [base model](../docs/glossary.md#base-model) computes "a + ab". Somewhere in it there must be weights that
// compute "ab". Which?

// %%
import {
  aq,
  axes,
  charts,
  experiments,
  masks,
  models,
  op,
  presets,
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

const preset = presets.current();
const settings = experiments.chainSettings({ preset });
const store = runs.projectStore();
say(presets.note(preset));

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

// %% [markdown]
// ## A mask, trained by hand
//
// That is a loop like the one of notebook 01. Each step computes the loss of the softly masked model on a batch of "ab",
// adds the penalty, and moves the scores against the gradient. The weights are plain tensors, which nothing moves; the
// scores are *variables*.

// %%
const baseObserver = watch.run();
const { base } = await experiments.baseModel(settings.base, { store, observer: baseObserver });
await baseObserver.finish();
const config = experiments.configOf(settings.base);
const { numbers, heads } = settings.base;
const parameters = tensorflow.tensorsOf(watch.finished(base).parameters);
const masked = models.gpt2MaskedWeights(config);
say(`${masked.length} of the model's ${Object.keys(parameters).length} tensors are masked: ${masked.join(', ')}.`);

// %%
// Change these, and run this cell and the next ones again.
const [steps, batchSize, learningRate, initialScore, finalTemperature, lambda] = [60, 100, 0.01, 0.2, 100, 1e-7];
const initial = Object.fromEntries(masked.map((name) => [name, tf.fill(parameters[name].shape, initialScore)]));
const scores = tensorflow.variablesOf(initial);
const optimizer = tf.train.adam(learningRate);
const products = tasks.unambiguousRows({ expression: 'ab', rows: steps * batchSize, seed: 2, numbers });

/** The loss of the softly masked model on rows of tokens, with the penalty. */
function maskLoss(ids: tf.Tensor2D, temperature: number) {
  const mask = masks.softMask(scores, temperature); // sigmoid(T·s)
  const logits = models.gpt2Logits(masks.applyMask(parameters, mask), training.inputsOf(ids), config);
  const crossEntropy = tensorflow.softmaxCrossEntropy(logits, training.labelsOf(ids)).mean();
  return crossEntropy.add(masks.l0Norm(mask).mul(lambda)) as tf.Scalar;
}

// %%
const evaluator = training.languageModelEvaluator(config, { compiled: false });
const test = tasks.unambiguousRows({ expression: 'ab', rows: 500, seed: 3, numbers });
const [log, heldBy] = [[] as object[], [] as (masks.SubnetworkPart & { temperature: number })[]];
for (let step = 1; step <= steps; step++) {
  const temperature = masks.temperatureOfStep({ step, steps, final: finalTemperature });
  const row = tf.tidy(() => {
    const batch = products.tokens.slice(4 * batchSize * (step - 1), 4 * batchSize * step);
    const ids = tf.tensor2d(batch, [batchSize, 4], 'int32');
    const { value, grads } = tf.variableGrads(() => maskLoss(ids, temperature), Object.values(scores));
    optimizer.applyGradients(grads as tensorflow.Variables);
    if (step % 5 !== 0) return undefined;
    const [soft, hard] = [masks.softMask(scores, temperature), masks.hardMask(scores)];
    const accuracyWith = (mask: masks.Scores) => evaluator.accuracy(masks.applyMask(parameters, mask), test);
    const kept = masks.l0Norm(hard).dataSync()[0];
    return { step, temperature, loss: value.dataSync()[0], soft: accuracyWith(soft), hard: accuracyWith(hard), kept };
  });
  if (!row) continue;
  log.push(row);
  heldBy.push(...masks.parts(masks.subnetworkOf(scores), { heads }).map((part) => ({ ...part, temperature })));
}
await show(log, { caption: 'A mask for "ab", trained by hand' });

// %% tags=["slide"]
const softHard = { soft: 'soft mask sigmoid(T·s)', hard: 'hard mask s > 0' };
const byHand = aq
  .from(log)
  .rename(softHard)
  .fold(Object.values(softHard), { as: ['mask', 'accuracy'] });
await show(
  charts.lines(byHand, {
    title: `${steps} steps of mask training`,
    x: axes.temperature,
    y: axes.share('accuracy', 'accuracy on "ab"'),
    color: 'mask',
    height: 200,
  }),
);

// %% [markdown]
// What to see: while T is low, the hard mask says nothing about the soft one that is trained. Once the sigmoid is
// steep, both are nearly the same mask.
//
// Do all attention [heads](../docs/glossary.md#head) lose their weights at the same time? The table in colours is the
// hard mask at the end, the lines are the way there. In JupyterLab, click a cell: the line of its head stands out.

// %%
const ofHeads = aq
  .from(heldBy)
  .filter((d) => d.head != null)
  .derive({ layer: (d) => `layer ${d.layer}`, head: (d) => `head ${d.head}` })
  .groupby('temperature', 'layer', 'head')
  .rollup({ kept: op.sum('kept'), total: op.sum('total') })
  .derive({ share: (d) => d.kept / d.total });

// %%
const share = { field: 'share', title: 'weights kept', axis: { format: '.0%' }, format: '.1%' };
const atEnd = ofHeads.filter((d) => d.temperature === op.max(d.temperature));
const toCells = { x: 'head', y: 'layer', value: share, width: 330, click: 'one' };
const toLines = { x: axes.temperature, y: share, color: 'head', facet: 'layer', clicked: 'one' };
await show(
  charts.stacked([charts.cells(atEnd, { title: '', ...toCells }), charts.lines(ofHeads, { title: '', ...toLines })], {
    title: 'Weights that each head keeps',
    subtitle: 'in colours at the end of the training, and as lines on the way there',
  }),
);

// %% [markdown]
// What to see: at first no score has fallen below 0, so every head keeps all of its weights. Then the heads part. Some
// lose many weights within a few steps, others only a few; a head that ends with little did not lose it evenly.
//
// These few steps begin with scores above 0, so that the masked model is still close to the base. The stage below
// begins at −0.1 and takes many more steps; then far fewer weights are left. Try it: `initialScore` −0.1, and more
// steps.
//
// ## The full training, with two schedules
//
// Two schedules for T are tried, over the same base model. The paper describes one in which T grows by the same factor
// after each epoch. The released code applies the factor twice after the first epoch: from then on it is one factor
// ahead, and reaches the final temperature in its last epoch.
//
// The two are called [*as described* and *as released*](../docs/glossary.md#as-described-as-released).

// %%
const observer = watch.run();
const discoveries = [];
for (const temperatureSchedule of ['released', 'described'] as const) {
  const discovery = { ...settings.discovery, temperatureSchedule };
  const chain = await experiments.chainOf(
    { ...settings, discovery },
    { store, observer, tables: tables.folder(preset) },
  );
  if (!chain) break; // interrupted
  discoveries.push(chain.discovery);
}
await observer.finish();

// %%
const [released, described] = [discoveries[0], discoveries[1]].map((discovery) => watch.finished(discovery));
const masksOf = [released, described].map((discovery) => ({
  ...discovery,
  schedule: `as ${discovery.settings.temperatureSchedule}`,
}));
const epochs = aq.from(
  masksOf.flatMap(({ schedule, log, result }) =>
    log.map(({ temperature, kept, soft_accuracy, eval_accuracy }) => ({
      schedule,
      temperature,
      share: kept / result.total,
      [softHard.soft]: soft_accuracy,
      [softHard.hard]: eval_accuracy,
    })),
  ),
);

// %% tags=["slide"]
const title = 'Training a mask for "ab"';
const subtitle = presets.caption(preset);
const accuracies = epochs.fold(Object.values(softHard), { as: ['mask', 'accuracy'] });
const accuracy = axes.share('accuracy', 'accuracy on the subtask');
await show(
  charts.lines(accuracies, {
    title,
    subtitle,
    x: axes.temperature,
    y: accuracy,
    color: 'schedule',
    dash: 'mask',
    points: false,
  }),
);

// %% tags=["slide"]
await show(
  charts.lines(epochs, {
    title: `${title}: weights kept`,
    subtitle,
    x: axes.temperature,
    y: share,
    color: 'schedule',
    points: false,
    height: 160,
  }),
);

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
const reached = accuracies
  .filter((d) => d.accuracy >= 0.9)
  .groupby('schedule', 'mask')
  .rollup({ temperature: op.min('temperature') })
  .groupby('schedule')
  .pivot('mask', 'temperature', { sort: false });
const best = masksOf.map(({ schedule, result }) => ({
  schedule,
  'best epoch': result.best_epoch,
  accuracy: result.eval_accuracy,
  kept: result.kept,
  share: result.kept / result.total,
}));
await show(aq.from(best).join_left(reached), {
  caption:
    'The masks of the best epochs, and the temperature at which each kind of mask first reached an accuracy of 0.9',
});

// %% [markdown]
// ## Where the subnetwork lies

// %% tags=["slide"]
const parts = aq
  .from(masks.parts(released.subnetwork, { heads }))
  .derive({ block: (d) => `layer ${d.layer}`, row: (d) => (d.head == null ? 'all' : `head ${d.head}`) });
await show(
  charts.cells(parts, {
    title: 'Share of weights in the subnetwork',
    subtitle: `schedule as released; ${presets.caption(preset)}`,
    x: 'part',
    y: 'row',
    value: { field: 'share', title: 'weights kept', format: '.1%' },
    facet: 'block',
    columns: 1,
    width: 330,
  }),
);

// %% [markdown]
// What to see: one cell for each attention [head](../docs/glossary.md#head)'s query, key, value and output weights, and
// one for each map of the MLP, which has no heads (row *all*). No part is empty and none is full; the subnetwork is spread over the whole model, with
// more weights in some heads than in others.

// %%
const fullest = parts.orderby(aq.desc('share')).select('layer', 'part', 'head', 'kept', 'total', 'share');
await show(fullest, { limit: 6, caption: 'The fullest parts' });

// %% [markdown]
// The same masks, map by map:

// %%
const byMap = aq
  .from(
    masksOf.flatMap(({ schedule, subnetwork }) =>
      masks.countsPerLayer(subnetwork).map((row) => ({ schedule, ...row })),
    ),
  )
  .derive({ map: (d) => op.replace(d.parameter, /.*\.h\.\d+\.|\.weight/g, '') })
  .groupby('schedule', 'map')
  .rollup({ kept: op.sum('kept'), total: op.sum('total') })
  .derive({ share: (d) => d.kept / d.total });
await show(byMap, { caption: 'Kept weights of each kind of map, over all blocks' });

// %% [markdown] tags=["slide"]
// ## Is it the same subnetwork?
//
// Two schedules, one base model, the same data: do they find the same weights? The [Jaccard
// index](../docs/glossary.md#jaccard-index) of two masks is 1 where they are equal.

// %%
const { jaccard, layers: overlaps } = masks.overlap(released.subnetwork, described.subnetwork);
const shared = aq
  .from(overlaps)
  .derive({ 'times chance': (d) => d.shared / d.sharedByChance })
  .select('parameter', 'shared', { sharedByChance: 'by chance' }, 'times chance', 'jaccard');
await show(shared, { digits: 2, caption: 'Weights that both masks keep' });

// %% tags=["slide"]
const sums = shared.rollup({ both: op.sum('shared'), chance: op.sum('by chance') });
const [both, chance] = ['both', 'chance'].map((column) => sums.get(column) as number);
say(
  `The masks share ${both.toLocaleString('en-US')} weights, ${(both / chance).toFixed(1)} times as many ` +
    `as random masks of their sizes would; of all weights in either, ${(100 * jaccard).toFixed(0)} % are in both.`,
);

// %% [markdown]
// ## What it does alone, and what remains without it
//
// If these weights compute "ab" and nothing else, they should do so alone and fail at "a + ab"; and the base model should
// lose "a + ab" without them, since "ab" is a part of it.

// %%
const expressions = [settings.base.expression, settings.discovery.expression];
const { seed } = settings.base;
const pairs = tasks.unambiguousRows({ expression: 'ab', rows: 1000, numbers, seed, purpose: 'removal' });
const removal = masksOf.flatMap(({ schedule, subnetwork }) =>
  Object.entries({
    base: base.parameters,
    subnetwork: masks.onlySubnetwork(base.parameters, subnetwork),
    'without subnetwork': masks.onlySubnetwork(base.parameters, masks.complement(subnetwork)),
  }).flatMap(([model, weights]) =>
    expressions.map((expression) => ({
      mask: schedule,
      model,
      expression,
      accuracy: tf.tidy(() => evaluator.accuracy(tensorflow.tensorsOf(weights), tasks.relabel(pairs, expression))),
    })),
  ),
);
const guesses = expressions.map((expression) => ({
  mask: '(none)',
  model: 'the most frequent answer',
  expression,
  accuracy: tasks.majorityAccuracy(expression, { numbers }),
}));

// %%
const wide = aq
  .from([...removal, ...guesses])
  .groupby('mask', 'model')
  .pivot('expression', 'accuracy');
await show(wide, { caption: 'Accuracy of the base model, of the subnetwork alone, and of the base model without it' });

// %% [markdown]
// What to see: alone, the subnetwork is right about "ab", and at "a + ab" no better than the most frequent answer. Without
// it, the rest of the base model computes neither.
//
// Next: [03 data efficiency](03-data-efficiency.ipynb) gives these weights to new models.
