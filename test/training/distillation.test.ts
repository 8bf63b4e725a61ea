import { expect, it, onTestFinished } from 'vitest';
import { batchNorm, dense, dropout, relu } from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import { tensorsOf } from '../../lib/dist/tensorflow/variables';
import {
  answering,
  distilled,
  divergences,
  rewarded,
  softCrossEntropy,
  withKernelPenalty,
} from '../../lib/dist/training/distillation';
import { trainer } from '../../lib/dist/training/trainer';

const net = network({ input: [2], layers: [dense(8, { name: 'in' }), relu(), dense(3, { name: 'out' })] });
const inputs = Float32Array.from({ length: 60 }, (_, i) => Math.sin(7 * i));
const batch = { rows: 30, inputs, labels: new Int32Array(30) };

it('a student comes to answer as its teacher does', () => {
  const answer = answering(net);
  const teacher = tensorsOf(net.init(1));
  const answers = answer(teacher, inputs).map((logit) => 5 * logit);
  for (const factor of [undefined, 25]) {
    const made = trainer(distilled(net, { temperature: 5, factor }), {
      optimizer: { name: 'adamW', weightDecay: 0 },
      xla: false,
    });
    onTestFinished(() => made.dispose());
    made.start(net.init(2));
    const apart = () => {
      const rows = divergences(answers, answer(made.parameters, inputs), 3, 5);
      return rows.reduce((sum, one) => sum + one, 0) / 30;
    };
    const before = apart();
    for (let step = 1; step <= 200; step++) made.step({ ...batch, answers }, step, 0.01);
    expect(apart()).toBeLessThan(before / 20);
    // At the end the cross entropy is nearly the entropy of the teacher.
    const { loss } = made.step({ ...batch, answers }, 201, 0);
    const least = tf.tidy(() => {
      const own = tf.tensor2d(answers, [30, 3]);
      return softCrossEntropy(own, own, 5).mean().dataSync()[0];
    });
    expect(loss / (factor ?? 1 / 25)).toBeCloseTo(least + apart(), 4);
  }
  tf.dispose(teacher);
});

it('a penalty on weights is added to the loss, and biases are free', () => {
  const plain = { ...net, inputs: () => [], loss: () => tf.scalar(2) };
  const { loss } = withKernelPenalty(plain, { l1: 0.1, l2: 0.01 });
  const own = {
    'in.weight': tf.tensor2d([[1, -2]]),
    'in.bias': tf.tensor1d([100]),
    'out.weight': tf.tensor2d([[3]]),
    'out.bias': tf.tensor1d([100]),
  };
  expect(loss(own, [], {}).dataSync()[0]).toBeCloseTo(2 + 0.1 * 6 + 0.01 * 14, 5);
  expect(withKernelPenalty(plain, { l2: 0.01 }).loss(own, [], {}).dataSync()[0]).toBeCloseTo(2.14, 5);
});

it('answers in training differ: dropout by the key, statistics of the batch', () => {
  const noisy = network({ input: [2], layers: [dense(50), relu(), batchNorm({ epsilon: 1e-3 }), dropout(), dense(3)] });
  const parameters = tensorsOf(noisy.init(1));
  const [training, evaluation] = [answering(noisy, { training: true, dropout: 0.5 }), answering(noisy)];
  const first = training(parameters, inputs, [1, 1]);
  expect(first).toHaveLength(90);
  expect(training(parameters, inputs, [1, 1])).toEqual(first);
  expect(training(parameters, inputs, [1, 2])).not.toEqual(first);
  expect(evaluation(parameters, inputs)).not.toEqual(first);
  // In evaluation a row's answer does not depend on the others.
  const alone = evaluation(parameters, inputs.subarray(0, 2));
  expect([...evaluation(parameters, inputs).subarray(0, 3)].map((one) => one.toFixed(4))).toEqual(
    [...alone].map((one) => one.toFixed(4)),
  );
  // More rows than are computed at once.
  const many = Float32Array.from({ length: 1400 }, (_, i) => inputs[i % 60]);
  expect([...evaluation(parameters, many).subarray(3 * 690, 3 * 691)].map((one) => one.toFixed(4))).toEqual(
    [...alone].map((one) => one.toFixed(4)),
  );
  tf.dispose(parameters);
});

it('rewards move probabilities, and the floor keeps all of them above 0', () => {
  expect(rewarded([0.5, 0.5], [1, 0], { rate: Math.log(3), floor: 0 })[0]).toBeCloseTo(0.75, 12);
  let p = [0.98, 0.01, 0.01];
  for (let i = 0; i < 200; i++) p = rewarded(p, [0, 1, 0]);
  expect(p[1]).toBeGreaterThan(0.95);
  expect(Math.min(...p)).toBeGreaterThan(0.02 / 3);
  expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
});
