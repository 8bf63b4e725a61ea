// %% [markdown]
// # W4 Honest controls
//
// A subnetwork makes a new model learn faster. Is it because of *which* weights it keeps, or would any weights of a trained model do
// that? A [control](../../../docs/glossary.md#control) answers, if it differs from the treatment in one thing only.

// %% [markdown] tags=["slide"]
// **W4 Honest controls**: afterwards you can
//
// - write a control that differs in one thing;
// - read a sampler of others and say what it really keeps;
// - name what comes along in every condition, without anybody asking for it.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W4.1')` in a cell of its own gives
// one hint more each time; `solution('W4.1')` opens after three tries.

// %%
import { experiments, masks, runs, tasks, watch } from 'subtask-induction';
import {
  check,
  handedIn,
  handIn,
  hint,
  predict,
  progress,
  reveal,
  seat,
  solution,
  todo,
} from 'subtask-induction-workshop';

// %% [markdown] tags=["slide"]
// ## W4.1
//
// The subnetwork keeps k weights of a layer. The sampled control keeps k random ones of the same layer.
//
// Before you write: what should be equal between the two, and what should differ?

// %% tags=["W4.1"]
/** A mask with as many ones as `keep`, at random places. `below(n)` gives a whole number from 0 to n − 1. */
function mySample(keep: Uint8Array, below: (n: number) => number): Uint8Array {
  //> stub
  // return todo('Draw as many different places as keep has ones.');
  //> solution
  const kept = masks.countKept(keep);
  const places = new Set<number>();
  while (places.size < kept) places.add(below(keep.length));
  return Uint8Array.from(keep, (_, place) => (places.has(place) ? 1 : 0));
  //> wrong "Can one place be drawn twice"
  // const mask = new Uint8Array(keep.length);
  // for (let i = 0; i < masks.countKept(keep); i++) mask[below(keep.length)] = 1;
  // return mask;
  //> wrong "that is what the released code does"
  // const kept = masks.countKept(keep);
  // const places = new Set<number>();
  // while (places.size < kept) places.add(below(keep.length));
  // return Uint8Array.from(keep, (_, place) => (places.has(place) ? 0 : 1));
  //> wrong "that is the complement control"
  // const kept = masks.countKept(keep);
  // const places = new Set<number>();
  // while (places.size < kept) {
  //   const place = below(keep.length);
  //   if (keep[place] === 0) places.add(place);
  // }
  // return Uint8Array.from(keep, (_, place) => (places.has(place) ? 1 : 0));
  //> wrong "the subnetwork itself"
  // return keep;
  //> wrong "Where does chance come in"
  // const kept = masks.countKept(keep);
  // return Uint8Array.from(keep, (_, place) => (place < kept ? 1 : 0));
  //> wrong "lies in the first half"
  // const kept = masks.countKept(keep);
  // const places = new Set<number>();
  // while (places.size < kept) places.add(below(keep.length / 2));
  // return Uint8Array.from(keep, (_, place) => (places.has(place) ? 1 : 0));
  //> end
}

// %% tags=["check"]
await check('W4.1', mySample);

// %% [markdown] tags=["slide"]
// ## W4.2
//
// This is the sampler of the released code, line by line. The paper says that its control "keeps k random weights".

// %%
/** The control as it was released. */
function releasedSample(keep: Uint8Array, below: (n: number) => number): Uint8Array {
  const mask = new Uint8Array(keep.length).fill(1);
  let left = masks.countKept(keep);
  while (left > 0) {
    const place = below(keep.length);
    if (mask[place] === 1) left--;
    mask[place] = 0;
  }
  return mask;
}

// %% [markdown]
// A layer has 400 weights, and the subnetwork keeps 50 of them. How many does `releasedSample` keep? Write your number first.

// %% tags=["predict", "W4.2", "slide"]
//> stub
// predict('W4.2', undefined); // a number
//> solution
predict('W4.2', 350);
//> end

// %% tags=["slide"]
const some = Uint8Array.from({ length: 400 }, (_, i) => (i < 50 ? 1 : 0));
const { integer } = tasks.random(1, 'try');
await reveal('W4.2', () => [
  { mask: 'subnetwork', kept: masks.countKept(some) },
  { mask: 'control as released', kept: masks.countKept(releasedSample(some, integer)) },
]);

// %% tags=["W4.2"]
/** The released sampler, mended: change as little as you can. */
function mendedSample(keep: Uint8Array, below: (n: number) => number): Uint8Array {
  //> stub
  // return todo('Copy releasedSample, and change what is wrong.');
  //> solution
  const mask = new Uint8Array(keep.length);
  let left = masks.countKept(keep);
  while (left > 0) {
    const place = below(keep.length);
    if (mask[place] === 0) left--;
    mask[place] = 1;
  }
  return mask;
  //> wrong "that is what the released code does"
  // return releasedSample(keep, below);
  //> wrong "Which number does a drawn place get now"
  // const mask = new Uint8Array(keep.length).fill(1);
  // for (let left = masks.countKept(keep); left > 0; left--) mask[below(keep.length)] = 1;
  // return mask;
  //> wrong "The subnetwork keeps 50 weights and yours"
  // const mask = new Uint8Array(keep.length);
  // for (let left = masks.countKept(keep); left > 0; left--) mask[below(keep.length)] = 1;
  // return mask;
  //> end
}

// %% tags=["check"]
await check('W4.2', mendedSample);

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The released control keeps everything but k weights: nearly the whole base model. It is no control for the subnetwork, and it does
// better than the one that the paper describes. [Notebook 07](../../07-controls.ipynb) measures both.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W4.3
//
// A stricter control takes its k weights from *outside* the subnetwork, the complement. In a layer where the subnetwork keeps more
// than half of the weights, that is impossible. Then say so, in a sentence that names both numbers.

// %% tags=["W4.3"]
/** A mask with as many ones as `keep`, none of them where `keep` has one. */
function myComplement(keep: Uint8Array, below: (n: number) => number): Uint8Array {
  //> stub
  // return todo('Draw from outside the subnetwork, or throw an error with a sentence.');
  //> solution
  const kept = masks.countKept(keep);
  const outside = [...keep.keys()].filter((place) => keep[place] === 0);
  if (outside.length < kept) throw new Error(`Cannot draw ${kept} weights: ${outside.length} are left.`);
  const chosen = mySample(
    Uint8Array.from(outside, (_, i) => (i < kept ? 1 : 0)),
    below,
  );
  const mask = new Uint8Array(keep.length);
  for (const [i, place] of outside.entries()) mask[place] = chosen[i];
  return mask;
  //> wrong "Some of your weights are in the subnetwork"
  // return mySample(keep, below);
  //> wrong "Yours gives something all the same"
  // const outside = [...keep.keys()].filter((place) => keep[place] === 0);
  // const places = new Set<number>();
  // while (places.size < Math.min(masks.countKept(keep), outside.length)) places.add(outside[below(outside.length)]);
  // return Uint8Array.from(keep, (_, place) => (places.has(place) ? 1 : 0));
  //> wrong "wants to know how many"
  // const outside = [...keep.keys()].filter((place) => keep[place] === 0);
  // if (outside.length < masks.countKept(keep)) throw new Error('impossible');
  // const kept = masks.countKept(keep);
  // const places = new Set<number>();
  // while (places.size < kept) places.add(outside[below(outside.length)]);
  // return Uint8Array.from(keep, (_, place) => (places.has(place) ? 1 : 0));
  //> wrong "all but so many"
  // return Uint8Array.from(keep, (bit) => 1 - bit);
  //> end
}

// %% tags=["check"]
await check('W4.3', myComplement);

// %% [markdown] tags=["slide"]
// ## W4.4
//
// One control is one draw. A class is a distribution: everybody draws a control with the seat number as its seed, trains a model from
// it, and hands in the test accuracy. The base model, its mask and the runs of the subnetwork and of random init are there in seconds.

// %%
const chain = experiments.chainSettings({ preset: 'tiny' });
const [n] = chain.sizes;
const store = runs.projectStore();
const { base } = await experiments.baseModel(chain.base, { store });
const discovery = { ...(await experiments.discoverSubnetwork(base, chain.discovery, { store })), base };
const frozen = experiments.transferSettings(chain, { inheritFrom: 'subnet', subnetwork: 'frozen' }, n);
const random = experiments.transferSettings(chain, { inheritFrom: 'random' }, n);

// %% tags=["trains"]
const observer = watch.run({ charts: false });
const treatment = await experiments.transferRun(frozen, { store, observer });
const nothing = await experiments.transferRun(random, { store, observer });
await observer.finish();

// %% [markdown]
// Where will the controls lie: near the subnetwork, near random init, or between? Write a word, then draw yours.

// %% tags=["predict", "W4.4", "slide"]
//> stub
// predict('W4.4', undefined); // 'subnetwork', 'random init' or 'between'
//> solution
predict('W4.4', 'between');
//> end

// %% tags=["W4.4"]
/** A run that starts from your control, drawn with a seed of your own. */
async function myControlRun(seed: number, observer?: runs.Observer): Promise<experiments.Transfer> {
  //> stub
  // return todo('Draw a control for every weight of the subnetwork, name it, and run it.');
  //> solution
  const control = masks.mapLayers(discovery.subnetwork, (parameter, { keep }) =>
    mySample(keep, tasks.random(seed, parameter).integer),
  );
  return experiments.transferRun({ ...frozen, mask: masks.named(control) }, { store, observer });
  //> wrong "you measured the treatment"
  // return { settings: frozen, result: { test_accuracy: 0.7, transferred_weights: discovery.result.kept } };
  //> wrong "What experiments.transferRun gives is wanted"
  // return masks.mapLayers(discovery.subnetwork, (parameter, { keep }) => mySample(keep, tasks.random(seed, parameter).integer));
  //> wrong "and your control"
  // return { settings: { ...frozen, mask: 'own' }, result: { test_accuracy: 0.7, transferred_weights: 1 } };
  //> end
}

// %% tags=["check", "trains"]
const bars = watch.run({ charts: false });
const myRun = () => myControlRun(seat() ?? 1, bars);
await check('W4.4', async () => ({ run: await myRun(), discovery }));
await bars.finish();

// %% tags=["trains"]
await handIn('W4.4', async () => (await myControlRun(seat() ?? 1)).result.test_accuracy);

// %% tags=["trains", "slide"]
const ends = [
  { who: 'subnetwork', accuracy: treatment.result.test_accuracy },
  { who: 'random init', accuracy: nothing.result.test_accuracy },
];
const controls = handedIn('W4.4').map(({ seat: place, value }) => ({
  control: place === (seat() ?? 0) ? 'yours' : "others'",
  accuracy: value,
}));
const accuracy = { field: 'accuracy', type: 'quantitative', title: 'test accuracy' } as const;
await reveal('W4.4', () => ({
  title: `Test accuracy with ${n} disambiguation samples`,
  width: 480,
  layer: [
    {
      data: { values: controls },
      mark: { type: 'bar', tooltip: true },
      encoding: {
        x: { ...accuracy, bin: { step: 0.02 }, scale: { domain: [0.2, 0.9] } },
        y: { aggregate: 'count', title: 'controls' },
        color: { field: 'control', type: 'nominal', title: 'control' },
      },
    },
    { data: { values: ends }, mark: { type: 'rule', strokeWidth: 2 }, encoding: { x: accuracy } },
    { data: { values: ends }, mark: { type: 'text', dy: -8, y: 0 }, encoding: { x: accuracy, text: { field: 'who' } } },
  ],
}));

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The controls scatter, and the subnetwork lies beyond them. One control alone could have been its lowest or its highest. Ask of every
// control that you read about: how many draws?
//
// </details>

// %% [markdown] tags=["slide"]
// ## W4.5
//
// Five conditions, five ingredients. For each field write where the values come from at the start: from the trained `base` model, or `new`. Read
// your table by columns: in how many rows does each condition differ from random init?

// %% tags=["W4.5"]
/** Where a new model's values come from. The mask is the condition's own; full model and random init: the discovered one. */
function myOrigins(): Record<string, Record<string, 'base' | 'new'>> {
  const conditions = ['subnetwork', 'sampled control', 'complement', 'full model', 'random init'];
  const row = (words: ('base' | 'new')[]) => Object.fromEntries(conditions.map((name, i) => [name, words[i]]));
  //> stub
  // return todo('Write five rows: return { embeddings: row([…]), LayerNorm: row([…]), … };');
  //> solution
  const [all, none] = [row(['base', 'base', 'base', 'base', 'new']), row(['new', 'new', 'new', 'base', 'new'])];
  return {
    embeddings: all,
    LayerNorm: all,
    biases: all,
    'weights that the mask keeps': all,
    'weights that the mask drops': none,
  };
  //> wrong "3 words are not what"
  // const [all, none] = [row(['base', 'base', 'base', 'base', 'new']), row(['new', 'new', 'new', 'base', 'new'])];
  // return {
  //   embeddings: none,
  //   LayerNorm: none,
  //   biases: none,
  //   'weights that the mask keeps': all,
  //   'weights that the mask drops': none,
  // };
  //> wrong "2 words are not what"
  // const [all, none] = [row(['base', 'base', 'base', 'base', 'new']), row(['new', 'new', 'new', 'base', 'new'])];
  // return {
  //   embeddings: all,
  //   LayerNorm: all,
  //   biases: all,
  //   'weights that the mask keeps': row(['base', 'new', 'new', 'base', 'new']),
  //   'weights that the mask drops': none,
  // };
  //> wrong "Every field needs one of the two words"
  // return { embeddings: row(['base', 'base', 'base', 'base', 'new']) };
  //> end
}

// %% tags=["check"]
const inputs = { base, discovery };
const condition = (inheritFrom: 'subnet_sampled' | 'subnet_sampled_complement') =>
  experiments.transferSettings(chain, { inheritFrom, sampler: 'described', subnetwork: 'frozen' }, n);
const settings = {
  subnetwork: frozen,
  'sampled control': condition('subnet_sampled'),
  complement: condition('subnet_sampled_complement'),
  'full model': experiments.transferSettings(chain, { inheritFrom: 'original' }, n),
  'random init': random,
};
await check('W4.5', () => ({ table: myOrigins(), inputs, settings }));

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Embeddings, LayerNorm and biases come along in every condition but random init. So random init differs from the subnetwork in four rows
// and says little about the mask. The sampled control differs from it in none of these rows, only in *which* weights the
// mask keeps: that is the honest comparison.
//
// </details>

// %% [markdown]
// ## How far are you?

// %%
await progress('W4');
