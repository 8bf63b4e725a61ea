import { expect, it, onTestFinished } from 'vitest';
import { gpt2Config, gpt2Init, gpt2Logits } from '../../lib/dist/models/gpt2';
import { allRows, selectRows } from '../../lib/dist/tasks/modularArithmetic';
import { random } from '../../lib/dist/tasks/random';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot, tensorsOf } from '../../lib/dist/tensorflow/variables';
import { type Batch, batchesOf } from '../../lib/dist/training/batches';
import { fit as fitModel } from '../../lib/dist/training/fit';
import { inputsOf, languageModel, languageModelEvaluator } from '../../lib/dist/training/languageModel';
import { type Trainable, trainer as trainerOf } from '../../lib/dist/training/trainer';

// What the general trainer is for: each of these experiments is a declaration, without a line of training code.

const task = { expression: 'a + b', modulus: 11, numbers: 11, separator: false };
const pairs = allRows(task); // 121 rows of a, b, answer
const config = gpt2Config({ layers: 1, vocabulary: 11, positions: 2, width: 32, heads: 2 });
const model = languageModel(config);
const weights = (seed: number): HostTensors => tidied(() => snapshot(gpt2Init(config, seed)));

it('a student of another model’s soft labels: another loss and one more input', () => {
  // A teacher of another depth, with opinions.
  const deep = { ...config, layers: 2 };
  const teacher: HostTensors = tidied(() =>
    snapshot(Object.fromEntries(Object.entries(gpt2Init(deep, 3)).map(([name, value]) => [name, value.mul(5)]))),
  );
  const softLabels = (ids: tf.Tensor) => tf.softmax(gpt2Logits(tensorsOf(teacher), inputsOf(ids), deep));
  const distilled: Trainable<Batch> = {
    ...model,
    inputs(batch) {
      const [ids] = model.inputs(batch);
      return [ids, softLabels(ids)];
    },
    loss: (parameters, [ids, soft], { dropout }) => {
      const logits = gpt2Logits(parameters, inputsOf(ids), config, { dropout });
      return tf.logSoftmax(logits).mul(soft).sum(1).mean().neg() as tf.Scalar;
    },
  };
  const student = trainerOf(distilled, { xla: false });
  onTestFinished(() => student.dispose());

  /** Teacher's and student's probabilities, row by row: plain numbers, for sums in double precision. */
  const [batch] = batchesOf(pairs, pairs.rows);
  const probabilities = () =>
    tidied(() => {
      const [ids] = model.inputs(batch);
      const ours = tf.softmax(gpt2Logits(student.parameters, inputsOf(ids), config));
      return [softLabels(ids), ours].map((rows) => rows.arraySync() as number[][]);
    });
  /** Mean over rows of Σ p f(p, q). */
  const meanOf = ([teachers, students]: number[][][], f: (p: number, q: number) => number) =>
    teachers.reduce((sum, row, i) => sum + row.reduce((inner, p, k) => inner + p * f(p, students[i][k]), 0), 0) /
    teachers.length;

  student.start(weights(1));
  const before = probabilities();
  const losses = Array.from({ length: 80 }, (_, i) => student.step(batch, i + 1, 1e-2).loss);
  const after = probabilities();

  expect(losses[0]).toBeCloseTo(
    meanOf(before, (_, q) => -Math.log(q)),
    5,
  );
  const divergences = [before, after].map((both) => meanOf(both, (p, q) => Math.log(p / q)));
  expect(divergences[0]).toBeGreaterThan(0.3);
  expect(divergences[1]).toBeLessThan(divergences[0] / 20);
  // No student is better than the teacher's own entropy.
  expect(losses[79]).toBeGreaterThan(meanOf(after, (p) => -Math.log(p)));
});

it('biases alone: everything else is the same to the byte', () => {
  const isBias = (name: string) => name.endsWith('.bias');
  const trainer = trainerOf(model, { trained: isBias, xla: false });
  onTestFinished(() => trainer.dispose());
  const start = weights(1);
  trainer.start(start);
  const [batch] = batchesOf(pairs, pairs.rows);
  const losses = Array.from({ length: 20 }, (_, i) => trainer.step(batch, i + 1, 1e-2).loss);
  expect(losses[19]).toBeLessThan(losses[0]);
  const end = trainer.snapshot();
  const same = Object.keys(start).filter((name) =>
    Buffer.from(end[name].data.buffer).equals(Buffer.from(start[name].data.buffer)),
  );
  expect(same).toEqual(Object.keys(start).filter((name) => !isBias(name)));
  // Only biases have moments.
  const moments = Object.values(trainer.optimizer.slots).reduce((total, { size }) => total + size, 0);
  expect(moments).toBe(
    2 * Object.entries(start).reduce((total, [name, { data }]) => total + (isBias(name) ? data.length : 0), 0),
  );
});

it('addition modulo 11, trained on a part of all pairs and measured on both', async () => {
  const order = random(1, 'split').permutation(pairs.rows);
  const [train, test] = [order.subarray(0, 97), order.subarray(97)].map((rows) => selectRows(pairs, rows));
  const trainer = trainerOf(model, { xla: false });
  onTestFinished(() => trainer.dispose());
  const evaluator = languageModelEvaluator(config, { compiled: false });
  trainer.start(weights(1));
  const { log } = await fitModel({
    rows: train,
    batchSize: 97,
    epochs: 80,
    seed: 1,
    step: (batch, step) => trainer.step(batch, step, 1e-2).loss,
    evaluate: () => evaluator.measure(trainer.parameters, { seen: train, new: test }),
    better: (candidate, best) => candidate.new_accuracy > best.new_accuracy,
    keep: () => trainer.snapshot(),
  });
  const [first, last] = [log[0], log[log.length - 1]];
  expect(Object.keys(last).slice(3)).toEqual(['seen_loss', 'seen_accuracy', 'new_loss', 'new_accuracy']);
  expect(first.seen_accuracy).toBeLessThan(0.3);
  expect(last.seen_accuracy).toBeGreaterThan(0.95);
  // It has learned the pairs by heart: new ones it does not know (that takes thousands of steps).
  expect(last.new_loss).toBeGreaterThan(first.new_loss);

  const right = tidied(() => {
    const [ids] = model.inputs([...batchesOf(test, test.rows)][0]);
    const predicted = gpt2Logits(trainer.parameters, inputsOf(ids), config, { lastOnly: true }).argMax(1).dataSync();
    return (ids.arraySync() as number[][]).filter(([a, b], row) => predicted[row] === (a + b) % 11).length;
  });
  expect(last.new_accuracy).toBe(right / 24);
});
