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
// # 23 Bits
//
// How much [inductive bias](../docs/glossary.md#inductive-bias) does a task need, and how much does a model give? Both can be
// counted in [bits](../docs/glossary.md#bits). What costs more of them: dimensions, classes or a smaller error? And how many
// bits do the things bring that we call biased?
//
// **Sources.** Two papers by Boopathy and others: "Model-agnostic Measure of Generalization Difficulty" (
// [arXiv 2305.01034](https://arxiv.org/abs/2305.01034)) and "Towards Exact Computation of Inductive Bias" (
// [arXiv 2406.15941](https://arxiv.org/abs/2406.15941)). Read were their released code and the pictures beside it. The tables of the
// second paper could not be read, so none of its numbers is shown.

// %%
import { aq, charts, experiments, op, presets, runs, say, show, stats, tables, tasks } from 'subtask-induction';

const chosen = presets.current();
const preset = chosen === 'paper' ? 'laptop' : chosen;
const [kernel] = experiments.BIAS_GRIDS[preset];
say(
  `**Preset \`${preset}\`**: tasks of ${kernel.d.join(', ')} dimensions and ${kernel.n.join(', ')} points, ` +
    `${kernel.seeds.length} draws of each, ${kernel.testPoints} test points, ${kernel.samples.toLocaleString('en-US')} ` +
    "hypotheses. The second paper's tasks are others, so **its numbers are not the paper's**.",
);

// %% [markdown]
// ## Bits that a task needs, whatever the model
//
// The first paper asks how many hypotheses there are. Inputs lie on a manifold of m dimensions and of radius R. A hypothesis is
// a sum of waves on it, up to the frequency at which the answer can change: at the distance δ between classes.
//
// The number E of such waves, times outputs and classes, less what n training points fix, is the number of *free dimensions*.
// Each has to be told as precisely as the target error ε asks. Bits are the product of both.

// %%
const classification = {
  MNIST: { error: 0.001, n: 60_000, m: 14, R: 17.179045827183984, combinations: 10, delta: 2.3987084824335305 },
  SVHN: { error: 0.01, n: 73_257, m: 19, R: 53.86932485133339, combinations: 10, delta: 1.5766998174969105 },
  'CIFAR-10': { error: 0.01, n: 50_000, m: 27, R: 54.9156786783691, combinations: 10, delta: 2.7506414616587023 },
  ImageNet: { error: 0.1, n: 1_280_901, m: 48, R: 943.5923, combinations: 1000, delta: 65 },
};

// %%
const digits = classification.MNIST;
const bitsOf = (change: object) => stats.taskDifficulty({ ...digits, ...change }).bits;
const varied = [
  ...[4, 6, 8, 10, 14, 20, 30, 50].map((x) => ({ panel: 'dimensions m', x, bits: bitsOf({ m: x }) })),
  ...[1e2, 1e3, 1e4, 1e5, 1e6, 1e7].map((x) => ({ panel: 'training points n', x, bits: bitsOf({ n: x }) })),
  ...[1e-4, 1e-3, 1e-2, 0.1, 1].map((x) => ({ panel: 'target error ε', x, bits: bitsOf({ error: x }) })),
].filter(({ bits }) => bits > 0);
const logBits = { field: 'bits', title: 'bits', scale: { type: 'log' }, axis: { format: '.0e' }, format: '.3e' };
await show(
  charts.lines(varied, {
    ...{ title: 'Bits that the digits need', subtitle: 'formula of the first paper, one constant changed at a time' },
    x: {
      field: 'x',
      title: '',
      scale: { type: 'log', nice: false },
      axis: { format: '~g', tickCount: 4, labelOverlap: 'greedy' },
    },
    ...{ y: logBits, facet: 'panel', freeX: true },
  }),
);

// %%
const steps = [
  { change: 'one dimension more', bits: bitsOf({ m: digits.m + 1 }) },
  { change: 'twice as many classes', bits: bitsOf({ combinations: 2 * digits.combinations }) },
  { change: 'classes half as far apart', bits: bitsOf({ delta: digits.delta / 2 }) },
  { change: 'half the target error', bits: bitsOf({ error: digits.error / 2 }) },
  { change: 'twice as many training points', bits: bitsOf({ n: 2 * digits.n }) },
].map(({ change, bits }) => ({ change, 'bits, times': bits / bitsOf({}) }));
await show(steps, { caption: 'What one step costs, from the digits on', digits: 4 });

// %% [markdown]
// What to see: dimensions and fine classes cost by far the most, as they multiply the free dimensions. A smaller error adds
// one bit for each free dimension where it is halved. Training points hardly count: there are too few of them to fix much.
//
// ## The tasks of the paper
//
// The same formula with the constants of the authors' file; closed forms of their own for control tasks, which see m numbers
// and answer with D, and for Omniglot, where the answer is itself a classifier.

// %%
const fine = { n: 1_000_000, delta: 0.001, error: 0.001 };
const control = { Reacher: { m: 6, D: 2 }, Hopper: { m: 15, D: 4 }, 'Half-Cheetah': { m: 17, D: 6 } };
const omniglot = { error: 0.01, n: 1e30, m0: 22, m1: 29, R: 49.4064773081425, delta: 5.477225575051661 };
const formula = [
  ...Object.entries(classification).map(([task, one]) => ({ task, bits: stats.taskDifficulty(one).bits })),
  ...Object.entries(control).map(([task, one]) => ({ task, bits: stats.controlDifficulty({ ...one, ...fine }) })),
  { task: 'Omniglot', bits: stats.omniglotDifficulty(omniglot) },
];
const published = runs.publishedDifficultySchema.read(runs.dataFile('published'));
const compared = published
  .filter(({ architecture }) => architecture === null)
  .map(({ task, log10_bits }) => {
    const { bits } = formula.find((one) => one.task === task)!;
    return { task, published: log10_bits, ours: Math.log10(bits), formula: bits.toExponential(3) };
  })
  .sort((a, b) => a.published - b.published);

// %%
const task = { field: 'task', type: 'nominal', title: null, sort: null } as const;
const log10 = { type: 'quantitative', title: 'log₁₀ of bits' } as const;
await show({
  title: {
    text: 'Bits that tasks need',
    subtitle: "bars: formula; ticks: read off the authors' picture, in its order",
  },
  data: { values: compared },
  width: 440,
  height: { step: 22 },
  layer: [
    { mark: { type: 'bar', opacity: 0.3 }, encoding: { y: task, x: { ...log10, field: 'ours' } } },
    { mark: { type: 'tick', thickness: 3 }, encoding: { y: task, x: { ...log10, field: 'published' } } },
  ],
});
await show(
  aq
    .from(compared)
    .derive({ difference: (d) => d.ours - d.published })
    .select('task', 'formula', 'ours', 'published', 'difference')
    .rename({ formula: 'bits', ours: 'log10', published: 'log10, read off' }),
  { caption: "The formula's bits beside the authors' bars, which are read off a picture: half a pixel is about 0.2" },
);

// %% [markdown]
// What to see: the order is the published one, and the bars agree as far as they can be read; ImageNet's is lower by more than
// that. The scale hides a factor of two, though. A second kind of the authors' bars, on plain scales, does not.
//
// ## Bits that architectures bring, as published
//
// What a model brings is said to be the bits at the error that it reaches: a smaller error was paid for by more bias. Here
// are those bars as shares of what the formula gives at the target error, and at an error of 1, the worst of all.

// %%
const architectures = published.flatMap(({ task, architecture, log10_bits }) => {
  if (architecture === null) return [];
  const own = classification[task as keyof typeof classification];
  const { bits, freeDimensions } = stats.taskDifficulty(own);
  const bar = 10 ** log10_bits;
  const atOne = bits + freeDimensions * Math.log2(own.error);
  // Where the formula would give the bar: bits fall by one for each free dimension where ε doubles.
  const error = own.error * 2 ** ((bits - bar) / freeDimensions);
  return [{ name: `${task}, ${architecture}`, bar, share: bar / bits, atOne: atOne / bits, error }];
});
await show(
  charts.dots(architectures, {
    ...{
      title: "The authors' bars as shares of the formula",
      subtitle: 'bars read off pictures; 1: formula at the target',
    },
    value: {
      field: 'share',
      title: 'share of the bits at the target error',
      scale: { domain: [0.4, 1.1], nice: false },
    },
    ...{ of: 'name', at: 1 },
  }),
);

// %%
const names = {
  name: 'architecture',
  share: 'share of the formula',
  atOne: 'share at error 1',
  error: 'error that gives it',
};
await show(aq.from(architectures).select('name', 'share', 'atOne', 'error').rename(names), {
  caption: 'At which error the formula gives the bar',
});

// %%
const beyond = architectures.filter(({ error }) => error > 1).length;
say(
  `**Bars and formula do not agree**: ${beyond} of ${architectures.length} bars are lower than the formula allows at any ` +
    `error up to 1. Nats in the place of bits would be a factor of ${Math.LN2.toFixed(2)}.`,
);

// %% [markdown]
// What to see: the bars of CIFAR-10 belong to errors that such networks may have. Those of MNIST belong to errors that are far
// too large, and those of ImageNet to none.
//
// Nats in the place of bits would explain most of ImageNet's, but neither its linear model nor CIFAR-10. We have no explanation.
//
// ## Where do m, R and δ come from?
//
// The [intrinsic dimension](../docs/glossary.md#intrinsic-dimension) m is estimated from the distances to the five nearest
// points: in many dimensions they differ little. First on manifolds whose dimension is known, bent into 20 dimensions.

// %%
const sizes = { laptop: [250, 1000, 4000], quick: [250, 1000], smoke: [60, 120] }[preset];
const manifold = (dimension: number, rows: number) => {
  const { normal, uniform } = tasks.random(1, `manifold ${dimension} ${rows}`);
  const waves = Array.from({ length: 20 }, () => Array.from({ length: dimension }, () => normal()));
  const values = Array.from({ length: rows }, () => {
    const at = Array.from({ length: dimension }, () => uniform());
    return waves.map((wave) => Math.sin(wave.reduce((sum, one, i) => sum + one * at[i], 0)));
  });
  return { rows, values: values.flat(), labels: values.map((_, i) => i % 2) };
};
const estimates = [1, 2, 5, 10].flatMap((dimension) =>
  sizes.map((rows) => {
    const { m } = stats.cloudGeometry(manifold(dimension, rows));
    return { known: `m = ${dimension}`, dimension, points: rows, m };
  }),
);
await show(
  charts.lines(estimates, {
    ...{ title: 'Estimated dimension of known manifolds', color: 'known', y: { field: 'm', title: 'estimated m' } },
    x: { field: 'points', title: 'points', scale: { type: 'log', nice: false }, axis: { values: sizes } },
    levels: [1, 2, 5, 10].map((value) => ({ value, label: `${value}` })),
  }),
);

// %% [markdown]
// What to see: one and two dimensions are found. More are seen as fewer, the more so the fewer points there are: the nearest points
// are far in many dimensions, and the manifold has edges. So a large m is a lower bound.
//
// Now the digits ([MNIST](https://yann.lecun.com/exdb/mnist), Yann LeCun and Corinna Cortes, CC BY-SA 3.0).

// %%
const geometry = aq.from(await experiments.digitGeometry.compute({ preset }));
const own = geometry.select('among', 'points', 'm', 'R', 'delta');
const theirs = { among: digits.n, points: null, m: digits.m, R: digits.R, delta: digits.delta };
await show(own.concat(aq.from([theirs])), {
  caption: "Digits: ours, and in the last line the constants of the authors' file",
  none: 'The digits were not looked at.',
});
const costs = geometry
  .objects()
  .map((row) => row as experiments.DigitGeometryRow)
  .map(({ points, m, delta }) => ({
    points,
    bits: bitsOf({ m, delta }),
    'times theirs': bitsOf({ m, delta }) / bitsOf({}),
  }))
  .map(({ bits, ...row }) => ({ ...row, bits: bits.toExponential(2) }));
await show(costs, { caption: 'Bits that the digits need, by our m and δ', digits: 2 });

// %% [markdown]
// What to see: m hardly depends on how many digits are asked, δ does: the more pairs are compared, the nearer two classes
// come. As bits grow with 1/δ to the power of m, an estimate from a sample is off by orders of magnitude.
//
// ## Bits exactly, for a class of hypotheses
//
// The second paper draws hypotheses from those that fit the training points, and asks how often one has the target error on
// others. **Bits needed = −log2 of that probability.** Its hypotheses are functions of a [Gaussian
// process](../docs/glossary.md#gaussian-process), or small networks.
//
// Our task is sin(w·x): w is a direction, x lies in a cube of d dimensions. The kernel is the released one.

// %%
const draw = { task: 'sine', d: 3, n: 10, testPoints: kernel.testPoints, seed: 1 } as const;
const target = kernel.target;
const { train, test } = experiments.biasTask(draw);
const posterior = stats.rbfPosterior(train, test.x);
const law = stats.errorLaw(posterior, test.y);
const errors = stats.sampleErrors(law, kernel.samples, tasks.random(1, 'notebook'));
const [average, variance, third] = stats.cumulants(law);
await show([{ points: draw.testPoints, 'mean error': average, 'standard deviation': Math.sqrt(variance), target }], {
  caption: `Error of functions that fit ${draw.n} points, d = ${draw.d}`,
});

// %% [markdown]
// The values of such a function at the test points are normal. So its mean squared error is a sum of squares of normal
// numbers, with weights that the eigenvalues of their covariance give.
//
// No draws are needed for its law: a
// [saddlepoint approximation](../docs/glossary.md#saddlepoint) gives the tail, however thin it is, and Imhof's integral checks
// it where the probability is above 1e-8.

// %%
const bits = (nats: number) => (Number.isFinite(nats) ? -nats / Math.LN2 : null);
const fit = stats.fitChiSquare([average, variance])!;
const fit3 = stats.fitChiSquare([average, variance, third]);
const share = (x: number) => errors.filter((error) => error <= x).length / errors.length;
const exact = (x: number) => bits(stats.logErrorCdf(law, x));
const ways = (x: number) => ({
  error: x,
  exact: exact(x),
  'Imhof, above 1e-8': stats.imhofCdf(law, x) > 1e-8 ? bits(Math.log(stats.imhofCdf(law, x))) : null,
  'share of draws': bits(Math.log(share(x))),
  'χ², two moments': bits(stats.logChiSquareCdf(fit, x)),
  'χ², three cumulants': fit3 && bits(stats.logChiSquareCdf(fit3, x)),
  'released fallback': stats.releasedFallback(fit, x) / Math.LN2,
});
await show([target, ...[0.1, 0.3, 0.6, 0.9, 1.3].map((part) => part * average)].map(ways), {
  caption: 'Bits for a target error, in several ways',
});
if (!fit3) say('No non-central χ² has the first three cumulants of this error.');

// %%
const at = Array.from({ length: 40 }, (_, i) => target * ((1.3 * average) / target) ** (i / 39));
const tails = at.flatMap((error) => [
  { error, law: 'exact law', bits: exact(error) },
  { error, law: 'χ² fit', bits: bits(stats.logChiSquareCdf(fit, error)) },
  { error, law: 'share of draws', bits: bits(Math.log(share(error))) },
]);
const drawn = tails.filter(({ bits }) => bits !== null);
await show(
  charts.lines(drawn, {
    ...{ title: 'Bits for every target error', subtitle: `the leftmost error is the target, ${target}`, color: 'law' },
    x: { field: 'error', title: 'mean squared error', scale: { type: 'log', nice: false }, axis: { format: '.3~f' } },
    ...{ y: { field: 'bits', title: 'bits', format: '.2f' }, points: false },
  }),
);

// %%
await show({
  title: {
    text: 'Errors of functions that fit',
    subtitle: `${Math.min(2000, errors.length)} draws; the dashed line is the target`,
  },
  data: { values: Array.from(errors.slice(0, 2000), (error) => ({ error })) },
  width: 500,
  height: 180,
  layer: [
    {
      mark: { type: 'bar' },
      encoding: {
        x: { field: 'error', bin: { maxbins: 50 }, title: 'mean squared error', axis: { tickCount: 8 } },
        y: { aggregate: 'count', type: 'quantitative', title: 'functions' },
      },
    },
    {
      data: { values: [{ target }] },
      mark: { type: 'rule', strokeDash: [4, 3] },
      encoding: { x: { field: 'target', type: 'quantitative' } },
    },
  ],
});

// %% [markdown]
// What to see: hardly a draw comes near the target, so what is said of it is said by the tail alone. A χ² that is fitted to the
// draws, as in the released code, has their mean and spread, and yet the wrong tail: it is too thick, and asks for too few bits.
//
// ## What do dimensions and points cost?

// %%
const rows = await experiments.exactBias.compute({ preset });
const all = aq.from(rows).derive({ points: (d) => `${d.n} points` });
const exactly = all.filter((d) => d.task === 'sine' && d.hypotheses === 'RBF kernel');
const measures = exactly
  .fold(['bits', 'fitted_bits'], { as: ['how', 'needed'] })
  .derive({ how: (d) => (d.how === 'bits' ? 'exact law' : 'χ² fit') })
  .groupby('points', 'n', 'd', 'how')
  .rollup({ bits: op.mean('needed'), low: op.low('needed'), high: op.high('needed'), draws: op.count() });
await show(
  charts.lines(measures, {
    title: `Bits needed for an error of ${target}`,
    subtitle: 'means over draws of the task, bands are 95 % intervals',
    x: {
      field: 'd',
      title: 'dimensions d',
      scale: { zero: false, nice: false },
      axis: { format: 'd', tickMinStep: 1 },
    },
    y: { field: 'bits', title: 'bits', format: '.1f' },
    ...{ color: 'how', facet: 'points', columns: 2, band: ['low', 'high'] },
  }),
  { none: 'Nothing was computed.' },
);

// %%
const table = measures
  .filter((d) => d.how === 'exact law')
  .orderby('n', 'd')
  .derive({ bits: (d) => op.round(10 * d.bits) / 10 })
  .groupby('d')
  .pivot('points', 'bits', { sort: false });
await show(table, { caption: 'Mean bits by the exact law', digits: 1, limit: 12 });
const understated = exactly.filter((d) => d.bits > 1).derive({ share: (d) => d.fitted_bits / d.bits });
await show(
  understated.groupby('points').rollup({ tasks: op.count(), 'fit / exact': op.mean('share'), least: op.min('share') }),
  { caption: 'How much of the exact bits the χ² fit tells, where more than one is needed', digits: 2 },
);

// %%
const rises = measures
  .orderby('how', 'd', 'n')
  .groupby('how', 'd')
  .derive({ before: (d) => op.lag(d.bits, 1) })
  .filter((d) => d.before != null)
  .groupby('how')
  .rollup({ steps: op.count(), 'more bits with more points': (d) => op.sum(d.bits > d.before + 0.05 ? 1 : 0) });
await show(rises, {
  caption: 'From one number of points to the next, at each d',
  none: 'There is one number of points alone.',
});

// %% [markdown]
// What to see: more dimensions need more bits, as the paper says. By the exact law, more points need fewer.
//
// By the χ² fit they seem to need more in many dimensions: its tail is too thick the most where points are few. That would be a
// striking result, and it is one of the fit alone.
//
// ## Bits that a model provides
//
// The bits that a broad class needs, less those that the model's class needs, for the same task and target. First the same
// sines, learned by [ReLU](../docs/glossary.md#relu) networks from many initialisations.

// %%
const onSine = all.filter((d) => d.task === 'sine');
const networks = onSine
  .filter((d) => d.hypotheses === 'dense networks')
  .select('n', 'd', 'seed', 'points', 'mean_error', 'samples', 'successes', { fitted_bits: 'networks' });
const provided = networks
  .join(onSine.filter((d) => d.hypotheses === 'RBF kernel').select('n', 'd', 'seed', { bits: 'kernel' }))
  .derive({ provided: (d) => d.kernel - d.networks, right: (d) => d.successes / d.samples })
  .groupby('n', 'd', 'points')
  .rollup({
    ...{ kernel: op.mean('kernel'), networks: op.mean('networks'), 'share at the target': op.mean('right') },
    ...{ provided: op.mean('provided'), low: op.low('provided'), high: op.high('provided'), draws: op.count() },
  })
  .orderby('n', 'd');

// %%
await show(
  charts.lines(provided, {
    title: 'Bits that ReLU networks provide over the kernel',
    subtitle: 'bits of the kernel (exact) less those of the networks (χ² fit); 95 % intervals over draws of the task',
    x: {
      field: 'd',
      title: 'dimensions d',
      scale: { zero: false, nice: false },
      axis: { format: 'd', tickMinStep: 1 },
    },
    ...{ y: { field: 'provided', title: 'bits', format: '.1f' }, color: 'points', band: ['low', 'high'] },
  }),
);

// %%
await show(provided.select(aq.not('points')), { caption: 'Bits needed, and provided', digits: 2, limit: 20 });

// %% [markdown]
// What to see: these networks expect smooth functions of few directions, and that is what a sine of a projection is. The kernel
// treats all directions alike, so it has to be told what the networks take for granted.
//
// ### Dense or convolutional, on shifted digits
//
// Digits in the middle of the picture to train on, digits moved by up to three pixels to test with; squared error on one-hot
// classes, as in the released code. The convolutional networks take the largest output over all places.

// %%
const onDigits = all
  .filter((d) => d.task === 'shifted digits')
  .groupby('hypotheses')
  .rollup({
    ...{ draws: op.count(), samples: op.sum('samples'), successes: op.sum('successes') },
    ...{ 'mean error': op.mean('mean_error'), fitted: op.mean('fitted_bits'), exact: op.mean('bits') },
  })
  .objects()
  .map((row) => row as { hypotheses: string; samples: number; successes: number; exact?: number; fitted: number })
  .map(({ samples, successes, exact, fitted, ...row }) => {
    const { bits: ofShare, atLeast } = stats.successBits(successes, samples);
    const byShare = ofShare === null ? `> ${atLeast?.toFixed(1)}` : ofShare.toFixed(2);
    return { ...row, samples, successes, 'bits by their share': byShare, 'χ² fit': fitted, exact: exact ?? null };
  });
const [onDigitsGrid] = experiments.BIAS_GRIDS[preset].filter((grid) => grid.task === 'shifted digits');
await show(onDigits, { caption: `Bits for a mean squared error of ${onDigitsGrid.target}`, digits: 3 });

// %% [markdown]
// What to see: where no hypothesis of those drawn reaches the target, their number alone is certain: more bits than its
// logarithm. What the fit says of a probability that far away is an extrapolation, and depends on the fit.
//
// ### A subnetwork in the place of random init, on "a^2 + ab"
//
// Here whole curves are compared: the bits that the labels must still say to a learner, its
// [code length](../docs/glossary.md#bits), added up over the first 1,000 disambiguation samples. The rows are those of notebooks
// 04 and 07, at the paper's settings.

// %%
const lengths = tables
  .curves({ preset: 'paper', layers: [2] })
  .filter((d) => d.whose === 'ours' && d.n <= 1000)
  .derive({ point: (d) => ({ n: d.n, accuracy: d.accuracy }) })
  .groupby('line', 'seed')
  .rollup({ length: op.codeLength('point'), sizes: op.count() })
  .filter((d) => d.sizes === op.max(d.sizes));

// %%
const random = lengths.filter((d) => d.line === 'random init').select('seed', { length: 'without' });
const instilled = lengths
  .filter((d) => d.line !== 'random init')
  .join(random)
  .derive({ saved: (d) => d.without - d.length })
  .groupby('line')
  .rollup({
    bits: op.mean('saved'),
    low: op.low('saved'),
    high: op.high('saved'),
    length: op.mean('length'),
    seeds: op.count(),
  })
  .orderby(aq.desc('bits'));

// %%
await show(
  charts.dots(instilled, {
    ...{ title: 'Bits provided, against random init', subtitle: '"a^2 + ab", 2 layers, first 1,000 samples' },
    value: {
      field: 'bits',
      title: 'bits of labels saved',
      scale: { zero: true },
      axis: { format: ',d' },
      format: '.0f',
    },
    ...{ of: 'line', interval: ['low', 'high'] },
  }),
);

// %%
await show(instilled, { caption: 'Code length, and bits provided', digits: 0 });

// %% [markdown]
// ### Runs that find the rule of a table
//
// Where whole runs succeed or not, −log2 of the share that succeeds says how much luck, or bias, is still needed. Notebook 21
// trains small networks on a part of the pairs of an addition table.

// %%
const grokking = (experiments.EXPERIMENTS.grokking?.rowsOf({ preset: 'laptop' }) ?? []).filter(
  (row) => row.expression === 'a + b' && row.learning_rate === 0.01,
);
const luck = aq
  .from(grokking.length > 0 ? grokking : [{ modulus: 0, multiplier: 0, solved_at_epoch: null }])
  .groupby('modulus', 'multiplier')
  .rollup({ runs: op.count(), successes: (d) => op.valid(d.solved_at_epoch) })
  .filter((d) => d.modulus > 0)
  .orderby('modulus', 'multiplier')
  .objects()
  .map((row) => row as { modulus: number; multiplier: number; runs: number; successes: number })
  .map((row) => ({
    ...row,
    ...stats.successBits(row.successes, row.runs),
    ...stats.wilsonInterval(row.successes, row.runs),
  }))
  .map(({ bits, atLeast, low, high, smoothed, ...row }) => ({
    ...{ table: `M = ${row.modulus}`, ...row, smoothed, bits: bits?.toFixed(2) ?? `> ${atLeast?.toFixed(2)}` },
    ...{ 'bits from': -Math.log2(high), 'bits to': low > 0 ? -Math.log2(low) : null },
  }));

// %%
const none = 'The runs of notebook 21 are not among the results: `npm run sweep -- grokking` computes them.';
await show(
  charts.lines(luck, {
    ...{
      title: 'Bits that a network still needs to find the rule',
      subtitle: 'one success and one failure more (Laplace)',
    },
    x: { field: 'multiplier', title: 'pairs / (M ln M)', scale: { zero: false, nice: false } },
    ...{ y: { field: 'smoothed', title: 'bits', format: '.2f' }, color: 'table' },
  }),
  { none },
);
await show(luck, { caption: 'Shares in bits, with their 95 % intervals', digits: 2, limit: 12, none: '' });

// %% [markdown]
// What to see: with few seeds such bits are coarse, and no success in R runs says only "more than log2 R".
//
// ## The released code
//
// - The files of the second paper do not run as they are: one stops at a line that imports (`import utils import …`), the other
//   at a breakpoint that was left in.
//
// - It returns nats, by the natural logarithm, not bits.
//
// - The loss of its networks is a sum over batches of means, divided by the number of rows: too small by the batch size. That
//   of its kernel is a mean. Ours are means.
//
// - It finds the kernel's inverse by 10,000 epochs of Adam. Here it is solved.
//
// - Where the probability underflows it returns z²/2, of a normal approximation. That is not −ln Φ(z), and assumes that the
//   target is in the lower tail.
//
// - The distance between classes that the first paper's code takes from a sample ignores all distances below 1.
//
// ## Limits
//
// - The formula is a bound under assumptions (a sphere, waves, a Lipschitz constant), and its values cannot be tried. Only
//   their order means something.
//
// - Exact bits are exact for one class of hypotheses. Another width of the kernel is another class, with other bits.
//
// - Bits of networks come from a fit to a few hundred errors, and are extrapolated where none reaches the target.
//
// - Code lengths, tails and shares of runs are three measures with one unit. Within one they compare; a sum of them means
//   nothing.
//
// ## Questions to try
//
// - How do bits change with the kernel's width? `stats.rbfPosterior` takes `sigma`. Is there one that needs none?
//
// - Which target makes the χ² fit right? Compare its line with that of the exact law.
//
// - Which n needs the most bits, for d = 5? Write a grid of your own: `experiments.exactBias.compute({ preset, grids: [{
//   ...kernel, d: [5], n: [5, 10, 20, 40, 80] }] })`.
//
// - What does a deeper network provide? What one whose weights start ten times larger?
