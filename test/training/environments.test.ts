import { expect, it } from 'vitest';
import { dense } from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import { binaryAccuracy, environmentLearner, joinEnvironments, objective } from '../../lib/dist/training/environments';
import { trainer } from '../../lib/dist/training/trainer';

const [logits, targets] = [
  [0.3, -1.2, 2, 0.5, -0.1],
  [1, 0, 0, 1, 1],
];
const membership = [
  [1, 1, 0, 0, 0],
  [0, 0, 1, 1, 1],
];
const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
const lossOf = (
  method: Parameters<typeof objective>[0],
  { lambda = 1, l2 = 0, scale = 1 }: { lambda?: number; l2?: number; scale?: number } = {},
) =>
  tf.tidy(
    () =>
      objective(
        method,
        { logits: column(logits.map((z) => scale * z)), targets: column(targets), membership: tf.tensor2d(membership) },
        tf.scalar(3),
        tf.tensor1d([lambda, l2]),
      ).dataSync()[0],
  );
/** Mean cross entropy of each environment, by hand. */
const lossesBy = (scale = 1) =>
  membership.map((own) => {
    const rows = [...own.keys()].filter((row) => own[row] === 1);
    const each = rows.map((row) => Math.log(1 + Math.exp(scale * logits[row] * (1 - 2 * targets[row]))));
    return each.reduce((sum, one) => sum + one, 0) / rows.length;
  });

it('ERM is the sum of the losses, "worst" the larger; the decay joins both', () => {
  const losses = lossesBy();
  expect(lossOf('ERM')).toBeCloseTo(losses[0] + losses[1], 5);
  expect(lossOf('ERM', { l2: 0.5 })).toBeCloseTo(losses[0] + losses[1] + 1.5, 5);
  expect(lossOf('worst', { l2: 0.5 })).toBeCloseTo(Math.max(...losses) + 1.5, 5);
});

it('the penalties are what they are called', () => {
  const [sum, losses] = [lossOf('ERM'), lossesBy()];
  expect(lossOf('vREx') - sum).toBeCloseTo((losses[0] - losses[1]) ** 2 / 2, 5);
  // IRMv1: the derivative by a factor on the logits, here by differences.
  const step = 1e-4;
  const slopes = lossesBy(1 + step).map((loss, i) => (loss - lossesBy(1 - step)[i]) / (2 * step));
  expect(lossOf('IRMv1') - sum).toBeCloseTo((slopes[0] ** 2 + slopes[1] ** 2) / 2, 4);
  const squares = (rows: number[]) => rows.reduce((total, z) => total + z ** 2, 0) / rows.length;
  expect(lossOf('SD') - sum).toBeCloseTo(squares(logits.slice(0, 2)) + squares(logits.slice(2)), 5);
});

it('divides by λ above 1, so that a large one does not make large steps', () => {
  const [none, one] = [lossOf('vREx', { lambda: 0 }), lossOf('vREx', { lambda: 1 })];
  expect(lossOf('vREx', { lambda: 100 })).toBeCloseTo((none + 100 * (one - none)) / 100, 5);
});

it('learns a rule of two environments that it is given as one batch', () => {
  const rows = (colour: number) => ({
    rows: 4,
    inputs: Float32Array.from([1, colour, 1, colour, -1, colour, -1, colour]),
    labels: [1, 1, 0, 0],
  });
  const batch = joinEnvironments([rows(1), rows(-1)]);
  expect([...batch.membership]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  expect([...batch.targets]).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
  const net = network({ input: [2], layers: [dense(1, { name: 'output' })] });
  const machine = trainer(environmentLearner(net, 'vREx'), {
    optimizer: { name: 'adamW', weightDecay: 0 },
    compiled: false,
  });
  machine.start(net.init(1));
  for (let step = 1; step <= 40; step++) machine.step({ ...batch, lambda: 10, l2: 0 }, step, 0.1);
  const found = tf.tidy(() => net.forward(machine.parameters, tf.tensor2d(batch.inputs, [8, 2])).output.dataSync());
  machine.dispose();
  expect(binaryAccuracy(found, batch.targets)).toBe(1);
});
