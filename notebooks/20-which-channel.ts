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
// # 20 Which channel instils how much?
//
// Subtask Induction hands knowledge over in *weights*. It could as well travel through answers, through representations,
// through data or through the optimiser. Here one student learns one task, and only the
// [channel](../docs/glossary.md#channel) changes. How many labels does each of them save?
//
// The comparison is this project's own: the paper has no such numbers, so nothing here is compared with published ones.

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
  training,
} from 'subtask-induction';

const preset = presets.manyRuns(presets.current());
const chain = experiments.chainSettings({ preset });
const planned = preset === 'paper' ? experiments.CHANNEL_SIZES : preset === 'tiny' ? [0, 40, 100] : [0, 40];
say(presets.note(preset, { computes: false }));

// %% [markdown]
// ## One measuring stick: bits
//
// A student that is right with probability a leaves h(a) [bits](../docs/glossary.md#bits) for each label to say: none where
// a is 1, and log2 of the seven answers where it guesses.
//
// Added up along the [data-efficiency](../docs/glossary.md#disambiguation-samples) curve, from n = 0 to the last n, that is the
// *code length*: how much the labels had to tell. A condition *instils* the code length of random init minus its own.
//
// What could a student know at best? "a^2 + ab" depends on the [residues](../docs/glossary.md#residue) of a and b. The
// *reference learner* knows that and nothing else: it memorises a table of 7 × 7 answers, one cell a sample, and the samples
// with a = b fill the diagonal.

// %%
const knowing = (n: number) => ({ n, accuracy: stats.knowsResidues(n) });
await show(
  planned.map(knowing).map(({ n, accuracy }) => ({ n, accuracy, 'bits a label': stats.bitsPerLabel(accuracy) })),
  { caption: 'The learner that knows the residues and nothing else' },
);
say(
  `It needs **${stats.codeLength(planned.map(knowing)).toFixed(0)} bits** of the first ${planned.at(-1)} labels, which hold ` +
    `${(planned.at(-1)! * Math.log2(7)).toFixed(0)} bits for one who guesses.`,
);

// %% [markdown]
// ## Conditions
//
// As in [notebook 03](03-data-efficiency.ipynb), students train on samples with a = b and on n others, the same for every
// condition of one n and [seed](../docs/glossary.md#seed). All may use what the base model knows; none sees more labels of
// "a^2 + ab".
//
// | channel | condition | what the student gets |
// | --- | --- | --- |
// | none | random init | nothing |
// | weights | full model, subnetwork, controls | as in notebooks 03 and 07 |
// | weights | embeddings only | the base's embeddings, LayerNorm and biases; all maps new |
// | weights | maps only | the base's maps; all else new |
// | outputs | distilled subtask | first learns the [answers](../docs/glossary.md#distillation) of the subnetwork to "ab" |
// | data | subtask data | the same with the labels of "ab" |
// | representations | guidance | blocks are to be [similar](../docs/glossary.md#guidance) to those of a guide |
// | representations | readout of the base | the frozen base, and a linear [readout](../docs/glossary.md#readout) |
// | representations | probe first | that readout first, then all weights train |
// | data format | step written out | samples say "ab" before the answer |
// | optimiser | weight decay | nothing; weight decay is 1 and not a hundredth |
// | none, weights | rows balanced | as many samples with a = b as others in each batch |

// %%
const first = ['distilled subtask', 'subtask data'];
// What smaller presets leave out, for their time; the smoke test takes what one trainer can train.
const left = ['subtask data', 'guidance by the base', 'guidance by an untrained model', 'random init, rows balanced'];
const few = ['random init', 'subnetwork', 'embeddings only', 'random init, rows balanced'];
const conditions = experiments.CHANNEL_NAMES.filter(
  (name) => preset === 'paper' || (preset === 'tiny' ? !left.includes(name) : few.includes(name)),
);
// n to compute now. With the paper's settings that takes hours, so the table's runs are taken as they are: write [40] here
// to add what is missing at that n.
const wanted: number[] = preset === 'paper' ? [] : planned;
const seeds = preset === 'paper' ? [] : [1];
await experiments.channels.compute({ preset, conditions, sizes: wanted });
await experiments.readouts.compute({ preset, sizes: planned, seeds });
const watched = await experiments.inherited.compute({ preset, seeds, sizes: [preset === 'smoke' ? 40 : 100] });

// %%
const readouts = tables.readouts({ preset });
const curve = ['condition', 'channel', 'n', 'seed', 'accuracy'];
const older = tables
  .curves({ preset, layers: [2] })
  .filter((d) => d.whose === 'ours' && !op.endswith(d.condition, 'trainable'))
  .derive({ condition: (d) => d.line, channel: (d) => (d.condition === 'random init' ? 'none' : 'weights') })
  .select(curve);
const newer = tables
  .channels({ preset })
  .filter((d) => d.layers === 2 && d.alpha === 1)
  .select(curve)
  .antijoin(older, [
    ['condition', 'n', 'seed'],
    ['condition', 'n', 'seed'],
  ]);
const read = readouts
  .filter((d) => d.target === 'a^2 + ab' && d.strength === 0.001)
  .filter((d) => d.features === 'base' || d.features === 'untrained model')
  .derive({ condition: (d) => (d.features === 'base' ? 'readout of the base' : 'readout of an untrained model') })
  .derive({ channel: () => 'representations' })
  .select(curve);
const isPlanned = (d: { n: number }) => planned.includes(d.n);
const everyRun = older.concat(newer, read).filter(aq.escape(isPlanned));

// %%
// Code lengths are compared over the same n alone: those that give the most of n times conditions.
const names = [...new Set(everyRun.array('condition') as string[])];
const pairs = everyRun.select('condition', 'n').dedupe().objects() as { condition: string; n: number }[];
const { depths: sizes } = stats.commonDepths(pairs.map((d) => ({ layers: d.n, n: names.indexOf(d.condition) })));
const measured = everyRun.filter(aq.escape((d: { n: number }) => sizes.includes(d.n)));
const reference = sizes.map(knowing);
// The reference learner once for every seed of random init.
const known = aq.from(reference).derive({ condition: () => 'knows the residues', channel: () => 'reference' });
const all = measured.concat(
  measured
    .filter((d) => d.condition === 'random init')
    .dedupe('seed')
    .select('seed')
    .cross(known),
);
// %%
// Curves that have every n.
const wholeAt = (table: typeof all, ns: readonly number[]) =>
  table
    .groupby('condition', 'seed')
    .derive({ points: op.count(), point: (d) => ({ n: d.n, accuracy: d.accuracy }) })
    .filter(aq.escape((d: { points: number }) => d.points === ns.length));
const whole = wholeAt(all, sizes);
const stand = all.groupby('channel', 'condition').rollup({ runs: op.count(), seeds: op.listed('seed') });
const wholeSeeds = whole.groupby('condition').rollup({ 'seeds with every n': op.listed('seed') });
await show(stand.join_left(wholeSeeds), {
  caption: `What this rests on; every n: ${sizes.join(', ')}`,
  limit: 40,
});

// %%
const open = experiments.CHANNEL_NAMES.filter((name) => !wholeSeeds.array('condition').includes(name));
const single = wholeSeeds
  .filter((d) => d.condition !== 'knows the residues' && !op.includes(d['seeds with every n'], ',', 0))
  .array('condition') as string[];
say(
  (open.length > 0 ? `**Not computed to the end: ${open.join('; ')}.** ` : '') +
    (single.length > 0 ? `With one seed, and therefore without an interval over seeds: ${single.join('; ')}.` : ''),
);

// %% [markdown]
// ## Curves
//
// Every chart has random init and the reference learner in it. A student above the reference knows more than the residues; one
// below it knows less, or loses what it was given.

// %%
const groups: Record<string, string[]> = {
  weights: ['full model', 'subnetwork', 'embeddings only', 'maps only', 'full model, rows balanced'],
  representations: [
    ...['readout of the base', 'probe first', 'guidance by the base'],
    ...['guidance by the subnetwork', 'guidance by an untrained model'],
  ],
  'answers, data, format and optimiser': [...first, 'step written out', 'weight decay', 'random init, rows balanced'],
};
const points = all
  .groupby('condition', 'n')
  .rollup({ accuracy: op.mean('accuracy'), low: op.low('accuracy', 1000), high: op.high('accuracy', 1000) });
for (const [group, own] of Object.entries(groups)) {
  const drawn = [...own, 'random init', 'knows the residues'];
  const table = points.filter(aq.escape((d: { condition: string }) => drawn.includes(d.condition)));
  const title = `Through ${group}`;
  const look = { x: axes.samples, y: axes.accuracy, color: 'condition', band: ['low', 'high'] as const };
  await show(charts.lines(table, { title, subtitle: presets.caption(preset), ...look }));
}

// %% [markdown]
// What to see: the readout of the frozen base follows the reference line, whatever trains stays below it. Bands are 95 %
// [intervals](../docs/glossary.md#confidence-interval): over seeds where there are several, of the test set alone where there
// is one.
//
// ## Bits instilled
//
// The figure of this notebook: all conditions, ranked.

// %%
const lengths = whole.groupby('condition', 'channel', 'seed').rollup({ length: (d) => op.codeLength(d.point) });
const unbiased = lengths.filter((d) => d.condition === 'random init').select('seed', { length: 'unbiased' });
const bits = lengths
  .join(unbiased)
  .derive({ saved: (d) => d.unbiased - d.length })
  .groupby('condition', 'channel')
  .rollup({
    bits: op.mean('saved'),
    low: op.low('saved'),
    high: op.high('saved'),
    length: op.mean('length'),
    'length, low': op.low('length'),
    'length, high': op.high('length'),
    seeds: op.distinct('seed'),
  })
  .orderby(aq.desc('bits'));
const ofReference = bits.filter((d) => d.condition === 'knows the residues').array('bits')[0] as number;

// %%
await show(
  charts.dots(bits, {
    title: `Bits instilled in the first ${sizes.at(-1)} labels`,
    subtitle: presets.caption(preset),
    value: { field: 'bits', title: 'bits instilled; dashed: knows the residues', format: '.0f' },
    of: 'condition',
    interval: ['low', 'high'],
    color: 'channel',
    bars: true,
    at: ofReference,
  }),
  { none: 'There is no whole curve beside that of random init yet.' },
);

// %% [markdown]
// What to see: the distance from a bar's end to the dashed line is what a condition loses, or never had. A bar to the left of
// zero is worse than nothing. A bar without a line through its end rests on one seed.

// %%
const needed = measured
  .derive({ run: (d) => ({ n: d.n, seed: d.seed, accuracy: d.accuracy }) })
  .groupby('condition')
  .rollup({ half: (d) => op.needed(d.run, 0.5) })
  .derive({ n50: (d) => d.half.text })
  .select('condition', 'n50');
const random = measured.filter((d) => d.condition === 'random init').select('n', 'seed', { accuracy: 'other' });
const leads = measured
  .join(random)
  .derive({ pair: (d) => ({ n: d.n, seed: d.seed, first: d.accuracy, second: d.other }) })
  .groupby('condition')
  .rollup({ paired: (d) => op.paired(d.pair) })
  .derive({ lead: (d) => d.paired.mean, 'lead, low': (d) => d.paired.low, 'lead, high': (d) => d.paired.high })
  .select(aq.not('paired'));
const right = tables
  .channels({ preset })
  .filter((d) => d.alpha === 1 && d.right != null)
  .groupby('condition')
  .rollup({
    'right at 0': (d) => op.mean(d.n === 0 ? d.right : null),
    'right at 100': (d) => op.mean(d.n === 100 ? d.right : null),
  });

// %%
// Planned seconds of the longest run, on one core; a first stage comes on top.
const seconds = experiments.channels.wanted({ preset, sizes: [sizes.at(-1)!] }).map(({ key, settings }) => ({
  condition: key.condition,
  seconds: experiments.channelStage.cost(settings as never).seconds,
}));
const round = { bits: 0, low: 0, high: 0, length: 0, 'length, low': 0, 'length, high': 0, seconds: 0 };
const everything = bits
  .join_left(needed)
  .join_left(leads)
  .join_left(right)
  .join_left(aq.from(seconds))
  // One seed has no interval.
  .derive({ low: (d) => (d.seeds > 1 ? d.low : null), high: (d) => (d.seeds > 1 ? d.high : null) })
  .derive({
    'length, low': (d) => (d.seeds > 1 ? d['length, low'] : null),
    'length, high': (d) => (d.seeds > 1 ? d['length, high'] : null),
  })
  .orderby(aq.desc('bits'))
  .relocate(['condition', 'channel', 'seeds', 'n50'], { before: 'bits' });
await show(everything, { caption: 'All conditions', limit: 40, digits: round });

// %% [markdown]
// The columns *right at* are shares of [conflicts](../docs/glossary.md#cue-conflict): test samples on which a^2 + ab, 2a^2 and
// 2b^2 give three answers. They were counted for the runs of this notebook alone. *Length* is the code length in bits.

// %%
const stages = tables
  .channels({ preset })
  .filter((d) => d.firstSteps != null)
  .groupby('condition', 'seed')
  .rollup({ 'accuracy on "ab"': op.max('firstAccuracy'), steps: op.max('firstSteps') })
  .derive({ 'first stage': (d) => (d['accuracy on "ab"'] >= 0.99 ? 'learned' : 'failed') });
await show(stages, {
  caption: 'First stages: how the subtask was learned before the transfer',
  none: 'There are no runs with a first stage yet.',
});

// %% [markdown]
// A first stage ends as soon as it answers "ab" nearly always, or after about four times the steps of a base model. One that
// fails is a condition of its own: trained, the subtask not learned.
//
// ## Which rule, before and after evidence?
//
// Samples with a = b fit three rules. On conflicts the answers tell which one a student has taken.

// %%
const shown = preset === 'paper' ? [0, 100, 640] : planned;
const rules = tables
  .channels({ preset })
  .select('condition', 'alpha', 'n', 'seed', 'right', 'as2a2', 'as2b2')
  .filter((d) => d.alpha === 1 && d.right != null)
  .filter(aq.escape((d: { n: number }) => shown.includes(d.n)))
  .derive({ '–': (d) => 1 - d.right - d.as2a2 - d.as2b2, panel: (d) => `n = ${d.n}` })
  .rename({ right: 'ab', as2a2: '2a²', as2b2: '2b²' })
  .fold(['ab', '2a²', '2b²', '–'], { as: ['answered as', 'share'] })
  .groupby('condition', 'panel', 'n', 'answered as')
  .rollup({ share: op.mean('share') })
  .orderby('n');
await show(
  charts.cells(rules, {
    title: 'Whose rule is followed where rules differ',
    subtitle: presets.caption(preset),
    x: 'answered as',
    y: 'condition',
    value: { field: 'share', title: 'share', axis: { format: '.2f' } },
    facet: 'panel',
    width: 94,
  }),
);

// %%
interface Shares {
  condition: string;
  n: number;
  'answered as': string;
  share: number;
}
const atZero = (rules.objects() as Shares[]).filter((d) => d.n === 0);
const rightFirst = atZero.filter((d) => d['answered as'] === 'ab').sort((a, b) => b.share - a.share);
const ofRandom = atZero.filter((d) => d.condition === 'random init').sort((a, b) => b.share - a.share);
if (rightFirst.length > 0)
  say(
    `Before any evidence the right rule is followed on at most **${rightFirst[0].share.toFixed(2)}** of the conflicts ` +
      `(${rightFirst[0].condition}). ` +
      (ofRandom.length > 0
        ? `Random init is not neutral: it answers as ${ofRandom[0]['answered as']} on ${ofRandom[0].share.toFixed(2)} of them.`
        : ''),
  );

// %% [markdown]
// What to see: *ab* is the right rule, a^2 + ab; at n = 0 it is what a channel makes likely *before* any evidence, and later
// panels show whether evidence counts for more. A dash stands for answers that none of the three rules gives.
//
// ## Bits for the parameters that are handed over

// %%
const given = tables
  .channels({ preset })
  .groupby('condition')
  .rollup({ thousands: (d) => op.max(d.handedOver) / 1000 });
const priced = bits.join(given).derive({ 'bits a thousand': (d) => (d.thousands > 0 ? d.bits / d.thousands : null) });
const handed = priced.filter((d) => d.thousands > 0).objects();
const along = { field: 'thousands', type: 'quantitative', title: 'parameters from the base, in thousands' } as const;
const up = { type: 'quantitative', title: 'bits instilled' } as const;
await show({
  title: { text: 'Bits instilled, and parameters handed over', subtitle: presets.caption(preset) },
  data: { values: handed },
  width: 480,
  height: 260,
  encoding: { x: along },
  layer: [
    { mark: 'rule', encoding: { y: { ...up, field: 'low' }, y2: { field: 'high' } } },
    { mark: { type: 'point', filled: true, size: 50 }, encoding: { y: { ...up, field: 'bits' } } },
    {
      mark: { type: 'text', align: 'right', dx: -8 },
      encoding: { y: { ...up, field: 'bits' }, text: { field: 'condition', type: 'nominal' } },
    },
  ],
});

// %%
const price = priced.select('condition', 'thousands', 'bits', 'bits a thousand');
await show(price, { caption: 'Bits for a thousand parameters', limit: 20, digits: { bits: 0 } });

// %% [markdown]
// What to see: guidance, a first stage, a format and decay hand over no parameter at all, and are not in the chart. Parameters
// are not what counts: the maps are most of the model.
//
// ## The readout
//
// How the readout works, on one base model. Its last [block](../docs/glossary.md#block) says something about each sample, at
// the separator, in front of the final LayerNorm. These features stay as they are; ridge regression fits seven scores to them,
// in closed form, and the largest score is the answer.

// %%
const store = runs.projectStore();
const made = await experiments.chainOf(chain, { store });
const base = made!.base;
const config = experiments.configOf(chain.base);
const { data, test } = experiments.transferRows({ ...chain.transfer, n: planned[1] }, 'shown in notebook 20');
const features = (rows: tasks.Rows) =>
  tensorflow.tidied(
    () => training.blockFeatures(tensorflow.tensorsOf(base.parameters), rows, config)[config.layers - 1],
  );
const readout = stats.ridgeReadout(features(data), tasks.answersOf(data), { classes: 7, strength: 0.001 });
const accuracy = training.accuracyOf(readout.answers(features(test)), test);
say(
  `${data.rows} samples, ${planned[1]} of them with other a and b; ${readout.weights.length} × 7 weights, no gradient step: ` +
    `**${accuracy.toFixed(3)}** of ${test.rows} new samples are right (the reference: ${stats.knowsResidues(planned[1]).toFixed(3)}).`,
);

// %% [markdown]
// The controls: an untrained model, the base under its mask, its first block, and the embeddings of a and b side by side. The
// strength λ of the ridge was fixed beforehand, at a thousandth.

// %%
const atLambda = readouts.filter((d) => d.strength === 0.001);
const summary = { accuracy: op.mean('accuracy'), low: op.low('accuracy', 1000), high: op.high('accuracy', 1000) };
const curveOf = (table: typeof readouts, by: string) =>
  table
    .groupby('features', 'target', 'n')
    .rollup(summary)
    .select(by, 'features', 'n', 'accuracy', 'low', 'high')
    .concat(known.rename({ condition: by }).select(by, 'n', 'accuracy'));
const look = { x: axes.samples, y: axes.accuracy, band: ['low', 'high'] as const, subtitle: presets.caption(preset) };
const ofFeatures = curveOf(
  atLambda.filter((d) => d.target === 'a^2 + ab'),
  'features',
);
await show(charts.lines(ofFeatures, { title: 'Readouts of frozen features', color: 'features', ...look }));

// %% [markdown]
// ### The teacher's temperature
//
// The distilled subtask is learned from the answers of the base under its mask, at temperature 1. Why not at a higher one, as is
// usual? A teacher has a score for every token, and a temperature divides them all. Less is left for the seven answers:

// %%
const teacher = masks.onlySubnetwork(base.parameters, made!.discovery.subnetwork);
const ofAnswers = (temperature: number) =>
  training.inChunks(test, (ids) => {
    const of = { lastOnly: true };
    const scores = models.gpt2Logits(tensorflow.tensorsOf(teacher), training.inputsOf(ids), config, of); // [rows, tokens]
    return scores.div(temperature).softmax().slice([0, 0], [-1, 7]).sum(1); // [rows]
  });
const softened = [1, 2, 5].map((temperature) => ({ temperature, share: stats.mean(ofAnswers(temperature)) }));
await show(aq.from(softened), {
  caption: "Share of the teacher's probability that is on the seven answers",
  digits: 3,
});

// %% [markdown]
// Does it hand over "ab"? Then other targets should profit less. Two have nothing to do with it: a^2 + b^2, and a table that
// has a random answer for each of the 49 pairs of residues.

// %%
const ofTargets = curveOf(
  atLambda.filter((d) => d.features === 'base'),
  'target',
);
await show(charts.lines(ofTargets, { title: 'Readouts of the base, by target', color: 'target', ...look }));

// %%
const readLengths = readouts
  .filter(aq.escape(isPlanned))
  .derive({ point: (d) => ({ n: d.n, accuracy: d.accuracy }) })
  .groupby('features', 'target', 'strength', 'seed')
  .rollup({ length: (d) => op.codeLength(d.point) });
const byLambda = readLengths
  .groupby('features', 'target', 'strength')
  .rollup({ length: op.mean('length'), low: op.low('length'), high: op.high('length'), seeds: op.distinct('seed') })
  .derive({ read: (d) => `${d.features}, ${d.target}`, lambda: (d) => `λ = ${d.strength}` });
await show(
  charts.cells(byLambda, {
    title: 'Code length of readouts (bits), by the strength of the ridge',
    subtitle: `the reference needs ${stats.codeLength(planned.map(knowing)).toFixed(0)}; ${presets.caption(preset)}`,
    x: 'lambda',
    y: 'read',
    width: 300,
    value: { field: 'length', title: 'bits', axis: { format: '.0f' }, format: '.0f' },
  }),
);
const whichBits = ['features', 'target', 'strength', 'length', 'low', 'high', 'seeds'];
await show(byLambda.select(whichBits), { caption: 'Code lengths of readouts', digits: { length: 0, low: 0, high: 0 } });

// %% [markdown]
// What to see: features of an untrained model, and the embeddings, say next to nothing. The base's last block is read out about
// as well as the reference allows, for a table that has nothing to do with "ab" too. What the first block knows differs from
// base to base. A stronger ridge makes readouts worse.
//
// Does the mask make the residues louder? Bits that the masked base saves over the base, for all three targets:

// %%
const louder = readLengths
  .filter((d) => d.features === 'base')
  .select('target', 'strength', 'seed', { length: 'unmasked' })
  .join(readLengths.filter((d) => d.features === 'masked base').select('target', 'strength', 'seed', 'length'))
  .derive({ saved: (d) => d.unmasked - d.length })
  .groupby('strength', 'target')
  .rollup({ bits: op.mean('saved'), low: op.low('saved'), high: op.high('saved'), seeds: op.count() })
  .derive({ 'the mask': (d) => (d.low > 0 ? 'helps' : d.high < 0 ? 'costs' : 'makes no clear difference') });
await show(louder, { caption: 'Readouts under the mask', digits: { bits: 0, low: 0, high: 0 } });

// %% [markdown]
// ## What training does to inherited features
//
// The full model and the subnetwork begin with these features. Then they train. After an epoch, a new readout is fitted to the
// model's last block: from the run's own samples, and from 1,000 fresh pairs with their answers.

// %%
const answers = "the model's own answers";
const [ownReadout, freshReadout] = ['readout from its own samples', 'readout from fresh pairs'];
const decay = tables
  .inherited({ preset })
  .rename({ answers, ownReadout, freshReadout })
  .fold([answers, ownReadout, freshReadout], { as: ['of', 'accuracy'] })
  .groupby('condition', 'n', 'epoch', 'of')
  .rollup(summary)
  .derive({ panel: (d) => `${d.condition}, n = ${d.n}` });
await show(
  charts.lines(decay, {
    title: 'What training makes of inherited features',
    subtitle: presets.caption(preset),
    x: {
      field: 'epoch',
      scale: { type: 'symlog', constant: 1 },
      axis: { values: [0, 1, 3, 10, 30, 100] },
      format: 'd',
    },
    y: axes.accuracy,
    color: 'of',
    facet: 'panel',
    band: ['low', 'high'],
  }),
);

// %% [markdown]
// What to see: epoch 0 is before training; the subnetwork's other weights are random there. While the model's own answers get
// better, what a readout finds gets worse, until the two meet.
//
// ## How hard should a guide pull?
//
// Guidance has a weight α in the loss, 1 in all of the above.

// %%
const pull = tables
  .channels({ preset })
  .filter((d) => op.startswith(d.condition, 'guidance') && d.n === 250)
  .groupby('condition', 'alpha')
  .rollup(summary);
await show(
  charts.dots(pull, {
    title: 'Guidance with other weights, n = 250',
    subtitle: presets.caption(preset),
    value: axes.accuracy,
    of: { field: 'alpha', title: 'α' },
    interval: ['low', 'high'],
    color: 'condition',
  }),
  { none: 'There are no guided runs at this n yet.' },
);

// %% [markdown]
// ## The answers
//
// Bits that one condition saves over another, seed by seed. *Saves* means that the interval lies above zero; with one seed there
// is none, and the question stays open.

// %%
const lengthsOf = (condition: string, name: string) =>
  lengths.filter(aq.escape((d: { condition: string }) => d.condition === condition)).select('seed', { length: name });
const compare = (question: string, first: string, second: string) =>
  lengthsOf(first, 'one')
    .join(lengthsOf(second, 'other'))
    .derive({ saved: (d) => d.other - d.one })
    .rollup({ bits: op.mean('saved'), low: op.low('saved'), high: op.high('saved'), seeds: op.count() })
    .derive({
      question: aq.escape(() => question),
      compared: aq.escape(() => `${first}, against ${second}`),
      low: (d) => (d.seeds > 1 ? d.low : null),
      high: (d) => (d.seeds > 1 ? d.high : null),
      verdict: (d) => (d.seeds < 2 ? 'one seed' : d.low > 0 ? 'saves' : d.high < 0 ? 'costs' : 'not told apart'),
    })
    .filter((d) => d.seeds > 0)
    .select('question', 'compared', 'bits', 'low', 'high', 'seeds', 'verdict');

// %%
const asked: [string, string, string][] = [
  ['Is a trained part worth more than a frozen readout?', 'subnetwork', 'readout of the base'],
  ['… and the whole base?', 'full model', 'readout of the base'],
  ['Does it help to put the readout in first?', 'probe first', 'full model'],
  ['… or to weigh both kinds of samples alike?', 'full model, rows balanced', 'full model'],
  ['… without a base, too?', 'random init, rows balanced', 'random init'],
  ['Is it the embeddings?', 'embeddings only', 'random init'],
  ['Is it the maps?', 'maps only', 'random init'],
  ['Is it the weights or the function: distilled?', 'distilled subtask', 'subnetwork'],
  ['… learned from labels?', 'subtask data', 'subnetwork'],
  ['Does the softness of a teacher matter?', 'distilled subtask', 'subtask data'],
  ['Does a mask need a trained source?', 'untrained subnetwork', 'random init'],
  ['Does a guide help?', 'guidance by the subnetwork', 'random init'],
  ['Does it have to compute the subtask?', 'guidance by the subnetwork', 'guidance by the base'],
  ['Does a guide need training?', 'guidance by the base', 'guidance by an untrained model'],
  ['Is it enough to regularise?', 'weight decay', 'random init'],
  ['Does the step help in the data?', 'step written out', 'random init'],
];
const verdicts = asked.map((one) => compare(...one)).reduce((table, one) => table.concat(one));
await show(verdicts, { caption: 'What a reader may ask', limit: 20, digits: { bits: 0, low: 0, high: 0 } });

// %% [markdown]
// ## In plain words
//
// The claims about the readout are made over all planned n, up to the last one, for the conditions that have them.

// %%
const reads = ['readout of the base', 'subnetwork', 'full model', 'random init'];
const atPlanned = wholeAt(everyRun, planned)
  .filter(aq.escape((d: { condition: string }) => reads.includes(d.condition)))
  .groupby('condition', 'seed')
  .rollup({ length: (d) => op.codeLength(d.point) });
const plannedBits = atPlanned
  .groupby('condition')
  .rollup({ bits: op.mean('length'), low: op.low('length'), high: op.high('length'), seeds: op.count() });
interface Estimate {
  condition: string;
  bits: number;
  low: number;
  high: number;
  seeds: number;
}
const saidBits = ({ bits, low, high, seeds }: Omit<Estimate, 'condition'>) =>
  `${bits.toFixed(0)} bits (${seeds > 1 ? `${low.toFixed(0)} to ${high.toFixed(0)}` : 'one seed'})`;
const inWords = (plannedBits.objects() as Estimate[]).map((row) => `${row.condition} ${saidBits(row)}`).join(', ');

// %%
const readSaves = atPlanned
  .filter((d) => d.condition === 'subnetwork')
  .select('seed', { length: 'other' })
  .join(atPlanned.filter((d) => d.condition === 'readout of the base').select('seed', { length: 'own' }))
  .derive({ saved: (d) => d.other - d.own })
  .rollup({ bits: op.mean('saved'), low: op.low('saved'), high: op.high('saved'), seeds: op.count() });
const [saves] = readSaves.objects() as Omit<Estimate, 'condition'>[];
const holds = saves.seeds > 1 && saves.low > 0;
const least = stats.codeLength(planned.map(knowing)).toFixed(0);
say(
  `**Frozen features hand over more than weights that train on: ${holds ? 'confirmed' : 'not confirmed here'}.** Of the ` +
    `first ${planned.at(-1)} labels the conditions need: ${inWords}; the reference ${least}. Held against the subnetwork, seed ` +
    `by seed, the readout saves ${saidBits(saves)}.`,
);

// %%
const targetBits = (target: string) =>
  byLambda
    .filter((d) => d.features === 'base' && d.strength === 0.001)
    .filter(aq.escape((d: { target: string }) => d.target === target))
    .rename({ length: 'bits' })
    .objects()[0] as Omit<Estimate, 'condition'> | undefined;
const [own, table] = [targetBits('a^2 + ab'), targetBits('random table')];
const subnetwork = (plannedBits.objects() as Estimate[]).find(({ condition }) => condition === 'subnetwork');
if (own && table && subnetwork) {
  const shown = table.seeds > 1 && table.high < subnetwork.low;
  say(
    `**What they hand over is the residues, not "ab": ${shown ? 'confirmed' : 'not confirmed here'}.** "a^2 + ab" is read out ` +
      `with ${saidBits(own)}, a random table of the residues with ${saidBits(table)}; the subnetwork needs ` +
      `${saidBits(subnetwork)} for "a^2 + ab" itself.`,
  );
}

// %%
// Bits that a condition saves over another, in words, at the n of the ranking.
const inOneLine = ([claim, first, second]: string[]) => {
  const [row] = compare('', first, second).objects() as (Omit<Estimate, 'condition'> & { verdict: string })[];
  if (!row) return `- ${claim}? Not computed.`;
  return `- ${claim}? ${first} against ${second}: ${row.verdict}, ${saidBits(row)}.`;
};
say(
  [
    ['Does a readout survive that is put in before all weights train', 'probe first', 'full model'],
    ['Is a student that has learned the subtask behind the subnetwork', 'subnetwork', 'distilled subtask'],
    ['Does a teacher do better than labels of the subtask', 'distilled subtask', 'subtask data'],
    ['Does the full model carry more than its embeddings', 'full model', 'embeddings only'],
    ['Do maps alone carry anything', 'maps only', 'random init'],
    ['Does it matter whether a guide computes the subtask', 'guidance by the subnetwork', 'guidance by the base'],
  ]
    .map(inOneLine)
    .join('\n'),
);

// %%
const ends = tables
  .inherited({ preset })
  .groupby('condition', 'n', 'seed')
  .rollup({
    before: (d) => op.max(d.epoch === 0 ? d.ownReadout : null),
    last: op.max('epoch'),
    after: (d) => op.max(d.epoch === 100 ? d.ownReadout : null),
  })
  .filter((d) => d.after != null)
  .derive({ loss: (d) => d.before - d.after })
  .groupby('condition', 'n')
  .rollup({
    before: op.mean('before'),
    after: op.mean('after'),
    lost: op.mean('loss'),
    low: op.low('loss'),
    high: op.high('loss'),
    seeds: op.count(),
  })
  .derive({ verdict: (d) => (d.seeds < 2 ? 'one seed' : d.low > 0 ? 'training loses it' : 'not told apart') });
await show(ends, {
  caption: 'Accuracy of a readout from the run’s own samples, before and after training',
  none: 'There are no whole runs of this kind yet.',
});

// %% [markdown]
// What to see: the curves of notebooks 03 to 07 show what *survives* random filling and training on few samples, not what a
// base model has to give. That is why the reference line belongs beside them.
//
// ## Limits
//
// - One task, one size, one student. Weight decay and λ are not tuned for each n, α only as far as the panel above shows.
//
// - A channel may suit a task badly rather than be weak: guidance compares *similarities*, and those of the base are those of
//   "a + ab".
//
// - These are bits of labels saved on this distribution, not a property of a model alone. h uses how often a model is right, not
//   its probabilities, and each n is a training of its own.
//
// - Models are chosen by the best epoch on unambiguous evaluation samples, which tells all that train a little, and alike. The
//   readout has no epochs, and is told nothing.
//
// - The distillation is at temperature 1, for the reason shown [above](#The-teacher's-temperature).
//
// Sources: the code length follows Blier and Ollivier (2018); guidance is that of Subramaniam et al. (2024), of whom the
// repository and the abstract were read, and not the paper; distillation that of Hinton et al. (2015). The settings are this
// project's.
//
// ## Questions to try
//
// - Does a guide help more where it pulls harder still? Compute `experiments.channels` with `alphas: [100]` at n = 250.
// - Would fewer epochs keep more of the inherited features? Change `epochs` with the option `change`.
// - What does the *first* block of the masked base say? Take `blockFeatures(…)[0]` of `masks.onlySubnetwork(…)` in the cell that
//   shows the readout.
