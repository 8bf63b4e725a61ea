// %% [markdown]
// # W6 Shape or texture
//
// A network sees a cat with an elephant's skin: a [cue conflict](../../../docs/glossary.md#cue-conflict). Does it go by the
// shape or by the texture? You measure that from raw decisions, and learn to mistrust the number.

// %% [markdown] tags=["slide"]
// **W6 Shape or texture**: afterwards you can
//
// - measure the [shape bias](../../../docs/glossary.md#shape-bias) of networks, and say which decisions count;
// - take the texture out of an image;
// - say how much of a bias is guessing, and compare networks that are equally good.

// %% [markdown]
// Write in the cells with `todo`, run them with Shift+Enter, then run the check below. `hint('W6.1')` in a cell of its own gives
// one hint more each time; `solution('W6.1')` opens after three tries.

// %%
import { charts, experiments, images, runs, show, stats, tables } from 'subtask-induction';
import { check, hint, predict, progress, reveal, solution, todo } from 'subtask-induction-workshop';

// %% [markdown] tags=["slide"]
// ## W6.1
//
// A decision has a `shape`, a `texture` and a `response`: places in the list of 16 categories, −1 for none. The shape bias is the number of
// answers for the shape, divided by the answers for either cue.
//
// Think first: what does an image of a cat with a cat's texture say?

// %% tags=["W6.1"]
/** The shape bias of these decisions, from 0 to 1. */
function myShapeBias(decisions: stats.Decision[]): number {
  //> stub
  // return todo('Count the answers for the shape and for the texture.');
  //> solution
  const conflicts = decisions.filter(({ shape, texture }) => texture >= 0 && shape !== texture);
  const shape = conflicts.filter((one) => one.response === one.shape).length;
  const texture = conflicts.filter((one) => one.response === one.texture).length;
  return shape / (shape + texture);
  //> wrong "what is divided by what"
  // const shape = decisions.filter((one) => one.response === one.shape).length;
  // const texture = decisions.filter((one) => one.response === one.texture).length;
  // return texture / (shape + texture);
  //> wrong "Do those four say"
  // const conflicts = decisions.filter(({ shape, texture }) => texture >= 0 && shape !== texture);
  // return conflicts.filter((one) => one.response === one.shape).length / conflicts.length;
  //> wrong "what does your code take these for"
  // const conflicts = decisions.filter(({ shape, texture }) => shape !== texture);
  // const shape = conflicts.filter((one) => one.response === one.shape).length;
  // const texture = conflicts.filter((one) => one.response === one.texture).length;
  // return shape / (shape + texture);
  //> wrong "Which of the two did the answer"
  // const shown = decisions.filter(({ texture }) => texture >= 0);
  // const shape = shown.filter((one) => one.response === one.shape).length;
  // const texture = shown.filter((one) => one.response === one.texture && one.texture !== one.shape).length;
  // return shape / (shape + texture);
  //> end
}

// %% tags=["check"]
await check('W6.1', myShapeBias);

// %% [markdown]
// Three base models of this project, one a [seed](../../../docs/glossary.md#seed), decided on 960 drawn conflicts each. Before you
// look: is their shape bias nearer to that of people (close to 1), or of ImageNet networks?

// %% tags=["predict", "W6.1", "slide"]
//> stub
// predict('W6.1', undefined); // a number from 0 to 1
//> solution
predict('W6.1', 0.3);
//> end

// %% tags=["slide"]
// The base models of notebook 11 that come with the project.
const decisionsOf = () =>
  [1, 2, 3].flatMap((seed) => {
    const { base } = experiments.imageChainSettings({ preset: 'laptop', seed });
    const run = runs.projectStore().find('image-base', base);
    if (!run) return [];
    return [{ observer: `our base model, seed ${seed}`, decisions: stats.readDecisions(`${run.path}/decisions.csv`) }];
  });
await reveal('W6.1', () => {
  const published = tables.publishedShapeBias().objects() as { observer: string; published: number }[];
  const rows = [
    ...published.map(({ observer, published }) => ({ observer, images: 'of Geirhos et al.', bias: published })),
    ...decisionsOf().map(({ observer, decisions }) => ({ observer, images: 'drawn', bias: myShapeBias(decisions) })),
  ];
  return charts.dots(rows, {
    title: 'Shape bias of people and networks',
    value: { field: 'bias', title: 'shape bias: texture 0 … shape 1', scale: { domain: [0, 1] } },
    of: 'observer',
    color: 'images',
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// People are far to the right, all networks to the left, ours too. Ours were shown other images, so that only the
// order of size may be compared.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W6.2
//
// [Mean pooling](../../../docs/glossary.md#mean-pooling) gives every segment the mean colour of its pixels. An image is one long row of values: red, green and
// blue of the first pixel, then of the next. `labels` has the segment of each pixel.
//
// Think first: to which pixel does value 7 of an image belong, and which colour is it?

// %% tags=["W6.2"]
/** The values of the pooled image, in the order of `image`; whole numbers need no rounding. */
function myMeanPool({ image }: images.RgbImage, labels: Int32Array): Uint8Array {
  //> stub
  // return todo('Give every segment its mean colour.');
  //> solution
  const count = Math.max(...labels) + 1;
  const [sums, pixels] = [new Float64Array(3 * count), new Float64Array(count)];
  for (const label of labels) pixels[label]++;
  image.forEach((value, i) => {
    sums[3 * labels[Math.floor(i / 3)] + (i % 3)] += value;
  });
  return image.map((_, i) => {
    const label = labels[Math.floor(i / 3)];
    return sums[3 * label + (i % 3)] / pixels[label];
  });
  //> wrong "you return 20 of them"
  // const count = Math.max(...labels) + 1;
  // const [sums, pixels] = [new Float64Array(count), new Float64Array(count)];
  // labels.forEach((label, i) => { sums[label] += image[3 * i]; pixels[label]++; });
  // return Uint8Array.from(labels, (label) => sums[label] / pixels[label]);
  //> wrong "where should the pooled one be painted"
  // for (let i = 0; i < image.length; i++) image[i] = 128;
  // return image;
  //> wrong "its texture is still there"
  // return image.slice();
  //> wrong "over which pixels is the mean taken"
  // const mean = (colour: number) => image.filter((_, i) => i % 3 === colour).reduce((sum, v) => sum + v, 0) / labels.length;
  // return image.map((_, i) => mean(i % 3));
  //> wrong "Your image is grey"
  // const count = Math.max(...labels) + 1;
  // const [sums, pixels] = [new Float64Array(count), new Float64Array(count)];
  // image.forEach((value, i) => { sums[labels[Math.floor(i / 3)]] += value; pixels[labels[Math.floor(i / 3)]]++; });
  // return image.map((_, i) => sums[labels[Math.floor(i / 3)]] / pixels[labels[Math.floor(i / 3)]]);
  //> end
}

// %% tags=["check"]
await check('W6.2', myMeanPool);

// %% [markdown]
// Before you look: a plain image, pooled by your function through the mask of its object. How many colours are left?

// %% tags=["predict", "W6.2", "slide"]
//> stub
// predict('W6.2', undefined); // a number
//> solution
predict('W6.2', 2);
//> end

// %% tags=["slide"]
const shown = ['airplane', 'bird', 'boat', 'elephant', 'truck'].map((name) => images.labelOf(name));
await reveal('W6.2', () => {
  const drawn = images.shapeTextureImages({ kind: 'plain', count: 16, seed: 3, size: 96 });
  const plain = shown.map((label) => images.imageAt(drawn, label));
  const pixels = drawn.size ** 2;
  const maskOf = (label: number) => Int32Array.from(drawn.masks.slice(label * pixels, (label + 1) * pixels));
  const segments = plain.map((image) => images.graphSegments(image).labels);
  const pooled = plain.map((image, i) => ({ ...image, image: myMeanPool(image, maskOf(shown[i])) }));
  const byGraph = plain.map((image, i) => ({ ...image, image: myMeanPool(image, segments[i]) }));
  return charts.pictures({
    title: 'Images, pooled by your function',
    columns: shown.map((label) => images.CATEGORIES[label]),
    side: 96,
    rows: [
      { label: 'plain', images: plain },
      { label: 'through the mask', images: pooled },
      { label: 'through segments', images: byGraph },
    ],
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Through the mask of the object two colours are left, its own and that of the background: the shape alone. A
// segmentation that does not know the object leaves coarse parts of a texture.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W6.3
//
// One number for 16 categories hides much. Measure the shape bias for each category of the *shape*.
//
// Before you look: for which category does the shape count most?

// %% tags=["W6.3"]
/** The shape bias on images with the shape of each category, in the order of images.CATEGORIES. */
function myByCategory(decisions: stats.Decision[]): { category: string; bias: number }[] {
  //> stub
  // return todo('Give a row for each category.');
  //> solution
  return images.CATEGORIES.map((category, label) => {
    const own = decisions.filter(({ shape }) => shape === label);
    return { category, bias: myShapeBias(own) };
  });
  //> wrong "Whose shape was the question about"
  // return images.CATEGORIES.map((category, label) => {
  //   return { category, bias: myShapeBias(decisions.filter(({ texture }) => texture === label)) };
  // });
  //> wrong "You group by the answer"
  // return images.CATEGORIES.map((category, label) => {
  //   return { category, bias: myShapeBias(decisions.filter(({ response }) => response === label)) };
  // });
  //> wrong "is each the shape bias of its own decisions"
  // return images.CATEGORIES.map((category) => ({ category, bias: myShapeBias(decisions) }));
  //> wrong "A row for each of the 16"
  // return [{ category: 'all', bias: myShapeBias(decisions) }];
  //> end
}

// %% tags=["check"]
await check('W6.3', myByCategory);

// %% tags=["predict", "W6.3", "slide"]
//> stub
// predict('W6.3', undefined); // a category, such as 'cat'
//> solution
predict('W6.3', 'bicycle');
//> end

// %% tags=["slide"]
await reveal('W6.3', () => {
  const rows = decisionsOf().flatMap(({ observer, decisions }) =>
    myByCategory(decisions).map((row) => ({ ...row, observer })),
  );
  return charts.dots(rows, {
    title: 'Shape bias by category of the shape',
    subtitle: 'three base models of this project',
    value: { field: 'bias', title: 'shape bias: texture 0 … shape 1', scale: { domain: [0, 1] } },
    of: 'category',
    color: 'observer',
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Thin and round outlines count for much (knife, clock, bicycle), those of animals for little, and the three models agree on that to
// a large part. A bias over all categories depends on which there are.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W6.4
//
// Imagine a network that never looks at shapes. It knows the texture of a share of all images; on the others it guesses, among 16
// categories. On *plain* images shape and texture agree.
//
// Before you write: what is the shape bias of a network that only guesses? Write it down.

// %% tags=["predict", "W6.4", "slide"]
//> stub
// predict('W6.4', undefined); // a number from 0 to 1
//> solution
predict('W6.4', 0.5);
//> end

// %% tags=["W6.4"]
/** Of a network that knows the texture of this share of the images and guesses the rest: its accuracy on plain ones, its bias. */
function myGuesser(known: number): { plain: number; bias: number } {
  //> stub
  // return todo('How often is it right, and how often does it name each cue?');
  //> solution
  const lucky = (1 - known) / 16;
  const texture = known + lucky;
  return { plain: known + lucky, bias: lucky / (lucky + texture) };
  //> wrong "is right now and then"
  // return { plain: known, bias: (1 - known) / 2 };
  //> wrong "So is its bias 0"
  // return { plain: known + (1 - known) / 16, bias: 0 };
  //> wrong "by what do you divide"
  // return { plain: known + (1 - known) / 16, bias: (1 - known) / 16 };
  //> wrong "and not between them: the texture"
  // return { plain: known + (1 - known) / 16, bias: (1 - known) / 2 };
  //> wrong "and not between them: which part"
  // return { plain: Math.max(known, 1 / 16), bias: (1 - known) / 2 };
  //> end
}

// %% tags=["check"]
await check('W6.4', myGuesser);

// %% [markdown]
// The models of notebook 11 were measured nine times while they were trained, six seeds each. Their paths go from left to right as they get
// better, beside the curve of your guesser.

// %%
const MODELS = ['subnetwork', 'random mask', 'mask of an untrained network', 'random init'];
type Measured = { model: string; seed: number; step: number; plain: number; bias: number };
/** What was measured while they were trained: a row for each model, seed and time. */
function measured(): Measured[] {
  const rows = tables.shapeBias({ architecture: 'resnet' }).objects() as Record<string, number | string | boolean>[];
  return rows
    .filter(
      ({ stage, shapes, condition }) => stage === 'transfer' && shapes === 'seen' && MODELS.includes(`${condition}`),
    )
    .filter(({ condition, normalization }) => condition === 'random init' || normalization === 'eval')
    .map(({ condition, seed, step, plain, shape, texture }) => {
      const bias = Number(shape) / (Number(shape) + Number(texture));
      return { model: `${condition}`, seed: Number(seed), step: Number(step), plain: Number(plain), bias };
    });
}

// %%
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const paths = () => {
  const rows = measured();
  const steps = [...new Set(rows.map(({ step }) => step))];
  return MODELS.flatMap((model) =>
    steps.map((step) => {
      const own = rows.filter((row) => row.model === model && row.step === step);
      return { model, step, plain: mean(own.map(({ plain }) => plain)), bias: mean(own.map(({ bias }) => bias)) };
    }),
  );
};
const drawn = (rows: { model: string; step: number; plain: number; bias: number }[], title: string) =>
  charts.lines(rows, {
    title,
    subtitle: 'a point for each time of training; means over six seeds',
    x: { field: 'plain', title: 'accuracy on plain images', scale: { domain: [0, 1] } },
    y: { field: 'bias', title: 'shape bias', scale: { domain: [0, 1] } },
    color: 'model',
    order: 'step',
  });

// %% tags=["slide"]
await reveal('W6.4', () => {
  const guesser = Array.from({ length: 21 }, (_, step) => ({ model: 'your guesser', step, ...myGuesser(step / 20) }));
  return drawn(
    [...paths().filter(({ model }) => model === 'random init'), ...guesser],
    'A bias without a look at shapes',
  );
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// Both begin at one half, where nothing is known, and fall as accuracy rises. By its bias alone the network *before* training beats
// itself after: it wins by being bad. The real path stays above the guesser, so that guessing explains only a part of its bias.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W6.5
//
// So compare networks where they are equally good. A path is a list of times with `plain` and `bias`, in the order of training. Read the
// bias at the *first* time an accuracy is reached, in a straight line between two times.
//
// Before you look: at equal accuracy, will the lead of the subnetwork over random init *grow*, *shrink* or *stay*?

// %% tags=["W6.5"]
/** The bias where a path first reaches this accuracy; null where it never does. */
function myBiasAt(path: { plain: number; bias: number }[], accuracy: number): number | null {
  //> stub
  // return todo('Find the two times around this accuracy, and go a part of the way.');
  //> solution
  const reached = path.findIndex(({ plain }) => plain >= accuracy);
  if (reached < 0) return null;
  const [before, after] = [path[reached - 1] ?? path[reached], path[reached]];
  if (after.plain === before.plain) return after.bias;
  const part = (accuracy - before.plain) / (after.plain - before.plain);
  return before.bias + part * (after.bias - before.bias);
  //> wrong "what part of the way"
  // return path.find(({ plain }) => plain >= accuracy)?.bias ?? null;
  //> wrong "what should stand for"
  // const reached = path.findIndex(({ plain }) => plain >= accuracy);
  // if (reached < 0) return path[path.length - 1].bias;
  // const [before, after] = [path[reached - 1] ?? path[reached], path[reached]];
  // if (after.plain === before.plain) return after.bias;
  // return before.bias + ((accuracy - before.plain) / (after.plain - before.plain)) * (after.bias - before.bias);
  //> wrong "which of these times is meant"
  // const reached = path.map(({ plain }) => plain >= accuracy).lastIndexOf(false) + 1;
  // const [before, after] = [path[reached - 1] ?? path[reached], path[reached]];
  // if (!after) return null;
  // return before.bias + ((accuracy - before.plain) / (after.plain - before.plain)) * (after.bias - before.bias);
  //> wrong "In which order was it measured"
  // const sorted = [...path].sort((one, other) => one.plain - other.plain);
  // const reached = sorted.findIndex(({ plain }) => plain >= accuracy);
  // if (reached < 0) return null;
  // const [before, after] = [sorted[reached - 1] ?? sorted[reached], sorted[reached]];
  // if (after.plain === before.plain) return after.bias;
  // return before.bias + ((accuracy - before.plain) / (after.plain - before.plain)) * (after.bias - before.bias);
  //> wrong "is there a time before the first"
  // if (path.every(({ plain }) => plain < accuracy)) return null;
  // const reached = Math.max(1, path.findIndex(({ plain }) => plain >= accuracy));
  // const [before, after] = [path[reached - 1], path[reached]];
  // return before.bias + ((accuracy - before.plain) / (after.plain - before.plain)) * (after.bias - before.bias);
  //> wrong "its bias there is known"
  // return path[path.length - 1].bias;
  //> end
}

// %% tags=["check"]
await check('W6.5', myBiasAt);

// %% tags=["predict", "W6.5", "slide"]
//> stub
// predict('W6.5', undefined); // 'grow', 'shrink' or 'stay'
//> solution
predict('W6.5', 'shrink');
//> end

// %% tags=["slide"]
await reveal('W6.5', () => {
  const spec = drawn(paths(), 'Shape bias while networks get better');
  const slider = {
    name: 'wanted',
    value: 0.6,
    bind: { input: 'range', min: 0.1, max: 0.9, step: 0.05, name: 'accuracy ' },
  };
  const rule = {
    data: { values: [{}] },
    transform: [{ calculate: 'wanted', as: 'plain' }],
    mark: { type: 'rule', strokeDash: [4, 3], color: '#7A7A7A' },
  };
  const { layer, ...rest } = spec as typeof spec & { layer: object[] };
  return { ...rest, params: [slider], layer: [...layer, rule] } as unknown as typeof spec;
});

// %% tags=["slide"]
await reveal('W6.5', () => {
  const rows = measured();
  const accuracy = 0.6;
  return MODELS.map((model) => {
    const seeds = [...new Set(rows.map(({ seed }) => seed))];
    const own = seeds.map((seed) => rows.filter((row) => row.model === model && row.seed === seed));
    const sorted = own.map((path) => [...path].sort((one, other) => one.step - other.step));
    const ends = sorted.map((path) => path[path.length - 1]);
    return {
      model,
      'accuracy at the end': mean(ends.map(({ plain }) => plain)),
      'bias at the end': mean(ends.map(({ bias }) => bias)),
      [`bias at accuracy ${accuracy}`]: mean(sorted.map((path) => myBiasAt(path, accuracy) ?? Number.NaN)),
    };
  });
});

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// At equal accuracy the lead of the subnetwork over random init is smaller than at the end, and does not vanish. But the mask of a
// network that was never trained is further up: what makes this bias is not what the base had learned. Batch normalisation
// differs too (notebook 11).
//
// </details>

// %% [markdown]
// ## How far are you?

// %%
await progress('W6');
