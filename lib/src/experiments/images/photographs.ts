/** Tiny ImageNet's photographs, kept in memory: 12 KB each, 160 MB of the eleven categories, 1.2 GB of all 200 classes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CATEGORIES } from '../../images/categories';
import { graphSegments } from '../../images/graphSegmentation';
import { inverseFrequencyWeights } from '../../images/imagenetFolder';
import { type LabelledFile, streamImages } from '../../images/imageStream';
import { imageAt, meanPoolLabels } from '../../images/meanPooling';
import { listStimuli, stimuliFolder } from '../../images/stimuli';
import { TINY_IMAGENET_SIZE, type TinyImagenetSet, tinyImagenetFiles } from '../../images/tinyImagenet';
import { dataFile } from '../../runs/project';
import { random, seedFor } from '../../tasks/random';
import { readSafetensors, writeSafetensors } from '../../tensorflow/safetensors';
import { batchesInOrder, batchesOfPixels, type ImageBatch, type ImageSet } from '../../training/imageBatches';
import { once } from '../machines';
import type { ImageData } from './imageData';
import type { PhotographSettings } from './imageSettings';

const SIZE = TINY_IMAGENET_SIZE;
const VALUES = SIZE * SIZE * 3;
/** So many pooled images take seconds. */
const WORTH_KEEPING = 500;
/** Largest shift of a training photograph in pixels, to either side. */
const SHIFT = 4;

/** Decodes files to squares of 64 pixels; one that cannot be read is an error. */
async function decoded(files: readonly LabelledFile[], kernel?: 'lanczos3'): Promise<ImageSet> {
  const images = new Uint8Array(files.length * VALUES);
  let count = 0;
  const options = { files, batchSize: 256, resize: SIZE, size: SIZE, kernel, skipLimit: 0 };
  for await (const batch of streamImages(options)) {
    images.set(batch.images, count * VALUES);
    count += batch.count;
  }
  return { images, labels: Int32Array.from(files, ({ label }) => label), count, size: SIZE };
}

/** The process's photographs of a set, decoded once. */
export function photographsOf(set: TinyImagenetSet, labels: 'classes' | 'categories'): Promise<ImageSet> {
  return once('photographs', { set, labels }, () => decoded(tinyImagenetFiles(set, { labels })));
}

/**
 * The photographs of the eleven categories, mean-pooled. They are computed once (some 6 ms each) and kept in
 * data/tiny-imagenet-pooled.
 */
function pooledOf(set: TinyImagenetSet, pooling: PhotographSettings['pooling']): Promise<ImageSet> {
  return once('pooled photographs', { set, pooling }, async () => {
    const plain = await photographsOf(set, 'categories');
    const of = createHash('sha256').update(JSON.stringify(pooling)).update(plain.images).digest('hex').slice(0, 12);
    const kept = dataFile('tiny-imagenet-pooled', `${set}-${of}.safetensors`);
    if (existsSync(kept)) return { ...plain, images: readSafetensors(kept).tensors.images.data as Uint8Array };
    const images = new Uint8Array(plain.images.length);
    for (let i = 0; i < plain.count; i++) {
      const image = imageAt(plain, i);
      images.set(meanPoolLabels({ ...image, labels: graphSegments({ ...image, ...pooling }).labels }), i * VALUES);
    }
    if (plain.count < WORTH_KEEPING) return { ...plain, images };
    mkdirSync(dirname(kept), { recursive: true });
    writeSafetensors(kept, { images: { dtype: 'U8', shape: [plain.count, SIZE, SIZE, 3], data: images } });
    return { ...plain, images };
  });
}

/** The cue-conflict stimuli whose shape and texture are different ones of these categories. */
function conflictOf(categories: ReadonlySet<number>) {
  return once('cue-conflict photographs', [...categories], async () => {
    const stimuli = listStimuli(stimuliFolder('cue-conflict')).filter(
      ({ shape, texture }) => shape !== texture && categories.has(shape) && categories.has(texture),
    );
    return { stimuli, photographs: await decoded(stimuli, 'lanczos3') };
  });
}

/**
 * Photographs of the eleven categories. Training shows `perEpoch` in an epoch (by default as many as there are), whatever
 * `perCategory`: of few, each is shown more often, so that only the number of different photographs changes. `seed` decides
 * which those are.
 */
export async function photographs(settings: PhotographSettings, seed: number): Promise<ImageData> {
  const { perCategory, perEpoch, pooling } = settings;
  const [train, val] = [await photographsOf('train', 'categories'), await photographsOf('val', 'categories')];
  const conflict = await conflictOf(new Set(train.labels));
  const pooledVal = await pooledOf('val', pooling);
  const shown = perCategory === undefined ? train.labels.map((_, i) => i) : chosenOf(train.labels, perCategory, seed);

  return {
    trainingImages: perEpoch ?? train.count,
    shapes: ['seen'],
    classWeights: [
      ...inverseFrequencyWeights(
        shown.map((i) => train.labels[i]),
        { absent: 'none' },
      ),
    ],
    async *training({ pooledShare, seed: orderSeed, epoch, batchSize }) {
      const pooled = pooledShare > 0 ? await pooledOf('train', pooling) : undefined;
      const [order, source] = [random(orderSeed, `image order ${epoch}`), random(orderSeed, `pooled images ${epoch}`)];
      const drawn = order.permutation(train.count).subarray(0, perEpoch);
      const places = drawn.map((place) => shown[place % shown.length]);
      const sets = Array.from(places, () => (pooled && source.uniform() < pooledShare ? pooled : train));
      yield* shiftedBatches({ places, setOf: (i) => sets[i], batchSize, seed: orderSeed, epoch });
    },
    evaluation: (kind, _shapes, batchSize) => batchesInOrder(kind === 'pooled' ? pooledVal : val, batchSize),
    conflict: () => ({
      stimuli: conflict.stimuli,
      batches: (batchSize) => batchesInOrder(conflict.photographs, batchSize),
    }),
  };
}

/** So many of each category that occurs, drawn by the seed. */
function chosenOf(labels: Int32Array, perCategory: number, seed: number): Int32Array {
  const chosen = CATEGORIES.flatMap((category, label) => {
    const own = [...labels.keys()].filter((i) => labels[i] === label);
    if (own.length > 0 && own.length < perCategory) {
      throw new Error(`There are ${own.length} photographs of ${category}, not ${perCategory}: ask for fewer.`);
    }
    const order = random(seedFor(seed, 'photographs'), category).permutation(own.length);
    return own.length === 0 ? [] : Array.from(order.subarray(0, perCategory), (i) => own[i]);
  });
  return Int32Array.from(chosen);
}

/** Training batches: the photographs at these places, each shifted by up to four pixels and mirrored every other time. */
export function shiftedBatches(of: {
  places: Int32Array;
  setOf(position: number): ImageSet;
  batchSize: number;
  seed: number;
  epoch: number;
}): Generator<ImageBatch> {
  const { places, setOf, batchSize, seed, epoch } = of;
  const draw = random(seed, `shifts ${epoch}`);
  return batchesOfPixels({
    count: places.length,
    batchSize,
    size: SIZE,
    label: (position) => setOf(position).labels[places[position]],
    pixels(position) {
      const [down, right] = [draw.integer(2 * SHIFT + 1) - SHIFT, draw.integer(2 * SHIFT + 1) - SHIFT];
      return shifted(setOf(position).images, places[position] * VALUES, { down, right, mirror: draw.integer(2) === 1 });
    },
  });
}

/** A shifted copy of the photograph that begins at `start`; its edges are repeated where it would end. */
function shifted(images: Uint8Array, start: number, by: { down: number; right: number; mirror: boolean }): Uint8Array {
  const out = new Uint8Array(VALUES);
  const clamped = (place: number) => Math.min(SIZE - 1, Math.max(0, place));
  for (let y = 0; y < SIZE; y++) {
    const row = start + clamped(y - by.down) * SIZE * 3;
    for (let x = 0; x < SIZE; x++) {
      const from = row + clamped((by.mirror ? SIZE - 1 - x : x) - by.right) * 3;
      const to = (y * SIZE + x) * 3;
      out[to] = images[from];
      out[to + 1] = images[from + 1];
      out[to + 2] = images[from + 2];
    }
  }
  return out;
}
