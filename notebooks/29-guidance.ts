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
// # 29 Guidance
//
// A network that is too deep learns badly. While it learns, its layers are pulled towards what another network's layers find
// *similar*. Does that hand over the other network's bias, even where the other was never trained?
//
// **Source.** Subramaniam and others, "Training the Untrainable: Introducing Inductive Bias via Representational Alignment"
// ([arXiv 2410.20035](https://arxiv.org/abs/2410.20035)). Read were its abstract and the released code. No number of theirs could be
// checked, so none is shown. Their claim: a guide helps, and an untrained one hands over a part of its bias.

// %%
import { aq, axes, charts, experiments, images, op, presets, say, show, tables, tf, training } from 'subtask-induction';

const preset = presets.images(presets.current());
const { guidance } = experiments;
const [{ settings }] = guidance.wanted({ preset });
const { depth, width } = experiments.STUDENTS[settings.student];
say(
  `**Preset \`${preset}\`**: a dense network of ${depth} layers of ${width} units learns ` +
    `${settings.digits.toLocaleString('en-US')} digits of 14 × 14 pixels in ${settings.steps.toLocaleString('en-US')} steps of ` +
    `${settings.batchSize}, and is tested on ${settings.testDigits.toLocaleString('en-US')} others. The sizes are this project's.`,
);

// %% [markdown]
// ## Similar to whom?
//
// Take some pictures. A layer says of each two of them how alike they are: the product of what it makes of both. *Linear CKA*
// compares two layers by these tables of likeness. It is 1 where both see the same likeness, however the units are turned or
// scaled, and near 0 where they have nothing in common.

// %%
const digits = images.halved(images.takeDigits(images.readDigits('test'), [...Array(256).keys()]));
const examples = images.digitExamples(digits);
const guide = experiments.guideNetwork();
const layers = ['conv 1', 'conv 2', 'average'];
const features = (seed: number) =>
  tf.tidy(() => {
    const fresh = guide.init(seed);
    const values = Object.fromEntries(
      Object.entries(fresh).map(([name, { data, shape }]) => [name, tf.tensor(data as Float32Array, shape)]),
    );
    return training.guideFeatures(guide, values, examples, layers);
  });
const [first, second] = [features(1), features(2)];
const alike = (a: Float32Array, b: Float32Array) =>
  tf.tidy(() => {
    const matrix = (own: Float32Array) => tf.tensor2d(own, [256, own.length / 256]);
    return training.linearCka(matrix(a), matrix(b)).dataSync()[0];
  });
const pixels = examples.inputs;

// %%
await show(
  layers.map((layer, i) => ({
    layer,
    'with itself': alike(first[i], first[i]),
    'with the same layer of another untrained network': alike(first[i], second[i]),
    'with the pixels': alike(first[i], pixels),
  })),
  { caption: 'Linear CKA of layers of an untrained convolutional network, 256 digits' },
);

// %% [markdown]
// What to see: untrained networks agree with one another, and with the pixels, about what is alike. What a network of this kind finds
// similar is fixed by its *architecture* before it has seen a digit. That is what an untrained guide could hand over.
//
// ## Guidance
//
// The loss is the usual one + α · the sum over the guide's layers of 1 − CKA with the layer of the student at the same relative
// depth. The guide is [frozen](../docs/glossary.md#frozen). Three runs: alone, with an untrained guide, with a trained one.

// %%
const T = depth;
const matched = training.matchedLayers(layers.length, T);
await show(
  layers.map((layer, i) => ({
    "the guide's layer": layer,
    "the student's layer": `dense ${Number(matched[i]) + 1} of ${T}`,
  })),
  { caption: 'Which layers are compared' },
);

// %%
// What to compute now. On a laptop that takes a quarter of an hour, so the table's runs are taken as they are: write ['guides'] here
// to add those that are missing, or ['initialisation', 'weights', 'students'].
const panels = preset === 'laptop' ? [] : preset === 'quick' ? (['guides'] as const) : undefined;
await guidance.compute({ preset, panels });
const runs = tables.guidance({ preset });
const ends = runs
  .groupby('run')
  .filter((d) => d.step === op.max(d.step))
  .ungroup();
await show(ends.groupby('student', 'digits', 'how').rollup({ runs: op.count(), seeds: op.listed('seed') }), {
  caption: 'What the results rest on',
  limit: 20,
  none: 'There are no runs yet.',
});

// %%
const trials = settings.testDigits;
const score = { accuracy: op.mean('accuracy'), low: op.low('accuracy', trials), high: op.high('accuracy', trials) };
const isMain = (d: { student: string; digits: number; alpha: number; until: number }) =>
  d.student === settings.student && d.digits === settings.digits && d.alpha <= 1 && d.alpha !== 0.1 && d.until === 0;
const main = runs.filter(aq.escape(isMain));
const subtitle = `ours, preset ${preset}: mean over seeds, 95 % interval`;
await show(
  charts.lines(main.groupby('how', 'step').rollup(score), {
    title: `${depth} layers: test accuracy while it trains`,
    subtitle,
    x: axes.step,
    y: axes.accuracy,
    color: 'how',
    band: ['low', 'high'],
  }),
  { none: 'There are no runs yet.' },
);

// %% [markdown]
// What to see: which line is above that of the network alone, early and at the end. A guide that helps early and not at the end makes
// learning faster, and hands over no other solution. Below, the same for networks that learn better by themselves.
//
// ## Did the layers follow?

// %%
const followed = tables
  .guidedLayers({ preset })
  .join(ends.filter(aq.escape(isMain)).select('run', 'how'))
  .fold(['before', 'after'], { as: ['training', 'CKA'] })
  .groupby('beside', 'layer', 'how', 'training')
  .rollup({ CKA: op.mean('CKA') })
  .derive({ what: (d) => `${d.layer}, ${d.training}`, panel: (d) => `beside the ${d.beside} guide` });
await show(
  charts.cells(followed, {
    title: 'Similarity of the student with a guide',
    subtitle: `linear CKA on test digits; ours, preset ${preset}: mean over seeds`,
    x: 'what',
    y: 'how',
    value: { field: 'CKA', title: 'CKA', axis: { format: '.2f' } },
    facet: 'panel',
    columns: 1,
    width: 440,
  }),
  { none: 'There are no runs yet.' },
);

// %% [markdown]
// What to see: in each panel, the row of its own guide should rise from *before* to *after* more than the row *alone*. Where it does not,
// the pull was too weak, and the accuracy says nothing about the guide.
//
// Before training nothing of a picture reaches the middle of a network whose batch normalisation has seen no batch: hence the zeros.
//
// ## How strong, how long, and for whom?
//
// Other weights α; guidance as a mere start, which ends after a few steps; and three other students.

// %%
const everyEnd = ends
  .derive({ who: (d) => (d.guide === 'none' ? 'alone' : `${d.guide} guide`) })
  .groupby('student', 'digits', 'how', 'who')
  .rollup({ ...score, seeds: op.distinct('seed') });
const atEnd = (table: typeof everyEnd, title: string) =>
  charts.dots(table.derive({ panel: (d) => `${d.student}, ${d.digits} digits` }), {
    ...{ title, subtitle, value: axes.accuracy, of: 'how', color: 'who', interval: ['low', 'high'], at: 0.1 },
    ...{ facet: 'panel', columns: 1 },
  });
const isFirst = aq.escape((d: { student: string }) => d.student === settings.student);
await show(atEnd(everyEnd.filter(isFirst), 'At the end, by α and length of guidance'), {
  none: 'There are no runs yet.',
});

// %%
const others = everyEnd.filter(aq.escape((d: { student: string }) => d.student !== settings.student));
await show(atEnd(others, 'At the end: other students'), {
  none: 'There are no runs of other students yet.',
});
await show(everyEnd.select(aq.not('who')), {
  caption: 'The same as a table',
  limit: 20,
  none: 'There are no runs yet.',
});

// %% [markdown]
// The dashed line is guessing. The first student has dropout in each of its layers, as released, and hardly learns by itself.
// *Deep without dropout* is the same network without it. *Without normalisation* cannot begin to learn; *wide* has three layers and
// few digits.
//
// ## The answers
//
// Differences of the test accuracy at the end, seed by seed.

// %%
const students = [...new Set(ends.array('student') as string[])];
const of = (student: string, how: string, name: string) =>
  ends
    .filter(aq.escape((d: { student: string; how: string }) => d.student === student && d.how === how))
    .select('seed', { accuracy: name });
const compare = (student: string, [first, second]: string[]) =>
  of(student, first, 'first')
    .join(of(student, second, 'second'))
    .derive({ pair: (d) => ({ first: d.first, second: d.second }) })
    .rollup({ paired: (d) => op.difference(d.pair), seeds: op.count() })
    .filter((d) => d.seeds > 0)
    .derive({ student: aq.escape(() => student), compared: aq.escape(() => `${first} − ${second}`) })
    .derive({ difference: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high })
    .derive({
      verdict: (d) => (d.seeds < 2 ? 'one seed' : d.low > 0 ? 'better' : d.high < 0 ? 'worse' : 'not told apart'),
    })
    .select('student', 'compared', 'difference', 'low', 'high', 'seeds', 'verdict');

// %%
const pairs = [
  ['trained guide', 'alone'],
  ['untrained guide', 'alone'],
  ['trained guide', 'untrained guide'],
];
const verdicts = students.flatMap((student) => pairs.map((pair) => compare(student, pair)));
await show(
  verdicts.reduce((all, one) => all.concat(one)),
  {
    caption: 'Does a guide help?',
    limit: 12,
    none: 'Nothing can be compared yet.',
  },
);

// %% [markdown]
// ## What that says about channels
//
// In [notebook 20](20-which-channel.ipynb) guidance instils fewer bits than weights do, and none where the guide is untrained.
// Representations carry more when they are *kept* ([notebook 26](26-rich-features.ipynb), and the readouts of notebook 20) than when a
// student is asked to imitate their likeness.
//
// ## Limits
//
// - The paper works with ImageNet, networks of a thousand units a layer and weeks of training. A claim that does not show here may
//   hold there.
//
// - CKA of a batch that is smaller than the width is too high. Our layers have at most as many units as a batch has pictures, but for
//   the guide's convolutions and the wide student.
//
// - One learning rate for all, not tuned. In the released code dropout is drawn anew for the activations that are compared; here both
//   come from one pass.
//
// ## Questions to try
//
// - Let the student guide itself: take a trained student of three layers as guide.
//
// - Does the guide's kernel matter, or any fixed likeness? Guide by the pixels alone.
//
// - Raise α while the student trains, in place of ending it.
