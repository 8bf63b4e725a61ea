import { expect, it } from 'vitest';
import { denseNetwork } from '../../lib/dist/models/network';
import { tanhJacobian } from '../../lib/dist/models/tanhJacobian';
import { tf } from '../../lib/dist/tensorflow/backend';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';

const { tensors } = readSafetensors('test/reference/jacobian-kernel.safetensors');
const values = Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`${i}`, tensors[`parameter${i}`]]));
const x = [...(tensors.x.data as Float64Array)].map((one) => [one]);

it('has the outputs and gradients of the reference', () => {
  const { outputs, jacobian, lastLayer } = tanhJacobian(values, x);
  for (const [name, found] of [
    ['network_at_x', outputs],
    ['jacobian_x', jacobian.flat()],
  ] as const) {
    const expected = tensors[name].data as Float64Array;
    expect(found.length).toBe(expected.length);
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-10);
  }
  // The output is linear in the last layer.
  const last = [...(values[4].data as Float64Array), ...(values[5].data as Float64Array)];
  lastLayer.forEach((row, i) => {
    expect(row.at(-1)).toBe(1);
    expect(row.reduce((sum, value, j) => sum + value * last[j], 0)).toBeCloseTo(outputs[i], 12);
  });
});

it('is the gradient that TensorFlow finds, at any depth and number of inputs', () => {
  for (const [depth, inputs] of [
    [0, 3],
    [1, 2],
    [3, 1],
  ]) {
    const network = denseNetwork({ inputs, outputs: 1, depth, width: 5, hidden: 'tanh' });
    const own = network.init(depth);
    const row = Array.from({ length: inputs }, (_, i) => 0.7 - i);
    const { outputs, jacobian } = tanhJacobian(own, [row]);
    const variables = variablesOf(tensorsOf(own));
    const { value, grads } = tf.variableGrads(
      () => network.forward(variables, tf.tensor2d([row])).output.sum(),
      Object.values(variables),
    );
    const theirs = Object.values(variables).flatMap(({ name }) => [...grads[name].dataSync()]);
    expect(outputs[0]).toBeCloseTo(value.dataSync()[0], 5);
    expect(jacobian[0].length).toBe(theirs.length);
    jacobian[0].forEach((one, i) => expect(one).toBeCloseTo(theirs[i], 5));
  }
});

it('refuses what is no dense network with one output', () => {
  const sentence = /^These are no weights and biases of a dense network of \d inputs and one output\.$/;
  const { 5: _, ...withoutBias } = values;
  const several = denseNetwork({ inputs: 1, outputs: 2, depth: 1, width: 4, hidden: 'tanh' }).init(1);
  for (const [own, rows] of [
    [withoutBias, x],
    [several, x],
    [values, [[1, 2]]],
  ] as const)
    expect(() => tanhJacobian(own, rows)).toThrow(sentence);
});
