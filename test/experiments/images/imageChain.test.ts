import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experiments } from '../../../lib/dist';
import { type ImageBase, imageBaseStage } from '../../../lib/dist/experiments/images/imageBase';
import { type ImageMask, imageMaskStage, imageSubnetworksSchema } from '../../../lib/dist/experiments/images/imageMask';
import { freshImageModel, imageModelOf } from '../../../lib/dist/experiments/images/imageModels';
import { type ImagePreset, imageChainSettings } from '../../../lib/dist/experiments/images/imagePresets';
import {
  IMAGE_CONDITIONS,
  type ImageBaseSettings,
  type ImageCondition,
  type ImageMaskSettings,
  type ImageTransferSettings,
  imageMaskSettings,
  imageTransferSettings,
} from '../../../lib/dist/experiments/images/imageSettings';
import { imageStartingPoint, imageTransferStage } from '../../../lib/dist/experiments/images/imageTransfer';
import { type ShapeBiasRow, shapeBiasSchema } from '../../../lib/dist/experiments/images/shapeBiasTable';
import { overlap, subnetworkSize } from '../../../lib/dist/masking/subnetwork';
import { loadResnet } from '../../../lib/dist/models/resnetFile';
import { temporaryStore } from '../../../lib/dist/runs/project';
import { readTable } from '../../../lib/dist/runs/resultsTable';
import { RunStore } from '../../../lib/dist/runs/runStore';
import { Runner } from '../../../lib/dist/runs/stage';
import { readDecisions } from '../../../lib/dist/stats/decisions';
import { seedFor } from '../../../lib/dist/tasks/random';
import { bytesIn, watched } from '../cutOff';
import { smallImageChain } from './smallImages';

let folder: string;
let store: RunStore;
let tables: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-chain-'));
  store = new RunStore({ folder: join(folder, 'runs') });
  tables = join(folder, 'tables');
  mkdirSync(tables);
});
afterAll(() => rmSync(folder, { recursive: true }));

const { shapeBias } = experiments;
type Place = ConstructorParameters<typeof Runner>[0];
const imageBase = (settings: ImageBaseSettings, place: Place) => new Runner(place).once(imageBaseStage, settings);
const imageMask = (settings: ImageMaskSettings, place: Place) => new Runner(place).once(imageMaskStage, settings);
const imageTransfer = (settings: ImageTransferSettings, place: Place) =>
  new Runner(place).once(imageTransferStage, settings);
const preset: ImagePreset = 'quick';
const chain = smallImageChain();
const SUBNET: ImageCondition = { inheritFrom: 'subnet', normalization: 'eval', trained: 'rest', pooledShare: 0 };

async function chainWith(kind: 'mask' | 'plain mask' | 'untrained mask' = 'mask') {
  const runner = new Runner({ store, tables });
  const mask = await runner.make(imageMaskStage, imageMaskSettings(chain, kind), { preset });
  const { base } = mask as unknown as { base: ImageBase };
  return { base, mask: mask as ImageMask };
}

describe('imageChainSettings', () => {
  it('has the published values as its paper preset', () => {
    const { base, mask, transfer } = imageChainSettings({ preset: 'paper' });
    expect(base).toMatchObject({ start: 'pretrained', pooledShare: 0, epochs: 5, learningRate: 1e-3 });
    expect(base.model.config).toMatchObject({ stemWidth: 64, widths: [64, 128, 256, 512], stemKernel: 7, classes: 16 });
    expect(mask).toMatchObject({ epochs: 100, batchSize: 32, learningRate: 1e-3, lambda: 1e-8, initialScore: -0.1 });
    expect(transfer).toMatchObject({ epochs: 20, optimizer: 'sgd', learningRate: 1e-3, weightDecay: 1e-4 });
    const vit = imageChainSettings({ preset: 'paper', architecture: 'vit' });
    expect(vit.base).toMatchObject({ body: 'frozen', learningRate: 2e-3, batchSize: 64 });
    expect(vit.transfer.epochs).toBe(40);
  });

  it('refuses an unknown preset in a sentence', () => {
    expect(() => imageChainSettings({ preset: 'tiny' as ImagePreset })).toThrow(
      'Unknown preset "tiny": use one of paper, photographs, photographs-quick, laptop, quick, smoke.',
    );
  });
});

describe('the base model', () => {
  it('is kept as a Hugging Face folder, with its decisions on cue-conflict images', async () => {
    const base = await imageBase(chain.base, { store });
    expect(base.log.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 6],
      [2, 12],
    ]);
    const path = join(store.folder, base.id as string);
    expect(loadResnet(path).parameters).toEqual(base.parameters);
    for (const [file, measures] of [
      ['decisions.csv', base.result.last],
      ['decisions-held-out.csv', base.result.held_out],
    ] as const) {
      const decisions = readDecisions(join(path, file));
      expect(decisions).toHaveLength(32);
      expect(decisions.filter(({ response, shape }) => response === shape)).toHaveLength(
        measures?.shape_decisions ?? Number.NaN,
      );
    }
    expect(base.log.at(-1)).toMatchObject(base.result.last);
    expect(await imageBase(chain.base, { store: temporaryStore() })).toEqual(base); // computed again
  });

  it('keeps nothing of a run that is interrupted', async () => {
    const settings = { ...chain.base, epochs: 500, seed: 77 };
    const observer = {
      onStep: ({ step }: { step: number }) => {
        if (step === 8) process.kill(process.pid, 'SIGINT');
      },
    };
    const stopped = await imageBase(settings, { store, observer });
    expect(stopped.id).toBeUndefined();
    expect(stopped.log.length).toBeLessThan(400);
    expect(store.find('image-base', settings)).toBeUndefined();
    expect(readdirSync(store.folder).filter((name) => name.startsWith('.partial-'))).toEqual([]);
  });

  it('asks for the folders that photographs need', async () => {
    const paper = imageChainSettings({ preset: 'paper' });
    await expect(imageBase(paper.base, { store })).rejects.toThrow('These settings need an ImageNet folder');
  });
});

describe('the masks', () => {
  it('are three, each over its own base and from its own images, with a row for each masked weight', async () => {
    const [pooled, plain, untrained] = [
      await chainWith(),
      await chainWith('plain mask'),
      await chainWith('untrained mask'),
    ];
    expect(plain.base.id).toBe(pooled.base.id);
    const start = freshImageModel(chain.base.model, seedFor(chain.base.seed, 'image base initialisation'));
    const { statistics } = imageModelOf(chain.base.model);
    for (const [name, { data }] of Object.entries(untrained.base.parameters)) {
      expect(String(data) === String(start[name].data), name).toBe(!statistics.includes(name));
    }
    expect([pooled, plain, untrained].map(({ mask }) => mask.settings.pooledShare)).toEqual([1, 0, 1]);
    expect(overlap(pooled.mask.subnetwork, plain.mask.subnetwork).jaccard).toBeLessThan(1);
    for (const { mask } of [pooled, plain, untrained]) {
      expect(mask.result.kept).toBe(subnetworkSize(mask.subnetwork));
      expect(mask.result.kept).toBeGreaterThan(0);
      expect(mask.result.kept).toBeLessThan(mask.result.total);
      expect(mask.log.map(({ temperature }) => temperature).at(-1)).toBeCloseTo(100); // the last step of all
    }
    const rows = readTable(join(tables, 'image-subnetworks.csv'), imageSubnetworksSchema);
    expect(rows).toHaveLength(3 * Object.keys(pooled.mask.subnetwork).length);
  });
});

describe('a transferred model', () => {
  it('starts with the weights of the mask, and new ones elsewhere', async () => {
    const start = await chainWith();
    const { subnetwork } = start.mask;
    const point = (condition: ImageCondition) =>
      imageStartingPoint(imageTransferSettings(chain, condition), {
        base: start.base,
        mask: { ...start.mask, base: start.base },
      });
    const transferred = point(SUBNET);
    for (const [name, { data }] of Object.entries(transferred.parameters)) {
      const same = [...(data as Float32Array)].map((value, i) => value === start.base.parameters[name].data[i]);
      const keep = subnetwork[name]?.keep;
      expect(same).toEqual(same.map((_, i) => (keep ? keep[i] === 1 : true)));
    }
    const sampled = point({ ...SUBNET, inheritFrom: 'subnet_sampled' });
    expect(sampled.kept).toBe(transferred.kept);
    const layer = (point: typeof sampled, name: string) =>
      point.subnetwork?.[name].keep.reduce((sum, bit) => sum + bit);
    for (const name of Object.keys(subnetwork)) expect(layer(sampled, name)).toBe(layer(transferred, name));
    const half = point({ ...SUBNET, keptShare: 0.5 });
    expect(half.kept / half.total).toBeCloseTo(0.5, 2);
    expect(() => point({ ...SUBNET, keptShare: 0 })).toThrow('a share above 0');
    expect(point({ inheritFrom: 'original', normalization: 'train', pooledShare: 0 }).kept).toBe(half.total);
  });

  it.each([
    ['eval', 'rest'],
    ['train', 'subnetwork'],
  ] as const)('normalisation %s, training the %s: everything else stays', async (normalization, trained) => {
    const start = await chainWith();
    const condition: ImageCondition = { ...SUBNET, normalization, trained };
    const settings = imageTransferSettings(chain, condition);
    const inputs = { base: start.base, mask: { ...start.mask, base: start.base } };
    const before = imageStartingPoint(settings, inputs).parameters;
    await imageTransfer({ ...settings }, { store });
    const { imageTrainerFor } = await import('../../../lib/dist/experiments/images/imageModels');
    const { imageModelOf } = await import('../../../lib/dist/experiments/images/imageModels');
    const model = imageModelOf(settings.model);
    const after = imageTrainerFor(settings.model, {
      optimizer: { name: 'adamW', weightDecay: settings.weightDecay },
      classWeights: undefined,
      normalization,
      frozen: normalization === 'eval' ? model.normalizations : [],
      freezable: true,
    }).snapshot();
    for (const [name, { keep }] of Object.entries(start.mask.subnetwork)) {
      const moved = Array.from(keep, (_, i) => before[name].data[i] !== after[name].data[i]);
      const stays = Array.from(keep, (bit) => (trained === 'rest' ? bit === 1 : bit === 0));
      expect(moved.filter((is, i) => is && stays[i])).toEqual([]);
      if (stays.includes(false)) expect(moved).toContain(true);
    }
    const norms = [...model.normalizations, ...model.statistics];
    const movedNorms = norms.filter((name) => String(before[name].data) !== String(after[name].data));
    expect(movedNorms.length > 0).toBe(normalization === 'train');
  });
});

describe('runs that were cut off', () => {
  it.each(['resnet', 'vit'] as const)('go on after their last whole epoch, to the same bytes (%s)', async (kind) => {
    const { base, mask, transfer, ...others } = smallImageChain(kind, 5);
    const two = { epochs: 2, measuredPerEpoch: 2 };
    const settings = {
      ...others,
      base: { ...base, ...two },
      mask: { ...mask, epochs: 2, pooledShare: 1 },
      transfer: { ...transfer, ...two },
    };
    const make = async (into: RunStore, cutIn?: number) => {
      const { observer, epochs } = watched(cutIn);
      const workshop = { store: into, observer };
      const madeBase = await imageBase(settings.base, workshop);
      const madeMask = await imageMask({ ...settings.mask, base: madeBase.settings }, workshop);
      expect(madeMask.settings.base).toEqual(madeBase.settings);
      await imageTransfer(imageTransferSettings(settings, SUBNET), workshop);
      return [...epochs];
    };
    const undisturbed = new RunStore({ folder: join(folder, `undisturbed ${kind}`) });
    const all = await make(undisturbed);
    expect(all).toEqual(
      ['image-base', 'image-mask', 'image-transfer'].flatMap((stage) => [`${stage} 1`, `${stage} 2`]),
    );

    const cutOff = new RunStore({ folder: join(folder, `cut off ${kind}`) });
    const workshop = { store: cutOff };
    await expect(make(cutOff, 2)).rejects.toThrow('cut off');
    const madeBase = await imageBase(settings.base, workshop);
    await expect(make(cutOff, 2)).rejects.toThrow('cut off');
    await imageMask({ ...settings.mask, base: madeBase.settings }, workshop);
    await expect(make(cutOff, 2)).rejects.toThrow('cut off');
    expect(await make(cutOff)).toEqual(['image-transfer 2']);
    expect(bytesIn(cutOff.folder)).toEqual(bytesIn(undisturbed.folder));
  });
});

describe('the experiment shape-bias', () => {
  it('has rows for all conditions, which are not computed twice', async () => {
    const place = { store, tables, preset, models: ['resnet'] as const, change: () => chain };
    const heard: string[] = [];
    const observer = { onRun: ({ title }: { title: string }) => heard.push(title) };
    const rows = await shapeBias.compute({ ...place, observer });
    const keyOf = ({ inherit_from, normalization, trained, pooled_share, kept_share }: ShapeBiasRow) =>
      [inherit_from, normalization, trained, pooled_share, kept_share].join();
    const wanted = IMAGE_CONDITIONS.map(({ inheritFrom, normalization, trained, pooledShare, keptShare }) =>
      [inheritFrom, normalization, trained, pooledShare, keptShare].join(),
    );
    expect([...new Set(rows.map(keyOf))]).toEqual(wanted);
    const times = rows.slice(0, 4).map(({ epoch, step, shapes }) => [epoch, step, shapes]);
    expect(times).toEqual([
      [0, 0, 'seen'],
      [0.5, 3, 'seen'],
      [1, 6, 'seen'],
      [1, 6, 'held out'],
    ]);
    expect(heard).toHaveLength(2 + 3 + IMAGE_CONDITIONS.length); // base and untrained model, masks, transfers
    expect(new Set(heard).size).toBe(heard.length);
    const decided = readDecisions(join(tables, 'decisions.csv.gz'));
    expect(decided).toHaveLength(32 * IMAGE_CONDITIONS.length);
    expect(new Set(decided.map(({ subject }) => subject)).size).toBe(IMAGE_CONDITIONS.length);
    expect(new Set(decided.map(({ run }) => run))).toEqual(new Set(rows.map(({ run }) => run)));

    heard.length = 0;
    expect(await shapeBias.compute({ ...place, observer })).toEqual(rows);
    expect(heard).toEqual([]);
    const emptyStore = new RunStore({ folder: join(folder, 'nothing') });
    await shapeBias.compute({ ...place, store: emptyStore });
    expect(existsSync(emptyStore.folder)).toBe(false);

    const table = shapeBiasSchema.read(tables);
    expect(table.filter(({ stage }) => stage === 'transfer')).toHaveLength(rows.length);
    expect(table.filter(({ stage }) => stage === 'mask')).toHaveLength(3 * 2);
    expect(table.filter(({ stage }) => stage === 'base')).toHaveLength(4);
  });

  it('is the same for ViT', async () => {
    const vit = smallImageChain('vit');
    const conditions = ['subnet:eval', 'subnet_sampled:eval'];
    const asked = { models: ['vit'] as const, conditions, change: () => vit };
    const rows = await shapeBias.compute({ store, tables, preset, ...asked });
    expect(new Set(rows.map(({ run }) => run)).size).toBe(conditions.length);
    expect(rows.every(({ model }) => model === 'vit')).toBe(true);
  });
});
