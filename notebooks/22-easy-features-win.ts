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
// # 22 Easy features win
//
// A subnetwork is one way to give a network an [inductive bias](../docs/glossary.md#inductive-bias). But no network is without
// one. Two questions about the bias that is there anyway:
//
// 1. A reliable cue that is hard to read stands against a less reliable one that is easy to read. Which one does a network
//    follow, compared with the best possible classifier?
//
// 2. A network has learnt an easy and a hard feature equally well. How much of its activity does each of them explain, and
//    does that say what it computes?
//
// **Sources.** The first is the question of Hermann, Mobahi, Fel and Mozer, "On the Foundations of Shortcut Learning"
// ([arXiv 2310.16228](https://arxiv.org/abs/2310.16228)), the second of Lampinen, Chan and Hermann, "Learned feature
// representations are biased by complexity, learning order, position, and more"
// ([arXiv 2405.05847](https://arxiv.org/abs/2405.05847)).
//
// Of both papers we could read abstracts, captions, summaries and the notes of others, and no figure or code of the authors.
// So their data and measures are built from these descriptions; widths, optimizers and numbers of
// [epochs](../docs/glossary.md#epoch) are ours.

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
  stats,
  tables,
  tasks,
  tensorflow,
  tf,
  training,
} from 'subtask-induction';

const chosen = presets.current();
const preset = chosen === 'paper' ? 'laptop' : chosen;
const { sizes, grids } = experiments.SHORTCUT_BIAS[preset];
const { sizes: features } = experiments.REPRESENTED_VARIANCE[preset];
say(
  `**Preset \`${preset}\`**: ${sizes.epochs} epochs on ${sizes.rows.toLocaleString('en-US')} rows of two cues, ` +
    `${grids[0].seeds.length} seeds; at most ${features.epochs} epochs with two features. The papers' sizes are not known, so ` +
    "**its numbers are not the paper's**.",
);
await show(tables.publishedEasyFeatures(), {
  caption: 'What is published, and how far it could be verified',
  digits: 2,
});

// %% [markdown]
// ## Two cues
//
// A row has a class y, −1 or 1, and two numbers that depend on it: the *[shortcut](../docs/glossary.md#shortcut)* z_s and the
// *core cue* z_c. Both are normal around y·μ, with a correlation within each class. The *predictivity* ρ of a cue is how
// often its sign alone is right, which fixes μ = √2 · erf⁻¹(2ρ − 1).
//
// The network does not see z. It sees x = α·z_s·w_s + z_c·w_c with random unit vectors w. So *α*, the *availability*, says
// how large the shortcut is in the input; it changes nothing about what can be known.

// %%
const rho = { rhoShortcut: 0.85, rhoCore: 0.9 };
const [shortcutMean, coreMean] = tasks.cueMeans(rho);
const drawn = tasks.twoCues({ ...rho, rows: sizes.rows, seed: 1 });
const right = (guess: (cues: tasks.Cues) => number) =>
  drawn.cues.filter((cues, i) => guess(cues) >= 0 === (drawn.labels[i] === 1)).length / drawn.cues.length;
const optimal = stats.linearDiscriminant(drawn.cues, drawn.labels);
await show(
  [
    {
      classifier: 'sign of the shortcut',
      ρ: rho.rhoShortcut,
      μ: shortcutMean,
      'right, of these rows': right(([z]) => z),
    },
    { classifier: 'sign of the core cue', ρ: rho.rhoCore, μ: coreMean, 'right, of these rows': right(([, z]) => z) },
    { classifier: 'both, optimal', ρ: null, μ: null, 'right, of these rows': right(optimal) },
  ],
  { caption: 'What the cues are worth' },
);

// %% [markdown]
// The best classifier is known: the [linear discriminant](../docs/glossary.md#linear-discriminant) of the two cues. Whatever a
// network does beyond it is its own bias.
//
// ## Two networks, and where they draw the line
//
// Training by hand, once without and once with a nonlinearity. **Move α** in the first line and run this cell and the next
// two again: 1 makes both cues equally large.

// %%
const alpha = 8;
const probes = tasks.cueProbes(rho);
const embed = tasks.cueEmbedding({ width: sizes.inputs, availability: alpha, seed: 1 });
const examples = { rows: sizes.rows, inputs: embed(drawn.cues), labels: drawn.labels };
const shown = { rows: probes.length, inputs: embed(probes), labels: new Int32Array(probes.length) };

/** Trains a network, and gives its score for class 1 minus that for class −1 at each probe. */
function scoresAfterTraining(hidden: models.Activation, depth: number): number[] {
  const network = models.denseNetwork({ inputs: sizes.inputs, outputs: 2, depth, width: sizes.width, hidden });
  const optimizer = { name: 'sgd', momentum: 0.9, weightDecay: 0 } as const;
  const trainer = training.trainer(training.classifier(network), { optimizer, xla: false });
  trainer.start(network.init(1));
  const rate = tensorflow.linearDecay(0.01, sizes.epochs * Math.ceil(sizes.rows / sizes.batchSize));
  let step = 0;
  for (let epoch = 1; epoch <= sizes.epochs; epoch++) {
    const order = tasks.random(1, `order ${epoch}`).permutation(sizes.rows);
    for (const batch of training.exampleBatches(examples, sizes.batchSize, order))
      trainer.step(batch, ++step, rate(step));
  }
  const scores = training.outputsOf(network, trainer.parameters, shown).map(([minus, plus]) => plus - minus);
  trainer.dispose();
  return scores;
}

// %%
const answered = {
  'optimal classifier': probes.map(optimal),
  'linear, 1 hidden layer': scoresAfterTraining('linear', 1),
  'ReLU, 3 hidden layers': scoresAfterTraining('relu', 3),
};
const [shortcutSign, coreSign] = [0, 1].map((cue) => tasks.signsOf(probes.map((cues) => cues[cue])));
const decided = Object.entries(answered).map(([network, scores]) => {
  const answers = tasks.signsOf(scores);
  const { shares } = stats.ruleShares(answers, [shortcutSign, coreSign]);
  const reliance = stats.reliance(answers, shortcutSign, coreSign);
  return { network, 'decided by the shortcut': shares[0], 'by the core cue': shares[1], reliance };
});
await show(
  aq
    .from(decided)
    .derive({ 'shortcut bias': aq.escape((d: { reliance: number }) => d.reliance - decided[0].reliance) }),
  { caption: `Probes on which the signs of the cues differ, α = ${alpha}` },
);

// %% [markdown]
// This is a [cue conflict](../docs/glossary.md#cue-conflict), as for shape and texture. The probes are a grid of cues; on half
// of them the two signs differ. *Reliance* is the share decided by the shortcut minus the share decided by the core cue.
//
// **Shortcut bias** is a network's reliance minus that of the optimal classifier. Shape bias is the first share, by another
// scale: reliance 0 is a shape bias of one half.

// %%
const points = Object.entries(answered).flatMap(([network, scores]) =>
  probes.map(([shortcut, core], i) => ({ network, shortcut, core, answer: scores[i] >= 0 ? 'class 1' : 'class −1' })),
);
const picture = charts.dots(points, {
  title: `What networks answer to the probes, α = ${alpha}`,
  subtitle: 'the line is that of the optimal classifier',
  of: { field: 'shortcut', title: 'shortcut z_s' },
  value: { field: 'core', title: 'core cue z_c' },
  color: 'answer',
  facet: 'network',
  columns: 3,
}) as { spec: { layer: object[] } };
// Where the discriminant, which is linear, is 0.
const [at0, bySlope, byCore] = [optimal([0, 0]), optimal([1, 0]) - optimal([0, 0]), optimal([0, 1]) - optimal([0, 0])];
const line = [-1, 1].map((end) => ({
  shortcut: 3 * end * shortcutMean,
  core: -(at0 + bySlope * 3 * end * shortcutMean) / byCore,
}));
picture.spec.layer.push({
  data: { values: line },
  mark: { type: 'line', color: '#222222', strokeWidth: 2, clip: true },
  encoding: { x: { field: 'shortcut', type: 'quantitative' }, y: { field: 'core', type: 'quantitative' } },
});
await show(picture as never);

// %% [markdown]
// What to see: the better the core cue, the flatter the optimal line. A network that is biased to the shortcut
// bends away from it at the sides, where the shortcut is large: there it answers by the shortcut's sign further up or down than
// the line allows.
//
// The bend is small, and one training is one training: the next section takes many.
//
// ## Many networks
//
// Each of several kinds of network, at several ρ of the shortcut (the core cue stays at one ρ) and α, with several
// [seeds](../docs/glossary.md#seed). A seed has the same cues at every α.

// %%
// Of the laptop preset the table's runs are taken as they are; here and below, compute() would add what is missing.
const trained =
  preset === 'laptop'
    ? experiments.shortcutBias.rowsOf({ preset })
    : await experiments.shortcutBias.compute({ preset });
const all = experiments.shortcutBias.wanted({ preset }).length;
say(`${trained.length} networks of the ${all} that the preset \`${preset}\` asks for.`);
const NAMES = { relu: 'ReLU', tanh: 'tanh', linear: 'linear' };

// %%
const biases = aq.from(
  trained.map(({ hidden, depth, optimizer, rate, rho_shortcut, ...row }) => ({
    network: `${NAMES[hidden]}, ${depth} hidden${optimizer === 'Adam' ? ', Adam' : ''}`,
    ...{ hidden, depth, optimizer, rate: `${rate} rate`, ρ: rho_shortcut, α: row.availability, seed: row.seed },
    ...{ reliance: row.reliance, optimal: row.optimal_reliance, bias: row.reliance - row.optimal_reliance },
    ...{ accuracy: row.train_accuracy, validation: row.validation_accuracy, best: row.optimal_accuracy },
  })),
);

// %%
const main = biases.filter((d) => d.rate === 'falling rate' && d.optimizer === 'SGD' && d.depth > 0);
const unequal = main.filter((d) => d.ρ < 0.9);
await show(
  charts.cells(
    unequal
      .groupby('network', 'ρ', 'α')
      .rollup({ bias: op.mean('bias') })
      .orderby('network', 'ρ', 'α'),
    {
      title: 'Shortcut bias, mean over seeds',
      subtitle: 'across: availability α; down: predictivity ρ of the shortcut (of the core cue: 0.9)',
      x: 'α',
      y: 'ρ',
      value: axes.difference('shortcut bias', 'bias'),
      facet: 'network',
      columns: 3,
      width: 140,
      diverging: true,
    },
  ),
);

// %% [markdown]
// What to see: behind a ReLU or tanh the colour deepens to the right, in the linear network it does not. There a network
// follows a cue because it is large, not because it is right. White places are runs that are not there yet.
//
// Where the shortcut is worth much less than the core cue, the best classifier decides nearly every conflict by the core
// cue, and so do the networks: there is little to see.

// %%
const estimates = unequal
  .groupby('network', 'ρ', 'α')
  .rollup({
    reliance: op.mean('reliance'),
    optimal: op.mean('optimal'),
    bias: op.mean('bias'),
    low: op.low('bias'),
    high: op.high('bias'),
    'training accuracy': op.mean('accuracy'),
    seeds: op.count(),
  })
  .orderby('network', 'ρ', 'α');
await show(
  charts.dots(estimates.filter((d) => d.ρ === 0.85).derive({ α: (d) => `α ${d.α}` }), {
    title: 'Shortcut bias at ρ = 0.85',
    subtitle: '95 % intervals over seeds',
    value: axes.difference('shortcut bias', 'bias'),
    of: 'network',
    interval: ['low', 'high'],
    facet: 'α',
    columns: 2,
    at: 0,
  }),
);
await show(estimates, { caption: 'Shortcut bias, networks trained by SGD with a falling rate', limit: 80 });

// %% [markdown]
// ## What availability adds
//
// A network can deviate from the optimum for many reasons: it has seen few rows, or it is not trained to the end. What is due
// to availability is the difference between the largest and the smallest α, [paired](../docs/glossary.md#paired) by seed.

// %%
const most = Math.max(...trained.map(({ availability }) => availability));
const added = biases
  .filter((d) => d.ρ === 0.85)
  .derive({ end: aq.escape((d: { α: number }) => (d.α === 1 ? 'least' : d.α === most ? 'most' : 'between')) })
  .groupby('network', 'depth', 'hidden', 'rate', 'seed')
  .pivot('end', 'bias')
  .derive({ added: (d) => d.most - d.least });
const byNetwork = added
  .groupby('rate', 'network')
  .rollup({ added: op.mean('added'), low: op.low('added'), high: op.high('added'), seeds: op.count() })
  .orderby('rate', 'network');
await show(
  charts.dots(byNetwork, {
    title: `Shortcut bias at α = ${most} minus at α = 1`,
    subtitle: 'ρ = 0.85; 95 % intervals over seeds',
    value: axes.difference('difference of the biases', 'added'),
    of: 'network',
    interval: ['low', 'high'],
    color: 'rate',
    at: 0,
  }),
);
await show(byNetwork, { caption: 'What availability adds', digits: { added: 3 } });

// %% [markdown]
// What to see: with a [learning rate](../docs/glossary.md#learning-rate) that falls to zero, availability adds nothing in
// the linear network, and something in each of the others. With a constant rate the last steps still move the decision, most of
// all along the large cue: even linear networks scatter then.
//
// Our own first trials, with a constant rate, disagreed about one hidden layer. With a falling one it is plain.
//
// The network without a hidden layer learns the small cue slowly, so what it lacks is training, not an unbiased mind.
//
// ## Does depth add to it?

// %%
const byDepth = added
  .filter((d) => d.rate === 'falling rate' && !op.endswith(d.network, 'Adam'))
  .groupby('hidden', 'depth')
  .rollup({ added: op.mean('added'), low: op.low('added'), high: op.high('added'), seeds: op.count() })
  .derive({ network: (d) => `${d.depth} hidden, ${d.hidden}` })
  .orderby('hidden', 'depth');
await show(
  charts.dots(byDepth, {
    title: `What availability adds, by depth (α ${most} minus α 1)`,
    value: axes.difference('difference of the biases', 'added'),
    of: 'network',
    interval: ['low', 'high'],
    at: 0,
  }),
);

// %% [markdown]
// What to see: the paper says in words that the bias grows with depth. Where the intervals of one and more layers overlap,
// our networks neither confirm nor refute it; their widths and tasks are smaller.
//
// ## Equally good cues
//
// Where both cues are equally predictive there is no right one, only the best combination: another question, so it has a
// table of its own.

// %%
const equal = main
  .filter((d) => d.ρ === 0.9)
  .groupby('network', 'α')
  .rollup({ bias: op.mean('bias'), low: op.low('bias'), high: op.high('bias'), seeds: op.count() })
  .orderby('network', 'α');
await show(equal, { caption: 'Shortcut bias where both cues have ρ = 0.9', none: 'This preset has no such runs.' });

// %% [markdown]
// ## Without training: two kernels
//
// A very wide network with one hidden ReLU layer, trained with tiny steps, is a [kernel
// regression](../docs/glossary.md#kernel-regression) with its [tangent kernel](../docs/glossary.md#tangent-kernel). That has a
// closed form, so there is no noise of training.
//
// With u the cosine of two inputs, it is the product of their norms times κ₁(u) +
// u·κ₀(u), where κ₀ = (π − arccos u)/π and κ₁ = (u·(π − arccos u) + √(1 − u²))/π. The linear kernel is their product alone.
//
//
// Kernel regression on y = ±1 solves (K + ridge · I) a = y; the prediction at a probe is its kernel row times a. The
// *[ridge](../docs/glossary.md#readout)* says how much noise is to be expected: a tiny one fits every training row exactly,
// also those of the wrong side.

// %%
const KERNELS = { 'linear kernel': stats.linearKernel, 'ReLU tangent kernel': stats.reluTangentKernel };
const [rows, kernelSeeds] =
  preset === 'laptop' ? [400, [1, 2, 3, 4, 5]] : preset === 'quick' ? [200, [1, 2]] : [60, [1]];
const ridges = [0.001, 0.1, 1];
const regressions = runs.combinations({ seed: kernelSeeds, α: [1, 2, 4, 8] }).flatMap(({ seed, α }) => {
  const { cues, labels } = tasks.twoCues({ ...rho, rows, seed, purpose: 'kernel' });
  const inputsOf = tasks.cueEmbedding({ width: sizes.inputs, availability: α, seed });
  const [x, at] = [cues, probes].map((set) => set.map((one) => inputsOf([one])));
  const targets = Array.from(labels, (label) => 2 * label - 1);
  const best = tasks.signsOf(probes.map(stats.linearDiscriminant(cues, labels)));
  const optimum = stats.reliance(best, shortcutSign, coreSign);
  return Object.entries(KERNELS).flatMap(([kernel, own]) =>
    stats.kernelRegression(own, { rows: x, targets, probes: at, ridges }).map((predicted, i) => {
      const reliance = stats.reliance(tasks.signsOf(predicted), shortcutSign, coreSign);
      return { seed, α, kernel, ridge: ridges[i], bias: reliance - optimum };
    }),
  );
});

// %%
const byRidge = aq
  .from(regressions)
  .derive({ panel: (d) => `ridge ${d.ridge}` })
  .groupby('panel', 'kernel', 'α')
  .rollup({ bias: op.mean('bias'), low: op.low('bias'), high: op.high('bias') });
const beside = main
  .filter((d) => d.ρ === 0.85 && d.hidden === 'relu' && d.depth === 1)
  .derive({ kernel: () => 'trained network', panel: () => ['ridge 0.001', 'ridge 0.1', 'ridge 1'] })
  .unroll('panel')
  .groupby('panel', 'kernel', 'α')
  .rollup({ bias: op.mean('bias'), low: op.low('bias'), high: op.high('bias') });

// %%
await show(
  charts.lines(byRidge.concat(beside), {
    title: 'Kernel regression, and a trained network with one hidden ReLU layer',
    subtitle: 'ρ = 0.85; bands: 95 % intervals over seeds',
    x: {
      field: 'α',
      title: 'availability α',
      scale: { type: 'log', base: 2, nice: false },
      axis: { values: [1, 2, 4, 8] },
    },
    y: axes.difference('shortcut bias', 'bias'),
    color: 'kernel',
    facet: 'panel',
    columns: 3,
    band: ['low', 'high'],
  }),
);

// %% [markdown]
// What to see: the linear kernel lies at 0 whatever α and ridge. The tangent kernel is biased, sharply and without any
// training. But look at α = 1: with the smallest ridge most of its bias is there before the shortcut is made any larger. It fits
// single rows, and between them it falls back towards *both cues alike*.
//
// So the claim about availability is the slope, not the height. With the smallest ridge there is hardly any; it is there
// with the others, and in the trained network. A single number for the bias of a kernel, without that at α = 1, would say more about
// noise that was learnt by heart than about availability.

// %%
const slopes = aq
  .from(regressions)
  .derive({ end: (d) => (d.α === 1 ? 'least' : d.α === 8 ? 'most' : 'between') })
  .groupby('kernel', 'ridge', 'seed')
  .pivot('end', 'bias')
  .derive({ added: (d) => d.most - d.least })
  .groupby('kernel', 'ridge')
  .rollup({
    'at α = 1': op.mean('least'),
    'at α = 8': op.mean('most'),
    added: op.mean('added'),
    low: op.low('added'),
    high: op.high('added'),
  });
await show(slopes, { caption: `What availability adds to kernel regression on ${rows} rows` });

// %% [markdown]
// ## Two features, both learnt
//
// Now the second question. An input has many values of −1 or 1. The *easy* feature is one of them, the *hard* one the
// [parity](../docs/glossary.md#parity) (the product) of some others. A network has an output for each, and learns both.
//
// φ are the activations of its last hidden layer. Least squares predicts φ from a feature on some rows; on other rows, the
// *[explained variance](../docs/glossary.md#explained-variance)* is R² = 1 − Σ‖prediction − φ‖² / Σ‖φ‖², with φ and features
// centred. (A reading note of the paper has the mean over rows of that ratio instead of the ratio of sums.)

// %%
const parity = preset === 'laptop' ? 3 : 2;
const network = models.denseNetwork({ inputs: features.inputs, outputs: 2, depth: 2, width: features.width });
const learner = training.trainer(experiments.featureLearner(network), {
  optimizer: { name: 'adamW', weightDecay: 0 },
  xla: false,
});
const rowsFor = (purpose: string, rows = features.rows) =>
  tasks.easyAndHard({ rows, parity, width: features.inputs, seed: 1, purpose });
/** Outputs for rows, or the activations of a layer. */
const outputs = (data: tasks.EasyAndHard, tap?: string) =>
  training.outputsOf(network, learner.parameters, { ...data, labels: new Int32Array(data.rows) }, tap);
const [probe, score] = [rowsFor('probe', 1000), rowsFor('score', 1000)];
const accuracy = (given: ArrayLike<number>[], of: number) =>
  given.filter((output, i) => output[of] * score.features[i][of] > 0).length / score.rows;
const variance = (of: number) => {
  const [first, second] = [probe, score].map((data) => ({
    features: data.features.map((row) => [row[of]]),
    activations: outputs(data, 'hidden 2'),
  }));
  return stats.explainedVariance(first, second);
};

// %%
learner.start(network.init(1));
const course = [];
const lastEpoch = preset === 'laptop' ? 60 : preset === 'quick' ? 30 : 4;
let taken = 0;
for (let epoch = 1; epoch <= lastEpoch; epoch++) {
  for (const batch of experiments.featureBatches(rowsFor(`train ${epoch}`), features.batchSize, [1, 1])) {
    learner.step(batch, ++taken, 1e-3);
  }
  if (epoch % 2 === 1 && epoch > 1) continue;
  const given = outputs(score);
  for (const [of, feature] of ['easy feature', 'hard feature'].entries()) {
    course.push({ epoch, feature, accuracy: accuracy(given, of), ...variance(of) });
  }
}
// R² by the variance at the end, so that the two curves can be compared over time.
const { total } = course[course.length - 1];
const curves = course.flatMap(({ epoch, feature, accuracy, explained }) => [
  { epoch, feature, panel: 'accuracy on new rows', value: accuracy },
  { epoch, feature, panel: 'explained, of the variance at the end', value: explained / total },
]);

// %%
await show(
  charts.lines(curves, {
    title: `Learning an easy feature and the parity of ${parity}`,
    subtitle: '2 hidden layers, Adam, one training',
    x: { field: 'epoch', title: 'epoch' },
    y: { field: 'value', title: null as never },
    color: 'feature',
    facet: 'panel',
    columns: 2,
  }),
);

// %% [markdown]
// What to see: the easy feature is learnt at once, the hard one later; in the end both are answered without a mistake. Yet
// they do not share the activity equally: the curves on the right stay apart.
//
// The two together do not make up all of it: the
// rest stands for the single inputs that the parity is made from, and for noise.
//
// ## The first components
//
// The [principal components](../docs/glossary.md#principal-component) of the activations are what a person looks at first.

// %%
const activations = outputs(score, 'hidden 2');
const { scores: placed, shares, directions } = stats.principalComponents(activations, Math.min(50, features.width));
const colours = ['easy feature', 'hard feature'].flatMap((feature, of) =>
  placed.slice(0, 400).map(([first, second], i) => ({
    feature: `by the ${feature}`,
    first,
    second,
    value: score.features[i][of] > 0 ? 'feature 1' : 'feature −1',
  })),
);

// %%
await show(
  charts.dots(colours, {
    title: 'Activations in their first two components',
    subtitle: `they hold ${shares
      .slice(0, 2)
      .map((share) => `${(100 * share).toFixed(0)} %`)
      .join(' and ')} of the variance`,
    of: { field: 'first', title: 'first component' },
    value: { field: 'second', title: 'second component' },
    color: 'value',
    facet: 'feature',
    columns: 2,
  }),
);

// %%
// The outputs are linear in the activations: here from the first components alone.
const [weight, bias] = ['output.weight', 'output.bias'].map((name) => learner.snapshot()[name].data as Float32Array);
const readOut = (phi: ArrayLike<number>) =>
  [0, 1].map((of) => Array.from(phi).reduce((sum, value, j) => sum + value * weight[of * phi.length + j], bias[of]));
const means = Array.from(activations[0], (_, j) => stats.mean(activations.map((row) => row[j])));
const kept = [0, 1, 2, 3, 5, 8, 12, 20, 30, 50]
  .filter((count) => count <= directions.length)
  .flatMap((count) => {
    const given = placed.map((place) =>
      readOut(
        means.map((mean, j) => directions.slice(0, count).reduce((sum, way, c) => sum + place[c] * way[j], mean)),
      ),
    );
    return ['easy feature', 'hard feature'].map((feature, of) => ({ count, feature, accuracy: accuracy(given, of) }));
  });

// %%
await show(
  charts.lines(kept, {
    title: 'Answers from the first components alone',
    x: { field: 'count', title: 'components kept' },
    y: axes.share('accuracy', 'accuracy'),
    color: 'feature',
    height: 180,
  }),
);

// %% [markdown]
// What to see: a component or two are enough for the easy feature, the hard one takes a few more. Clouds that are apart in one
// feature alone show which components carry it.
//
// A large component need not be any of the two: it can be a partial sum on the way to the parity, which no output asks for.
//
// ## A causal check
//
// Does a feature that explains little also do little? Move the activations by c times the difference of their means, from the
// rows with feature −1 towards those with feature 1 or back, and ask when the answer flips.

// %%
const flips = ['easy feature', 'hard feature'].flatMap((feature, of) => {
  const meanOf = (sign: number) => {
    const own = activations.filter((_, i) => score.features[i][of] === sign);
    return means.map((_, j) => stats.mean(own.map((row) => row[j])));
  };
  const [minus, plus] = [meanOf(-1), meanOf(1)];
  const difference = plus.map((value, j) => value - minus[j]);
  return Array.from({ length: 101 }, (_, i) => i / 100).map((c) => {
    const moved = activations.map((row, i) =>
      readOut(row.map((value, j) => value - c * score.features[i][of] * difference[j])),
    );
    const length = (c * Math.hypot(...difference)) / Math.sqrt(total / score.rows);
    return { feature, c, length, flipped: 1 - accuracy(moved, of) };
  });
});
await show(
  charts.lines(flips, {
    title: 'Answers that flip when the activations are moved',
    x: { field: 'c', title: 'c, in differences of the means' },
    y: axes.share('flipped', 'share flipped'),
    color: 'feature',
    height: 180,
  }),
);

// %%
const half = aq
  .from(flips)
  .filter((d) => d.flipped >= 0.5)
  .groupby('feature')
  .rollup({ 'c at which half flip': op.min('c'), 'moved, in standard deviations of φ': op.min('length') });
await show(half, {
  caption: 'How far activations must be moved',
  none: 'Half of the answers never flip: nothing is learnt yet.',
});

// %% [markdown]
// What to see: measured in c, both flip half-way, and they must: the output is linear in φ, so moving φ by the whole difference
// moves the output by the whole difference. Measured as a length, the hard feature needs the smaller push. A small
// explained variance is a short lever, not a weak one.
//
// ## Many networks
//
// Does the easy feature always win? Parities of several sizes, two depths, three optimizers. Only networks in which both
// features are learnt can be compared.

// %%
const { representedVariance } = experiments;
const measured =
  preset === 'laptop' ? representedVariance.rowsOf({ preset }) : await representedVariance.compute({ preset });
const learnt = aq.from(measured).derive({
  both: aq.escape(
    (d: experiments.RepresentedVarianceRow) => Math.min(d.easy_accuracy, d.hard_accuracy) >= experiments.LEARNT,
  ),
  of: (d) => `parity of ${d.parity}, ${d.depth} layers`,
});
const whole = learnt.filter((d) => d.both);
const dropped = learnt.filter((d) => !d.both);
say(
  `${whole.numRows()} of ${learnt.numRows()} networks answer at least ${100 * experiments.LEARNT} of 100 new rows right for both ` +
    `features; the other ${dropped.numRows()} are left out of all that follows. The preset \`${preset}\` asks for ` +
    `${representedVariance.wanted({ preset }).length}.`,
);
await show(
  dropped
    .groupby('of', 'optimizer', 'order')
    .rollup({ dropped: op.count(), 'accuracy, hard': op.mean('hard_accuracy') }),
  {
    caption: 'Left out',
    none: '',
  },
);

// %%
const long = whole
  .fold(['easy_variance', 'hard_variance'], { as: ['which', 'variance'] })
  .derive({ feature: (d) => (d.which === 'easy_variance' ? 'easy feature' : 'hard feature') });
const bars = long
  .filter((d) => d.order === 'together')
  .groupby('of', 'optimizer', 'feature')
  .rollup({ variance: op.mean('variance'), low: op.low('variance'), high: op.high('variance') })
  .orderby('of');
await show(
  charts.dots(bars, {
    title: 'Explained variance of an easy and a hard feature, both learnt',
    subtitle: '95 % intervals over seeds',
    value: axes.share('variance', 'R²'),
    of: 'of',
    interval: ['low', 'high'],
    color: 'feature',
    bars: true,
    facet: 'optimizer',
    columns: 1,
  }),
  { none: 'No network of this preset has learnt both.' },
);

// %% [markdown]
// What to see: bars of one line, which network computes equally well. In most lines the easy feature has the longer bar; but
// not in all, and the optimizer and the depth change it. The paper's summary names one pair of numbers for it (above, in the
// table of what is published); for which network is not known.

// %%
const conditions = whole
  .groupby('parity', 'depth', 'optimizer', 'order')
  .rollup({
    seeds: op.count(),
    easy: op.mean('easy_accuracy'),
    hard: op.mean('hard_accuracy'),
    'R² easy': op.mean('easy_variance'),
    'R² hard': op.mean('hard_variance'),
    'easy wins': (d) => op.sum(d.easy_variance > d.hard_variance ? 1 : 0),
    'c easy': op.mean('easy_flip'),
    'c hard': op.mean('hard_flip'),
    epochs: op.mean('epochs'),
  })
  .derive({ ratio: (d) => d['R² easy'] / d['R² hard'] })
  .orderby('parity', 'depth', 'optimizer', 'order');
await show(conditions, { caption: 'Networks that have learnt both features', limit: 60, none: 'There are none.' });

// %% [markdown]
// ## Does it help to learn the hard feature first?

// %%
const orders = long
  .filter((d) => d.optimizer === 'Adam')
  .groupby('of', 'order', 'feature')
  .rollup({
    variance: op.mean('variance'),
    low: op.low('variance'),
    high: op.high('variance'),
    orders: op.distinct('order'),
  })
  .groupby('of')
  .derive({ orders: op.count() })
  .filter((d) => d.orders > 2)
  .ungroup()
  .orderby('of');

// %%
await show(
  charts.dots(orders, {
    title: 'The hard feature alone until it is learnt, then both (Adam)',
    value: axes.share('variance', 'R²'),
    of: 'of',
    interval: ['low', 'high'],
    color: 'feature',
    bars: true,
    facet: 'order',
    columns: 1,
  }),
  { none: 'This preset trains both features together only.' },
);

// %% [markdown]
// What to see: a head start narrows the gap, or even turns it round, without any change in what the network answers. So R² says
// something about the history of a network, beside what it computes.
//
// ## The project's own base model
//
// The [base model](../docs/glossary.md#base-model) of 2 layers computes "a + ab", and its
// [subnetwork](../docs/glossary.md#subnetwork) "ab". At the separator, where the answer is given, how much of the [residual
// stream](../docs/glossary.md#residual-stream) do the features of the task explain, before and after masking?
//
// A feature is one-hot here: a column for each [residue](../docs/glossary.md#residue). *Every pair* has a column for each of the
// 49 pairs of residues, so nothing that depends on residues alone can explain more.

// %%
const chain = experiments.chainSettings({ preset: 'paper', layers: 2, seed: 1 });
const found = await experiments.chainOf(chain, { store: runs.projectStore() });
if (!found) throw new Error('The base model was not made.');
const config = experiments.configOf(chain.base);
const base = tensorflow.tensorsOf(found.base.parameters);
const variants = {
  base,
  'masked base': masks.applyMask(base, masks.maskTensors(found.discovery.subnetwork)),
  'untrained model': models.gpt2Init(config, 1),
};
const residue =
  (of: (a: number, b: number) => number, count = 7) =>
  (a: number, b: number) =>
    Array.from({ length: count }, (_, i) => Number(of(a, b) % count === i));
const [ofA, ofB] = [residue((a) => a), residue((_, b) => b)];
const FEATURES = {
  'a mod 7': ofA,
  'b mod 7': ofB,
  'a mod 7 and b mod 7, added': (a: number, b: number) => [...ofA(a, b), ...ofB(a, b)],
  'ab mod 7': residue((a, b) => a * b),
  'a + ab mod 7': residue((a, b) => a + a * b),
  'every pair': residue((a, b) => 7 * (a % 7) + (b % 7), 49),
};

// %%
const pairs = (purpose: string) =>
  tasks.unambiguousRows({ expression: 'a + ab', rows: preset === 'smoke' ? 300 : 1500, seed: 1, purpose });
/** Features of rows, and the output of each block at the separator. */
function stream(data: tasks.Rows, parameters: Record<string, tf.Tensor>): { inputs: number[][]; blocks: number[][][] } {
  const blocks: number[][][] = [];
  const ids = tf.tensor2d(data.tokens, [data.rows, 4], 'int32');
  const onBlock = (output: tf.Tensor) => {
    const places = output.reshape([data.rows, -1, chain.base.width]) as tf.Tensor3D;
    blocks.push(tf.squeeze(places.slice([0, places.shape[1] - 1, 0], [-1, 1, -1]), [1]).arraySync() as number[][]);
  };
  tf.tidy(() => models.gpt2Logits(parameters, training.inputsOf(ids), config, { lastOnly: true, onBlock }));
  return { inputs: ids.arraySync() as number[][], blocks };
}

// %%
const explained = Object.entries(variants).flatMap(([model, parameters]) => {
  const [fit, held] = ['probe', 'score'].map((purpose) => stream(pairs(purpose), parameters));
  return Object.entries(FEATURES).flatMap(([feature, columns]) =>
    [0, 1].map((block) => {
      const [first, second] = [fit, held].map(({ inputs, blocks }) => ({
        features: inputs.map(([a, b]) => columns(a, b)),
        activations: blocks[block],
      }));
      return {
        model,
        feature,
        block: `after block ${block + 1}`,
        variance: stats.explainedVariance(first, second).share,
      };
    }),
  );
});

// %%
await show(
  charts.dots(
    explained.map((row) => ({ ...row, variance: Math.max(0, row.variance) })),
    {
      title: 'What features explain of the residual stream',
      subtitle: 'base model of 2 layers, seed 1, and its mask for "ab"; on new rows',
      value: axes.share('variance', 'R²'),
      of: 'feature',
      color: 'model',
      bars: true,
      facet: 'block',
      columns: 1,
      width: 330,
    },
  ),
);
await show(aq.from(explained).groupby('block', 'feature').pivot('model', 'variance', { sort: false }), {
  caption: 'R² on new rows',
});

// %% [markdown]
// What to see: after the last block of the base, "a + ab" explains most among the single features, and "ab" little. The mask
// turns that round: "ab" comes to the front, "a + ab" goes. So [discovery](../docs/glossary.md#subnetwork) keeps a part that the base
// computes on its way and then hides.
//
// After the first block both models hold little but the two residues, added.
//
// The features overlap: "ab" is 0 wherever a is, so it explains a part of what "a" explains, and the other way round. *Added*
// knows both residues but not their product; what *every pair* explains beyond it is what the model computes from the two together.
//
// R² below 0 on new rows counts as 0 in the chart.
//
// ## Honest limits
//
// - The papers' own sizes, optimizers and figures could not be read. The published numbers stand in a table above, with how far
//   they are verified; no picture here draws them, since none of ours has their settings.
//
// - Shortcut bias depends on the grid of probes, whose corners are far from all training rows. A network is asked there for
//   an extrapolation.
//
// - Widths are small, and tasks smaller. The paper shows the same for images and for language; nothing here does.
//
// - Two trials of ours disagreed about one hidden layer: with a constant learning rate, few seeds are too few. The paper's is not
//   known.
//
// - R² is a linear measure, of one layer. A feature may be there and not be linear. It is not importance: that is the point.
//
// - A network that has not learnt the hard feature is left out. What is left may be the networks to which it came easily.
//
// ## Questions to try
//
// - Move α above to 32, or to a half: does the line turn the other way when the core cue is the larger?
//
// - Ask for a `rhoShortcut` above `rhoCore`: now the available cue is also the better one. Is there a bias still?
//
// - `experiments.shortcutBias.compute({ preset, models: [{ hidden: 'tanh', depth: 5, optimizer: 'SGD', rate: 'falling' }] })`
//   trains another network. Which activation is least biased?
//
// - Give `featureBatches` the weights `[0.1, 1]`: the easy feature counts a tenth in the loss. Whose variance grows?
//
// - Take `'hidden 1'` in place of `'hidden 2'`: is the hard feature represented before it is computed?
//
// - In the base model, ask for the tokens a and b in place of the separator. Where do the residues
//   come from?
