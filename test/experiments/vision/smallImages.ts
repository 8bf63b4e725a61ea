import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CATEGORIES,
  DRAWN_VARIATIONS,
  type DrawnImageSettings,
  type ImageArchitecture,
  type ImageChainSettings,
  type ImageFolders,
  type ImageModelSettings,
  imageChainSettings,
  readSynsets,
  resnetConfig,
  shapeTextureImages,
  vitConfig,
  writePng,
} from '../../../lib/dist';

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
  const write = async (path: string, images: Uint8Array, i: number) => {
    const image = images.subarray(i * size * size * 3, (i + 1) * size * size * 3);
    await writePng(path, { image, height: size, width: size });
  };
  for (const { folder, kind, name } of sets) {
    const { images, shapes, count } = shapeTextureImages({ kind, count: 16 * perCategory, seed: 1, size });
    for (let i = 0; i < count; i++) {
      mkdirSync(join(folder, synsets[shapes[i]]), { recursive: true });
      // PNG content under ImageNet's names: what a file is, its first bytes tell.
      await write(join(folder, synsets[shapes[i]], `image_${i}.${name}`), images, i);
    }
  }
  const { images, shapes, textures, count } = shapeTextureImages({ kind: 'conflict', count: 32, seed: 2, size });
  for (let i = 0; i < count; i++) {
    const [shape, texture] = [CATEGORIES[shapes[i]], CATEGORIES[textures[i]]];
    mkdirSync(join(folders.conflict, shape), { recursive: true });
    await write(join(folders.conflict, shape, `${shape}${i + 1}-${texture}${i + 1}.png`), images, i);
  }
  return folders;
}
