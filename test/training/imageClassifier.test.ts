import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temperatureOfStep } from '../../lib/dist/masking/continuousSparsification';
import { type Subnetwork, subnetworkSize } from '../../lib/dist/masking/subnetwork';
import { resnetConfig, resnetInit, resnetModel } from '../../lib/dist/models/resnet';
import { vitConfig, vitInit, vitModel } from '../../lib/dist/models/vit';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';
import type { ImageBatch } from '../../lib/dist/training/imageBatches';
import { imageClassifier, imageEvaluator } from '../../lib/dist/training/imageClassifier';
import { maskTrainer } from '../../lib/dist/training/maskTrainer';
import { type Trainer, type TrainerOptions, trainer as trainerFor } from '../../lib/dist/training/trainer';

// Losses, gradients, running statistics and steps are compared with PyTorch in test/verification.

// Steps never give way to the event loop; without a turn of it in a minute, vitest takes this process for dead.
beforeEach(() => new Promise((resolve) => setImmediate(resolve)));

const CLASSES = 3;
const config = resnetConfig({ stemWidth: 4, widths: [4, 8], depths: [1, 1], stemKernel: 3, classes: CLASSES });
const model = resnetModel(config);
const base: HostTensors = tidied(() => snapshot(resnetInit(config, 1)));
const transformer = vitConfig({ image: 16, patch: 8, width: 8, heads: 2, layers: 1, classes: CLASSES });
const vit = vitModel(transformer);
const vitBase: HostTensors = tidied(() =>
  snapshot(Object.fromEntries(Object.entries(vitInit(transformer, 1)).map(([name, value]) => [name, value.mul(5)]))),
);
const STEM = model.maskedWeights[0];

/** Images whose class is the channel that is brightest. (Seed 0 would mean none to tfjs.) */
function batchOf(size: number, seed: number): ImageBatch {
  const labels = Int32Array.from({ length: size }, (_, row) => (row + seed) % CLASSES);
  const noise = tidied(() => tf.randomNormal([size, 16, 16, 3], 0, 1, 'float32', seed + 1).dataSync() as Float32Array);
  const pixels = noise.map((value, index) => value + (index % 3 === labels[Math.floor(index / (16 * 16 * 3))] ? 1 : 0));
  return { pixels, labels, weights: new Float32Array(size).fill(1) };
}

function trainerOf({ classWeights, ...options }: TrainerOptions & { classWeights?: number[] } = {}) {
  const trainer = trainerFor(imageClassifier(model, { classWeights }), { optimizer: { name: 'sgd' }, ...options });
  onTestFinished(() => trainer.dispose());
  return trainer;
}

const train = (trainer: Trainer<ImageBatch>, steps: number, rate = 0.05) =>
  Array.from({ length: steps }, (_, i) => trainer.step(batchOf(6, i), i + 1, rate).loss);

const changed = (before: HostTensors, after: HostTensors) =>
  Object.keys(before).filter((name) => String(before[name].data) !== String(after[name].data));

describe('training', () => {
  it('compiled steps equal eager ones', () => {
    const run = (compiled: boolean) => {
      const trainer = trainerOf({ compiled, classWeights: [1, 2, 3] });
      trainer.start(base);
      return train(trainer, 8, 1e-3);
    };
    const eager = run(false);
    run(true).forEach((loss, i) => expect(Math.abs(loss / eager[i] - 1)).toBeLessThan(1e-4));
  });

  it.each(['sgd', 'adamW'] as const)('learns with %s, and the evaluator sees it', (name) => {
    const trainer = trainerOf({ optimizer: { name } });
    trainer.start(base);
    train(trainer, 60, name === 'sgd' ? 0.05 : 0.01);
    const evaluator = imageEvaluator(model);
    onTestFinished(() => evaluator.dispose());
    const test = batchOf(30, 1000);
    const { predictions, labels, losses } = evaluator.decide(trainer.parameters, test);
    expect(predictions.filter((value, row) => value === labels[row]).length).toBeGreaterThan(24);
    expect(losses.reduce((total, loss) => total + loss) / 30).toBeLessThan(Math.log(CLASSES));
  });

  it('moves everything in the mode train; in eval statistics stay, and frozen parameters', () => {
    const moving = trainerOf();
    moving.start(base);
    train(moving, 1);
    expect(changed(base, moving.snapshot())).toEqual(Object.keys(base));
    const still = trainerOf({ normalization: 'eval', trained: (name) => !model.normalizations.includes(name) });
    still.start(base);
    train(still, 2);
    expect(changed(base, still.snapshot())).toEqual([
      ...model.maskedWeights,
      'classifier.1.weight',
      'classifier.1.bias',
    ]);
  });

  it.each(['sgd', 'adamW'] as const)('leaves a frozen subnetwork as it is, entry for entry: %s', (name) => {
    const trainer = trainerOf({ optimizer: { name, weightDecay: 0.1 }, freezable: true });
    const frozen: Subnetwork = Object.fromEntries(
      model.maskedWeights.map((weight) => {
        const { shape, data } = base[weight];
        return [weight, { shape, keep: Uint8Array.from({ length: data.length }, (_, i) => (i % 3 === 0 ? 1 : 0)) }];
      }),
    );
    trainer.start(base, { frozen });
    train(trainer, 3);
    const after = trainer.snapshot();
    for (const [weight, { keep }] of Object.entries(frozen)) {
      const [before, now] = [base[weight].data, after[weight].data];
      keep.forEach((kept, i) => expect(now[i] === before[i]).toBe(kept === 1));
    }
    trainer.start(base);
    train(trainer, 1);
    expect(trainer.snapshot()[STEM].data[0]).not.toBe(base[STEM].data[0]);
  });

  it('weights classes by their ratios, and filling not at all', () => {
    const losses = (classWeights: number[] | undefined, batch: ImageBatch) => {
      const trainer = trainerOf({ compiled: false, classWeights, normalization: 'eval' });
      trainer.start(base);
      return trainer.step(batch, 1, 0).loss;
    };
    const batch = batchOf(6, 1);
    expect(losses([2, 2, 2], batch)).toBeCloseTo(losses(undefined, batch), 5);
    expect(losses([1, 0, 0], batch)).not.toBeCloseTo(losses([0, 1, 0], batch), 5);
    const filled = { ...batch, pixels: batch.pixels.slice(), weights: batch.weights.slice() };
    filled.weights[5] = 0;
    const one = losses(undefined, filled);
    filled.pixels.fill(9, 5 * 16 * 16 * 3);
    expect(losses(undefined, filled)).toBeCloseTo(one, 5);
    const evaluator = imageEvaluator(model, { compiled: false });
    tf.tidy(() => {
      expect(evaluator.decide(resnetInit(config, 1), filled).predictions).toHaveLength(5);
    });
  });

  it('refuses a batch that is none', () => {
    const trainer = trainerOf({ compiled: false, classWeights: [1, 1] });
    trainer.start(base);
    const batch = batchOf(3, 1);
    expect(() => trainer.step({ ...batch, pixels: batch.pixels.subarray(3) }, 1, 0.1)).toThrow(/give square images/);
    expect(() => trainer.step(batch, 1, 0.1)).toThrow('A batch has the label 2, but there are weights for 2 classes.');
    expect(() => trainer.start(base, { frozen: {} })).toThrow(/freezable: true/);
  });

  it('keeps no tensors from step to step, nor after dispose', () => {
    const before = tf.memory().numTensors;
    for (const compiled of [false, true]) {
      const trainer = trainerFor(imageClassifier(model), { compiled });
      trainer.start(base);
      train(trainer, 2);
      const during = tf.memory().numTensors;
      train(trainer, 3);
      expect(tf.memory().numTensors).toBe(during);
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe('mask training', () => {
  const options = { learningRate: 0.05, temperature: 1, lambda: 1e-8 };

  it('trains scores alone in ResNet, with a falling loss', () => {
    const trainer = maskTrainer(imageClassifier(model));
    onTestFinished(() => trainer.dispose());
    trainer.start(base);
    const losses = Array.from({ length: 40 }, (_, i) => trainer.step(batchOf(6, i), i + 1, options).crossEntropy);
    expect(losses[39]).toBeLessThan(losses[0]);
    expect(subnetworkSize(trainer.subnetwork())).toBeGreaterThan(0);
    expect(Object.keys(trainer.snapshot())).toEqual(model.maskedWeights);
    expect(trainer.trainedWithMask).toEqual({});
    tf.tidy(() => {
      expect(trainer.masked('hard')['classifier.1.bias'].dataSync()).toEqual(base['classifier.1.bias'].data);
    });
  });

  it('trains the class token and the position embeddings along in ViT, and nothing else', () => {
    const trainer = maskTrainer(imageClassifier(vit), { xla: false });
    onTestFinished(() => trainer.dispose());
    trainer.start(vitBase);
    const before = trainer.snapshot();
    trainer.step(batchOf(6, 1), 1, options);
    expect(changed(before, trainer.snapshot())).toEqual(vit.maskedWeights);
    const now: HostTensors = tidied(() => snapshot(trainer.masked({ temperature: 0 })));
    const others = changed(vitBase, now).filter((name) => !vit.maskedWeights.includes(name));
    expect(others).toEqual(vit.trainedWithMask);
    expect(Object.keys(trainer.trainedWithMask)).toEqual(vit.trainedWithMask);
    trainer.start(vitBase);
    expect(changed(vitBase, { ...vitBase, ...snapshot(trainer.trainedWithMask) })).toEqual([]);
  });

  it('raises the temperature by the step from 1 to the final one', () => {
    expect([1, 6, 11].map((step) => temperatureOfStep({ step, steps: 11 }))).toEqual([1, 10, 100]);
    expect(temperatureOfStep({ step: 1, steps: 1, final: 7 })).toBe(7);
  });
});
