import { expect, it, onTestFinished } from 'vitest';
import { occamNetwork } from '../../lib/dist/models/occam';
import { tf } from '../../lib/dist/tensorflow/backend';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { exitLosses, occamLearner } from '../../lib/dist/training/occam';
import { trainer } from '../../lib/dist/training/trainer';

// The losses themselves are compared with the authors' in test/verification (kind occam).

const [rows, classes] = [6, 3];
const labels = [0, 1, 2, 0, 1, 2];
const mostly = labels.map((label, row) =>
  Array.from({ length: classes }, (_, i) => Number(i === (row < 5 ? label : 0))),
);

function losses(threshold: number, noted: number) {
  return tidied(() => {
    const cams = tf.tensor4d(mostly.flat(), [rows, 1, 1, classes]);
    const exit = { cams, logits: cams.mean<tf.Tensor2D>([1, 2]), gates: tf.fill([rows], 0.3) as tf.Tensor1D };
    const by = { labels: tf.tensor1d(labels, 'int32'), noted: tf.fill([rows], noted) as tf.Tensor1D, threshold };
    const memory = { maximum: tf.scalar(0), right: tf.zeros([classes]), seen: tf.zeros([classes]) };
    const { answers, memory: after } = exitLosses(exit, by, memory);
    return { answers: [...answers.dataSync()], right: [...after.right.dataSync()], seen: [...after.seen.dataSync()] };
  });
}

it('a gate learns from the answers of now, until the exit is mostly right; then from those noted', () => {
  const now = [1, 1, 1, 1, 1, 0];
  // Accuracy: the mean of 1, 1 and 1/2.
  expect(losses(0.84, 1)).toEqual({ answers: now, right: [2, 2, 1], seen: [2, 2, 2] });
  expect(losses(0.82, 1).answers).toEqual(Array(rows).fill(1));
  expect(losses(0.82, 0).answers).toEqual(Array(rows).fill(0));
  expect(losses(0.82, -1).answers).toEqual(now); // never noted
});

it('learns digits of its own, remembers an epoch, and hands out what is to be noted', () => {
  const net = occamNetwork({ side: 8, width: 4, classes, withExits: true });
  const { fresh, ...model } = occamLearner(net, { classes, batchSize: rows });
  const machine = trainer(model, { optimizer: { name: 'adamW', weightDecay: 0 }, xla: false });
  onTestFinished(() => machine.dispose());
  machine.start({ ...net.init(1), ...fresh });
  const inputs = Float32Array.from({ length: rows * 192 }, (_, i) => Number(i % 3 === labels[Math.floor(i / 192)]));
  const batch = {
    rows,
    inputs,
    labels: Int32Array.from(labels),
    noted: new Float32Array(4 * rows).fill(-1),
    suppression: 0.1,
  };
  const all = Array.from({ length: 30 }, (_, i) => machine.step(batch, i + 1, 1e-2).loss);
  expect(all.every(Number.isFinite)).toBe(true);
  expect(all[29]).toBeLessThan(all[0] / 2);
  expect([...machine.parameters['memory 3.seen'].dataSync()]).toEqual([60, 60, 60]);
  expect([...machine.parameters['memory 3.answers'].dataSync()]).toEqual(Array(rows).fill(1));
});
