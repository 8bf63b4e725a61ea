/** The settings of the vision stages: plain JSON that names a run in the run store. */

import type { ImageVariation } from '../../images/shapeTextureImages';
import type { StimulusShapes } from '../../images/stimuli';
import type { TemperatureSchedule } from '../../masking/continuousSparsification';
import type { NormalizationMode } from '../../models/imageModel';
import type { ResnetConfig } from '../../models/resnet';
import type { VitConfig } from '../../models/vit';
import type { MaskTrainingSettings } from '../maskTraining';

/**
 * What a transferred image model starts from: the subnetwork of mean-pooled images, a random mask of its size in every layer,
 * the mask of plain images, the mask of a network that was never trained, the full base, or nothing.
 */
export const IMAGE_INHERIT_FROM = [
  'subnet',
  'subnet_sampled',
  'subnet_plain',
  'subnet_untrained',
  'original',
  'random',
] as const;
export type ImageInheritFrom = (typeof IMAGE_INHERIT_FROM)[number];

/** One line of the comparison of transferred models. */
export interface ImageCondition {
  inheritFrom: ImageInheritFrom;
  /** What batch normalisation works with; in the mode eval its statistics, weights and biases stay the base's (released). */
  normalization: NormalizationMode;
  /**
   * Which weights of the masked layers train, where a subnetwork is transferred: the others (paper), or, as in the first
   * release, the subnetwork alone. `classifier`: a new classifier alone trains, which reads the representation linearly.
   */
  trained?: 'rest' | 'subnetwork' | 'classifier';
  /** Share of training images that are mean-pooled: above 0 as augmentation. */
  pooledShare: number;
  /** Keeps so large a share of the masked weights, those with the highest scores, in place of those above 0. */
  keptShare?: number;
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

/** Subnetworks and random masks of other sizes: the rest of the masked weights is initialised anew. */
export const SIZE_CONDITIONS: ImageCondition[] = [0.05, 0.2, 0.6].flatMap((keptShare) =>
  (['subnet', 'subnet_sampled'] as const).map((inheritFrom) => ({ ...transferred(inheritFrom, 'eval'), keptShare })),
);

/** Linear readouts of what the base represents, and of a network that was never trained (its statistics are each batch's). */
export const READOUT_CONDITIONS: ImageCondition[] = [
  { inheritFrom: 'original', normalization: 'eval', trained: 'classifier', pooledShare: 0 },
  { inheritFrom: 'random', normalization: 'train', trained: 'classifier', pooledShare: 0 },
];

export const IMAGE_CONDITIONS: ImageCondition[] = [
  ...SUBNETWORK_CONDITIONS,
  ...BASELINE_CONDITIONS,
  ...REVERSED_CONDITIONS,
  ...MATCHED_CONDITIONS,
];

export const IMAGE_CONDITION_NAMES: Readonly<Record<ImageInheritFrom, string>> = {
  subnet: 'subnetwork',
  subnet_sampled: 'random mask',
  subnet_plain: 'mask of plain images',
  subnet_untrained: 'mask of an untrained network',
  original: 'full model',
  random: 'random init',
};

/** A condition in words, such as "full model, augmented". */
export function imageConditionName(condition: {
  inheritFrom: ImageInheritFrom;
  trained?: ImageCondition['trained'] | null;
  pooledShare: number;
  keptShare?: number | null;
}): string {
  const { inheritFrom, trained, pooledShare, keptShare } = condition;
  const parts = [
    IMAGE_CONDITION_NAMES[inheritFrom],
    trained === 'subnetwork' && 'trained, rest frozen',
    trained === 'classifier' && 'classifier alone',
    pooledShare > 0 && 'augmented',
    typeof keptShare === 'number' && `${Math.round(100 * keptShare)} % kept`,
  ];
  return parts.filter(Boolean).join(', ');
}

/**
 * What a condition may be called where it is asked for: by the columns of the tables, such as "subnet:eval" or, for all of
 * its kind, "subnet"; or in words, "subnetwork".
 */
export function imageConditionNames(condition: ImageCondition): string[] {
  const { inheritFrom, normalization, trained, pooledShare, keptShare } = condition;
  const more = [
    trained === 'subnetwork' && 'reversed',
    trained === 'classifier' && 'readout',
    pooledShare > 0 && 'augmented',
    keptShare,
  ];
  const key = [inheritFrom, normalization, ...more].filter(Boolean).join(':');
  return [...new Set([key, key.replace(`:${normalization}`, ''), imageConditionName(condition)])];
}

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

/** Tiny ImageNet's photographs of the eleven categories that it has. */
export interface PhotographSettings {
  source: 'tiny-imagenet';
  /** Side of an image in pixels. */
  size: 64;
  /** Different photographs of each category to train on, of those that there are (500 to 2,500); absent: all of them. */
  perCategory?: number;
  /** Photographs in an epoch; absent: as many as there are (13,000). */
  perEpoch?: number;
  /** How they are segmented to be mean-pooled: see graphSegments. */
  pooling: { scale: number; sigma: number; minSize: number };
}

export type ImageDataSettings = DrawnImageSettings | ImagenetSettings | PhotographSettings;

/** What the images are, in the words of the tables' column images. */
export function imagesOf(data: ImageDataSettings): string {
  if (data.source === 'imagenet') return 'photographs';
  if (data.source === 'tiny-imagenet') return `photographs of 64 pixels, pooled at scale ${data.pooling.scale}`;
  const { contrast, rotation, bend } = data.variation;
  const variation = `contrast ${contrast.join(' to ')}, turn ${rotation}, bend ${bend}`;
  return data.shapes ? `${data.shapes}, ${variation}` : variation;
}

/** What training an image model needs to know. */
export interface ImageTrainingSettings {
  model: ImageModelSettings;
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
  seed: number;
}

/** Settings of a pretraining on all 200 classes of Tiny ImageNet: AdamW, one cycle, shifts and mirroring. */
export interface ImagePretrainingSettings {
  model: ImageModelSettings;
  /** What trained it, where not this library: scripts/pretrain_photographs.py, on a GPU. */
  framework?: 'PyTorch';
  epochs: number;
  batchSize: number;
  learningRate: number;
  weightDecay: number;
  seed: number;
}

/** Settings of a base model; at a learning rate of 0 it stays at its start. */
export interface ImageBaseSettings extends ImageTrainingSettings {
  /** A fresh initialisation, or a pretrained model with a new classifier. */
  start: 'fresh' | 'pretrained';
  /** The run that the pretrained model comes from; absent: it lies in a folder (ImageFolders). */
  pretraining?: ImagePretrainingSettings;
  /** Whether more than the classifier is trained. */
  body: 'trained' | 'frozen';
}

/** Whether a base stays at its start. */
export function isUntrainedImageBase({ learningRate }: Pick<ImageBaseSettings, 'learningRate'>): boolean {
  return learningRate === 0;
}

/** Settings of a mask over a base model. */
export interface ImageMaskSettings extends MaskTrainingSettings {
  base: ImageBaseSettings;
  data: ImageDataSettings;
  /** 1: trained on mean-pooled images; 0, a control: on plain ones. */
  pooledShare: number;
  /** Where every score starts. */
  initialScore: number;
  temperatureSchedule: TemperatureSchedule | 'every step';
}

/** Settings of one transfer run. */
export interface ImageTransferSettings extends ImageCondition, ImageTrainingSettings {
  base?: ImageBaseSettings;
  mask?: ImageMaskSettings;
}

/** Everything that one chain base → masks → transfer runs needs. */
export interface ImageChainSettings {
  base: ImageBaseSettings;
  mask: Omit<ImageMaskSettings, 'base' | 'pooledShare'>;
  transfer: Omit<ImageTransferSettings, keyof ImageCondition | 'base' | 'mask'>;
}

/** The masks of a chain: over the base, trained on mean-pooled or plain images, and over a network that was never trained. */
export type ImageMaskKind = 'mask' | 'plain mask' | 'untrained mask';

/**
 * The settings of a mask of a chain. One epoch without learning measures an untrained base's statistics of batch
 * normalisation, without which its mode eval would normalise nothing.
 */
export function imageMaskSettings(chain: ImageChainSettings, kind: ImageMaskKind): ImageMaskSettings {
  const { base } = chain;
  const { pretraining: _, ...withoutPretraining } = base;
  const untrained = { ...withoutPretraining, start: 'fresh' as const, epochs: 1, learningRate: 0 };
  return {
    ...chain.mask,
    pooledShare: kind === 'plain mask' ? 0 : 1,
    base: kind === 'untrained mask' ? untrained : base,
  };
}

const MASKS: Partial<Record<ImageInheritFrom, ImageMaskKind>> = {
  subnet: 'mask',
  subnet_sampled: 'mask',
  subnet_plain: 'plain mask',
  subnet_untrained: 'untrained mask',
};

/** Settings of the run of a condition in a chain. */
export function imageTransferSettings(chain: ImageChainSettings, condition: ImageCondition): ImageTransferSettings {
  const settings: ImageTransferSettings = { ...chain.transfer, ...condition };
  const kind = MASKS[condition.inheritFrom];
  if (kind) settings.mask = imageMaskSettings(chain, kind);
  else if (condition.inheritFrom === 'original') settings.base = chain.base;
  return settings;
}
