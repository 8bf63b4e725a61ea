import '../support/xla';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Subnetwork } from '../../lib/dist/masking/subnetwork';
import { gpt2Config, gpt2Init, gpt2MaskedWeights, gpt2Shapes } from '../../lib/dist/models/gpt2';
import { unambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import { random } from '../../lib/dist/tasks/random';
import { tf } from '../../lib/dist/tensorflow/backend';
import { elementCount, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';
import { type Batch, batchesOf } from '../../lib/dist/training/batches';
import { languageModel, languageModelEvaluator } from '../../lib/dist/training/languageModel';
import { type Trainer, type TrainerOptions, trainer as trainerFor } from '../../lib/dist/training/trainer';

// Losses, gradients and steps are compared with PyTorch in test/verification.

const numbers = 30;
const config = gpt2Config({ layers: 2, vocabulary: numbers + 1, width: 16, heads: 2 });
const data = unambiguousRows({ expression: 'a + ab', rows: 200, seed: 1, numbers });
const weights = (seed: number): HostTensors => tidied(() => snapshot(gpt2Init(config, seed)));

function trainerOf(options: TrainerOptions = {}): Trainer<Batch> {
  const trainer = trainerFor(languageModel(config), { xla: false, ...options });
  onTestFinished(() => trainer.dispose());
  return trainer;
}

/** Losses of so many steps. */
function train(trainer: Trainer<Batch>, steps: number): number[] {
  const batches = [...batchesOf(data, 20)];
  return Array.from({ length: steps }, (_, i) => trainer.step(batches[i % batches.length], i + 1, 3e-3).loss);
}

/** Losses of a training from the start, and the weights that it ends with. */
function runOf(trainer: Trainer<Batch>, seed: number) {
  trainer.start(weights(1), { seed });
  return { losses: train(trainer, 12), weights: trainer.snapshot() };
}

describe('a compiled step equals the eager step over 50 steps of the paper’s model', () => {
  const paper = gpt2Config({ layers: 2 });
  const rows = unambiguousRows({ expression: 'a + ab', rows: 500, seed: 1 });
  const batches = [...batchesOf(rows, 50)];
  const start = tidied(() => snapshot(gpt2Init(paper, 1)));

  function run(options: TrainerOptions) {
    const trainer = trainerFor(languageModel(paper), {
      optimizer: { name: 'adamW', weightDecay: 0 },
      clip: 1,
      ...options,
    });
    trainer.start(start, { seed: 1 });
    const steps = Array.from({ length: 50 }, (_, i) => trainer.step(batches[i % batches.length], i + 1, 5e-4));
    trainer.dispose();
    return steps;
  }

  it.each<[string, TrainerOptions, number]>([
    ['a plain graph with dropout, to 1e-6', { dropout: 0.1, xla: false }, 1e-6],
    ['XLA without dropout, to 1e-5', { dropout: 0, xla: true }, 1e-5],
  ])('%s', (_what, options, tolerance) => {
    const eager = run({ ...options, compiled: false });
    run(options).forEach(({ loss, gradientNorm }, i) => {
      expect(Math.abs(loss / eager[i].loss - 1)).toBeLessThan(tolerance);
      expect(Math.abs(Number(gradientNorm) / Number(eager[i].gradientNorm) - 1)).toBeLessThan(10 * tolerance);
    });
  });
});

describe('trainer', () => {
  it('learns', () => {
    const trainer = trainerOf();
    trainer.start(weights(1), { seed: 1 });
    const losses = train(trainer, 200);
    expect(losses[0]).toBeCloseTo(Math.log(numbers + 1), 1); // a fresh model knows nothing
    expect(losses[199]).toBeLessThan(losses[0] - 1);
  });

  it('starts anew from the same values and seed: the same losses and weights, bit for bit', () => {
    const trainer = trainerOf({ dropout: 0.1 });
    const first = runOf(trainer, 1);
    expect(runOf(trainer, 2).losses).not.toEqual(first.losses); // another dropout
    expect(runOf(trainer, 1)).toEqual(first);
  });

  it('computes the same bits each time that XLA compiles it', () => {
    const [first, second] = [1, 2].map(() => runOf(trainerOf({ dropout: 0.1, xla: true }), 1));
    expect(second).toEqual(first);
  });

  it('tells the loss before the step, without dropout the evaluator’s', () => {
    const trainer = trainerOf();
    const evaluator = languageModelEvaluator(config, { compiled: false });
    trainer.start(weights(2), { seed: 1 });
    for (const batch of [...batchesOf(data, 20)].slice(0, 3)) {
      const before = evaluator.loss(trainer.parameters, { tokens: batch.tokens, rows: 20 });
      expect(trainer.step(batch, 1, 1e-3).loss).toBeCloseTo(before, 5);
    }
  });

  it('counts the rows of a batch that is not full once, and the filling not at all', () => {
    const step = (size: number, rows: number) => {
      const trainer = trainerOf({ clip: Number.POSITIVE_INFINITY });
      trainer.start(weights(1), { seed: 1 });
      const [batch] = batchesOf({ tokens: data.tokens.subarray(0, rows * 4), rows }, size);
      return { ...trainer.step(batch, 1, 1e-3), weights: trainer.snapshot() };
    };
    const [full, filled] = [step(5, 5), step(8, 5)];
    expect(filled.loss).toBeCloseTo(full.loss, 5);
    expect(filled.gradientNorm).toBeCloseTo(Number(full.gradientNorm), 5);
    const name = 'transformer.ln_f.weight';
    full.weights[name].data.forEach((value, i) => expect(filled.weights[name].data[i]).toBeCloseTo(Number(value), 5));
  });

  it('takes batches of another size and rows of another length with the same parameters', () => {
    const trainer = trainerOf();
    trainer.start(weights(1), { seed: 1 });
    const [small] = batchesOf(data, 3);
    const [large] = batchesOf(data, 50);
    const first = trainer.step(small, 1, 1e-3).loss;
    trainer.step(large, 2, 1e-3);
    trainer.step({ tokens: Int32Array.of(1, 2, 3, 4, 5, 6), weights: Float32Array.of(1, 1) }, 3, 1e-3);
    expect(trainer.step(small, 4, 1e-3).loss).toBeLessThan(first);
  });

  it('keeps a frozen subnetwork bit for bit, while every other weight moves', () => {
    const trainer = trainerOf({ freezable: true });
    const shapes = gpt2Shapes(config);
    const source = random(1, 'mask');
    const frozen: Subnetwork = Object.fromEntries(
      gpt2MaskedWeights(config).map((name) => {
        const keep = Uint8Array.from({ length: elementCount(shapes[name]) }, () => source.integer(2));
        return [name, { shape: shapes[name], keep }];
      }),
    );
    const start = weights(1);
    trainer.start(start, { seed: 1, frozen });
    train(trainer, 5);
    const end = trainer.snapshot();
    for (const [name, { data: values }] of Object.entries(end)) {
      const moved = Array.from(values as Float32Array, (value, i) => Number(value !== start[name].data[i]));
      const expected = name in frozen ? Array.from(frozen[name].keep, (bit) => 1 - bit) : moved.map(() => 1);
      // Key biases have no effect, so that only rounding errors move them.
      if (!name.endsWith('c_attn.bias')) expect(moved).toEqual(expected);
    }
    // The next training is a trainable one.
    trainer.start(start, { seed: 1 });
    train(trainer, 1);
    const name = gpt2MaskedWeights(config)[0];
    expect(trainer.snapshot()[name].data.every((value, i) => value !== start[name].data[i])).toBe(true);
  });

  it('refuses a frozen subnetwork that it was not made for, and weights of another model', () => {
    const trainer = trainerOf({ compiled: false });
    expect(() => trainerOf({ trained: () => false })).toThrow('There is nothing to train');
    expect(() => trainer.start(weights(1), { seed: 1, frozen: {} })).toThrow('This trainer takes no frozen subnetwork');
    const other = tidied(() => snapshot(gpt2Init({ ...config, vocabulary: 40 }, 1)));
    expect(() => trainer.start(other, { seed: 1 })).toThrow(
      'transformer.wte.weight has shape [40,16] but the model needs [31,16]',
    );
  });

  it('keeps no tensors from step to step, nor after dispose', () => {
    const before = tf.memory().numTensors;
    for (const compiled of [false, true]) {
      const trainer = trainerFor(languageModel(config), { compiled, xla: false, clip: 1, freezable: true });
      trainer.start(weights(1), { seed: 1 });
      train(trainer, 2);
      const during = tf.memory().numTensors;
      train(trainer, 5);
      expect(tf.memory().numTensors).toBe(during);
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});
