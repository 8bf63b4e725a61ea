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
import { chainSettings, presetCaption, presetFromEnvironment, presetNote, projectStore, say } from 'subtask-induction';

const preset = presetFromEnvironment();
const settings = chainSettings({ preset });
const store = projectStore();
say(presetNote(preset));

// %% [markdown]
// ## The task
//
// A sample is a row of four tokens: a, b, a separator and the answer. Every number has a token of its own, and the
// model is not told that 3 and 10 leave the same remainder (have the same [residue](../docs/glossary.md#residue)): it
// must find that out from the answers.

// %%
import { showTable, unambiguousRows } from 'subtask-induction';

const { expression, numbers } = settings.base;
const { tokens } = unambiguousRows({ expression, rows: 5, seed: 1, numbers });
const samples = [0, 1, 2, 3, 4].map((row) => {
  const [a, b, separator, answer] = tokens.slice(4 * row, 4 * row + 4);
  return { a, b, separator, answer, 'a + ab': a + a * b };
});
showTable(samples, { caption: 'Five samples; the last column is the value before the remainder by 7 is taken' });

// %% [markdown]
// ## Training, with several seeds
//
// Each [seed](../docs/glossary.md#seed) has its own data and its own initial weights. Runs that are in the store are
// taken from there.

// %%
import { baseModel, dataFile, notebookObserver } from 'subtask-induction';

const seeds = preset === 'paper' ? [1, 2, 3] : [1, 2];
const tables = preset === 'paper' ? dataFile('results') : undefined;
const observer = notebookObserver();
for (const seed of seeds) {
  const { base } = await baseModel(chainSettings({ preset, seed }).base, { store, tables, observer });
  if (!base.id) break; // interrupted: the seeds that are finished are shown below
}
await observer.finish();

// %% [markdown]
// ## Accuracy: a plateau and a jump

// %%
import {
  finishedBaseModels,
  learningCurves,
  learningPoints,
  publishedBaseAccuracySchema,
  readTable,
  showChart,
} from 'subtask-induction';

const models = finishedBaseModels(settings.base, { store });
// The runs go on for long after their jump: the charts end at twice its time.
const end = 2 * Math.max(...models.map(({ result }) => result.solved_at_step ?? 0));
const curves = (column: string) =>
  models.flatMap(({ settings, result, log }) =>
    learningPoints(log, { column, run: `seed ${settings.seed}${result.stuck ? ' (stuck)' : ''}` }),
  );

// %%
const accuracies = curves('eval_accuracy');
const published = readTable(dataFile('published', 'base-accuracy.csv'), publishedBaseAccuracySchema).map(
  ({ n_layers, step, eval_accuracy }) => ({ run: `published, ${n_layers} layers`, step, value: eval_accuracy }),
);
await showChart(
  learningCurves({
    title: 'Accuracy on "a + ab"',
    subtitle: presetCaption(preset),
    measure: 'accuracy',
    points: accuracies.filter(({ step }) => step <= end),
    published,
  }),
);

// %% [markdown]
// What to see: for thousands of [steps](../docs/glossary.md#step) the accuracy hardly moves; then, within an
// [epoch](../docs/glossary.md#epoch) or two, it jumps to 1. The time of the jump differs from run to run, in the
// published ones too.

// %%
import { stepsToReach } from 'subtask-induction';

const solvedAt = stepsToReach([...accuracies, ...published], settings.base.solvedAccuracy);
showTable(solvedAt, {
  caption: `The first step at which an evaluation found an accuracy of ${settings.base.solvedAccuracy}`,
});

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
import { baseTaskPlateaus } from 'subtask-induction';

const plateaus = baseTaskPlateaus({ numbers });
showTable(plateaus, { digits: 4, caption: 'Lowest loss of a model that knows this and nothing more' });

// %%
const losses = curves('eval_loss');
await showChart(
  learningCurves({
    title: 'Loss on "a + ab"',
    subtitle: `${presetCaption(preset)}; dotted: what the entropies predict`,
    measure: 'loss',
    points: losses.filter(({ step }) => step <= end),
    plateaus: plateaus.map(({ knows, loss }) => ({ label: knows, value: loss })),
  }),
);

// %% [markdown]
// What to see: the flat parts of the curves, their [plateaus](../docs/glossary.md#plateau), are not just anywhere. They
// lie on the predicted lines, so we know what the model knew there; the jump leads to the floor. The published losses
// lie on such lines as well:

// %%
import { plateauOf, publishedBaseLossSchema } from 'subtask-induction';

const lowest = models.filter(({ result }) => !result.stuck).map(({ result }) => result.eval_loss.toFixed(4));
say(`Lowest loss of each of our runs that jumped: ${lowest.join(', ')}; ${presetCaption(preset)}.`);
const paperPlateaus = baseTaskPlateaus();
for (const { phase, low, high } of readTable(dataFile('published', 'base-loss.csv'), publishedBaseLossSchema)) {
  const range = low === high ? `${low}` : `${low} to ${high}`;
  say(
    `Published, ${phase === 'end' ? 'at the end' : 'where some runs rest'}: ${range}, as of "${plateauOf(low, paperPlateaus)}".`,
  );
}

// %% [markdown]
// The table counts the epochs that each of our runs spent on a plateau.

// %%
import * as aq from 'arquero';

const onPlateaus = aq
  .from(losses)
  .derive({ knows: aq.escape((row: { value: number }) => plateauOf(row.value, plateaus) ?? '(in between)') })
  .groupby('run', 'knows')
  .rollup({ epochs: aq.op.count(), 'until step': aq.op.max('step'), 'mean loss': aq.op.mean('value') })
  .orderby('run', 'until step');
showTable(onPlateaus, { caption: 'Epochs that each run spent on a plateau' });

// %% [markdown]
// ## Stuck runs
//
// A run can stay on a plateau for good: attention saturates on a shortcut, and hardly any gradient leads out. Waiting
// longer, or choosing a seed by hand, would hide that; so there is a rule, the same for every seed.

// %%
const { stuckAfter, solvedAccuracy, patience } = settings.base;
say(
  `**The rule.** Training ends when the loss has not fallen for ${patience} epochs, or after ${stuckAfter} epochs if the ` +
    `accuracy is still below ${solvedAccuracy}. A run that has never reached ${solvedAccuracy} by then is *stuck*: it stays in the ` +
    'table below, and the next attempt of the same seed begins, with other initial weights and another order of the data.',
);

// %%
import { baseModelRows, baseModelsSchema } from 'subtask-induction';

const attempts = tables
  ? readTable(`${tables}/base-models.csv`, baseModelsSchema).filter((row) => row.n_layers === settings.base.layers)
  : baseModelRows(models);
showTable(aq.from(attempts).select(aq.not('run', 'n_layers')), { caption: 'Every attempt at a base model' });

// %%
const stuck = attempts.filter((row) => row.stuck).length;
const solved = attempts.filter((row) => !row.stuck).map((row) => row.eval_accuracy);
say(
  `${stuck} of ${attempts.length} attempts got stuck. The lowest accuracy of the others is ${Math.min(...solved).toFixed(3)}.`,
);

// %% [markdown]
// Next: [02 subnetwork discovery](02-subnetwork-discovery.ipynb) asks which weights of such a model compute "ab".
