import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { experiments } from '../../../lib/dist';
import { type ImageData, imageDataOf } from '../../../lib/dist/experiments/images/imageData';
import type { ImageFolders } from '../../../lib/dist/experiments/images/imagenetImages';
import { imageChainSettings } from '../../../lib/dist/experiments/images/imagePresets';
import { imagesOf as imagesIn } from '../../../lib/dist/experiments/images/imageSettings';
import { CATEGORIES } from '../../../lib/dist/images/categories';
import type { SkippedFile } from '../../../lib/dist/images/imageStream';
import { resnetConfig, resnetInit } from '../../../lib/dist/models/resnet';
import { saveResnet } from '../../../lib/dist/models/resnetFile';
import { temporaryStore } from '../../../lib/dist/runs/project';
import { tidied } from '../../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../../lib/dist/tensorflow/variables';
import type { ImageBatch } from '../../../lib/dist/training/imageBatches';
import { ELEVEN, madeImagenet, madeStimuli, SMALL_DATA, smallModel, stubPhotographs } from './smallImages';

async function batchesOf(batches: Iterable<ImageBatch> | AsyncIterable<ImageBatch>): Promise<ImageBatch[]> {
  const all: ImageBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** Each image's pixels as text, with its label in front. */
function imagesOf(batches: ImageBatch[], size: number): string[] {
  return batches.flatMap(({ pixels, labels, weights }) =>
    [...labels.keys()]
      .filter((row) => weights[row] > 0)
      .map((row) => `${labels[row]}: ${pixels.subarray(row * size * size * 3, (row + 1) * size * size * 3)}`),
  );
}

/** The colours of such a text. */
function coloursOf(image: string): Set<string> {
  const values = image.slice(image.indexOf(':') + 2).split(',');
  return new Set(
    Array.from({ length: values.length / 3 }, (_, pixel) => values.slice(3 * pixel, 3 * pixel + 3).join()),
  );
}

describe('drawn images', async () => {
  const data = await imageDataOf(SMALL_DATA, 1);
  const training = async (pooledShare: number, epoch: number, seed = 5) =>
    imagesOf(await batchesOf(data.training({ pooledShare, seed, epoch, batchSize: 40 })), SMALL_DATA.size);

  it('shows every training image once an epoch, in an order of the seed and epoch', async () => {
    const [first, second] = [await training(0, 1), await training(0, 2)];
    expect(first).toHaveLength(96);
    expect(second).not.toEqual(first);
    expect([...second].sort()).toEqual([...first].sort());
    expect(await training(0, 1)).toEqual(first);
    expect(await training(0, 1, 6)).not.toEqual(first);
  });

  it('pools the share that is asked for, of each category alike', async () => {
    const [plain, pooled, mixed] = [await training(0, 1), await training(1, 1), await training(0.5, 1)];
    const both = mixed.filter((image) => pooled.includes(image));
    expect(both).toHaveLength(48);
    expect(mixed.filter((image) => plain.includes(image))).toHaveLength(48);
    for (let label = 0; label < 16; label++) {
      expect(both.filter((image) => image.startsWith(`${label}: `))).toHaveLength(3);
    }
  });

  it('has other images, and other drawings, to validate on', async () => {
    const seen = imagesOf(await batchesOf(data.evaluation('plain', 'seen', 20)), SMALL_DATA.size);
    const others = imagesOf(await batchesOf(data.evaluation('plain', 'held out', 20)), SMALL_DATA.size);
    expect(seen).toHaveLength(32);
    const all = [...(await training(0, 1)), ...seen, ...others];
    expect(new Set(all).size).toBe(all.length);
  });

  it('names the cue-conflict images as the source of such stimuli does', () => {
    const { stimuli } = data.conflict('seen');
    expect(stimuli[0]).toEqual({ name: 'airplane1-bear1', shape: 0, texture: 1 });
    expect(stimuli.every(({ shape, texture }) => shape !== texture)).toBe(true);
    expect(new Set(stimuli.map(({ name }) => name)).size).toBe(32);
  });
});

describe('fetched stimuli as shapes', () => {
  const root = mkdtempSync(join(tmpdir(), 'made-stimuli-'));
  beforeAll(async () => {
    vi.stubEnv('TEXTURE_VS_SHAPE', root);
    await madeStimuli(root);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });
  const settings = { ...SMALL_DATA, shapes: 'silhouettes' as const };

  it('are drawn in place of the project, with textures, and some are held out', async () => {
    const [own, project] = [await imageDataOf(settings, 1), await imageDataOf(SMALL_DATA, 1)];
    const plain = async (data: ImageData, shown: 'seen' | 'held out') =>
      imagesOf(await batchesOf(data.evaluation('plain', shown, 20)), SMALL_DATA.size);
    const [seen, others] = [await plain(own, 'seen'), await plain(own, 'held out')];
    expect(seen).toHaveLength(32);
    const all = [...seen, ...others, ...(await plain(project, 'seen'))];
    expect(new Set(all).size).toBe(all.length);
  });

  it('make chains of their own', () => {
    const chains = (['project', 'silhouettes', 'edges'] as const).map((shapes) => imageChainSettings({ shapes }));
    expect(chains[0]).toEqual(imageChainSettings());
    const images = chains.map(({ base }) => imagesIn(base.data));
    expect(images[1]).toBe(`silhouettes, ${images[0]}`);
    expect(images[2]).toBe(`edges, ${images[0]}`);
  });

  it('that are not fetched are asked for in a sentence', async () => {
    vi.stubEnv('TEXTURE_VS_SHAPE', join(root, 'nowhere'));
    await expect(imageDataOf(settings, 1)).rejects.toThrow('npm run fetch-data brings');
    vi.stubEnv('TEXTURE_VS_SHAPE', root);
  });
});

describe('photographs', () => {
  let root: string;
  let folders: ImageFolders;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'made-imagenet-'));
    folders = await madeImagenet(root);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const paper = imageChainSettings({ preset: 'paper' });
  const photographs = { ...paper.base.data, size: 32, resize: 40 } as typeof paper.base.data & { source: 'imagenet' };

  it('trains on nine tenths of the list and validates on the rest, in batches of one shape', async () => {
    const data = await imageDataOf(photographs, 1, folders);
    expect(data.trainingImages).toBe(48); // three of four a category
    const batches = await batchesOf(data.training({ pooledShare: 0.5, seed: 1, epoch: 1, batchSize: 20 }));
    expect(batches.map(({ weights }) => weights.reduce((sum, weight) => sum + weight))).toEqual([20, 20, 8]);
    expect(new Set(batches.map(({ pixels }) => pixels.length))).toEqual(new Set([20 * 32 * 32 * 3]));
    for (const kind of ['plain', 'pooled'] as const) {
      const validation = imagesOf(await batchesOf(data.evaluation(kind, 'seen', 20)), 32);
      expect(validation.map((text) => Number.parseInt(text, 10))).toEqual([...Array(16).keys()]);
    }
    expect((await imageDataOf({ ...photographs, perCategory: 2 }, 1, folders)).trainingImages).toBe(16);
    expect((await imageDataOf({ ...photographs, perCategory: 2, train: 'all' }, 1, folders)).trainingImages).toBe(48);
  });

  it('names the mean-pooled image that is missing', async () => {
    const data = await imageDataOf(photographs, 1, { ...folders, pooled: join(root, 'nowhere') });
    expect(() => data.evaluation('pooled', 'seen', 4)).toThrow(
      /There is no mean-pooled image .*nowhere.*\.png: make it/,
    );
  });

  it('the paper preset goes from a pretrained model to rows, leaving out a broken file', async () => {
    const model = smallModel('resnet');
    const config = { ...resnetConfig({ stemWidth: 4, widths: [4, 8], depths: [1, 1], stemKernel: 3 }), classes: 1000 };
    const pretrained = join(root, 'pretrained');
    mkdirSync(pretrained);
    saveResnet(pretrained, { config, parameters: tidied(() => snapshot(resnetInit(config, 3))) });
    const airplanes = 'n02690373'; // their only folder
    const skipped: SkippedFile[] = [];
    writeFileSync(join(folders.plain, airplanes, 'image_0.JPEG'), 'no image');

    const sizes = { batchSize: 16, epochs: 1 };
    const { base, mask, transfer } = paper;
    const data = { ...photographs, train: 'all' as const };
    const chain = {
      base: { ...base, ...sizes, model, data },
      mask: { ...mask, ...sizes, data },
      transfer: { ...transfer, ...sizes, measuredPerEpoch: 2, model, data },
    };
    const rows = await experiments.shapeBias.compute({
      store: temporaryStore(),
      tables: null,
      preset: 'paper',
      models: ['resnet'],
      change: () => chain,
      folders: { ...folders, pretrained, onSkip: (file: SkippedFile) => skipped.push(file) },
      conditions: [{ inheritFrom: 'subnet', normalization: 'eval', trained: 'rest', pooledShare: 0 }],
    });
    expect(rows.map(({ epoch, shapes }) => [epoch, shapes])).toEqual([
      [0, 'seen'],
      [0.5, 'seen'],
      [1, 'seen'],
    ]);
    expect(rows[0].conflict_images).toBe(32);
    expect(skipped.length).toBeGreaterThan(0);
    expect(skipped[0].reason).toContain('image_0.JPEG cannot be read as an image');
  });
});

describe('photographs of Tiny ImageNet', () => {
  const root = mkdtempSync(join(tmpdir(), 'made-tiny-imagenet-'));
  const { data } = imageChainSettings({ preset: 'photographs' }).transfer;
  const settings = data as typeof data & { source: 'tiny-imagenet' };
  beforeAll(() => stubPhotographs(root, { perClass: 3 }));
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });
  const labelsOf = (batches: ImageBatch[]) =>
    batches.flatMap(({ labels, weights }) => [...labels].filter((_, i) => weights[i] > 0));

  it('shows as many in an epoch whatever the number of different ones', async () => {
    // Whatever their shift, copies of a photograph share most of their colours, and two photographs hardly any.
    const isCopy = (a: string, b: string) => {
      const [colours, others] = [coloursOf(a), coloursOf(b)];
      return [...colours].filter((colour) => others.has(colour)).length > 0.5 * colours.size;
    };
    for (const perCategory of [undefined, 1]) {
      const images = await imageDataOf({ ...settings, perCategory }, 1);
      const batches = await batchesOf(images.training({ pooledShare: 0, seed: 2, epoch: 1, batchSize: 20 }));
      const labels = labelsOf(batches);
      expect(labels).toHaveLength(33);
      for (const label of new Set(labels)) expect(labels.filter((one) => one === label)).toHaveLength(3);
      expect(images.classWeights?.filter((weight) => weight > 0)).toHaveLength(11);
      const ofBears = imagesOf(batches, 64).filter((image) => image.startsWith(`${CATEGORIES.indexOf('bear')}: `));
      expect(ofBears.filter((image) => isCopy(image, ofBears[0]))).toHaveLength(perCategory === 1 ? 3 : 1);
    }
    await expect(imageDataOf({ ...settings, perCategory: 4 }, 1)).rejects.toThrow(
      'There are 3 photographs of bear, not 4: ask for fewer.',
    );
  });

  it('shifts and mirrors as the epoch says, and pools a share', async () => {
    const images = await imageDataOf(settings, 1);
    const of = async (epoch: number, pooledShare = 0) =>
      imagesOf(await batchesOf(images.training({ pooledShare, seed: 2, epoch, batchSize: 33 })), 64);
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
    const mostColours = (all: string[]) => Math.max(...all.map((image) => coloursOf(image).size));
    expect(mostColours(await of(1, 1))).toBeLessThan(mostColours(await of(1)) / 2);
  });

  it('is measured on validation photographs and on stimuli of these categories whose cues disagree', async () => {
    const images = await imageDataOf(settings, 1);
    for (const kind of ['plain', 'pooled'] as const) {
      expect(labelsOf(await batchesOf(images.evaluation(kind, 'seen', 4)))).toHaveLength(11);
    }
    const { stimuli, batches } = images.conflict('seen');
    expect(stimuli.length).toBeGreaterThan(0);
    for (const { shape, texture } of stimuli) {
      expect(shape).not.toBe(texture);
      for (const cue of [shape, texture]) expect(ELEVEN).toContain(CATEGORIES[cue]);
    }
    expect(labelsOf(await batchesOf(batches(7)))).toEqual(stimuli.map(({ shape }) => shape));
  });
});
