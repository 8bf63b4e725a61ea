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
// # 01 Base model
//
// The first step is the [base model](../docs/glossary.md#base-model): a small GPT-2, trained on a task that contains
// the subtask. The task is "a + ab" modulo 7, the subtask will be "ab". How does the model come to compute it, and does
// it always?

// %%
import {
  aq,
  axes,
  charts,
  experiments,
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
// ## The task
//
// A sample is a row of four tokens: a, b, a separator and the answer. Every number has a token of its own, and the
// model is not told that 3 and 10 leave the same remainder (have the same [residue](../docs/glossary.md#residue)): it
// must find that out from the answers.

// %%
const { expression, numbers } = settings.base;
const { tokens } = tasks.unambiguousRows({ expression, rows: 5, seed: 1, numbers });
const samples = [0, 1, 2, 3, 4].map((row) => {
  const [a, b, separator, answer] = tokens.slice(4 * row, 4 * row + 4);
  return { a, b, separator, answer, 'a + ab': a + a * b };
});
await show(samples, { caption: 'Five samples; the last column is the value before the remainder by 7 is taken' });

// %% [markdown]
// ## Training by hand
//
// Training is a loop. Each [step](../docs/glossary.md#step) takes a batch of samples, computes the model's
// [loss](../docs/glossary.md#loss) on them and the [gradient](../docs/glossary.md#gradient): for each parameter, how
// fast the loss rises with it. An *optimizer* (here Adam) moves every parameter a little the other way. The loss of a
// row is the mean over its three predicted tokens.

// %%
const config = experiments.configOf(settings.base);
const parameters = tensorflow.variablesOf(models.gpt2Init(config, 1)); // new weights from seed 1
const optimizer = tf.train.adam(settings.base.learningRate);
const [steps, batchSize] = [40, 50]; // change them, or the learning rate, and run the cell again
const data = tasks.unambiguousRows({ expression, rows: steps * batchSize, seed: 1, numbers });
const trained = [];
for (let step = 1; step <= steps; step++) {
  const loss = tf.tidy(() => {
    const batch = data.tokens.slice(4 * batchSize * (step - 1), 4 * batchSize * step);
    const ids = tf.tensor2d(batch, [batchSize, 4], 'int32');
    const { value, grads } = tf.variableGrads(() => {
      const logits = models.gpt2Logits(parameters, training.inputsOf(ids), config);
      return tensorflow.softmaxCrossEntropy(logits, training.labelsOf(ids)).mean() as tf.Scalar;
    }, Object.values(parameters));
    optimizer.applyGradients(grads as tensorflow.Variables);
    return value.dataSync()[0];
  });
  trained.push({ step, loss });
}

// %%
const guessing = Math.log(tasks.vocabularySize(numbers));
await show(
  charts.lines(trained, {
    title: `The first ${steps} steps of a training`,
    x: axes.step,
    y: { ...axes.loss, title: 'training loss (nats)' },
    levels: [{ value: guessing, label: 'guessing among all tokens' }],
    width: 420,
    height: 200,
  }),
);

// %% [markdown]
// What to see: the model begins as one that guesses, and learns simple things first: which token is the separator, and
// that only seven tokens are answers. How to compute the answer it learns much later; for that it takes thousands of
// steps.
//
// `tf.tidy` disposes of the tensors that a step makes; the parameters are *variables*, which stay.
//
// ## Training, with several seeds
//
// The stage `baseModel` takes the same steps, compiled, with dropout and a learning rate that falls; it measures the
// model after each [epoch](../docs/glossary.md#epoch) and keeps the best.
//
// Each [seed](../docs/glossary.md#seed) has its own data and its own initial weights. Runs that are in the store are
// taken from there.

// %%
const seeds = preset === 'paper' ? [1, 2, 3] : [1, 2];
const observer = watch.run();
for (const seed of seeds) {
  const { base: own } = experiments.chainSettings({ preset, seed });
  const { base } = await experiments.baseModel(own, { store, observer, tables: tables.folder(preset) });
  if (!base.id) break; // interrupted: the seeds that are finished are shown below
}
await observer.finish();

// %% [markdown]
// ## Accuracy: a plateau and a jump

// %%
const found = experiments.finishedBaseModels(settings.base, { store });
const ours = aq.from(
  found.flatMap(({ settings, result, log }) =>
    log.map(({ step, eval_accuracy, eval_loss }) => ({
      run: `seed ${settings.seed}${result.stuck ? ' (stuck)' : ''}`,
      step,
      accuracy: eval_accuracy,
      loss: eval_loss,
    })),
  ),
);
// The runs go on for long after their jump: the charts end at twice its time.
const end = 2 * Math.max(...found.map(({ result }) => result.solved_at_step ?? 0));
const start = ours.filter(aq.escape((row: { step: number }) => row.step <= end));

// %%
const published = tables.publishedBaseAccuracy();
await show(
  charts.lines(start.select('run', 'step', 'accuracy').concat(published), {
    title: `Accuracy on "${expression}"`,
    subtitle: presets.caption(preset),
    x: axes.step,
    y: axes.share('accuracy', 'evaluation accuracy'),
    color: 'run',
  }),
);

// %% [markdown]
// What to see: for thousands of steps the accuracy hardly moves; then, within an epoch or two, it jumps to 1. The time
// of the jump differs from run to run, in the published ones too.

// %%
const { solvedAccuracy, stuckAfter, patience } = settings.base;
const solvedAt = ours
  .select('run', 'step', 'accuracy')
  .concat(published)
  .derive({
    solved: aq.escape((row: { step: number; accuracy: number }) => (row.accuracy >= solvedAccuracy ? row.step : null)),
  })
  .groupby('run')
  .rollup({ step: op.min('solved') });
await show(solvedAt, { caption: `The first step at which an evaluation found an accuracy of ${solvedAccuracy}` });

// %% [markdown]
// ## Loss: what the model knows on its way
//
// Before it multiplies, the model can know simpler things: how frequent each answer is; that a = 0 gives 0; that b = 6
// gives 0, since a + 6a = 7a. For each of these the lowest possible loss follows from the
// [entropy](../docs/glossary.md#entropy) of the answers, in [nats](../docs/glossary.md#nats).
//
// The floor is not zero. The loss is the mean over three predicted tokens, and one of them is b, which cannot be
// predicted: the best that a model can do there is to guess among all numbers.

// %%
const plateaus = tasks.baseTaskPlateaus({ numbers });
await show(plateaus, { digits: 4, caption: 'Lowest loss of a model that knows this and nothing more' });

// %%
await show(
  charts.lines(start, {
    title: `Loss on "${expression}"`,
    subtitle: `${presets.caption(preset)}; dotted: what the entropies predict`,
    x: axes.step,
    y: { ...axes.loss, title: 'evaluation loss (nats)' },
    color: 'run',
    levels: plateaus.map(({ knows, loss }) => ({ label: knows, value: loss })),
    width: 430,
  }),
);

// %% [markdown]
// What to see: the flat parts of the curves, their [plateaus](../docs/glossary.md#plateau), are not just anywhere. They
// lie on the predicted lines, so we know what the model knew there; the jump leads to the floor. The published losses
// lie on such lines as well:

// %%
const lowest = found.filter(({ result }) => !result.stuck).map(({ result }) => result.eval_loss.toFixed(4));
say(`Lowest loss of each of our runs that jumped: ${lowest.join(', ')}; ${presets.caption(preset)}.`);
const paperPlateaus = tasks.baseTaskPlateaus();
const rests = tables.publishedBaseLoss().derive({
  'a model of that loss knows': aq.escape((row: { low: number }) => tasks.plateauOf(row.low, paperPlateaus)),
});
await show(rests, { digits: 4, caption: 'Published losses' });

// %% [markdown]
// The table counts the epochs that each of our runs spent on a plateau.

// %%
const onPlateaus = ours
  .derive({ knows: aq.escape((row: { loss: number }) => tasks.plateauOf(row.loss, plateaus) ?? '(in between)') })
  .groupby('run', 'knows')
  .rollup({ epochs: op.count(), 'until step': op.max('step'), 'mean loss': op.mean('loss') })
  .orderby('run', 'until step');
await show(onPlateaus, { caption: 'Epochs that each run spent on a plateau' });

// %% [markdown]
// ## Stuck runs
//
// A run can stay on a plateau for good: attention saturates on a shortcut, and hardly any gradient leads out. Waiting
// longer, or choosing a seed by hand, would hide that; so there is a rule, the same for every seed.

// %%
say(
  `**The rule.** Training ends when the loss has not fallen for ${patience} epochs, or after ${stuckAfter} epochs if the ` +
    `accuracy is still below ${solvedAccuracy}. A run that has never reached ${solvedAccuracy} by then is *stuck*: it stays in the ` +
    'table below, and the next attempt of the same seed begins, with other initial weights and another order of the data.',
);

// %%
const attempts = tables.attempts({ preset, layers: [settings.base.layers] });
await show(attempts.select(aq.not('layers')), { caption: 'Every attempt at a base model' });

// %%
const solved = attempts.filter((d) => !d.stuck);
const lowestAccuracy = solved.rollup({ lowest: op.min('eval_accuracy') }).get('lowest') as number;
say(
  `${attempts.numRows() - solved.numRows()} of ${attempts.numRows()} attempts got stuck. ` +
    `The lowest accuracy of the others is ${lowestAccuracy.toFixed(3)}.`,
);

// %% [markdown]
// Next: [02 subnetwork discovery](02-subnetwork-discovery.ipynb) asks which weights of such a model compute "ab".
