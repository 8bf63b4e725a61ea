import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist';
import { freshMaskedWeights, replaceClassifier } from '../../lib/dist/models/imageModel';
import {
  resnetConfig,
  resnetInit,
  resnetLogits,
  resnetMaskedWeights,
  resnetModel,
  resnetShapes,
} from '../../lib/dist/models/resnet';
import { loadResnet, saveResnet } from '../../lib/dist/models/resnetFile';
import { vitConfig, vitInit, vitLogits, vitMaskedWeights, vitModel, vitShapes } from '../../lib/dist/models/vit';
import { loadVit, saveVit } from '../../lib/dist/models/vitFile';
import { elementCount, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';

// Logits, gradients and running statistics are compared with PyTorch in test/verification.

const resnet = resnetConfig({ stemWidth: 4, widths: [4, 6], depths: [2, 1], classes: 3 });
const vit = vitConfig({ image: 8, patch: 4, width: 6, heads: 2, layers: 2, mlpWidth: 10, classes: 3 });
const sum = (shapes: Record<string, number[]>) =>
  Object.values(shapes).reduce((total, shape) => total + elementCount(shape), 0);
const deviation = (data: ArrayLike<number>) =>
  Math.sqrt(Array.from(data).reduce((total, value) => total + value ** 2, 0) / data.length);

describe('sizes', () => {
  it('are those of ResNet-18 and of ViT-B/16', () => {
    const names = Object.keys(resnetShapes(resnetConfig({ classes: 1000 })));
    const parameters = Object.fromEntries(
      Object.entries(resnetShapes(resnetConfig({ classes: 1000 }))).filter(([name]) => !name.includes('running')),
    );
    expect(sum(parameters)).toBe(11_689_512);
    expect(names).toHaveLength(102);
    expect(sum(vitShapes(vitConfig({ classes: 1000 })))).toBe(86_567_656);
    expect(vitShapes(vitConfig())['classifier.weight']).toEqual([16, 768]);
  });

  it('mask 20 convolutions in ResNet-18, and all linear maps in ViT-B/16', () => {
    const masked = resnetMaskedWeights(resnetConfig());
    expect(masked).toHaveLength(20);
    expect(masked.filter((name) => name.includes('shortcut'))).toHaveLength(3);
    expect(masked.every((name) => name.endsWith('.convolution.weight'))).toBe(true);
    const ofVit = vitMaskedWeights(vitConfig());
    expect(ofVit).toHaveLength(12 * 6 + 2);
    expect(ofVit).toContain('vit.embeddings.patch_embeddings.projection.weight');
    expect(ofVit).toContain('classifier.weight');
  });

  it('tell trainers what is no parameter, and which belong to normalisation', () => {
    const { statistics, normalizations } = resnetModel(resnet);
    expect(statistics).toHaveLength(2 * 8); // stem, 3 blocks of 2, 1 shortcut
    expect(normalizations).toHaveLength(2 * 8);
    expect(vitModel(vit).statistics).toEqual([]);
    expect(vitModel(vit).normalizations).toHaveLength(2 * 5);
  });
});

describe('initialisation', () => {
  it('draws each kind of value from its own distribution, by the seed alone', () => {
    const values = tidied(() =>
      snapshot(resnetInit(resnetConfig({ stemWidth: 16, widths: [16, 32], depths: [1, 1] }), 1)),
    );
    const conv = values['resnet.encoder.stages.1.layers.0.layer.1.convolution.weight'];
    expect(deviation(conv.data as Float32Array)).toBeCloseTo(Math.sqrt(2 / (32 * 9)), 2);
    const bias = values['classifier.1.bias'].data as Float32Array;
    expect(Math.max(...bias.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(32));
    expect(deviation(bias)).toBeGreaterThan(0);
    expect(values['resnet.embedder.embedder.normalization.running_var'].data[0]).toBe(1);
    const [one, same, other] = [3, 3, 4].map((seed) => tidied(() => snapshot(vitInit(vit, seed))));
    expect(one).toEqual(same);
    expect(one['classifier.weight']).not.toEqual(other['classifier.weight']);
    expect(deviation(one['vit.layers.0.mlp.fc1.weight'].data as Float32Array)).toBeCloseTo(0.02, 2);
  });

  it('re-initialises masked weights uniformly within 1 / sqrt(inputs), and those alone', () => {
    const model = resnetModel(resnetConfig({ stemWidth: 16, widths: [16, 32], depths: [1, 1] }));
    const fresh = freshMaskedWeights(model, 1);
    expect(Object.keys(fresh)).toEqual(model.maskedWeights);
    for (const { shape, data } of Object.values(fresh)) {
      const bound = 1 / Math.sqrt(elementCount(shape.slice(1)));
      const largest = Math.max(...Array.from(data as Float32Array, Math.abs));
      expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
      expect(largest).toBeGreaterThan(0.95 * bound);
    }
  });
});

describe('the forward pass', () => {
  const images = (count: number, side: number, seed = 1) =>
    tf.randomNormal<tf.Rank.R4>([count, side, side, 3], 0, 1, 'float32', seed);
  const rows = (logits: tf.Tensor2D) => logits.arraySync() as number[][];

  it.each<[string, (pixels: tf.Tensor4D) => tf.Tensor2D, number]>([
    ['ResNet', (pixels) => resnetLogits(resnetInit(resnet, 1), pixels, resnet), 16],
    ['ViT', (pixels) => vitLogits(vitInit(vit, 1), pixels, vit), 8],
  ])('%s treats images independently in evaluation mode', (_what, logits, side) => {
    tf.tidy(() => {
      const both = images(2, side);
      const together = rows(logits(both));
      const alone = rows(logits(both.slice([1, 0, 0, 0], [1, side, side, 3])));
      alone[0].forEach((value, i) => expect(value).toBeCloseTo(together[1][i], 5));
      expect(together[0]).not.toEqual(together[1]);
    });
  });

  it('normalises over the batch in training mode, and tells its statistics', () => {
    tf.tidy(() => {
      const seen: string[] = [];
      const parameters = resnetInit(resnet, 1);
      const pixels = images(4, 16);
      const logits = resnetLogits(parameters, pixels, resnet, {
        normalization: 'train',
        onStatistics: (name, { mean, variance }) => {
          expect(mean.shape).toEqual(variance.shape);
          seen.push(name);
        },
      });
      expect(seen.sort()).toEqual(
        resnetModel(resnet)
          .statistics.filter((name) => name.endsWith('.running_mean'))
          .map((name) => name.replace('.running_mean', ''))
          .sort(),
      );
      // Scale and shift of all pixels vanish in the first normalisation, where the image has no rim to tell them.
      const scaled = resnetLogits(parameters, pixels.mul(3), resnet, { normalization: 'train' });
      rows(scaled)
        .flat()
        .forEach((value, i) => expect(value).toBeCloseTo(rows(logits).flat()[i], 2));
    });
  });

  it('refuses images of another size (ViT)', () => {
    expect(() => tf.tidy(() => vitLogits(vitInit(vit, 1), images(1, 12), vit))).toThrow(
      'This ViT sees images of 8 x 8 pixels, not 12 x 12: resize them.',
    );
  });
});

describe('Hugging Face folders', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-models-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const weights = () => join(folder, 'model.safetensors');
  const changeConfig = (change: Record<string, unknown>) => {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
  };
  const resnetValues = (): HostTensors => tidied(() => snapshot(resnetInit(resnet, 1)));
  const vitValues = (): HostTensors => tidied(() => snapshot(vitInit(vit, 1)));

  it('open what was saved', () => {
    saveResnet(folder, { config: resnet, parameters: resnetValues() });
    expect(loadResnet(folder)).toEqual({ config: resnet, parameters: resnetValues() });
    saveVit(folder, { config: vit, parameters: vitValues(), labels: ['bear', 'bird', 'boat'] });
    expect(loadVit(folder)).toEqual({ config: vit, parameters: vitValues() });
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')).id2label).toEqual({
      0: 'bear',
      1: 'bird',
      2: 'boat',
    });
    expect(() => saveVit(folder, { config: vit, parameters: vitValues(), labels: ['bear'] })).toThrow(
      'There are 1 names for 3 classes',
    );
  });

  it('find the kernel of the stem in the weights', () => {
    const config = { ...resnet, stemKernel: 3 };
    saveResnet(folder, { config, parameters: tidied(() => snapshot(resnetInit(config, 1))) });
    expect(loadResnet(folder).config).toEqual(config);
  });

  it('hold names as published files have them, with the batch counters of torch', () => {
    saveResnet(folder, { config: resnet, parameters: resnetValues() });
    expect(readSafetensors(weights()).tensors['resnet.embedder.embedder.normalization.num_batches_tracked'].dtype).toBe(
      'I64',
    );
    saveVit(folder, { config: vit, parameters: vitValues() });
    const { tensors } = readSafetensors(weights());
    for (const part of ['attention.attention.query', 'attention.output.dense', 'intermediate.dense', 'output.dense']) {
      expect(tensors[`vit.encoder.layer.1.${part}.weight`]).toBeDefined();
    }
    expect(Object.keys(tensors)).toHaveLength(Object.keys(vitShapes(vit)).length);
  });

  it('open a ViT in the names of transformers 5', () => {
    saveVit(folder, { config: vit, parameters: vitValues() });
    writeSafetensors(weights(), vitValues());
    expect(loadVit(folder).parameters).toEqual(vitValues());
  });

  it('refuse other models, and weights that do not fit, in one sentence', () => {
    saveResnet(folder, { config: resnet, parameters: resnetValues() });
    changeConfig({ depths: [2, 2] });
    expect(() => loadResnet(folder)).toThrow(
      /lacks resnet\.encoder\.stages\.1\.layers\.1\.layer\.0\.convolution\.weight/,
    );
    changeConfig({ depths: [2] });
    expect(() => loadResnet(folder)).toThrow(/has 2 hidden_sizes for 1 depths/);
    changeConfig({ depths: [2, 1], layer_type: 'bottleneck' });
    expect(() => loadResnet(folder)).toThrow(
      /has layer_type = "bottleneck": only ResNets in ResNet-18's layout can be opened/,
    );
    changeConfig({ layer_type: 'basic', embedding_size: 5 });
    expect(() => loadResnet(folder)).toThrow(/has shape \[4,3,7,7\], but its config\.json asks for \[5,3,7,7\]/);
    expect(() => loadVit(folder)).toThrow(/has model_type = "resnet"/);
    saveVit(folder, { config: vit, parameters: vitValues() });
    changeConfig({ num_attention_heads: 4 });
    expect(() => loadVit(folder)).toThrow(/hidden_size = 6, which its 4 heads do not divide/);
    changeConfig({ num_attention_heads: 2, patch_size: 3 });
    expect(() => loadVit(folder)).toThrow(/image_size = 8, which patches of 3 do not tile/);
    rmSync(weights());
    expect(() => loadVit(folder)).toThrow(/has no model\.safetensors/);
  });

  it('get a classifier of other classes', () => {
    const pretrained = { config: resnet, parameters: resnetValues() };
    const config = { ...resnet, classes: 5 };
    const fresh = { config, parameters: tidied(() => snapshot(resnetInit(config, 2))) };
    const model = replaceClassifier(pretrained, fresh);
    expect(model.config).toEqual(config);
    expect(model.parameters['classifier.1.weight']).toBe(fresh.parameters['classifier.1.weight']);
    const stem = 'resnet.embedder.embedder.convolution.weight';
    expect(model.parameters[stem]).toBe(pretrained.parameters[stem]);
    const wide = { ...config, widths: [4, 7] };
    expect(() =>
      replaceClassifier(pretrained, { config: wide, parameters: tidied(() => snapshot(resnetInit(wide, 2))) }),
    ).toThrow(/The new classifier does not fit the pretrained model, which has another resnet\.encoder\.stages\.1/);
  });
});
