import '../support/xla';
import { describe, expect, it, onTestFinished } from 'vitest';
import { INITIAL_SCORE } from '../../lib/dist/masking/continuousSparsification';
import { subnetworkSize } from '../../lib/dist/masking/subnetwork';
import { gpt2Config, gpt2Init, gpt2MaskedWeights } from '../../lib/dist/models/gpt2';
import { unambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';
import { type Batch, batchesOf } from '../../lib/dist/training/batches';
import { languageModel } from '../../lib/dist/training/languageModel';
import { type MaskStep, type MaskTrainer, maskTrainer } from '../../lib/dist/training/maskTrainer';
import type { TrainerOptions } from '../../lib/dist/training/trainer';

// Losses, gradients and steps are compared with PyTorch in test/verification.

const numbers = 30;
const config = gpt2Config({ layers: 2, vocabulary: numbers + 1, width: 16, heads: 2 });
const data = unambiguousRows({ expression: 'ab', rows: 200, seed: 1, numbers });
const base: HostTensors = tidied(() => {
  const parameters = gpt2Init(config, 1);
  return snapshot(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value.mul(10)])));
});
const masked = gpt2MaskedWeights(config);

function trainerOf(options: TrainerOptions = {}): MaskTrainer<Batch> {
  const trainer = maskTrainer(languageModel(config), { xla: false, ...options });
  onTestFinished(() => trainer.dispose());
  return trainer;
}

function train(
  trainer: MaskTrainer<Batch>,
  steps: number,
  { lambda = 1e-7, temperature = 1, learningRate = 1e-3 } = {},
): MaskStep[] {
  const batches = [...batchesOf(data, 20)];
  return Array.from({ length: steps }, (_, i) =>
    trainer.step(batches[i % batches.length], i + 1, { learningRate, lambda, temperature: temperature * 1.05 ** i }),
  );
}

describe('maskTrainer', () => {
  it.each<[string, TrainerOptions, number]>([
    ['a plain graph, to 1e-6', { xla: false }, 1e-6],
    ['XLA, to 1e-5', { xla: true }, 1e-5],
  ])('compiled steps equal eager ones over 50 steps: %s', (_what, options, tolerance) => {
    const run = (trainer: MaskTrainer<Batch>) => {
      trainer.start(base);
      return train(trainer, 50, { lambda: 1e-4 });
    };
    const eager = run(trainerOf({ compiled: false }));
    run(trainerOf(options)).forEach((step, i) => {
      for (const key of ['loss', 'crossEntropy', 'l0'] as const) {
        expect(Math.abs(step[key] / eager[i][key] - 1)).toBeLessThan(tolerance);
      }
    });
  });

  it('starts every score at -0.1, or where it is told, with an empty mask at -0.1', () => {
    const trainer = trainerOf({ compiled: false });
    trainer.start(base);
    const scores = trainer.snapshot();
    expect(Object.keys(scores)).toEqual(masked);
    for (const { data: values } of Object.values(scores)) {
      expect(values.every((value) => value === Math.fround(INITIAL_SCORE))).toBe(true);
    }
    expect(subnetworkSize(trainer.subnetwork())).toBe(0);

    const given = Object.fromEntries(
      masked.map((name) => [
        name,
        { ...scores[name], data: Float32Array.from(scores[name].data as Float32Array, (_, i) => (i % 3) - 1) },
      ]),
    );
    trainer.start(base, 0.5);
    expect(trainer.snapshot()[masked[0]].data.every((value) => value === 0.5)).toBe(true);
    trainer.start(base, given);
    expect(trainer.snapshot()).toEqual(given);
    const kept = Object.values(trainer.subnetwork()).flatMap(({ keep }) => [...keep.slice(0, 3)]);
    expect(kept).toEqual(masked.flatMap(() => [0, 0, 1]));
  });

  it('tells the parts of the loss: cross entropy, and the sum of the soft mask times lambda', () => {
    const trainer = trainerOf({ compiled: false });
    trainer.start(base);
    const entries = Object.values(trainer.scores).reduce((total, { size }) => total + size, 0);
    const [{ loss, crossEntropy, l0 }] = train(trainer, 1, { lambda: 1e-3, temperature: 7 });
    expect(l0 / (entries / (1 + Math.exp(0.7)))).toBeCloseTo(1, 5);
    expect(loss).toBeCloseTo(crossEntropy + 1e-3 * l0, 4);
  });

  it('empties the mask under a strong penalty, and keeps useful weights without one', () => {
    const trainer = trainerOf();
    const positive = Object.fromEntries(
      Object.entries(trainer.scores).map(([name, { shape, size }]) => [
        name,
        { dtype: 'F32' as const, shape, data: new Float32Array(size).fill(0.02) },
      ]),
    );
    const end = (lambda: number) => {
      trainer.start(base, positive);
      train(trainer, 40, { lambda });
      return subnetworkSize(trainer.subnetwork());
    };
    expect(end(10)).toBe(0);
    expect(end(0)).toBeGreaterThan(0);
  });

  it('gives the model that the mask leaves, soft or hard, and never touches the base', () => {
    const trainer = trainerOf();
    trainer.start(base);
    train(trainer, 3);
    tf.tidy(() => {
      const name = masked[1];
      const scores = trainer.snapshot()[name].data as Float32Array;
      const weight = base[name].data as Float32Array;
      const soft = trainer.masked({ temperature: 5 });
      soft[name]
        .dataSync()
        .forEach((value, i) => expect(value).toBeCloseTo(weight[i] / (1 + Math.exp(-5 * scores[i])), 4));
      const hard = trainer.masked('hard');
      expect([...hard[name].dataSync()]).toEqual(Array.from(weight, (value, i) => (scores[i] > 0 ? value : value * 0)));
      for (const other of Object.keys(base).filter((parameter) => !masked.includes(parameter))) {
        expect([...hard[other].dataSync()]).toEqual([...(base[other].data as Float32Array)]);
      }
    });
  });

  it('starts anew: the same steps and scores, bit for bit', () => {
    const trainer = trainerOf();
    const run = () => {
      trainer.start(base);
      return { steps: train(trainer, 10), scores: trainer.snapshot() };
    };
    expect(run()).toEqual(run());
  });

  it('keeps no tensors from step to step, nor after dispose', () => {
    const before = tf.memory().numTensors;
    for (const compiled of [false, true]) {
      const trainer = maskTrainer(languageModel(config), { compiled, xla: false });
      trainer.start(base);
      train(trainer, 2);
      const during = tf.memory().numTensors;
      train(trainer, 5);
      tf.dispose(trainer.masked('hard'));
      expect(tf.memory().numTensors).toBe(during);
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});
