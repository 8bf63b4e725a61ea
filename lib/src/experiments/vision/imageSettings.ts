/**
 * The settings of the vision stages: plain JSON that names a run in the run store. `paper` holds the published values
 * (method section 2); `laptop` is the same chain on drawn shapes with textures, for which no download is needed, and `quick`
 * the same with less training.
 */
import type { TemperatureSchedule } from '../../masking/continuousSparsification';
import type { NormalizationMode } from '../../models/imageModel';
import { type ResnetConfig, resnetConfig } from '../../models/resnet';
import { type VitConfig, vitConfig } from '../../models/vit';
import type { ImageInheritFrom } from '../../runs/imageSchemas';
import type { ImageVariation } from '../../vision/shapeTextureImages';
import type { StimulusShapes } from '../../vision/stimulusShapes';

export const IMAGE_PRESETS = ['paper', 'laptop', 'quick'] as const;
export type ImagePreset = (typeof IMAGE_PRESETS)[number];

export const IMAGE_ARCHITECTURES = ['resnet', 'vit'] as const;
export type ImageArchitecture = (typeof IMAGE_ARCHITECTURES)[number];

export type ImageModelSettings =
  | { architecture: 'resnet'; config: ResnetConfig }
  | { architecture: 'vit'; config: VitConfig };

/** Drawn shapes with textures: all that differs between seeds is the draw. */
export interface DrawnImageSettings {
  source: 'drawn';
  /** Side of an image in pixels. */
  size: number;
  /** Images to train on, the same ones in every epoch. */
  train: number;
  /** Validation images, plain and mean-pooled each. */
  evaluation: number;
  /** Images whose shape and texture are of different categories. */
  conflict: number;
  /** How the images vary, where not as by default. */
  variation: DrawnVariation;
  /** Fetched stimuli as shapes, eight a category to train on and two held out; absent: the project's own drawings. */
  shapes?: StimulusShapes;
}

/** What decides how well texture and shape can be told. */
export type DrawnVariation = Required<Pick<ImageVariation, 'contrast' | 'rotation' | 'bend'>>;

/**
 * Three kinds of drawn images, by what a base model prefers on them: texture (strong textures on shapes that are turned and
 * bent far), either, or shape (faint textures on shapes that hardly turn).
 */
export const DRAWN_VARIATIONS = {
  textured: { contrast: [0.35, 0.6], rotation: 45, bend: 0.2 },
  balanced: { contrast: [0.35, 0.6], rotation: 30, bend: 0.15 },
  shaped: { contrast: [0.15, 0.3], rotation: 15, bend: 0.08 },
} as const satisfies Record<string, DrawnVariation>;
export type DrawnVariationName = keyof typeof DRAWN_VARIATIONS;

/** Photographs of the 16 categories from an ImageNet folder; where the folders lie is no setting (ImageFolders). */
export interface ImagenetSettings {
  source: 'imagenet';
  size: number;
  /** Shorter side to which photographs are resized before the cut. */
  resize: number;
  /** Photographs of each category to train and validate on, of which a tenth validates. */
  perCategory: number;
  /** Whether training takes every other photograph of the folder, too. */
  train: 'listed' | 'all';
  colours: 'imagenet' | 'half';
}

export type ImageDataSettings = DrawnImageSettings | ImagenetSettings;

/** What the images are, in the words of the tables' column images. */
export function imagesOf(data: ImageDataSettings): string {
  if (data.source === 'imagenet') return 'photographs';
  const { contrast, rotation, bend } = data.variation;
  const variation = `contrast ${contrast.join(' to ')}, turn ${rotation}, bend ${bend}`;
  return data.shapes ? `${data.shapes}, ${variation}` : variation;
}

/** What training an image model needs to know. */
export interface ImageTrainingSettings {
  data: ImageDataSettings;
  /** Share of the training images that are mean-pooled: 0 none, 1 all. */
  pooledShare: number;
  epochs: number;
  batchSize: number;
  optimizer: 'sgd' | 'adamW';
  learningRate: number;
  schedule: 'constant' | 'one cycle';
  weightDecay: number;
  /** How often an epoch the model is measured. */
  measuredPerEpoch: number;
}

/** Settings of a base model; at a learning rate of 0 it stays at its start. */
export interface ImageBaseSettings extends ImageTrainingSettings {
  model: ImageModelSettings;
  /** A fresh initialisation, or a pretrained model with a new classifier. */
  start: 'fresh' | 'pretrained';
  /** Whether more than the classifier is trained. */
  body: 'trained' | 'frozen';
  seed: number;
}

/** Whether a base stays at its start. */
export function isUntrainedImageBase({ learningRate }: Pick<ImageBaseSettings, 'learningRate'>): boolean {
  return learningRate === 0;
}

/** Settings of a mask over a base model. */
export interface ImageMaskSettings {
  base: ImageBaseSettings;
  data: ImageDataSettings;
  /** 1: trained on mean-pooled images; 0, a control: on plain ones. */
  pooledShare: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** Factor of the L0 penalty. */
  lambda: number;
  /** Where every score starts. */
  initialScore: number;
  finalTemperature: number;
  temperatureSchedule: TemperatureSchedule | 'every step';
  seed: number;
}

/** One line of the comparison of transferred models. */
export interface ImageCondition {
  inheritFrom: ImageInheritFrom;
  /** What batch normalisation works with; in the mode eval its statistics, weights and biases stay the base's (released). */
  normalization: NormalizationMode;
  /**
   * Which weights of the masked layers train, where a subnetwork is transferred: the others (paper), or, as in the first
   * release, the subnetwork alone.
   */
  trained?: 'rest' | 'subnetwork';
  /** Share of training images that are mean-pooled: above 0 as augmentation. */
  pooledShare: number;
  /** Keeps so large a share of the masked weights, those with the highest scores, in place of those above 0. */
  keptShare?: number;
}

/** Settings of one transfer run. */
export interface ImageTransferSettings extends ImageCondition, ImageTrainingSettings {
  base?: ImageBaseSettings;
  mask?: ImageMaskSettings;
  model: ImageModelSettings;
  seed: number;
}

/** Everything that one chain base → masks → transfer runs needs. */
export interface ImageChainSettings {
  base: ImageBaseSettings;
  mask: Omit<ImageMaskSettings, 'base' | 'pooledShare'>;
  transfer: Omit<ImageTransferSettings, keyof ImageCondition | 'base' | 'mask'>;
}

const transferred = (
  inheritFrom: ImageInheritFrom,
  normalization: NormalizationMode,
  trained: 'rest' | 'subnetwork' = 'rest',
): ImageCondition => ({ inheritFrom, normalization, trained, pooledShare: 0 });

/** The subnetwork and its controls, all that the paper lacks included. */
export const SUBNETWORK_CONDITIONS: ImageCondition[] = (['eval', 'train'] as const).flatMap((normalization) =>
  (['subnet', 'subnet_sampled', 'subnet_plain', 'subnet_untrained'] as const).map((inheritFrom) =>
    transferred(inheritFrom, normalization),
  ),
);

/** The paper's baselines: random initialisation, the full model, and both with mean-pooled images as augmentation. */
export const BASELINE_CONDITIONS: ImageCondition[] = [0, 0.5].flatMap((pooledShare) =>
  (['random', 'original'] as const).map((inheritFrom) => ({ inheritFrom, normalization: 'train', pooledShare })),
);

/** The subnetwork trained and the rest frozen, as the first released code did. */
export const REVERSED_CONDITIONS: ImageCondition[] = (['eval', 'train'] as const).map((normalization) =>
  transferred('subnet', normalization, 'subnetwork'),
);

/**
 * The three masks cut to one size, that of the smallest, so that they differ in nothing but what they were trained on and
 * over.
 */
export const MATCHED_CONDITIONS: ImageCondition[] = (['subnet', 'subnet_plain', 'subnet_untrained'] as const).map(
  (inheritFrom) => ({ ...transferred(inheritFrom, 'eval'), keptShare: 0.06 }),
);

export const IMAGE_CONDITIONS: ImageCondition[] = [
  ...SUBNETWORK_CONDITIONS,
  ...BASELINE_CONDITIONS,
  ...REVERSED_CONDITIONS,
  ...MATCHED_CONDITIONS,
];

/** What must be there before a transfer run of a condition. */
export type ImageOrigin = 'none' | 'base' | 'mask' | 'plain mask' | 'untrained mask';

export function imageOriginOf({ inheritFrom }: Pick<ImageCondition, 'inheritFrom'>): ImageOrigin {
  const origins: Record<ImageInheritFrom, ImageOrigin> = {
    random: 'none',
    original: 'base',
    subnet: 'mask',
    subnet_sampled: 'mask',
    subnet_plain: 'plain mask',
    subnet_untrained: 'untrained mask',
  };
  return origins[inheritFrom];
}

/**
 * The settings of a chain. `seed` separates whole chains: images, initialisation, masks, transfer runs. `basePooledShare` is
 * the share of mean-pooled images in the base's training (paper: none); `images` are the drawn ones (textured: there is a
 * bias to correct), `shapes` what is drawn: the project's own drawings, or the silhouettes or edges that npm run fetch-data
 * brings.
 */
export function imageChainSettings({
  preset = 'laptop',
  architecture = 'resnet',
  seed = 1,
  images = 'textured',
  shapes = 'project',
  basePooledShare = preset === 'paper' ? 0 : 0.25,
}: {
  preset?: ImagePreset;
  architecture?: ImageArchitecture;
  seed?: number;
  images?: DrawnVariationName;
  shapes?: 'project' | StimulusShapes;
  basePooledShare?: number;
} = {}): ImageChainSettings {
  if (!IMAGE_PRESETS.includes(preset)) {
    throw new Error(`Unknown preset ${JSON.stringify(preset)}: use one of ${IMAGE_PRESETS.join(', ')}.`);
  }
  const chain = preset === 'paper' ? paper(architecture) : drawn(preset, architecture, images, shapes);
  return {
    base: { ...chain.base, pooledShare: basePooledShare, seed },
    mask: { ...chain.mask, seed },
    transfer: { ...chain.transfer, seed },
  };
}

interface Unseeded {
  base: Omit<ImageBaseSettings, 'seed' | 'pooledShare'>;
  mask: Omit<ImageChainSettings['mask'], 'seed'>;
  transfer: Omit<ImageChainSettings['transfer'], 'seed'>;
}

/** Method section 2, with what released-code settings add. How the base was optimised was not published but for the rate. */
function paper(architecture: ImageArchitecture): Unseeded {
  const isVit = architecture === 'vit';
  const model: ImageModelSettings = isVit
    ? { architecture, config: vitConfig() }
    : { architecture: 'resnet', config: resnetConfig() };
  const data: ImagenetSettings = {
    source: 'imagenet',
    size: 224,
    resize: 256,
    perCategory: 1000,
    train: 'listed',
    colours: isVit ? 'half' : 'imagenet',
  };
  return {
    base: {
      model,
      data,
      start: 'pretrained',
      body: isVit ? 'frozen' : 'trained',
      epochs: 5,
      batchSize: 64,
      optimizer: 'adamW',
      learningRate: isVit ? 2e-3 : 1e-3,
      schedule: 'constant',
      weightDecay: 0.01,
      measuredPerEpoch: 1,
    },
    mask: {
      data,
      epochs: 100,
      batchSize: 32,
      learningRate: 1e-3,
      lambda: 1e-8,
      initialScore: -0.1,
      finalTemperature: 100,
      temperatureSchedule: 'released',
    },
    transfer: {
      model,
      // Released: base and mask see images as ViT's checkpoint asks for, the transferred model as torchvision's do.
      data: { ...data, train: 'all', colours: 'imagenet' },
      epochs: isVit ? 40 : 20,
      batchSize: 128,
      optimizer: 'sgd',
      learningRate: 1e-3,
      schedule: 'constant',
      weightDecay: 1e-4,
      measuredPerEpoch: 5,
    },
  };
}

/** Drawn images of 64 pixels and small models: minutes a stage on a laptop, a tenth of that with the preset quick. */
function drawn(
  preset: 'laptop' | 'quick',
  architecture: ImageArchitecture,
  images: DrawnVariationName,
  shapes: 'project' | StimulusShapes,
): Unseeded {
  const quick = preset === 'quick';
  const isVit = architecture === 'vit';
  const size = 64;
  const model: ImageModelSettings = isVit
    ? {
        architecture,
        config: vitConfig({ image: size, patch: 8, width: 64, heads: 4, layers: 3, layerNormEpsilon: 1e-6 }),
      }
    : { architecture: 'resnet', config: resnetConfig({ stemWidth: 16, widths: [16, 32, 64, 128], stemKernel: 3 }) };
  const data: DrawnImageSettings = {
    source: 'drawn',
    size,
    train: quick ? 2_880 : 9_600,
    evaluation: quick ? 192 : 480,
    conflict: quick ? 240 : 960,
    variation: DRAWN_VARIATIONS[images],
    ...(shapes !== 'project' && { shapes }),
  };
  const training = { batchSize: 64, optimizer: 'adamW', weightDecay: 0.01 } as const;
  return {
    base: {
      ...training,
      model,
      data,
      start: 'fresh',
      body: 'trained',
      epochs: (quick ? 8 : 4) * (isVit ? 3 : 1),
      learningRate: isVit ? 1e-3 : 3e-3,
      schedule: 'one cycle',
      measuredPerEpoch: 1,
    },
    mask: {
      data,
      epochs: (quick ? 4 : 5) * (isVit ? 2 : 1),
      batchSize: 64,
      learningRate: quick ? 1e-2 : 5e-3,
      lambda: 1e-8,
      initialScore: -0.1,
      finalTemperature: 100,
      temperatureSchedule: 'every step',
    },
    transfer: {
      ...training,
      model,
      data,
      epochs: (quick ? 3 : 4) * (isVit ? 2 : 1),
      measuredPerEpoch: 2,
      learningRate: isVit ? 1e-3 : 3e-3,
      schedule: 'one cycle',
    },
  };
}
