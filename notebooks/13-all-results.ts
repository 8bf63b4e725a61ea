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
// # 13 All results
//
// All results of the notebooks 01 to 14 at a glance: one row a run lies in the tables of `data/results`, the paper's numbers
// lie in `data/published`, and each table below is derived from them in its cell. The notebooks before say what the numbers
// mean; this one trains nothing. Those of 20 to 30 are on [one page](../docs/channels.md).
//
// Accuracies are shares of 1,000 [test](../docs/glossary.md#evaluation-and-test) samples. All
// [intervals](../docs/glossary.md#confidence-interval) are 95 %.

// %%
import { aq, axes, charts, op, show, tables, tasks } from 'subtask-induction';

const runs = tables.curves();
const ours = runs.filter((d) => d.whose === 'ours');

// %% [markdown]
// ## Base models and masks
//
// Notebooks [01](01-base-model.ipynb) and [02](02-subnetwork-discovery.ipynb). *Kept* is the share of the masked weights
// that the [hard mask](../docs/glossary.md#hard-and-soft-mask) keeps.

// %%
const bases = tables
  .attempts()
  .groupby('layers')
  .rollup({
    attempts: op.count(),
    stuck: (d) => op.sum(d.stuck ? 1 : 0),
    seeds: op.listed('seed'),
    'lowest accuracy': op.min('eval_accuracy'),
    'steps until 0.9, mean': op.mean('solved_at_step'),
  });
await show(bases, { caption: 'Base models for "a + ab", ours' });

// %%
const masks = tables
  .subnetworks()
  .groupby('layers', 'base', 'temperature as', 'expression', 'run')
  .rollup({ accuracy: op.max('accuracy'), kept: (d) => op.sum(d.kept) / op.sum(d.total) })
  .groupby('layers', 'base', 'temperature as', 'expression')
  .rollup({
    masks: op.count(),
    accuracy: op.mean('accuracy'),
    kept: op.mean('kept'),
    least: op.min('kept'),
    most: op.max('kept'),
  });
await show(masks, { caption: 'Masks: mean accuracy on the subtask, and the share of weights that they keep' });

// %% [markdown]
// ## Data efficiency
//
// Notebooks [03](03-data-efficiency.ipynb), [04](04-main-figure.ipynb) and [05](05-every-depth.ipynb). The
// [lead](../docs/glossary.md#lead-level-behind) is the mean difference of the accuracies of runs with the same n and
// seed, over the n up to 1,000.

// %%
const pairs = runs
  .filter((d) => d.n <= 1000 && !op.match(d.line, /trainable|untrained/, 0))
  .groupby('layers', 'whose', 'n', 'seed')
  .pivot('line', 'accuracy', { sort: false })
  .fold(aq.not('layers', 'whose', 'n', 'seed', 'subnetwork'), { as: ['against', 'other'] })
  .filter((d) => d.subnetwork != null && d.other != null)
  .derive({ pair: (d) => ({ layers: d.layers, n: d.n, seed: d.seed, first: d.subnetwork, second: d.other }) });
const leads = pairs
  .groupby('layers', 'against', 'whose')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({
    lead: (d) => d.paired.mean,
    low: (d) => d.paired.low,
    high: (d) => d.paired.high,
    subnetwork: (d) => d.paired.verdict,
  });

// %%
await show(
  charts.cells(
    leads.filter((d) => d.whose === 'ours'),
    {
      title: 'Leads of the subnetwork, ours',
      subtitle: 'mean difference of the accuracies over n up to 1,000',
      x: axes.layers,
      y: 'against',
      value: axes.difference('lead', 'lead'),
      diverging: true,
      width: 330,
    },
  ),
);

// %%
await show(leads.select('layers', 'against', 'whose', 'lead', 'low', 'high', 'subnetwork'), {
  caption: 'Leads of the subnetwork at every depth',
  limit: 100,
});
const mean = pairs
  .groupby('against', 'whose')
  .rollup({ depths: op.distinct('layers'), paired: (d) => op.paired(d.pair) })
  .filter((d) => d.depths === 6)
  .derive({
    lead: (d) => d.paired.mean,
    low: (d) => d.paired.low,
    high: (d) => d.paired.high,
    subnetwork: (d) => d.paired.verdict,
  });
await show(mean.select(aq.not('paired')), { caption: 'The mean over six depths, where all six have both lines' });

// %%
const needed = runs
  .filter((d) => !op.match(d.line, /trainable/, 0))
  .derive({ run: (d) => ({ n: d.n, seed: d.seed, accuracy: d.accuracy }) })
  .groupby('layers', 'line', 'whose')
  .rollup({ half: (d) => op.needed(d.run, 0.5), most: (d) => op.needed(d.run, 0.9) })
  .derive({
    n50: (d) => d.half.text,
    'n50, interval': (d) => d.half.interval,
    n90: (d) => d.most.text,
    'n90, interval': (d) => d.most.interval,
    seeds: (d) => d.most.seeds,
  });
await show(needed.select(aq.not('half', 'most')), {
  caption: 'Samples needed for an accuracy of 0.5 and of 0.9',
  limit: 120,
});

// %%
const points = runs.groupby('layers', 'condition', 'line', 'whose', 'n').rollup({ accuracy: op.mean('accuracy') });
const published = points
  .filter((d) => d.whose === 'published')
  .select('layers', 'condition', 'n', { accuracy: 'published' });
const distances = points
  .filter((d) => d.whose === 'ours')
  .join(published)
  .derive({ distance: (d) => op.abs(d.accuracy - d.published) })
  .groupby('layers', 'line')
  .rollup({ points: op.count(), 'mean distance': op.mean('distance'), 'largest distance': op.max('distance') });
await show(distances, { caption: '|ours − published| in accuracy', limit: 60 });

// %%
const chosen = points
  .filter((d) => (d.layers === 2 || d.layers === 12) && op.match(`${d.n}`, /^(0|40|100|640|2500)$/, 0))
  .filter((d) => !op.match(d.line, /trainable/, 0))
  .groupby('layers', 'line', 'whose')
  .pivot('n', 'accuracy', { sort: false });
await show(chosen, { caption: 'Test accuracy at some n (columns)', limit: 60 });

// %% [markdown]
// ## Questions to our own runs
//
// Notebooks [06](06-frozen-or-trainable.ipynb) and [07](07-controls.ipynb): runs of one n and seed, first minus second.

// %%
const frozen = ours
  .derive({
    kind: (d) => (op.match(d.line, /trainable/, 0) ? 'trainable' : 'frozen'),
    mask: (d) => op.replace(d.line, ', trainable', ''),
  })
  .groupby('layers', 'mask', 'n', 'seed')
  .pivot('kind', 'accuracy', { sort: false })
  .filter((d) => d.frozen != null && d.trainable != null)
  .derive({
    question: (d) => `frozen − trainable: ${d.mask}`,
    pair: (d) => ({ n: d.n, seed: d.seed, first: d.frozen, second: d.trainable }),
  })
  .select('layers', 'question', 'pair');
const changed = tables
  .variants()
  .select('variant', 'layers', 'condition', 'n', 'seed', { accuracy: 'first' })
  .join(ours.select('layers', 'condition', 'n', 'seed', { accuracy: 'second' }))
  .derive({
    question: (d) => `as described − as released: ${d.condition}, ${d.variant}`,
    pair: (d) => ({ n: d.n, seed: d.seed, first: d.first, second: d.second }),
  })
  .select('layers', 'question', 'pair');

// %%
const there = ours.filter((d) => d.condition === 'untrained subnetwork').select('layers', 'n', 'seed');
const steps = ours
  .semijoin(there)
  .groupby('layers', 'n', 'seed')
  .pivot('condition', 'accuracy', { sort: false })
  .derive({
    'untrained subnetwork − random init': (d) => ({
      n: d.n,
      seed: d.seed,
      first: d['untrained subnetwork'],
      second: d['random init'],
    }),
    'subnetwork − untrained subnetwork': (d) => ({
      n: d.n,
      seed: d.seed,
      first: d.subnetwork,
      second: d['untrained subnetwork'],
    }),
  })
  .fold(['untrained subnetwork − random init', 'subnetwork − untrained subnetwork'], { as: ['question', 'pair'] })
  .select('layers', 'question', 'pair');

// %%
const answers = frozen
  .concat(steps, changed)
  .groupby('layers', 'question')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({
    difference: (d) => d.paired.mean,
    low: (d) => d.paired.low,
    high: (d) => d.paired.high,
    'the first is': (d) => d.paired.verdict,
    n: (d) => d.paired.n,
    seeds: (d) => d.paired.seeds,
  });
await show(answers.select(aq.not('paired')), { caption: 'Mean differences over all n', limit: 30 });

// %% [markdown]
// ## Other targets
//
// Notebook [08](08-other-targets.ipynb): the subnetwork minus another start, mean over n.

// %%
type Mean = { target: string; seed: number; first: number; second: number };
const targets = tables
  .targets()
  .filter((d) => d.n <= 1000)
  .groupby('n', 'target', 'kind', 'seed')
  .pivot('condition', 'accuracy', { sort: false })
  .fold(['random init', 'full model'], { as: ['against', 'other'] })
  .filter((d) => d.subnetwork != null && d.other != null)
  .groupby('against', 'kind', 'target', 'seed')
  .rollup({ first: op.mean('subnetwork'), second: op.mean('other') })
  .derive({ pair: aq.escape((d: Mean) => ({ ...d, n: tasks.EXPRESSIONS.indexOf(d.target as tasks.Expression) })) })
  .groupby('against', 'kind')
  .rollup({ targets: op.distinct('target'), paired: (d) => op.paired(d.pair) })
  .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high })
  .select(aq.not('paired'));
await show(targets, {
  caption: 'What the subnetwork adds on targets with ab, and without, n up to 1,000; intervals over targets and seeds',
});

// %% [markdown]
// ## Shape and texture
//
// Notebooks [11](11-shape-transfer.ipynb) and [12](12-shape-bias.ipynb) on drawn images, notebook [14](14-photographs.ipynb) on
// photographs of 64 pixels; ImageNet's may not be passed on. *Bias* is the [shape bias](../docs/glossary.md#shape-bias) of
// all seeds together; *normalization* says what [batch normalisation](../docs/glossary.md#batch-normalisation) uses: the
// statistics of the base (eval), or each batch's (train).

// %%
const [resnets, vits] = (['resnet', 'vit'] as const).map((architecture) => tables.shapeBias({ architecture }));
const onPhotographs = tables.photographs().filter((d) => d.changed === 'as it is');
const last = resnets
  .concat(vits)
  .derive({ images: () => 'drawn' })
  .concat(onPhotographs.derive({ images: () => 'photographs' }))
  .filter((d) => d.stage === 'transfer' && d.shapes === 'seen')
  .groupby('run')
  .filter((d) => d.step === op.max(d.step))
  .groupby('images', 'model', 'condition', 'normalization')
  .rollup({
    seeds: op.count(),
    'plain images': op.mean('plain'),
    'mean-pooled images': op.mean('pooled'),
    of: (d) => op.bias({ shape: d.shape, texture: d.texture }),
  })
  .derive({ bias: (d) => d.of.bias, low: (d) => d.of.low, high: (d) => d.of.high });
await show(last.select(aq.not('of')), { caption: 'After training on plain images', limit: 60 });

// %% [markdown]
// ## What is missing
//
// Published points of single depths that have no run of ours yet; a control counts twice, for the two ways to draw it.

// %%
const wanted = published
  .derive({ drawn: (d) => (op.endswith(d.condition, 'control') ? ['as described', 'as released'] : ['']) })
  .unroll('drawn')
  .derive({ line: (d) => (d.drawn === '' ? d.condition : `${d.condition}, ${d.drawn}`) });
const covered = ours.groupby('layers', 'line', 'n').rollup({ runs: op.count() });
await show(
  wanted
    .join_left(covered)
    .groupby('layers')
    .rollup({ points: op.count(), 'without a run': (d) => op.sum(d.runs == null ? 1 : 0) }),
  { caption: 'Published points of each depth' },
);
