/** Biases, masks of units and masks of weights over the frozen weights of one hidden layer (kind masks-and-biases). */
import { applyMask, hardMask, subnetworkOf } from '../../lib/dist/masking/continuousSparsification';
import { countKept } from '../../lib/dist/masking/subnetwork';
import { dense, gate, relu } from '../../lib/dist/models/layers';
import { network } from '../../lib/dist/models/network';
import { tf } from '../../lib/dist/tensorflow/backend';
import { elementCount, type HostTensor, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';
import { classifier, outputsOf, shareRight } from '../../lib/dist/training/examples';
import { scoreGradients } from '../../lib/dist/training/maskTrainer';
import { gradientsOf } from '../../lib/dist/training/trainer';
import type { Comparison } from './comparison';
import type { Reference } from './reference';

/** The vectors' own for float32, at values of about 1. */
const TOLERANCE = 1e-5;

/** A case's name says its temperature: "unit_mask_T10". */
const SOFT = /^(unit|weight)_mask_T([\d.]+)$/;

export function compareMasksAndBiases(comparison: Comparison): void {
  const { reference } = comparison;
  const [hidden, width] = reference.tensor('W1', [-1, -1]).shape;
  const [classes] = reference.tensor('W2', [-1, hidden]).shape;
  const [rows] = reference.tensor('x', [-1, width]).shape;
  const [into, out] = [dense(hidden, { name: 'in' }), dense(classes, { name: 'out', useBias: false })];
  const net = network({ input: [width], layers: [into, relu(), gate('units'), out] });
  const model = classifier(net);
  const frozen: HostTensors = {
    'in.weight': float32(reference, 'W1'),
    'in.bias': float32(reference, 'bias', [hidden]),
    'units.weight': { dtype: 'F32', shape: [hidden], data: new Float32Array(hidden).fill(1) },
    'out.weight': float32(reference, 'W2'),
  };
  const inputs = float32(reference, 'x').data as Float32Array;
  const examples = { rows, inputs, labels: Int32Array.from(reference.values('targets', [rows])) };
  const scoresOf: Record<string, HostTensors> = {
    unit: { 'units.weight': float32(reference, 'unit_scores', [hidden]) },
    weight: {
      'in.weight': float32(reference, 'weight_scores1', [hidden, width]),
      'out.weight': float32(reference, 'weight_scores2', [classes, hidden]),
    },
  };
  const compareOutputs = (name: string, parameters: Record<string, tf.Tensor>) => {
    const logits = outputsOf(net, parameters, examples).flatMap((row) => [...row]);
    comparison.tensor(`${name}/logits`, logits, [rows, classes], TOLERANCE);
    return shareRight(net, parameters, examples);
  };
  const compareGradients = (name: string, gradients: Record<string, tf.Tensor>) =>
    Object.values(gradients).forEach((gradient, i) => {
      comparison.tensor(`${name}/grad${i}`, gradient.dataSync(), gradient.shape, TOLERANCE);
    });

  for (const [name, entry] of reference.json.get('cases').entries()) {
    tf.tidy(() => {
      const [, kind, temperature] = SOFT.exec(name) ?? [];
      if (!kind && name !== 'biases') throw new Error(`${reference.name}.json: the case ${name} is not known.`);
      const parameters = variablesOf(tensorsOf(frozen));
      const scores = kind ? variablesOf(tensorsOf(scoresOf[kind])) : {};
      const loss = (of: Record<string, tf.Tensor>) => model.loss(of, model.inputs(examples), {});
      const { loss: ours, gradients } = kind
        ? scoreGradients({
            parameters,
            scores,
            crossEntropy: loss,
            temperature: tf.scalar(Number(temperature)),
            lambda: tf.scalar(0),
          })
        : gradientsOf({ 'in.bias': parameters['in.bias'] }, () => loss(parameters));
      comparison.number(`${name}: loss`, ours.dataSync()[0], entry.get('loss').number(), TOLERANCE);
      compareGradients(name, gradients);
      const soft = Object.fromEntries(
        Object.entries(scores).map(([weight, score]) => [weight, score.mul(Number(temperature)).sigmoid()]),
      );
      const accuracy = compareOutputs(name, applyMask(parameters, soft));
      comparison.number(`${name}: accuracy`, accuracy, entry.get('accuracy').number(), 0);
    });
  }
  for (const [kind, own] of Object.entries(scoresOf)) {
    tf.tidy(() => {
      const name = `${kind}_mask_hard`;
      const entry = reference.json.get(name);
      const scores = tensorsOf(own);
      const kept = Object.values(subnetworkOf(scores)).map(({ keep }) => countKept(keep));
      const theirs = kind === 'unit' ? [entry.get('kept').number()] : entry.get('kept').numbers();
      comparison.numbers(`${name}: kept`, kept, theirs, 0);
      const masked = applyMask(tensorsOf(frozen), hardMask(scores));
      const loss = model.loss(masked, model.inputs(examples), {}).dataSync()[0];
      comparison.number(`${name}: loss`, loss, entry.get('loss').number(), TOLERANCE);
      compareOutputs(name, masked);
    });
  }
}

/** A tensor of the vectors in single precision. */
function float32(reference: Reference, name: string, shape?: number[]): HostTensor {
  const tensor = reference.tensor(name, shape);
  const data = Float32Array.from(reference.values(name));
  if (data.length !== elementCount(tensor.shape)) throw new Error(`${reference.name}.safetensors: ${name} is damaged.`);
  return { dtype: 'F32', shape: tensor.shape, data };
}
