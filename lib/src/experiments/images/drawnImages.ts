import { CATEGORIES } from '../../images/categories';
import { shapesByCategory } from '../../images/shapes';
import { type ImageKind, type ShapeTextureImages, shapeTextureImages } from '../../images/shapeTextureImages';
import { listStimuli, stimuliFolder, stimulusShapes } from '../../images/stimuli';
import { random, seedFor } from '../../tasks/random';
import { batchesInOrder, batchesOfPixels, type ImageSet, pixelsAt } from '../../training/imageBatches';
import { once } from '../machines';
import type { ImageData, ShapesShown } from './imageData';
import type { DrawnImageSettings } from './imageSettings';

/** Drawn images, labelled by their shapes. */
type DrawnSet = ImageSet & Pick<ShapeTextureImages, 'textures'>;

/** Drawn sets of this process, so that runs of one seed draw them once; the oldest go where there are too many. */
const sets = new Map<string, DrawnSet>();
const MOST_SETS = 8;

type SetOptions = Parameters<typeof shapeTextureImages>[0];

/** The set of a key, taken from those of this process or drawn now. */
function drawnSet(key: string, options: SetOptions): DrawnSet {
  const found = sets.get(key) ?? labelled(shapeTextureImages(options));
  sets.delete(key);
  sets.set(key, found);
  for (const oldest of sets.keys()) {
    if (sets.size <= MOST_SETS) break;
    sets.delete(oldest);
  }
  return found;
}

function labelled({ images, shapes, textures, count, size }: ShapeTextureImages): DrawnSet {
  return { images, labels: shapes, textures, count, size };
}

/** Fetched stimuli of a category that are held out. */
const HELD_OUT = 2;

/** What is drawn: the shapes of training, and others. */
async function shapesOf(shapes: DrawnImageSettings['shapes']): Promise<Record<ShapesShown, SetOptions['shapes']>> {
  if (!shapes) return { seen: 'training', 'held out': 'validation' };
  listStimuli(stimuliFolder(shapes)); // a sentence where they are not fetched yet
  const groups = shapesByCategory(await once('stimulus shapes', shapes, stimulusShapes));
  return {
    seen: groups.flatMap((group) => group.slice(0, -HELD_OUT)),
    'held out': groups.flatMap((group) => group.slice(-HELD_OUT)),
  };
}

/** The images of a seed: drawn in this process, 12 KB each at 64 pixels. */
export async function drawnImages(settings: DrawnImageSettings, seed: number): Promise<ImageData> {
  const { size, train, variation } = settings;
  const shapes = await shapesOf(settings.shapes);
  const draw = (kind: ImageKind, part: 'train' | 'evaluation' | 'conflict', shown: ShapesShown) => {
    const options = { kind, count: settings[part], seed: seedFor(seed, `images ${part}`), size, ...variation };
    return drawnSet(JSON.stringify([options, settings.shapes, shown]), { ...options, shapes: shapes[shown] });
  };

  return {
    trainingImages: train,
    shapes: ['seen', 'held out'],
    training({ pooledShare, seed: orderSeed, epoch, batchSize }) {
      const plain = pooledShare < 1 ? draw('plain', 'train', 'seen') : undefined;
      const pooled = pooledShare > 0 ? draw('pooled', 'train', 'seen') : undefined;
      const { labels } = plain ?? (pooled as DrawnSet);
      const isPooled = pooledOf(train, pooledShare, orderSeed, epoch);
      const order = random(orderSeed, `image order ${epoch}`).permutation(train);
      const setOf = (index: number) => (isPooled[index] ? pooled : plain) as DrawnSet;
      return batchesOfPixels({
        count: train,
        batchSize,
        size,
        label: (position) => labels[order[position]],
        pixels: (position) => pixelsAt(setOf(order[position]), order[position]),
      });
    },
    evaluation: (kind, shown, batchSize) => batchesInOrder(draw(kind, 'evaluation', shown), batchSize),
    conflict(shown) {
      const set = draw('conflict', 'conflict', shown);
      const stimuli = Array.from({ length: set.count }, (_, i) => {
        const [shape, texture] = [set.labels[i], set.textures[i]];
        const number = Math.floor(i / CATEGORIES.length) + 1;
        return { name: `${CATEGORIES[shape]}${number}-${CATEGORIES[texture]}${number}`, shape, texture };
      });
      return { stimuli, batches: (batchSize) => batchesInOrder(set, batchSize) };
    },
  };
}

/** Marks the mean-pooled of `count` images: the same share of each category, whose images come in turns. */
function pooledOf(count: number, share: number, seed: number, epoch: number): Uint8Array {
  const turns = Math.ceil(count / CATEGORIES.length);
  const marked = new Uint8Array(count);
  if (share === 0) return marked;
  for (let label = 0; label < CATEGORIES.length; label++) {
    const chosen = random(seed, `pooled images ${epoch} ${label}`).sampleWithoutReplacement(
      turns,
      Math.round(share * turns),
    );
    for (const turn of chosen) marked[turn * CATEGORIES.length + label] = 1;
  }
  return marked;
}
