import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ImageFolders } from '../../../lib/dist/experiments/images/imagenetImages';
import { DRAWN_VARIATIONS, imageChainSettings } from '../../../lib/dist/experiments/images/imagePresets';
import type {
  DrawnImageSettings,
  ImageArchitecture,
  ImageChainSettings,
  ImageModelSettings,
} from '../../../lib/dist/experiments/images/imageSettings';
import { CATEGORIES } from '../../../lib/dist/images/categories';
import { writePng } from '../../../lib/dist/images/imageFile';
import { readSynsets } from '../../../lib/dist/images/imagenetFolder';
import { imageAt } from '../../../lib/dist/images/meanPooling';
import { shapeTextureImages } from '../../../lib/dist/images/shapeTextureImages';
import { resnetConfig } from '../../../lib/dist/models/resnet';
import { vitConfig } from '../../../lib/dist/models/vit';

export const SMALL_DATA: DrawnImageSettings = {
  source: 'drawn',
  size: 32,
  train: 96,
  evaluation: 32,
  conflict: 32,
  variation: DRAWN_VARIATIONS.shaped,
};

/** A model that trains in a moment. */
export function smallModel(architecture: ImageArchitecture, image = 32): ImageModelSettings {
  return architecture === 'resnet'
    ? { architecture, config: resnetConfig({ stemWidth: 4, widths: [4, 8], depths: [1, 1], stemKernel: 3 }) }
    : { architecture, config: vitConfig({ image, patch: 8, width: 8, heads: 2, layers: 1, layerNormEpsilon: 1e-6 }) };
}

/** The chain of the quick preset with a small model, few images and few epochs. */
export function smallImageChain(architecture: ImageArchitecture = 'resnet', seed = 1): ImageChainSettings {
  const { base, mask, transfer } = imageChainSettings({ preset: 'quick', architecture, seed });
  const small = { model: smallModel(architecture), data: SMALL_DATA, batchSize: 16 };
  return {
    base: { ...base, ...small, epochs: 2 },
    // Scores start so near to 0 that some of them cross it.
    mask: { ...mask, data: SMALL_DATA, batchSize: 16, epochs: 2, initialScore: -0.01 },
    transfer: { ...transfer, ...small, epochs: 1 },
  };
}

/** A made ImageNet: a few drawings for each category in the place of photographs, plain and mean-pooled, and stimuli. */
export async function madeImagenet(root: string, { perCategory = 4, size = 48 } = {}): Promise<ImageFolders> {
  const synsets = CATEGORIES.map((_, label) => readSynsets().find((synset) => synset.label === label)?.wnid ?? '');
  const folders = { plain: join(root, 'plain'), pooled: join(root, 'pooled'), conflict: join(root, 'conflict') };
  const sets = [
    { folder: folders.plain, kind: 'plain', name: 'JPEG' },
    { folder: folders.pooled, kind: 'pooled', name: 'png' },
  ] as const;
  for (const { folder, kind, name } of sets) {
    const set = shapeTextureImages({ kind, count: 16 * perCategory, seed: 1, size });
    for (let i = 0; i < set.count; i++) {
      mkdirSync(join(folder, synsets[set.shapes[i]]), { recursive: true });
      // PNG content under ImageNet's names: what a file is, its first bytes tell.
      await writePng(join(folder, synsets[set.shapes[i]], `image_${i}.${name}`), imageAt(set, i));
    }
  }
  await writeStimuli(folders.conflict, { kind: 'conflict', count: 32, seed: 2, size });
  return folders;
}

/** A made Tiny ImageNet: for each of 200 classes so many drawings to train on and one to validate on. */
export async function madeTinyImagenet(folder: string, { perClass = 2 } = {}): Promise<void> {
  const synsets = readSynsets().filter(({ label }) => ELEVEN.includes(CATEGORIES[label]));
  const one = ELEVEN.map((category) => synsets.find(({ label }) => CATEGORIES[label] === category)?.wnid ?? '');
  const others = Array.from({ length: 200 - one.length }, (_, i) => `n9${String(i).padStart(7, '0')}`);
  const classes = [...one, ...others];
  const { images, size } = shapeTextureImages({ kind: 'plain', count: 16, seed: 5, size: 64 });
  const lines: string[] = [];
  mkdirSync(join(folder, 'val/images'), { recursive: true });
  const drawings = Array.from({ length: 16 }, (_, i) => join(folder, `drawing-${i}.png`));
  for (const [i, path] of drawings.entries()) await writePng(path, imageAt({ images, size }, i));
  for (const [at, wnid] of classes.entries()) {
    const own = join(folder, 'train', wnid, 'images');
    mkdirSync(own, { recursive: true });
    for (let i = 0; i < perClass; i++) copyFileSync(drawings[(at + i) % 16], join(own, `${wnid}_${i}.JPEG`));
    copyFileSync(drawings[(at + 7) % 16], join(folder, 'val/images', `val_${at}.JPEG`));
    lines.push(`val_${at}.JPEG\t${wnid}\t0\t0\t62\t62`);
  }
  writeFileSync(join(folder, 'val/val_annotations.txt'), `${lines.join('\n')}\n`);
}

/** Both below a folder, where the environment variables then say that they lie (vi.unstubAllEnvs takes that back). */
export async function stubPhotographs(root: string, { perClass }: { perClass?: number } = {}): Promise<void> {
  await madeTinyImagenet(join(root, 'tiny'), { perClass });
  await madeStimuli(root);
  vi.stubEnv('TINY_IMAGENET', join(root, 'tiny'));
  vi.stubEnv('TEXTURE_VS_SHAPE', root);
}

/** The categories that Tiny ImageNet has. */
export const ELEVEN: readonly string[] = CATEGORIES.filter(
  (category) => !['airplane', 'bicycle', 'clock', 'knife', 'oven'].includes(category),
);

/** Made texture-versus-shape stimuli, `perCategory` of each kind, for the environment variable TEXTURE_VS_SHAPE. */
export async function madeStimuli(root: string, { perCategory = 3, size = 48 } = {}): Promise<void> {
  const drawn = { count: 16 * perCategory, seed: 3, size, rotation: 0, bend: 0 };
  await writeStimuli(join(root, 'stimuli/filled-silhouettes'), { kind: 'silhouette', ...drawn });
  await writeStimuli(join(root, 'stimuli/edges'), { kind: 'silhouette', ...drawn, seed: 4 });
  await writeStimuli(join(root, 'stimuli/style-transfer-preprocessed-512'), { kind: 'conflict', ...drawn });
}

async function writeStimuli(folder: string, options: Parameters<typeof shapeTextureImages>[0]): Promise<void> {
  const set = shapeTextureImages(options);
  for (let i = 0; i < set.count; i++) {
    const number = Math.floor(i / CATEGORIES.length) + 1;
    const shape = CATEGORIES[set.shapes[i]];
    const texture = set.textures[i] < 0 ? '' : `-${CATEGORIES[set.textures[i]]}${number}`;
    mkdirSync(join(folder, shape), { recursive: true });
    await writePng(join(folder, shape, `${shape}${number}${texture}.png`), imageAt(set, i));
  }
}
