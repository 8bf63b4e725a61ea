// %% [markdown]
// # W5 Is it real?
//
// Two curves differ. Is that a [lead](../../../docs/glossary.md#lead-level-behind), or chance? You write the few
// calculations with which these notebooks answer, and use them on our runs with 2 layers.

// %% [markdown] tags=["slide"]
// **W5 Is it real?**: afterwards you can
//
// - say how exact an accuracy is;
// - compare runs in pairs, and give the interval of a difference;
// - say how many seeds a claim needs, before you compute.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W5.1')` in a cell of its own
// gives one hint more each time; `solution('W5.1')` opens after three tries.

// %%
import { axes, charts, op, show, stats, tables, tasks } from 'subtask-induction';
import { check, hint, predict, progress, reveal, solution, todo } from 'subtask-induction-workshop';

// %% [markdown] tags=["slide"]
// ## W5.1
//
// A model is right on 832 of 1,000 [test](../../../docs/glossary.md#evaluation-and-test) samples. With other samples it
// would be right on a few more or fewer. The spread of an accuracy p over test sets of n samples is the root of p(1 − p) /
// n.
//
// Write its 95 % [interval](../../../docs/glossary.md#confidence-interval): 95 of 100 values lie within 1.96 spreads.
//
// Before you write: how many samples must a test have, so that 0.832 is known to ± 0.01?

// %% tags=["predict", "slide"]
//> stub
// predict('W5.1', undefined); // a number of samples
//> solution
predict('W5.1', 5000);
//> end

// %% tags=["W5.1"]
/** The 95 % interval of an accuracy that was measured on so many samples. */
function myInterval(accuracy: number, samples: number): { low: number; high: number } {
  //> stub
  // return todo('Write both ends of the interval.');
  //> solution
  const reach = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / samples);
  return { low: accuracy - reach, high: accuracy + reach };
  //> wrong "How many spreads hold 95"
  // const spread = Math.sqrt((accuracy * (1 - accuracy)) / samples);
  // return { low: accuracy - spread, high: accuracy + spread };
  //> wrong "what stands under the root"
  // const reach = (1.96 * Math.sqrt(accuracy * (1 - accuracy))) / samples;
  // return { low: accuracy - reach, high: accuracy + reach };
  //> wrong "Where does the number of samples come in"
  // const reach = 1.96 * Math.sqrt(accuracy * (1 - accuracy));
  // return { low: accuracy - reach, high: accuracy + reach };
  //> wrong "Look at p(1 − p)"
  // const reach = 1.96 * Math.sqrt(0.25 / samples);
  // return { low: accuracy - reach, high: accuracy + reach };
  //> wrong "A record with the numbers low and high"
  // const reach = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / samples);
  // return [accuracy - reach, accuracy + reach] as unknown as { low: number; high: number };
  //> end
}

// %% tags=["check"]
await check('W5.1', myInterval);

// %% tags=["slide"]
await reveal('W5.1', () => {
  const sizes = Array.from({ length: 31 }, (_, i) => Math.round(10 ** (1.5 + i / 10)));
  const rows = sizes.map((samples) => ({ samples, accuracy: 0.832, ...myInterval(0.832, samples) }));
  return charts.lines(rows, {
    title: 'What is known of an accuracy of 0.832',
    x: {
      field: 'samples',
      title: 'test samples',
      scale: { type: 'log', nice: false },
      axis: { format: ',d', tickCount: 4 },
    },
    y: { field: 'accuracy', title: 'accuracy', scale: { zero: false } },
    band: ['low', 'high'],
    levels: [
      { value: 0.842, label: '+ 0.01' },
      { value: 0.822, label: '− 0.01' },
    ],
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// With 1,000 samples the interval reaches more than two hundredths to each side, so the third digit says nothing. For one
// hundredth it takes about five times as many. The interval speaks of the test samples alone: another seed can give quite
// another model.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W5.2
//
// Two runs with the same n and the same seed have the same training samples. If a set of samples is hard, it is hard for
// both: so take differences within [pairs](../../../docs/glossary.md#paired).
//
// The lists need not stand in the same order, and some runs have no partner.

// %% tags=["W5.2"]
type Run = { n: number; seed: number; accuracy: number };

/** The differences first - second of the runs that share n and seed. */
function myPairs(first: readonly Run[], second: readonly Run[]): { n: number; seed: number; difference: number }[] {
  //> stub
  // return todo('Find the partner of each run, and take the difference.');
  //> solution
  return first.flatMap(({ n, seed, accuracy }) => {
    const partner = second.find((run) => run.n === n && run.seed === seed);
    return partner ? [{ n, seed, difference: accuracy - partner.accuracy }] : [];
  });
  //> wrong "what makes two runs partners"
  // return first.map(({ n, seed, accuracy }, i) => ({ n, seed, difference: accuracy - second[i].accuracy }));
  //> wrong "Must the two of a pair have only the same n"
  // return first.flatMap(({ n, seed, accuracy }) =>
  //   second.filter((run) => run.n === n).map((run) => ({ n, seed, difference: accuracy - run.accuracy })),
  // );
  //> wrong "what do you do with a run that has no partner"
  // return first.map(({ n, seed, accuracy }) => {
  //   const partner = second.find((run) => run.n === n && run.seed === seed);
  //   return { n, seed, difference: accuracy - (partner?.accuracy ?? Number.NaN) };
  // });
  //> wrong "Your differences have the wrong sign"
  // return first.flatMap(({ n, seed, accuracy }) =>
  //   second.filter((run) => run.n === n && run.seed === seed).map((run) => ({ n, seed, difference: run.accuracy - accuracy })),
  // );
  //> end
}

// %% tags=["check"]
await check('W5.2', myPairs);

// %%
/** Our runs of a condition: three seeds at 17 n. */
function runsOf(condition: string): Run[] {
  const line = condition === 'sampled control' ? `${condition}, as described` : condition;
  const table = tables.curves({ layers: [2], conditions: [line] }).filter((d) => d.whose === 'ours');
  return table.select('n', 'seed', 'accuracy').objects() as Run[];
}
const others = ['random init', 'sampled control', 'full model'];

// %% [markdown]
// The [control](../../../docs/glossary.md#control) has random weights in the place of the
// [subnetwork](../../../docs/glossary.md#subnetwork). There are 51 pairs. Before you look: in how many of them is the
// subnetwork ahead?

// %% tags=["predict", "slide"]
//> stub
// predict('W5.2', undefined); // a number from 0 to 51
//> solution
predict('W5.2', 30);
//> end

// %% tags=["slide"]
await reveal('W5.2', () => {
  const pairs = myPairs(runsOf('subnetwork'), runsOf('sampled control'));
  const ahead = pairs.filter(({ difference }) => difference > 0).length;
  return charts.lines(
    pairs.map((pair) => ({ ...pair, run: `seed ${pair.seed}` })),
    {
      title: 'Subnetwork minus sampled control, run by run',
      subtitle: `above 0 in ${ahead} of ${pairs.length} pairs`,
      x: axes.samples,
      y: axes.difference('difference of the accuracies'),
      color: 'run',
      levels: [{ value: 0, label: 'equal' }],
    },
  );
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Most pairs lie above 0, and the differences are largest in the middle: with many samples all models are right. The seeds
// differ by about as much as the difference itself, so one seed would not have been enough.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W5.3
//
// Is a curve ahead as a whole? The [bootstrap](../../../docs/glossary.md#bootstrap) asks how far the mean difference would
// move, had other n been measured. Draw as many values as there are, with repetition, take their mean, and do that many
// times.
//
// `pick(k)` gives a random whole number from 0 to k − 1.

// %% tags=["W5.3"]
/** The 95 % interval of the mean of these values, from so many draws. */
function myBootstrap(values: readonly number[], draws: number, pick: (below: number) => number): stats.Interval {
  //> stub
  // return todo('Draw values with repetition, and find where 95 of 100 means lie.');
  //> solution
  const means = Array.from({ length: draws }, () => stats.mean(values.map(() => values[pick(values.length)])));
  means.sort((a, b) => a - b);
  return { low: means[Math.floor(0.025 * draws)], high: means[Math.ceil(0.975 * draws) - 1] };
  //> wrong "Can a value be drawn twice"
  // const drawn = () => {
  //   const left = [...values];
  //   return stats.mean(values.map(() => left.splice(pick(left.length), 1)[0]));
  // };
  // const means = Array.from({ length: draws }, drawn).sort((a, b) => a - b);
  // return { low: means[Math.floor(0.025 * draws)], high: means[Math.ceil(0.975 * draws) - 1] };
  //> wrong "What is kept of each draw"
  // const drawn = Array.from({ length: draws }, () => values[pick(values.length)]).sort((a, b) => a - b);
  // return { low: drawn[Math.floor(0.025 * draws)], high: drawn[Math.ceil(0.975 * draws) - 1] };
  //> wrong "Where do 95 of 100 lie"
  // const means = Array.from({ length: draws }, () => stats.mean(values.map(() => values[pick(values.length)])));
  // return { low: Math.min(...means), high: Math.max(...means) };
  //> wrong "how many of the means lie outside"
  // const means = Array.from({ length: draws }, () => stats.mean(values.map(() => values[pick(values.length)])));
  // means.sort((a, b) => a - b);
  // return { low: means[Math.floor(0.05 * draws)], high: means[Math.ceil(0.95 * draws) - 1] };
  //> end
}

// %% tags=["check"]
await check('W5.3', myBootstrap);

// %% [markdown]
// The claim is that the subnetwork is ahead. Before you look: does the interval of its lead over the *full model* lie
// *above* 0, *below* 0, or does it *hold* 0?

// %% tags=["predict", "slide"]
//> stub
// predict('W5.3', undefined); // 'above', 'below' or 'hold'
//> solution
predict('W5.3', 'hold');
//> end

// %% tags=["slide"]
await reveal('W5.3', () => {
  const source = tasks.random(1, 'my bootstrap');
  const leads = others.map((against) => {
    const pairs = myPairs(runsOf('subnetwork'), runsOf(against));
    const sizes = [...new Set(pairs.map(({ n }) => n))];
    const means = sizes.map((size) => stats.mean(pairs.filter(({ n }) => n === size).map((pair) => pair.difference)));
    return { against, lead: stats.mean(means), ...myBootstrap(means, 2000, (below) => source.integer(below)) };
  });
  return charts.dots(leads, {
    title: 'Lead of the subnetwork, mean over n',
    value: axes.difference('lead of the subnetwork', 'lead'),
    of: 'against',
    interval: ['low', 'high'],
    at: 0,
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The subnetwork is ahead of *random init* and of the control: their intervals lie above 0. It is not ahead of the *full
// model*: there the whole interval lies below 0. A claim is worth as much as the control that it is compared with.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W5.4
//
// How many samples does a curve need to reach an accuracy of 0.5? This number is called
// [n50](../../../docs/glossary.md#n50). Few n were measured, so read it between two of them, along a straight line on a
// *logarithmic* axis of n.
//
// All crossings here lie above n = 0. A curve that never gets there gives `null`; one that lies above the accuracy from its first
// point on gives the n of that point.

// %% tags=["W5.4"]
/** The n at which a curve first reaches the accuracy; its points stand in the order of n. */
function mySamples(curve: readonly { n: number; accuracy: number }[], accuracy: number): number | null {
  //> stub
  // return todo('Read the crossing between two points, on a logarithmic axis.');
  //> solution
  const i = curve.findIndex((point) => point.accuracy >= accuracy);
  if (i < 0) return null;
  if (i === 0) return curve[0].n;
  const [before, after] = [curve[i - 1], curve[i]];
  const share = (accuracy - before.accuracy) / (after.accuracy - before.accuracy);
  return before.n * (after.n / before.n) ** share;
  //> wrong "The curve has crossed 0.6 before"
  // return curve.find((point) => point.accuracy >= accuracy)?.n ?? null;
  //> wrong "You go along a straight line in n"
  // const i = curve.findIndex((point) => point.accuracy >= accuracy);
  // const [before, after] = [curve[i - 1], curve[i]];
  // return before.n + ((after.n - before.n) * (accuracy - before.accuracy)) / (after.accuracy - before.accuracy);
  //> wrong "What is known then"
  // const i = curve.findIndex((point) => point.accuracy >= accuracy);
  // if (i < 0) return curve[curve.length - 1].n;
  // const [before, after] = [curve[i - 1], curve[i]];
  // return before.n * (after.n / before.n) ** ((accuracy - before.accuracy) / (after.accuracy - before.accuracy));
  //> wrong "in the order of their accuracies"
  // const path = [...curve].sort((one, other) => one.accuracy - other.accuracy);
  // const i = path.findIndex((point) => point.accuracy >= accuracy);
  // if (i < 1) return i < 0 ? null : path[0].n;
  // const [before, after] = [path[i - 1], path[i]];
  // return before.n * (after.n / before.n) ** ((accuracy - before.accuracy) / (after.accuracy - before.accuracy));
  //> wrong "Is there a point before it"
  // const i = Math.max(1, curve.findIndex((point) => point.accuracy >= accuracy));
  // if (curve.every((point) => point.accuracy < accuracy)) return null;
  // const [before, after] = [curve[i - 1], curve[i]];
  // return before.n * (after.n / before.n) ** ((accuracy - before.accuracy) / (after.accuracy - before.accuracy));
  //> wrong "Which of the crossings"
  // const below = curve.map((point) => point.accuracy < accuracy).lastIndexOf(true);
  // if (below === curve.length - 1) return null;
  // const [before, after] = [curve[below], curve[below + 1]];
  // return before.n * (after.n / before.n) ** ((accuracy - before.accuracy) / (after.accuracy - before.accuracy));
  //> end
}

// %% tags=["check"]
await check('W5.4', mySamples);

// %% [markdown]
// Before you look: the subnetwork needs a certain number of samples for 0.9. How many *times* as many does the sampled
// control need?

// %% tags=["predict", "slide"]
//> stub
// predict('W5.4', undefined); // a factor, such as 1.5
//> solution
predict('W5.4', 3);
//> end

// %%
const curves = ['subnetwork', ...others].flatMap((condition) => {
  const own = runsOf(condition);
  const sizes = [...new Set(own.map(({ n }) => n))].sort((a, b) => a - b);
  return sizes.map((size) => {
    const accuracy = stats.mean(own.filter(({ n }) => n === size).map((run) => run.accuracy));
    return { condition, n: size, accuracy };
  });
});

// %% tags=["slide"]
await reveal('W5.4', () => {
  const names = ['subnetwork', ...others];
  const need = (name: string, accuracy: number) =>
    mySamples(
      curves.filter(({ condition, n }) => condition === name && n > 0),
      accuracy,
    )?.toFixed(0) ?? 'more';
  const needed = (accuracy: number) => names.map((name) => `${name} ${need(name, accuracy)}`).join(', ');
  return charts.lines(curves, {
    title: 'Samples that 2-layer models need',
    subtitle: `for 0.9: ${needed(0.9)}`,
    x: axes.samples,
    y: axes.accuracy,
    color: 'condition',
    slider: { value: 0.5, min: 0.2, max: 1, step: 0.05, label: 'accuracy wanted' },
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// For 0.9 the control needs about twice as many samples as the subnetwork; the full model needs fewer for 0.5 and about as
// many for 0.9. *Random init* does not reach 0.9 with any n that was measured. In JupyterLab, a click on the legend picks a
// curve out.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W5.5
//
// You plan an experiment. A run of a condition has a spread (standard deviation) of 0.04 from seed to seed. You expect a
// lead of 0.04: the difference of two means, over as many seeds each.
//
// How many seeds must each condition have, so that the 95 % interval of the lead reaches no further than the lead itself?

// %% tags=["predict", "slide"]
//> stub
// predict('W5.5', undefined); // 2, 4, 8 or 16 seeds?
//> solution
predict('W5.5', 4);
//> end

// %% tags=["W5.5"]
/** The seeds that each of two conditions needs, so that 1.96 spreads of the lead are no more than the lead. */
function mySeeds(spread: number, lead: number): number {
  //> stub
  // return todo('Write how many seeds each condition needs.');
  //> solution
  return Math.ceil(2 * ((1.96 * spread) / lead) ** 2);
  //> wrong "whose spread is missing"
  // return Math.ceil(((1.96 * spread) / lead) ** 2);
  //> wrong "How sure would you be"
  // return Math.ceil(2 * (spread / lead) ** 2);
  //> wrong "How does the spread of a mean fall"
  // return Math.ceil((2 * 1.96 * spread) / lead);
  //> wrong "There is no part of a seed"
  // return 2 * ((1.96 * spread) / lead) ** 2;
  //> wrong "a little wider than the lead"
  // return Math.floor(2 * ((1.96 * spread) / lead) ** 2);
  //> end
}

// %% tags=["check"]
await check('W5.5', mySeeds);

// %% tags=["slide"]
await reveal('W5.5', () => {
  const leads = [0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2];
  const rows = [0.02, 0.04, 0.08].flatMap((spread) =>
    leads.map((lead) => ({ spread: `spread ${spread}`, lead, seeds: mySeeds(spread, lead) })),
  );
  return charts.lines(rows, {
    title: 'Seeds that a lead needs',
    x: { field: 'lead', title: 'expected lead', scale: { type: 'log', nice: false }, axis: { values: leads } },
    y: {
      field: 'seeds',
      title: 'seeds of each condition',
      scale: { type: 'log' },
      axis: { values: [1, 3, 10, 30, 100, 300] },
    },
    color: 'spread',
    levels: [{ value: 3, label: 'three seeds' }],
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// A lead as large as the spread needs eight seeds. With three seeds, as here, a lead must be clearly larger than the spread.
// Half the lead needs four times the seeds. Pairs can spare some of them, if what makes a run good is shared within a pair.
//
// </details>

// %% [markdown]
// ## How far are you?

// %%
await progress('W5');
