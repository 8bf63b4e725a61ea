/**
 * The settings of whole chains by preset: `paper` holds the published values (method section 2); `photographs` is the same chain
 * on Tiny ImageNet's photographs of 64 pixels; `laptop` is the same on drawn shapes with textures, for which no download is
 * needed. `photographs-quick` and `quick` have less training, and `smoke` so little that nothing is learned.
 */

import type { StimulusShapes } from '../../images/stimuli';
import { resnetConfig } from '../../models/resnet';
import { vitConfig } from '../../models/vit';
import type {
  DrawnImageSettings,
  DrawnVariation,
  ImageArchitecture,
  ImageBaseSettings,
  ImageChainSettings,
  ImageModelSettings,
  ImagenetSettings,
  PhotographSettings,
} from './imageSettings';

export const IMAGE_PRESETS = ['paper', 'photographs', 'photographs-quick', 'laptop', 'quick', 'smoke'] as const;
export type ImagePreset = (typeof IMAGE_PRESETS)[number];

/** The presets on Tiny ImageNet's photographs. */
export type PhotographPreset = Extract<ImagePreset, `photographs${string}`>;
/** Those on drawn images. */
export type DrawnPreset = Exclude<ImagePreset, 'paper' | PhotographPreset>;
const isOnPhotographs = (preset: ImagePreset): preset is PhotographPreset => preset.startsWith('photographs');

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
  basePooledShare = preset === 'paper' || isOnPhotographs(preset) ? 0 : 0.25,
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
  const chain =
    preset === 'paper'
      ? paper(architecture)
      : isOnPhotographs(preset)
        ? onPhotographs(preset, architecture)
        : drawn(preset, architecture, images, shapes);
  const settings: ImageChainSettings = {
    base: { ...chain.base, pooledShare: basePooledShare, seed },
    mask: { ...chain.mask, seed },
    transfer: { ...chain.transfer, seed },
  };
  return preset === 'smoke' ? smoke(settings) : settings;
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

/**
 * A chain on images of 64 pixels: AdamW in one cycle. The mask has few epochs, so that its temperature rises with every step.
 */
function small(
  shared: Pick<ImageBaseSettings, 'model' | 'data'>,
  of: {
    quick: boolean;
    base: Pick<ImageBaseSettings, 'start' | 'pretraining' | 'epochs' | 'learningRate'>;
    maskEpochs: number;
    transfer: Pick<ImageBaseSettings, 'epochs' | 'learningRate' | 'measuredPerEpoch'>;
  },
): Unseeded {
  const { quick, base, maskEpochs, transfer } = of;
  const training = { ...shared, batchSize: 64, optimizer: 'adamW', weightDecay: 0.01, schedule: 'one cycle' } as const;
  return {
    base: { ...training, body: 'trained', measuredPerEpoch: 1, ...base },
    mask: {
      data: shared.data,
      epochs: maskEpochs,
      batchSize: 64,
      learningRate: quick ? 1e-2 : 5e-3,
      lambda: 1e-8,
      initialScore: -0.1,
      finalTemperature: 100,
      temperatureSchedule: 'every step',
    },
    transfer: { ...training, ...transfer },
  };
}

/**
 * Photographs of 64 pixels: a network of 1.6 million weights (ResNet-18's layout), pretrained on all 200 classes and then
 * trained on the eleven categories. Of the scales of segments tried (60, 150, 300, 600), at 300 a base finds mean-pooled
 * images about as hard as the paper's network without the subtask does.
 */
function onPhotographs(preset: PhotographPreset, architecture: ImageArchitecture): Unseeded {
  const quick = preset === 'photographs-quick';
  const modelOf = (classes: number): ImageModelSettings =>
    architecture === 'vit'
      ? { architecture, config: vitConfig({ ...SMALL_VIT, width: 128, layers: 6, classes }) }
      : { architecture, config: resnetConfig({ stemWidth: 24, widths: [24, 48, 96, 192], stemKernel: 3, classes }) };
  const data: PhotographSettings = {
    source: 'tiny-imagenet',
    size: 64,
    pooling: { scale: 300, sigma: 0.8, minSize: 60 },
    ...(quick && { perEpoch: 8_000 }),
  };
  const learningRate = architecture === 'vit' ? 1e-3 : 3e-3;
  // A ViT of this size learns little in the 8 epochs that a laptop makes in an hour.
  const made = architecture === 'vit' ? ({ epochs: 45, framework: 'PyTorch' } as const) : { epochs: 8 };
  const pretraining = { model: modelOf(200), ...made, batchSize: 128, learningRate, weightDecay: 0.01, seed: 1 };
  return small(
    { model: modelOf(16), data },
    {
      quick,
      base: { start: 'pretrained', pretraining, epochs: quick ? 1 : 3, learningRate: 1e-3 },
      maskEpochs: quick ? 1 : 5,
      transfer: { epochs: quick ? 1 : 4, measuredPerEpoch: 1, learningRate },
    },
  );
}

const SMALL_VIT = { image: 64, patch: 8, heads: 4, layerNormEpsilon: 1e-6 };

/** Drawn images of 64 pixels and small models: minutes a stage on a laptop, a tenth of that with the preset quick. */
function drawn(
  preset: DrawnPreset,
  architecture: ImageArchitecture,
  images: DrawnVariationName,
  shapes: 'project' | StimulusShapes,
): Unseeded {
  const quick = preset !== 'laptop';
  const isVit = architecture === 'vit';
  const model: ImageModelSettings = isVit
    ? { architecture, config: vitConfig({ ...SMALL_VIT, width: 64, layers: 3 }) }
    : { architecture: 'resnet', config: resnetConfig({ stemWidth: 16, widths: [16, 32, 64, 128], stemKernel: 3 }) };
  const data: DrawnImageSettings = {
    source: 'drawn',
    size: 64,
    train: quick ? 2_880 : 9_600,
    evaluation: quick ? 192 : 480,
    conflict: quick ? 240 : 960,
    variation: DRAWN_VARIATIONS[images],
    ...(shapes !== 'project' && { shapes }),
  };
  const learningRate = isVit ? 1e-3 : 3e-3;
  return small(
    { model, data },
    {
      quick,
      base: { start: 'fresh', epochs: (quick ? 8 : 4) * (isVit ? 3 : 1), learningRate },
      maskEpochs: (quick ? 4 : 5) * (isVit ? 2 : 1),
      transfer: { epochs: (quick ? 3 : 4) * (isVit ? 2 : 1), measuredPerEpoch: 2, learningRate },
    },
  );
}

/** A small model and few small images, a few seconds a stage: whether a notebook runs. */
function smoke({ base, mask, transfer }: ImageChainSettings): ImageChainSettings {
  const { data: quick, model } = transfer;
  const data = { ...(quick as DrawnImageSettings), size: 32, train: 128, evaluation: 32, conflict: 48 };
  const small: ImageModelSettings =
    model.architecture === 'vit'
      ? { ...model, config: vitConfig({ image: 32, patch: 8, width: 8, heads: 2, layers: 1, layerNormEpsilon: 1e-6 }) }
      : { ...model, config: resnetConfig({ stemWidth: 4, widths: [4, 8], depths: [1, 1], stemKernel: 3 }) };
  return {
    base: { ...base, model: small, data, batchSize: 16, epochs: 2 },
    // Scores start so near to 0 that some of them cross it.
    mask: { ...mask, data, batchSize: 16, epochs: 2, initialScore: -0.01 },
    transfer: { ...transfer, model: small, data, batchSize: 16, epochs: 1 },
  };
}
