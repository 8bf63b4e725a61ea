import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { imageModelOf, loadImageModel } from '../../../lib/dist/experiments/images/imageModels';
import { imageChainSettings } from '../../../lib/dist/experiments/images/imagePresets';
import { imagePretrainingStage } from '../../../lib/dist/experiments/images/imagePretraining';
import {
  type ImageChainSettings,
  type ImageModelSettings,
  imageTransferSettings,
  type PhotographSettings,
  READOUT_CONDITIONS,
  SUBNETWORK_CONDITIONS,
} from '../../../lib/dist/experiments/images/imageSettings';
import { imageTransferStage } from '../../../lib/dist/experiments/images/imageTransfer';
import { PHOTOGRAPH_CHANGES } from '../../../lib/dist/experiments/images/photographChanges';
import { photographs } from '../../../lib/dist/experiments/images/photographs';
import { RunStore } from '../../../lib/dist/runs/runStore';
import { isFound, Runner } from '../../../lib/dist/runs/stage';
import { bytesIn, watched } from '../cutOff';
import { smallModel, stubPhotographs } from './smallImages';

const root = mkdtempSync(join(tmpdir(), 'photograph-chain-'));
beforeAll(() => stubPhotographs(root));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

/** The chain of the preset with a small model and little training. */
function smallChain(): ImageChainSettings {
  const { base, mask, transfer } = imageChainSettings({ preset: 'photographs' });
  const model = smallModel('resnet');
  const ofAllClasses = { ...model, config: { ...model.config, classes: 200 } } as ImageModelSettings;
  const short = { epochs: 2, batchSize: 8 };
  return {
    base: {
      ...base,
      ...short,
      model,
      pretraining: { model: ofAllClasses, epochs: 2, batchSize: 64, learningRate: 3e-3, weightDecay: 0.01, seed: 1 },
    },
    // Scores start so near to 0 that some of them cross it.
    mask: { ...mask, ...short, initialScore: -0.01 },
    transfer: { ...transfer, ...short, model },
  };
}

it('the chain on photographs goes on where it was cut off, to the same bytes', async () => {
  const settings = imageTransferSettings(smallChain(), SUBNETWORK_CONDITIONS[0]);
  const make = async (store: RunStore, cutIn?: number) => {
    const { observer, epochs } = watched(cutIn);
    await new Runner({ store, observer }).run(imageTransferStage, settings);
    return [...epochs];
  };
  const undisturbed = new RunStore({ folder: join(root, 'undisturbed') });
  const all = await make(undisturbed);
  const stages = ['image-pretraining', 'image-base', 'image-mask', 'image-transfer'];
  expect(all).toEqual(stages.flatMap((stage) => [`${stage} 1`, `${stage} 2`]));

  const cutOff = new RunStore({ folder: join(root, 'cut off') });
  await expect(make(cutOff, 2)).rejects.toThrow('cut off');
  expect(await make(cutOff)).toEqual(all.slice(1));
  expect(bytesIn(cutOff.folder)).toEqual(bytesIn(undisturbed.folder));
});

it('an epoch may show a part of the photographs: those that a whole one would begin with', async () => {
  const data = imageChainSettings({ preset: 'photographs' }).transfer.data as PhotographSettings;
  const labelsOf = async (perEpoch?: number) => {
    const made = await photographs({ ...data, perEpoch }, 1);
    const labels: number[] = [];
    for await (const batch of made.training({ pooledShare: 0, seed: 1, epoch: 1, batchSize: 4 }))
      labels.push(...batch.labels.filter((_, i) => batch.weights[i] > 0));
    return [made.trainingImages, labels] as const;
  };
  const [all, labels] = await labelsOf();
  expect(labels).toHaveLength(all);
  expect(await labelsOf(6)).toEqual([6, labels.slice(0, 6)]);
});

it('a base starts from the pretrained weights, rounded to half precision, and a readout moves nothing of the base', async () => {
  const chain = smallChain();
  const runner = new Runner({ store: new RunStore({ folder: join(root, 'undisturbed') }) });
  const still = { ...chain, base: { ...chain.base, epochs: 1, learningRate: 0 } };
  const [readout, ofUntrained] = READOUT_CONDITIONS.map((condition) => imageTransferSettings(still, condition));
  const made = await runner.run(imageTransferStage, readout);
  if (!made || !isFound(made)) throw new Error('The run was not kept.');
  const after = loadImageModel(made.path, readout.model);
  const { pretraining } = chain.base;
  const pretrained = await runner.make(imagePretrainingStage, pretraining as NonNullable<typeof pretraining>);
  const isMoved = (name: string) => String(after[name].data) !== String(pretrained?.parameters[name].data);
  const moved = Object.keys(after).filter(isMoved);
  expect(moved.filter((name) => !/^classifier|running_/.test(name))).toEqual([]); // a base's epoch measures statistics
  expect(moved).toContain('classifier.1.weight');

  const untrained = await runner.run(imageTransferStage, ofUntrained);
  expect(untrained && isFound(untrained) && untrained.result.total).toBeGreaterThan(0);
});

it.each(['resnet', 'vit'] as const)('the pretrained %s comes with the project', (architecture) => {
  const pretraining = imageChainSettings({ preset: 'photographs', architecture }).base.pretraining!;
  const store = new RunStore({ folder: join(root, 'none'), readOnly: ['data/checkpoints'] });
  const run = store.find(imagePretrainingStage.name, pretraining)!;
  const names = Object.keys(loadImageModel(run.path, pretraining.model));
  expect(names.sort()).toEqual(Object.keys(imageModelOf(pretraining.model).shapes).sort());
  expect(run.result()).toMatchObject({ accuracy: expect.closeTo(0.36, 2) });
});

it('without the weights of the ViT, which are made elsewhere, a sentence says so', async () => {
  const { pretraining } = imageChainSettings({ preset: 'photographs', architecture: 'vit' }).base;
  const runner = new Runner({ store: new RunStore({ folder: join(root, 'empty') }) });
  await expect(runner.make(imagePretrainingStage, pretraining!)).rejects.toThrow(
    'The pretrained vit comes with the project, in data/checkpoints, and is not there: restore that folder.',
  );
});

it('a change of the settings changes what it names, and nothing else', () => {
  const chain = imageChainSettings({ preset: 'photographs', seed: 2 });
  const changed = (name: keyof typeof PHOTOGRAPH_CHANGES) => PHOTOGRAPH_CHANGES[name](chain);
  const fewer = changed('20 photographs');
  expect(fewer.transfer.data).toEqual({ ...chain.transfer.data, perCategory: 20 });
  expect({ ...fewer, transfer: { ...fewer.transfer, data: chain.transfer.data } }).toEqual(chain);
  // Method section 2.
  expect(changed('published SGD for 20 epochs').transfer).toMatchObject({
    optimizer: 'sgd',
    learningRate: 1e-3,
    epochs: 20,
  });
  expect(changed('base not pretrained').base).not.toHaveProperty('pretraining');
  expect(changed('base pooled at 60').mask.data).toMatchObject({ pooling: { scale: 60 } });
  for (const name of Object.keys(PHOTOGRAPH_CHANGES) as (keyof typeof PHOTOGRAPH_CHANGES)[]) {
    const { base, mask } = changed(name);
    const isOfBase = JSON.stringify([base, mask]) !== JSON.stringify([chain.base, chain.mask]);
    expect([name, isOfBase]).toEqual([name, name.startsWith('base ')]);
  }
});
