// %% [markdown]
// # W3 The mask
//
// A subnetwork is found by training a [mask](../../../docs/glossary.md#hard-and-soft-mask) over a model that stands still. You write
// the three functions that such a training is made of, and train with them.

// %% [markdown] tags=["slide"]
// **W3 The mask**: afterwards you can
//
// - say what a mask, its [temperature](../../../docs/glossary.md#temperature) and its
//   [penalty](../../../docs/glossary.md#l0-penalty) do, and in which order they act;
// - see whether a schedule is off by one;
// - train a mask with functions of your own.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W3.1')` in a cell of its own gives
// one hint more each time; `solution('W3.1')` opens after three tries.

// %%
import { charts, experiments, masks, runs, show, tf, watch } from 'subtask-induction';
import { check, hint, predict, progress, reveal, solution, todo } from 'subtask-induction-workshop';

// %% [markdown] tags=["slide"]
// ## W3.1
//
// While a mask is trained, every masked weight is multiplied by σ(T·s). s is its score, T is the temperature, and σ is the
// sigmoid.
//
// Before you write: what is the mask of a score of 0, at T = 1 and at T = 100? Tell your neighbour.

// %% tags=["W3.1"]
/** The soft mask of these scores; it has their shape. */
function mySoft(scores: tf.Tensor, temperature: tf.Scalar | number): tf.Tensor {
  //> stub
  // return todo('Write the mask of these scores at this temperature.');
  //> solution
  return scores.mul(temperature).sigmoid();
  //> wrong "the same at T = 1 and at T = 100"
  // return scores.sigmoid();
  //> wrong "divided by its temperature"
  // return scores.div(temperature).sigmoid();
  //> wrong "lets half of the weight through at every temperature"
  // return scores.mul(temperature).relu();
  //> wrong "does the opposite"
  // return scores.mul(temperature).neg().sigmoid();
  //> wrong "one entry for each weight"
  // return scores.mul(temperature).sigmoid().sum();
  //> wrong "A tensor is wanted"
  // return undefined as unknown as tf.Tensor;
  //> end
}

// %% tags=["check"]
await check('W3.1', mySoft);

// %% [markdown]
// In JupyterLab the temperature below is a slider. At which T would you call the mask hard?

// %% tags=["slide"]
await show({
  title: 'The soft mask of every score, at one temperature',
  params: [{ name: 'T', value: 10, bind: { input: 'range', min: 1, max: 100, step: 1, name: 'temperature T ' } }],
  data: { sequence: { start: -0.5, stop: 0.5, step: 0.005, as: 'score' } },
  transform: [{ calculate: '1 / (1 + exp(-T * datum.score))', as: 'mask' }],
  mark: 'line',
  encoding: {
    x: { field: 'score', type: 'quantitative', title: 'score s' },
    y: { field: 'mask', type: 'quantitative', title: 'soft mask', scale: { domain: [0, 1] } },
  },
  width: 480,
});

// %% [markdown] tags=["slide"]
// ## W3.2
//
// The penalty is added to the loss, times a small factor λ. It should be the smaller the fewer weights stay. The released code adds
// up the soft masks of all weights.

// %% tags=["W3.2"]
/** One number for the soft masks of all weights, which come by name. */
function myPenalty(mask: Record<string, tf.Tensor>): tf.Scalar {
  //> stub
  // return todo('Add up what the masks let through.');
  //> solution
  return tf.addN(Object.values(mask).map((values) => values.sum())) as tf.Scalar;
  //> wrong "You take the mean"
  // return tf.concat(Object.values(mask).map((values) => values.flatten())).mean() as tf.Scalar;
  //> wrong "A count has no gradient"
  // return tf.addN(Object.values(mask).map((values) => values.greater(0.4).cast('float32').sum())) as tf.Scalar;
  //> wrong "one weight tensor alone"
  // return Object.values(mask)[0].sum() as tf.Scalar;
  //> wrong "one of the shape [7]"
  // return tf.concat(Object.values(mask).map((values) => values.flatten())) as unknown as tf.Scalar;
  //> end
}

// %% tags=["check"]
await check('W3.2', myPenalty);

// %% [markdown] tags=["slide"]
// ## W3.3
//
// T is 1 in the first epoch and grows by one factor f after each. f is the root of the final temperature, as often as there are
// epochs (the 50th root for 50 epochs). The released code multiplies once more, after the first epoch.
//
// Before you write: does the last epoch reach the final temperature?

// %% tags=["W3.3"]
/** The temperature of an epoch, counted from 1, as the paper describes it. */
function myTemperature(epoch: number, epochs: number, final: number): number {
  //> stub
  // return todo('Write the schedule as the paper describes it.');
  //> solution
  return final ** ((epoch - 1) / epochs);
  //> wrong "From which number are epochs counted"
  // return final ** (epoch / epochs);
  //> wrong "between 50 epochs lie 49 steps"
  // return final ** ((epoch - 1) / (epochs - 1));
  //> wrong "by the same amount"
  // return 1 + ((final - 1) * (epoch - 1)) / epochs;
  //> wrong "what the released loop does"
  // return epoch === 1 ? 1 : final ** (epoch / epochs);
  //> end
}

// %% tags=["check"]
await check('W3.3', myTemperature);

// %% [markdown] tags=["slide"]
// ## W3.4
//
// All scores start at −0.1. A weight can come back only while its score still gets a gradient. How large is the slope of σ(T·s),
// seen from s? It grows with T at first, and then it dies.
//
// Before you write: at which temperature is the slope at −0.1 again as small as it was at T = 1? Guess: 10, 30, 60 or 90?

// %% tags=["predict", "W3.4", "slide"]
//> stub
// predict('W3.4', undefined); // write a number in the place of undefined
//> solution
predict('W3.4', 60);
//> end

// %% tags=["W3.4"]
/** The slope of the mask σ(T·s) as the score s changes. */
function myGradient(score: number, temperature: number): number {
  //> stub
  // return todo('Write the derivative of the mask with respect to the score.');
  //> solution
  const mask = 1 / (1 + Math.exp(-temperature * score));
  return temperature * mask * (1 - mask);
  //> wrong "which factor does the chain rule bring"
  // const mask = 1 / (1 + Math.exp(-temperature * score));
  // return mask * (1 - mask);
  //> wrong "the mask itself"
  // return 1 / (1 + Math.exp(-temperature * score));
  //> wrong "difference quotient"
  // return (temperature / 4) * Math.exp(-temperature * score);
  //> end
}

// %% tags=["check"]
await check('W3.4', myGradient);

// %% tags=["slide"]
const temperatures = Array.from({ length: 100 }, (_, i) => i + 1);
const slopes = () =>
  [-0.1, -0.05, -0.02].flatMap((score) =>
    temperatures.map((temperature) => ({ score: `s = ${score}`, temperature, slope: myGradient(score, temperature) })),
  );
await reveal('W3.4', () =>
  charts.lines(slopes(), {
    title: 'How much gradient a score gets while the temperature rises',
    x: { field: 'temperature', title: 'temperature T' },
    y: { field: 'slope', title: 'slope of the mask' },
    color: 'score',
  }),
);

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The slope at −0.1 has its largest value near T = 15 and falls below its first value near T = 60. A score closer to 0 keeps its gradient
// longer. What is off by then stays off: the last third of a training decides nothing for weights far from 0.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W3.5
//
// Now train a mask for "ab" with your three functions. The base model is small (numbers 0 to 48) and there already.
// `masks.named` gives your functions a name, and `functions` in the settings takes it: so a run with your functions is
// another run than the library's.
//
// Before you run: will your mask keep more weights than the library's, fewer, or as many? Your temperature is the described one, the
// library's is the released one.

// %%
const chain = experiments.chainSettings({ preset: 'tiny' });
const store = runs.projectStore();
const { base } = await experiments.baseModel(chain.base, { store });
const library = await experiments.discoverSubnetwork(base, chain.discovery, { store });
show([
  { mask: "the library's", accuracy: library.result.eval_accuracy, kept: library.result.kept / library.result.total },
]);

// %% tags=["W3.5"]
/** Trains a mask over the base model with your own functions. */
async function myDiscovery(observer?: runs.Observer): Promise<experiments.Discovery> {
  //> stub
  // return todo('Train a mask with mySoft, myPenalty and myTemperature.');
  //> solution
  const functions = masks.named({ soft: mySoft, penalty: myPenalty, temperature: myTemperature });
  return experiments.discoverSubnetwork(base, { ...chain.discovery, functions }, { store, observer });
  //> wrong "its settings name none of yours"
  // return library;
  //> wrong "What experiments.discoverSubnetwork gives is wanted"
  // return masks.named({ soft: mySoft, penalty: myPenalty, temperature: myTemperature });
  //> end
}

// %% tags=["check", "trains"]
const observer = watch.run({ charts: false });
await check('W3.5', async () => ({ mine: await myDiscovery(observer), library }));
await observer.finish();

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The mask computes "ab" without an error, and keeps about as many weights as the library's. The two schedules are a factor of
// f apart in all epochs but the first, which moves the share that is kept by little.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W3.6
//
// λ says what a weight costs. Train with three factors: 0 (nothing), the one of the chain, and one that is a thousand times larger. 15
// epochs are enough to see the difference.
// Write the order that you expect first, as a word: *rising*, *falling* or *equal* shares as λ grows.

// %% tags=["predict", "W3.6", "slide"]
//> stub
// predict('W3.6', undefined); // 'rising', 'falling' or 'equal'
//> solution
predict('W3.6', 'falling');
//> end

// %% tags=["W3.6"]
const short = { ...chain.discovery, epochs: 15 };
/** A row for each factor: what is kept, as a share, and how often the mask is right. */
async function myPenalties(
  lambdas: number[],
  observer?: runs.Observer,
): Promise<{ lambda: number; kept: number; accuracy: number }[]> {
  //> stub
  // return todo('Train a mask with each factor, and give a row for each.');
  //> solution
  const rows = [];
  for (const lambda of lambdas) {
    const { result } = await experiments.discoverSubnetwork(base, { ...short, lambda }, { store, observer });
    rows.push({ lambda, kept: result.kept / result.total, accuracy: result.eval_accuracy });
  }
  return rows;
  //> wrong "One row for each of the three factors"
  // const { result } = library;
  // return [{ lambda: lambdas[0], kept: result.kept / result.total, accuracy: result.eval_accuracy }];
  //> wrong "are shares between 0 and 1"
  // const { result } = library;
  // return lambdas.map((lambda) => ({ lambda, kept: result.kept, accuracy: result.eval_accuracy }));
  //> end
}

// %% tags=["check", "trains"]
const lambdas = [0, chain.discovery.lambda, 1000 * chain.discovery.lambda];
const bars = watch.run({ charts: false });
await check('W3.6', () => myPenalties(lambdas, bars));
await bars.finish();

// %% tags=["trains", "slide"]
await reveal('W3.6', () => myPenalties(lambdas));

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Even without a penalty less than half of the weights stay: the scores start below 0, and a weight must earn its place. The factor
// of the released code adds little to that; a thousand times more takes away weights without which the mask is still right, or
// no longer is. The accuracy says which.
//
// </details>

// %% [markdown]
// ## How far are you?

// %%
await progress('W3');
