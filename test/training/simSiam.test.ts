import { describe, expect, it } from 'vitest';
import { dense } from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { outputSpread, simSiam, simSiamLoss } from '../../lib/dist/training/simSiam';

describe('SimSiam', () => {
  it('compares the prediction of each view with the output of the other, as one computes by hand', () => {
    const loss = (predictions: number[][], outputs: number[][]) =>
      tidied(() => simSiamLoss(tf.tensor2d(predictions), tf.tensor2d(outputs)).dataSync()[0]);
    // One picture, two views. cos((1, 0), (3, 4)) = 0.6 and cos((0, 2), (5, 0)) = 0, whatever their lengths.
    expect(loss([[1, 0], [0, 2]], [[5, 0], [3, 4]])).toBeCloseTo(-0.3, 6); // biome-ignore format: a view a row
    // Two pictures: rows 0 and 2 are views of one, rows 1 and 3 of the other.
    const outputs = [[1, 0], [0, 1], [1, 0], [0, 1]]; // biome-ignore format: a view a row
    expect(loss(outputs, outputs)).toBeCloseTo(-1, 6);
  });

  it('lets no gradient through the target', () => {
    const gradients = tidied(() => {
      const [p, z] = [tf.tensor2d([[1, 0], [0, 2]]), tf.tensor2d([[5, 1], [3, 4]])]; // biome-ignore format: a view a row
      return tf
        .grads((a, b) => simSiamLoss(a as tf.Tensor2D, b as tf.Tensor2D))([p, z])
        .map((own) => [...own.dataSync()]);
    });
    expect(gradients[1]).toEqual([0, 0, 0, 0]);
    expect(Math.hypot(...gradients[0])).toBeGreaterThan(0.1);
  });

  it('the gradient of the network is that of its predictions alone', () => {
    const net = network({ input: [2], layers: [dense(2, { name: 'net' })] });
    const predictor = network({ input: [2], layers: [dense(2, { name: 'predictor' })] });
    const model = simSiam(net, predictor);
    expect(Object.keys(model.shapes)).toEqual(['net.weight', 'net.bias', 'predictor.weight', 'predictor.bias']);
    const [whole, fixed] = tidied(() => {
      const values = { 'net.bias': [0.1, -0.2], 'predictor.weight': [1, 2, -1, 0.5], 'predictor.bias': [0, 0.3] };
      const others = Object.fromEntries(
        Object.entries(values).map(([name, data]) => [name, tf.tensor(data, model.shapes[name])]),
      );
      const weight = tf.tensor2d([[0.5, -1], [2, 1]]); // biome-ignore format: a unit a row
      const inputs = model.inputs({ rows: 2, inputs: Float32Array.of(1, 2, 1.5, -1) });
      const outputs = net.forward({ ...others, 'net.weight': weight }, inputs[0]).output;
      const constant = (own: tf.Tensor) => {
        const parameters = { ...others, 'net.weight': own };
        const predictions = predictor.forward(parameters, net.forward(parameters, inputs[0]).output).output;
        return simSiamLoss(predictions, outputs);
      };
      const losses = [(own: tf.Tensor) => model.loss({ ...others, 'net.weight': own }, inputs, {}), constant];
      return losses.map((loss) => [...tf.grad(loss)(weight).dataSync()]);
    });
    whole.forEach((value, i) => void expect(value).toBeCloseTo(fixed[i], 6));
  });

  it('the spread is 0 where outputs have collapsed, and 1 where all directions are alike', () => {
    expect(outputSpread([[1, 2], [2, 4]])).toBeCloseTo(0, 6); // biome-ignore format: an output a row
    expect(outputSpread([[1, 0], [-3, 0], [0, 2], [0, -1]])).toBeCloseTo(1, 6); // biome-ignore format: an output a row
  });
});
