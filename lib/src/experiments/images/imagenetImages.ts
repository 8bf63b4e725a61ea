import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CATEGORIES } from '../../images/categories';
import { IMAGENET_COLOURS, normalisePixels } from '../../images/imageFile';
import { imagenetFiles, inverseFrequencyWeights } from '../../images/imagenetFolder';
import { type LabelledFile, type SkippedFile, streamImages } from '../../images/imageStream';
import { listStimuli, stimuliFolder } from '../../images/stimuli';
import { random } from '../../tasks/random';
import type { ImageBatch } from '../../training/imageBatches';
import type { ImageData } from './imageData';
import type { ImagenetSettings } from './imageSettings';

/** Where photographs lie. */
export interface ImageFolders {
  /** ImageNet's training images, a folder for each synset. */
  plain: string;
  /** The same images mean-pooled: PNG files of the same names in folders of the same names (meanPoolFile makes them). */
  pooled: string;
  /** Cue-conflict stimuli; by default those that npm run fetch-data brought. */
  conflict?: string;
  /** The Hugging Face folder of the pretrained model, for settings that start from one. */
  pretrained?: string;
  /** Hears of every file that cannot be read and is left out; by default it is said once a file. */
  onSkip?: (skipped: SkippedFile) => void;
}

const EVALUATED_SHARE = 0.1;

/**
 * Photographs of the 16 categories, read while they are needed. `perCategory` of each are drawn and split into nine tenths to
 * train on and a tenth to validate on; no validation image is trained on, unlike in the released lists.
 */
export function imagenetImages(settings: ImagenetSettings, folders: ImageFolders): ImageData {
  const { size, resize, perCategory, train, colours } = settings;
  const { onSkip } = folders;
  const { training, evaluation } = split(imagenetFiles(folders.plain), { perCategory, all: train === 'all' });
  const pooledFile = (file: LabelledFile): LabelledFile => {
    const name = basename(file.path).replace(/\.\w+$/, '.png');
    const path = join(folders.pooled, basename(dirname(file.path)), name);
    if (!existsSync(path)) {
      throw new Error(`There is no mean-pooled image ${path}: make it from ${file.path} with meanPoolFile.`);
    }
    return { ...file, path };
  };

  const batches = (options: Omit<FileBatchesOptions, 'size' | 'colours'>) =>
    fileBatches({ size, resize, colours, onSkip, ...options });

  return {
    trainingImages: training.length,
    shapes: ['seen'],
    classWeights: [...inverseFrequencyWeights(training.map(({ label }) => label))],
    training({ pooledShare, seed, epoch, batchSize }) {
      const source = random(seed, `pooled images ${epoch}`);
      const files = training.map((file) => (source.uniform() < pooledShare ? pooledFile(file) : file));
      return batches({ files, batchSize, seed, epoch, shuffle: true, augment: true });
    },
    evaluation: (kind, _shapes, batchSize) =>
      batches({ files: kind === 'pooled' ? evaluation.map(pooledFile) : evaluation, batchSize }),
    conflict() {
      const stimuli = listStimuli(folders.conflict ?? stimuliFolder('cue-conflict'));
      return {
        stimuli,
        batches: (batchSize) => batches({ files: stimuli, batchSize, resize: size, skipLimit: 0 }),
      };
    },
  };
}

/** The files to train and to validate on: the same ones whatever the seed, as a list of one's own would be. */
function split(
  files: LabelledFile[],
  { perCategory, all }: { perCategory: number; all: boolean },
): { training: LabelledFile[]; evaluation: LabelledFile[] } {
  const training: LabelledFile[] = [];
  const evaluation: LabelledFile[] = [];
  CATEGORIES.forEach((category, label) => {
    const own = files.filter((file) => file.label === label);
    if (own.length < 2) throw new Error(`There is one image of ${category}: training and validation need two.`);
    const shuffled = Array.from(random(0, `ImageNet list ${category}`).permutation(own.length), (i) => own[i]);
    const listed = Math.min(perCategory, own.length);
    const evaluated = Math.max(1, Math.round(EVALUATED_SHARE * listed));
    evaluation.push(...shuffled.slice(0, evaluated));
    training.push(...shuffled.slice(evaluated, all ? own.length : listed));
  });
  return { training, evaluation };
}

/** ViT's released feature extractor. */
const HALF = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

export type FileBatchesOptions = Parameters<typeof streamImages>[0] & {
  size: number;
  /** How pixels are normalised. */
  colours: ImagenetSettings['colours'];
};

/** Batches of image files, read while they are needed: of one size, the last one filled up with weight 0. */
export async function* fileBatches({ colours, ...options }: FileBatchesOptions): AsyncGenerator<ImageBatch> {
  const { batchSize, size } = options;
  const scale = colours === 'half' ? HALF : IMAGENET_COLOURS;
  for await (const { images, labels, count } of streamImages(options)) {
    const batch = {
      pixels: new Float32Array(batchSize * size * size * 3),
      labels: new Int32Array(batchSize),
      weights: new Float32Array(batchSize).fill(1, 0, count),
    };
    batch.pixels.set(normalisePixels(images, scale));
    batch.labels.set(labels);
    yield batch;
  }
}
