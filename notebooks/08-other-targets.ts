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
import { aq, axes, charts, dataFrame, experiments, op, presets, say, show, tables, tasks } from 'subtask-induction';

const preset = presets.manyRuns(presets.current());
say(presets.note(preset, { computes: false }));

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
const few = ['a + ab', 'ab', 'a^2 + ab', 'a^2 + b^2', 'a + b'] as const;
const targets = preset === 'paper' ? tasks.EXPRESSIONS : few;
// n to compute now. With the paper's settings that takes hours, so the table's runs are taken as they are: write [640] here
// to add what is missing at that n.
const sizes: number[] = preset === 'paper' ? [] : [100];
const computed = await experiments.targets.compute({ preset, targets, sizes });

// %%
const runs = tables.targets({ preset, layers: [2] }).derive({ panel: (d) => `${d.n} samples` });
await show(
  runs
    .groupby('condition')
    .rollup({ targets: op.distinct('target'), n: op.listed('n'), seeds: op.listed('seed'), runs: op.count() }),
  { caption: 'What the results rest on', none: 'There are no finished runs on other targets yet.' },
);

// %% [markdown]
// ## How accurate are the models?

// %%
const accuracies = runs.groupby('panel', 'target', 'condition').rollup({
  accuracy: op.mean('accuracy'),
  low: op.low('accuracy', 1000),
  high: op.high('accuracy', 1000),
});
await show(
  charts.dots(accuracies, {
    title: 'Test accuracy on each target',
    subtitle: presets.caption(preset),
    value: axes.accuracy,
    of: 'target',
    interval: ['low', 'high'],
    color: 'condition',
    facet: 'panel',
    columns: 2,
  }),
);

// %% [markdown]
// What to see: one panel for each number of samples, one line for each target. Random init learns no expression from the
// fewest samples, and few from the most; the other two learn all of them from the most. Where both are near 1, or near
// guessing, the starting point cannot show.
//
// The full model of "a + ab" is perfect from the start: that is the task which the base was trained on, so it has a kind
// of its own below.
//
// Guessing the most frequent answer is right more often for some expressions than for others, so compare along a line,
// not between lines.
//
// ## What the subnetwork adds
//
// The accuracy of the model that starts with the subnetwork, minus that of the others with the same samples.

// %%
const pairs = runs
  .groupby('panel', 'n', 'target', 'kind', 'seed')
  .pivot('condition', 'accuracy', { sort: false })
  .fold(['random init', 'full model'], { as: ['against', 'other'] })
  .filter((d) => d.subnetwork != null && d.other != null)
  .derive({ pair: (d) => ({ first: d.subnetwork, second: d.other }), minus: (d) => `minus ${d.against}` });
const differences = pairs
  .groupby('panel', 'n', 'target', 'kind', 'against', 'minus')
  .rollup({ difference: (d) => op.difference(d.pair, 1000), seeds: op.distinct('seed') })
  .derive({ mean: (d) => d.difference.mean, low: (d) => d.difference.low, high: (d) => d.difference.high });
await show(
  charts.dots(differences, {
    title: 'Subnetwork minus random init, and minus full model',
    subtitle: presets.caption(preset),
    value: axes.difference('difference of the accuracies', 'mean'),
    of: 'target',
    interval: ['low', 'high'],
    color: 'minus',
    facet: 'panel',
    columns: 2,
    at: 0,
  }),
);

// %% [markdown]
// What to see: right of the line the subnetwork helps. The legend names what it is held against, *random init* or *full
// model*. Lines through the dots are 95 % intervals: over seeds where there are several, of the two test sets alone
// where there is one.
//
// ## Which targets are helped?

// %%
const helped = differences
  .filter((d) => d.n <= 1000)
  .groupby('against', 'target', 'kind')
  .rollup({
    over: (d) => op.combined({ mean: d.mean, low: d.low, high: d.high }),
    n: op.listed('n'),
    seeds: op.max('seeds'),
  })
  .derive({ difference: (d) => d.over.mean, low: (d) => d.over.low, high: (d) => d.over.high })
  .derive({
    helped: (d) => (d.low > 0 ? 'yes' : d.high < 0 ? 'worse' : 'not clear'),
  });
for (const against of ['random init', 'full model']) {
  const own = helped.filter(aq.escape((d: { against: string }) => d.against === against));
  await show(own.select('target', 'kind', 'difference', 'low', 'high', 'helped', 'n', 'seeds'), {
    caption: `Subnetwork minus ${against}, mean over n up to 1,000`,
    limit: 13,
    none: '',
  });
}

// %%
const counted = helped.groupby('against', 'kind').rollup({
  targets: op.count(),
  helped: (d) => op.sum(d.helped === 'yes' ? 1 : 0),
  worse: (d) => op.sum(d.helped === 'worse' ? 1 : 0),
});
type Mean = { target: string; seed: number; first: number; second: number };
const means = pairs
  .filter((d) => d.n <= 1000)
  .groupby('against', 'kind', 'target', 'seed')
  .rollup({ first: op.mean('subnetwork'), second: op.mean('other') })
  // The targets stand where a curve has its n, so that both they and the seeds are drawn anew.
  .derive({ pair: aq.escape((d: Mean) => ({ ...d, n: tasks.EXPRESSIONS.indexOf(d.target as tasks.Expression) })) })
  .groupby('against', 'kind')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high })
  .select(aq.not('paired'));
await show(counted.join(means), {
  caption: 'How many targets the subnetwork helps, and the mean difference; 95 % intervals over targets and seeds',
  none: '',
});

// %% [markdown]
// What to see: if the subnetwork carries "ab" and nothing else, the targets with ab should be helped and the others should
// not. A target without ab that is helped all the same profits from something else that comes along with the subnetwork,
// such as the embeddings, which say what each number is modulo 7.
//
// The last intervals draw the targets anew, and the seeds: a few targets or base models that differ much do not decide for
// all others.
//
// The same as a DataFrame, to be looked at from other sides: the mean accuracy of each condition on each kind of target.

// %%
if (runs.numRows() > 0) {
  const flat = runs.derive({ samples: (d) => d.n }).select('condition', 'kind', 'samples', 'accuracy');
  const frame = dataFrame(flat)
    .groupby(['condition', 'kind', 'samples'])
    .agg({ accuracy: ['mean', 'count'] });
  await show(frame, { caption: 'Test accuracy' });
}
