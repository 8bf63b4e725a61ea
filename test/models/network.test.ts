import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as layers from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import { Dropout } from '../../lib/dist/tensorflow/dropout';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf } from '../../lib/dist/tensorflow/variables';
import { classifier, type Examples, exampleBatches, outputsOf, shareRight } from '../../lib/dist/training/examples';
import { trainer as trainerOf } from '../../lib/dist/training/trainer';

const {
  activation,
  batchNorm,
  conv,
  dense,
  dropout,
  globalAverage,
  localConv,
  maxOut,
  maxPool,
  relu,
  reordered,
  square,
} = layers;

/** Output of a network of these values for these rows. */
function computed(net: ReturnType<typeof network>, values: Record<string, number[]>, x: number[]): number[][] {
  return tidied(() => {
    const parameters = Object.fromEntries(
      Object.entries(values).map(([name, data]) => [name, tf.tensor(data, net.shapes[name])]),
    );
    return net
      .forward(parameters, tf.tensor(x, [x.length / net.input.reduce((a, b) => a * b), ...net.input]))
      .output.arraySync() as number[][];
  });
}

describe('a network of layers', () => {
  it('computes what one computes by hand', () => {
    const net = network({ input: [2], layers: [dense(2, { name: 'in' }), square(), dense(1, { useBias: false })] });
    expect(net.shapes).toEqual({ 'in.weight': [2, 2], 'in.bias': [2], '2.weight': [1, 2] });
    expect(net.maskedWeights).toEqual(['in.weight', '2.weight']);
    // in: (1·1 + 2·2 + 1, 3·1 − 1·2) = (6, 1); squares (36, 1); 0.5·36 − 2·1
    const values = { 'in.weight': [1, 2, 3, -1], 'in.bias': [1, 0], '2.weight': [0.5, -2] };
    expect(computed(net, values, [1, 2])).toEqual([[16]]);
  });

  it('flattens images', () => {
    const net = network({ input: [2, 2, 1], layers: [activation((x) => x.add(1)), dense(1, { name: 'out' })] });
    expect(net.shapes).toEqual({ 'out.weight': [1, 4], 'out.bias': [1] });
    expect(computed(net, { 'out.weight': [1, 10, 100, 1000], 'out.bias': [0.5] }, [1, 2, 3, 4])).toEqual([[5432.5]]);
  });

  it('draws fresh values within the bounds of each layer', () => {
    const he = { weight: (fanIn: number) => Math.sqrt(6 / fanIn), bias: () => 0 };
    const xavier = { weight: (fanIn: number, fanOut: number) => Math.sqrt(6 / (fanIn + fanOut)) };
    const net = network({
      input: [4, 4, 2],
      layers: [dense(50, { ...xavier, name: 'in' }), relu(), dense(40, he), dense(10, { name: 'out' })],
    });
    const values = net.init(1);
    const largest = (name: string) => Math.max(...(values[name].data as Float32Array).map(Math.abs));
    const near = (name: string, bound: number) => {
      expect(largest(name)).toBeLessThanOrEqual(bound * (1 + 1e-6));
      expect(largest(name)).toBeGreaterThan(0.8 * bound);
    };
    near('in.weight', Math.sqrt(6 / (32 + 50)));
    near('in.bias', 1 / Math.sqrt(32));
    near('2.weight', Math.sqrt(6 / 50));
    expect(largest('2.bias')).toBe(0);
    near('out.weight', 1 / Math.sqrt(40));
    expect(net.init(1)).toEqual(values);
    expect(net.init(2)).not.toEqual(values);
  });

  it('convolutions, max-out, pools and the global average compute what one computes by hand', () => {
    const net = network({
      input: [3, 3, 1],
      layers: [conv(2, { kernel: 2, name: 'in' }), maxOut(1), maxPool(2, 'pool'), globalAverage()],
    });
    expect(net.shapes).toEqual({ 'in.weight': [2, 1, 2, 2], 'in.bias': [2] });
    expect(net.maskedWeights).toEqual(['in.weight']);
    // Channel 1: the pixel above left; channel 2: 4 minus the one below right.
    const values = { 'in.weight': [1, 0, 0, 0, 0, 0, 0, -1], 'in.bias': [0, 4] };
    // Pixels 1 to 9: the first channel is 1 2 / 4 5, the second -1 -2 / -4 -5.
    expect(computed(net, values, [1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([[5]]);
    expect(computed(net, values, [1, 0, 0, 0, 2, 0, 0, 0, 0])).toEqual([[4]]);
    expect(() => network({ input: [3], layers: [maxOut(2)] })).toThrow(
      '3 channels cannot be shared out to 2 max-out units.',
    );
    const glorot = { weight: (into: number, out: number) => Math.sqrt(6 / (into + out)) };
    const { data } = network({ input: [9, 9, 4], layers: [conv(8, { ...glorot, name: 'c' })] }).init(1)['c.weight'];
    const largest = Math.max(...(data as Float32Array).map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / (9 * 12)));
    expect(largest).toBeGreaterThan(0.95 * Math.sqrt(6 / (9 * 12)));
  });

  it('a convolution with padding and strides sees zeros around, at every second place', () => {
    const net = network({ input: [3, 3, 1], layers: [conv(1, { stride: 2, padding: 1, name: 'in' })] });
    // Each output is the sum of its 3 × 3 neighbourhood: of the corners, 4 pixels each.
    const ones = { 'in.weight': Array(9).fill(1), 'in.bias': [0] };
    const [output] = computed(net, ones, [1, 2, 3, 4, 5, 6, 7, 8, 9]) as unknown as number[][][];
    expect(output.flat(2)).toEqual([1 + 2 + 4 + 5, 2 + 3 + 5 + 6, 4 + 5 + 7 + 8, 5 + 6 + 8 + 9]);
  });

  it('with equal weights at each place, a locally connected layer is the convolution', () => {
    const numbers = (count: number) =>
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: count, maxLength: count });
    const [side, from, to] = [3, 2, 2];
    const shared = network({ input: [side, side, from], layers: [conv(to, { padding: 1, name: 'a' })] });
    const own = network({ input: [side, side, from], layers: [localConv(to)] });
    expect(own.shapes).toEqual({ '0.weight': [9, 18, 2], '0.bias': [9, 1, 2] });
    const property = fc.property(numbers(to * from * 9), numbers(to), numbers(9 * from), (weight, bias, x) => {
      // [out, in, ky, kx] → at each place [ky, kx, in, out]
      const place = [...Array(9 * from * to).keys()].map((i) => {
        const [o, c, k] = [i % to, Math.floor(i / to) % from, Math.floor(i / (to * from))];
        return weight[(o * from + c) * 9 + k];
      });
      const everywhere = (values: number[]) =>
        Array(side * side)
          .fill(values)
          .flat();
      const local = { '0.weight': everywhere(place), '0.bias': everywhere(bias) };
      expect(computed(own, local, x)).toEqual(computed(shared, { 'a.weight': weight, 'a.bias': bias }, x));
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('places in another order keep their channels', () => {
    const net = network({ input: [2, 2, 2], layers: [reordered([3, 0, 1, 2])] });
    const [image] = computed(net, {}, [1, 10, 2, 20, 3, 30, 4, 40]) as unknown as number[][][];
    expect(image.flat(1)).toEqual([
      [4, 40],
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  });

  it('batch normalisation: by the batch in training, by what it has followed in evaluation', () => {
    const net = network({ input: [1], layers: [dense(1, { name: 'in' }), batchNorm({ name: 'norm', epsilon: 0 })] });
    expect(net.statistics).toEqual(['norm.running_mean', 'norm.running_var']);
    expect(net.maskedWeights).toEqual(['in.weight']);
    const model = {
      ...net,
      inputs: (x: number[]) => [tf.tensor2d(x, [x.length, 1])],
      loss: (parameters: Record<string, tf.Tensor>, [x]: tf.Tensor[], pass: object) =>
        net.forward(parameters, x, pass).output.square().mean() as tf.Scalar,
    };
    const made = trainerOf(model, { statisticsMomentum: 0.5, xla: false });
    onTestFinished(() => made.dispose());
    const value = (data: number[], shape = [1]) => ({ dtype: 'F32' as const, shape, data: Float32Array.from(data) });
    made.start({ ...net.init(1), 'in.weight': value([2], [1, 1]), 'in.bias': value([0]) });
    // Sums 2 and 6: mean 4, variance 4 with the divisor n; normalised −1 and 1.
    expect(made.step([1, 3], 1, 0).loss).toBeCloseTo(1, 5);
    const { 'norm.running_mean': mean, 'norm.running_var': variance } = made.snapshot();
    expect(mean.data[0]).toBeCloseTo((0 + 4) / 2, 5);
    expect(variance.data[0]).toBeCloseTo((1 + 4) / 2, 5);
    const [[after]] = tidied(() => net.forward(made.parameters, tf.tensor2d([[1]])).output.arraySync() as number[][]);
    expect(after).toBeCloseTo((2 - 2) / Math.sqrt(2.5), 5);
  });

  it('refuses two layers of one name', () => {
    expect(() => network({ input: [2], layers: [dense(2, { name: 'a' }), dense(2, { name: 'a' })] })).toThrow(
      'Two layers are called "a": rename one.',
    );
  });

  it('drops values only where the pass says so', () => {
    const net = network({ input: [1000], layers: [dropout()] });
    const ones = tf.ones([1, 1000]);
    onTestFinished(() => ones.dispose());
    const zeros = (pass: object) =>
      tidied(
        () =>
          net
            .forward({}, ones, pass)
            .output.dataSync()
            .filter((value) => value === 0).length,
      );
    expect(zeros({})).toBe(0);
    expect(zeros({ dropout: new Dropout(0.3, tf.tensor1d([1, 1], 'int32')) })).toBeGreaterThan(200);
  });
});

describe('a classifier of examples', () => {
  // XOR of two signs: no linear map gets more than three of four right.
  const examples: Examples = {
    rows: 4,
    inputs: Float32Array.from([-1, -1, -1, 1, 1, -1, 1, 1]),
    labels: Int32Array.from([0, 1, 1, 0]),
  };
  const learned = (middle: layers.Layer[]) => {
    const net = network({ input: [2], layers: [...middle, dense(2)] });
    const made = trainerOf(classifier(net), { xla: false });
    onTestFinished(() => made.dispose());
    made.start(net.init(3));
    for (let step = 1; step <= 150; step++) made.step(examples, step, 0.03);
    return { net, parameters: tensorsOf(made.snapshot()) };
  };

  it('learns XOR with a hidden layer, and not without', () => {
    const deep = learned([dense(16), relu('hidden')]);
    expect(shareRight(deep.net, deep.parameters, examples)).toBe(1);
    const hidden = outputsOf(deep.net, deep.parameters, examples, 'hidden');
    expect([hidden.length, hidden[0].length]).toEqual([4, 16]);
    expect(Math.min(...hidden.map((row) => Math.min(...row)))).toBe(0);
    const flat = learned([]);
    expect(shareRight(flat.net, flat.parameters, examples)).toBeLessThan(1);
  });

  it('fills the last batch with rows that do not count', () => {
    const batches = [...exampleBatches(examples, 3, Int32Array.from([3, 2, 1, 0]))];
    expect(batches.map(({ labels, weights }) => [[...labels], [...(weights ?? [])]])).toEqual([
      [
        [0, 1, 1],
        [1, 1, 1],
      ],
      [
        [0, 0, 0],
        [1, 0, 0],
      ],
    ]);
  });

  it('says so where rows do not fit the network', () => {
    const net = network({ input: [3], layers: [dense(2)] });
    expect(() => outputsOf(net, {}, examples)).toThrow('4 rows of [3] need 12 numbers, not 8.');
  });
});
