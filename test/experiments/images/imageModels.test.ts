import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshImageModel, pretrainedImageModel } from '../../../lib/dist/experiments/images/imageModels';
import { resnetConfig, resnetInit } from '../../../lib/dist/models/resnet';
import { saveResnet } from '../../../lib/dist/models/resnetFile';
import { readSafetensors, writeSafetensors } from '../../../lib/dist/tensorflow/safetensors';
import { tidied } from '../../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../../lib/dist/tensorflow/variables';

it('a pretrained model gets a new classifier, whether or not it has one; one of other sizes is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pretrained-'));
  const config = resnetConfig({ stemWidth: 4, widths: [4, 6], depths: [1, 1], classes: 3 });
  const parameters = tidied(() => snapshot(resnetInit(config, 1)));
  saveResnet(folder, { config, parameters });
  const settings = { architecture: 'resnet' as const, config: { ...config, classes: 5 } };
  const fresh = freshImageModel(settings, 2);
  const expected = Object.fromEntries(
    Object.entries(fresh).map(([name, value]) => [name, name.startsWith('classifier.') ? value : parameters[name]]),
  );
  expect(pretrainedImageModel(folder, settings, 2)).toEqual(expected);

  const weights = join(folder, 'model.safetensors');
  const below = Object.entries(readSafetensors(weights).tensors).filter(([name]) => !name.startsWith('classifier.'));
  writeSafetensors(weights, Object.fromEntries(below.map(([name, value]) => [name.replace('resnet.', ''), value])));
  expect(pretrainedImageModel(folder, settings, 2)).toEqual(expected);

  const wider = { ...settings, config: { ...settings.config, widths: [4, 8] } };
  expect(() => pretrainedImageModel(folder, wider, 2)).toThrow(
    `The pretrained model in ${folder} has other sizes than the settings ask for.`,
  );
  rmSync(folder, { recursive: true });
});
