import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { applyMask, hardMask, subnetworkOf } from '../../lib/dist/masking/continuousSparsification';
import { subnetworkSize } from '../../lib/dist/masking/subnetwork';
import { dense, gate, relu } from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { classifier, outputsOf, shareRight } from '../../lib/dist/training/examples';
import { maskTrainer, scoreGradients } from '../../lib/dist/training/maskTrainer';
import { gradientsOf } from '../../lib/dist/training/trainer';
import reference from '../reference/masks-and-biases.json';

const { tensors } = readSafetensors(join(__dirname, '../reference/masks-and-biases.safetensors'));
const values = (name: string) => Array.from(tensors[name].data as Float64Array);
const as32 = (name: string) => ({ ...tensors[name], dtype: 'F32' as const, data: Float32Array.from(values(name)) });
const [hidden, width] = tensors.W1.shape;
const [classes] = tensors.W2.shape;
const net = network({
  input: [width],
  layers: [
    dense(hidden, { name: 'in' }),
    relu('hidden'),
    gate('units'),
    dense(classes, { name: 'out', useBias: false }),
  ],
});
const model = classifier(net);
const examples = {
  rows: tensors.x.shape[0],
  inputs: Float32Array.from(values('x')),
  labels: Int32Array.from(values('targets')),
};
const ones = { dtype: 'F32' as const, shape: [hidden], data: new Float32Array(hidden).fill(1) };
const frozen: HostTensors = {
  'in.weight': as32('W1'),
  'in.bias': as32('bias'),
  'units.weight': ones,
  'out.weight': as32('W2'),
};
const scoresOf: Record<string, HostTensors> = {
  unit_mask: { 'units.weight': as32('unit_scores') },
  weight_mask: { 'in.weight': as32('weight_scores1'), 'out.weight': as32('weight_scores2') },
};

const closeTo = (ours: ArrayLike<number>, name: string) => {
  const theirs = values(name);
  expect(ours.length).toBe(theirs.length);
  Array.from(ours).forEach((value, i) => expect(Math.abs(value - theirs[i])).toBeLessThan(1e-5));
};

it('trained biases on frozen random weights', () => {
  tf.tidy(() => {
    const parameters = variablesOf(tensorsOf(frozen));
    const inputs = model.inputs(examples);
    const { loss, gradients } = gradientsOf({ 'in.bias': parameters['in.bias'] }, () =>
      model.loss(parameters, inputs, {}),
    );
    expect(loss.dataSync()[0]).toBeCloseTo(reference.cases.biases.loss, 5);
    closeTo(gradients['in.bias'].dataSync(), 'biases/grad0');
    closeTo(
      outputsOf(net, parameters, examples).flatMap((row) => [...row]),
      'biases/logits',
    );
    expect(shareRight(net, parameters, examples)).toBe(reference.cases.biases.accuracy);
  });
});

it.each(['unit_mask', 'weight_mask'] as const)('soft and hard: %s', (kind) => {
  for (const temperature of [1, 10] as const) {
    const name = `${kind}_T${temperature}` as const;
    tf.tidy(() => {
      const scores = variablesOf(tensorsOf(scoresOf[kind]));
      const inputs = model.inputs(examples);
      const { loss, gradients, l0 } = scoreGradients({
        parameters: tensorsOf(frozen),
        scores,
        crossEntropy: (masked) => model.loss(masked, inputs, {}),
        temperature: tf.scalar(temperature),
        lambda: tf.scalar(0),
      });
      expect(loss.dataSync()[0]).toBeCloseTo(reference.cases[name].loss, 5);
      Object.keys(scores).forEach((weight, i) => closeTo(gradients[weight].dataSync(), `${name}/grad${i}`));
      const soft = Object.values(scoresOf[kind]).flatMap((score) =>
        Array.from(floatsOf('', score), (s) => 1 / (1 + Math.exp(-temperature * s))),
      );
      expect(l0.dataSync()[0]).toBeCloseTo(
        soft.reduce((sum, value) => sum + value, 0),
        4,
      );
    });
  }
  tf.tidy(() => {
    const scores = tensorsOf(scoresOf[kind]);
    const hard = applyMask(tensorsOf(frozen), hardMask(scores));
    const loss = model.loss(hard, model.inputs(examples), {}).dataSync()[0];
    expect(loss).toBeCloseTo(reference[`${kind}_hard`].loss, 5);
    closeTo(
      outputsOf(net, hard, examples).flatMap((row) => [...row]),
      `${kind}_hard/logits`,
    );
    const kept = Object.values(subnetworkOf(scores)).map((mask) => subnetworkSize({ mask }));
    expect(kept).toEqual([reference[`${kind}_hard`].kept].flat());
  });
});

it('a mask of units trains as one of weights does, with an output bias beside it', () => {
  const biased = classifier(
    network({
      input: [width],
      layers: [dense(hidden, { name: 'in' }), relu(), gate('units'), dense(classes, { name: 'out' })],
    }),
  );
  expect(biased.maskedWeights).toEqual(['in.weight', 'out.weight']);
  const trainer = maskTrainer(
    { ...biased, maskedWeights: ['units.weight'], trainedWithMask: ['out.bias'] },
    { optimizer: { name: 'adamW', weightDecay: 0 }, xla: false },
  );
  onTestFinished(() => trainer.dispose());
  trainer.start({ ...frozen, 'out.bias': { dtype: 'F32', shape: [classes], data: new Float32Array(classes) } });
  const losses = Array.from({ length: 60 }, (_, i) =>
    trainer.step(examples, i + 1, { learningRate: 0.05, temperature: 1, lambda: 0 }),
  );
  expect(losses[0].l0).toBeCloseTo(hidden / (1 + Math.exp(0.1)), 4);
  expect(losses[59].loss).toBeLessThan(losses[0].loss - 0.1);
  const { shape, keep } = trainer.subnetwork()['units.weight'];
  expect([shape, keep.length]).toEqual([[hidden], hidden]);
  const units = tidied(() => trainer.masked('hard')['units.weight'].dataSync());
  expect([...units]).toEqual([...keep]);
  expect([...trainer.trainedWithMask['out.bias'].dataSync()].some((value) => value !== 0)).toBe(true);
});
