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
// # 09 Shape or texture
//
// The second half of the paper is about images. A network that is trained on photographs tells an elephant by its skin
// as much as by its outline. The subtask is to recognise *shapes*, and what teaches it is [*mean
// pooling*](../docs/glossary.md#mean-pooling): an image in which every segment has one colour has no texture left.
//
// This notebook shows the images, before any network sees them. It computes everything itself, in less than a minute
// and with every preset alike.

// %% [markdown]
// ## Drawn images
//
// The paper's photographs are ImageNet's, which not everybody has. For experiments on a laptop, images are drawn: 16
// categories of shapes, filled with 16 families of textures. In a *plain* image both belong to the same category. In a
// *conflict* image ([cue conflict](../docs/glossary.md#cue-conflict)) they do not. *Pooled* and *silhouette* show the
// shape alone.

// %%
import { aq, charts, experiments, images, op, say, show } from 'subtask-induction';

const { CATEGORIES, imageAt, labelOf } = images;
const kinds = ['plain', 'conflict', 'pooled', 'silhouette'] as const;
// As varied as the images of the experiments.
const { data } = experiments.imageChainSettings().transfer;
const variation = data.source === 'drawn' ? data.variation : {};
const drawn = kinds.map((kind) => ({
  kind,
  ...images.shapeTextureImages({ ...variation, kind, count: 480, seed: 1 }),
}));

// %% tags=["slide"]
const eight = [...CATEGORIES.slice(0, 8).keys()];
const textureOf = (label: number) => (label < 0 ? '' : images.TEXTURES[label]);
const kindsOfImages = charts.pictures({
  title: 'One image of each kind',
  subtitle: 'below each picture: its texture',
  side: 64,
  columns: eight.map((label) => CATEGORIES[label]),
  rows: drawn.map((set) => ({
    label: set.kind,
    images: eight.map((i) => imageAt(set, i)),
    captions: set.kind === 'pooled' ? undefined : eight.map((i) => textureOf(set.textures[i])),
  })),
});
await show(kindsOfImages);

// %% [markdown]
// What to see: the four pictures of a column share shape, place and colours. From the first to the second only the texture
// changes, so the two cues now name different categories, and an answer shows which of them counts.
//
// Every image is another one: its drawing, place, size, turn, bend, colours and contrast are drawn from the
// [seed](../docs/glossary.md#seed).

// %% tags=["slide"]
const [plain] = drawn;
const again = Array.from({ length: 10 }, (_, i) => i);
await show(
  charts.pictures({
    title: 'The same category again',
    side: 50,
    rows: ['bear', 'bicycle', 'clock', 'truck'].map((name) => ({
      label: name,
      images: again.map((i) => imageAt(plain, 16 * i + labelOf(name))),
    })),
  }),
);

// %% [markdown] tags=["slide"]
// These are all the drawings. Networks are trained on the first six rows; the last two show whether a network knows a shape
// or only drawings that it has met.

// %% tags=["slide"]
const still = { rotation: 0, zoom: [1, 1] as const, shift: 0, bend: 0 };
const drawings = (['training', 'validation'] as const).flatMap((part) => {
  const all = CATEGORIES.map((_, label) => images.projectShapes(part).filter((shape) => shape.label === label));
  return all[0].map((_, i) => ({ label: `${part} ${i + 1}`, shapes: all.map((shapes) => shapes[i]) }));
});
const allDrawings = charts.pictures({
  title: 'All drawings',
  columns: CATEGORIES,
  side: 28,
  rows: drawings.map(({ label, shapes }) => {
    const row = images.shapeTextureImages({ kind: 'silhouette', count: 16, seed: 0, shapes, ...still });
    return { label, images: shapes.map((_, i) => imageAt(row, i)) };
  }),
});
await show(allDrawings);

// %%
const began = performance.now();
images.shapeTextureImages({ ...variation, kind: 'plain', count: 1000, seed: 2 });
const perSecond = 1000 / ((performance.now() - began) / 1000);
say(
  `One core drew ${Math.round(perSecond).toLocaleString('en-US')} images a second here, so no training set has to lie on a disk.`,
);

// %% [markdown] tags=["slide"]
// ## How the kinds differ
//
// Two numbers say what an image offers. *Texture*: how much grey values vary within the object. *Shape*: how far the object's
// mean grey value is from that of the background.

// %%
type Drawn = (typeof drawn)[number];
const moments = (values: number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
};
function contrasts(set: Drawn, index: number) {
  const { image } = imageAt(set, index);
  const [inside, outside]: number[][] = [[], []];
  const offset = index * set.size ** 2;
  for (let i = 0; i < set.size ** 2; i++) {
    const sum = image[3 * i] + image[3 * i + 1] + image[3 * i + 2];
    (set.masks[offset + i] ? inside : outside).push(sum);
  }
  const [object, background] = [moments(inside), moments(outside)];
  return { kind: set.kind, texture: object.deviation / 3, shape: Math.abs(object.mean - background.mean) / 3 };
}

// %% tags=["slide"]
const measured = drawn.flatMap((set) => Array.from({ length: 160 }, (_, i) => contrasts(set, i)));
const scatter = charts.dots(measured, {
  title: 'Texture and shape in 160 images of each kind',
  subtitle: 'grey values of 0 to 255',
  of: { field: 'texture', title: 'texture' },
  value: { field: 'shape', title: 'shape' },
  facet: 'kind',
  color: 'kind',
  columns: 4,
  width: 112,
});
await show(scatter);

// %%
const means = aq
  .from(measured)
  .groupby('kind')
  .rollup({ texture: op.mean('texture'), shape: op.mean('shape') });
await show(means, { digits: 1, caption: 'Means of both' });

// %% [markdown]
// What to see: *plain* and *conflict* images do not differ in how strong the cues are, only in whether they agree. In
// *pooled* images the texture is gone and the shape has stayed as it was. In *silhouettes* only the soft edge varies.
//
// ## Mean pooling, step by step
//
// The recipe: segment the image, give every segment the mean colour of its pixels, paint large segments first and small ones
// over them, and what no segment covers last, with a mean of its own. For drawn images the segment is known exactly.

// %%
const { graphSegments, meanPool, meanPoolLabels, paintLabels } = images;
const large = images.shapeTextureImages({ ...variation, kind: 'plain', count: 16, seed: 5, size: 128 });
const shown = ['bird', 'boat', 'elephant', 'truck'].map((name) => labelOf(name));
const pixels = large.size ** 2;
const steps = shown.map((index) => {
  const original = imageAt(large, index);
  const object = large.masks.slice(index * pixels, (index + 1) * pixels);
  const { labels, count } = graphSegments(original);
  return {
    image: original,
    object,
    mask: paintLabels({ ...original, labels: Int32Array.from(object) }),
    maskPooled: { ...original, image: meanPool({ ...original, masks: [object] }) },
    segments: paintLabels({ ...original, labels }),
    segmentsPooled: { ...original, image: meanPoolLabels({ ...original, labels }) },
    count,
  };
});

// %% tags=["slide"]
const pooling = charts.pictures({
  title: 'From the image to its mean-pooled version',
  side: 110,
  columns: shown.map((label) => CATEGORIES[label]),
  rows: [
    { label: 'image', images: steps.map(({ image }) => image) },
    { label: 'exact mask', images: steps.map(({ mask }) => mask) },
    { label: '… pooled', images: steps.map(({ maskPooled }) => maskPooled) },
    {
      label: 'graph segments',
      images: steps.map(({ segments }) => segments),
      captions: steps.map(({ count }) => `${count} segments`),
    },
    { label: '… pooled', images: steps.map(({ segmentsPooled }) => segmentsPooled) },
  ],
});
await show(pooling);

// %% [markdown]
// What to see: through the exact mask two colours remain. The rows below need no mask: *graph-based segmentation*
// (Felzenszwalb and Huttenlocher, 2004) joins neighbouring pixels as long as the step between them is no larger than the
// steps within. It knows nothing of objects, so coarse textures leave segments of their own. Its `scale` says how readily
// it joins.

// %% tags=["slide"]
const scales = [50, 150, 500, 1500, 5000];
const counts = drawn.flatMap((set) =>
  scales.map((scale) => {
    const found = Array.from({ length: 48 }, (_, i) => graphSegments({ ...imageAt(set, i), scale, minSize: 20 }));
    return { kind: set.kind, scale, segments: moments(found.map(({ count }) => count)).mean };
  }),
);
const segments = charts.lines(counts, {
  title: 'Graph segments of an image',
  subtitle: 'mean over 48 images of 64 x 64 pixels',
  x: { field: 'scale', title: 'scale', scale: { type: 'log', nice: false }, axis: { values: scales } },
  y: { field: 'segments', title: 'segments' },
  color: 'kind',
});
await show(segments);

// %% [markdown]
// What to see: with a small scale, textured images fall into more segments than pooled ones. A larger scale joins the parts
// of a texture, and the largest joins the object with its background too: no scale suits every image. Even without texture
// there are more than two segments, since the smoothing beforehand makes soft borders.
//
// ## Masks from Segment Anything
//
// The paper's segments come from Segment Anything, a large network that is not part of this project. The JSON that its mask
// generator writes is read here. Below, such a file is made by hand: the object, and a box over a corner of it.

// %%
const source = steps[0].image;
const mask = steps[0].object;
const { height, width } = source;
const onObject = [...mask.keys()].filter((i) => mask[i]);
const bounds = (places: number[]) => [Math.min(...places), Math.max(...places)];
const [left, right] = bounds(onObject.map((i) => i % width));
const [top, bottom] = bounds(onObject.map((i) => Math.floor(i / width)));
const inBox = (x: number, y: number) => x >= left && 2 * x < left + right && y >= top && 2 * y < top + bottom;
const box = mask.map((_, i) => Number(inBox(i % width, Math.floor(i / width))));
const written = JSON.stringify(
  [box, mask].map((segment) => ({
    segmentation: images.encodeRunLength({ mask: segment, height, width }, { compressed: true }),
    area: segment.reduce((sum, value) => sum + value, 0),
  })),
);
say(`\`${written.slice(0, 110)}…\` (${written.length} characters for ${pixels.toLocaleString('en-US')} pixels)`);

// %% tags=["slide"]
const { masks: readMasks } = images.parseSegments(JSON.parse(written), 'the JSON above');
const pooledByFile = { ...source, image: meanPool({ ...source, masks: readMasks }) };
const black = (segment: Uint8Array) => ({
  ...source,
  image: Uint8Array.from(source.image, (_, i) => 255 * (1 - segment[Math.floor(i / 3)])),
});
const throughFile = charts.pictures({
  title: "Mean pooling through Segment Anything's JSON",
  side: 110,
  columns: ['image', ...readMasks.map((_, i) => `mask ${i + 1}`), 'pooled'],
  rows: [{ label: CATEGORIES[shown[0]], images: [source, ...readMasks.map(black), pooledByFile] }],
});
await show(throughFile);

// %% [markdown]
// What to see: the box comes first in the file, but it is the smaller segment and painted last, so it lies over the object.
// Its colour is the mean of what is in it in the *image*, object and background mixed. What neither covers has a mean of its
// own.
//
// ## Cue conflict in real images
//
// Geirhos et al. ([ICLR 2019](https://arxiv.org/abs/1811.12231)) put the texture of one photograph on the shape of another
// by style transfer, and asked people and networks what they see. Their stimuli (CC BY 4.0) are fetched separately.

// %%
import { existsSync } from 'node:fs';

const none = 'The stimuli are not here: `npm run fetch-data` brings them; then run this notebook again.';
const fetched = images.STIMULI.every((kind) => existsSync(images.stimuliFolder(kind)));
// One of each of eight categories; of cue-conflict images those whose cues disagree.
const take = async (kind: images.StimuliKind) => {
  if (!fetched) return [];
  const chosen = images.listStimuli(images.stimuliFolder(kind)).filter(({ shape, texture }) => shape !== texture);
  const firsts = eight.map((label) => chosen.filter(({ shape }) => shape === 2 * label)[0]);
  const read = async (path: string) => images.readImage(path, { shorterSide: 128 });
  return Promise.all(firsts.map(async (one) => ({ ...one, pixels: await read(one.path) })));
};
const conflict = await take('cue-conflict');

// %% tags=["slide"]
const pooledByGraph = (image: images.RgbImage): images.RgbImage => {
  const { labels } = graphSegments({ ...image, scale: 1500 });
  return { ...image, image: meanPoolLabels({ ...image, labels }) };
};
const pixelsOf = (stimuli: { pixels: images.RgbImage }[]) => stimuli.map(({ pixels }) => pixels);
const stimuli = charts.pictures({
  title: 'Stimuli of Geirhos et al. (CC BY 4.0, made smaller)',
  side: 61,
  columns: conflict.map(({ shape }) => CATEGORIES[shape]),
  rows: [
    {
      label: 'cue conflict',
      images: pixelsOf(conflict),
      captions: conflict.map(({ texture }) => `texture: ${CATEGORIES[texture]}`),
    },
    { label: 'graph-pooled', images: pixelsOf(conflict).map(pooledByGraph) },
    { label: 'silhouette', images: pixelsOf(await take('silhouettes')) },
    { label: 'edges', images: pixelsOf(await take('edges')) },
  ],
});
await show(stimuli, { none });

// %% [markdown]
// Where they are fetched, silhouettes and edges can take the place of the drawings, in experiments too
// (`experiments.imageChainSettings({ shapes: 'silhouettes' })`): the same textures on 160 real outlines, or on the bands along their edges.

// %%
const rows = (fetched ? (['silhouettes', 'edges'] as const) : []).map(async (kind) => {
  const shapes = await images.stimulusShapes(kind);
  const real = images.shapeTextureImages({ ...variation, kind: 'plain', count: 16, seed: 1, shapes });
  return { label: kind, images: eight.map((label) => imageAt(real, 2 * label)) };
});
const onStimuli = charts.pictures({
  title: 'Plain images with the shapes of Geirhos et al. (CC BY 4.0, changed)',
  columns: eight.map((label) => CATEGORIES[2 * label]),
  side: 62,
  rows: await Promise.all(rows),
});
await show(onStimuli, { none });

// %% [markdown]
// Notebook 11 shows these stimuli to the models of this project, notebook 12 how people and networks decide on them.
