/** Coloured digits, what methods ask of environments, and the rows of a synthesis (kind coloured-digits; notebook 26). */
import { agreementOf, synthesisRows } from '../../lib/dist/experiments/richFeatures';
import { colouredDigits } from '../../lib/dist/images/colouredDigits';
import { halved } from '../../lib/dist/images/digits';
import { tf } from '../../lib/dist/tensorflow/backend';
import { binaryAccuracy, INVARIANCES, objective } from '../../lib/dist/training/environments';
import type { Comparison } from './comparison';

/** What the file says under "tolerance": of float32, relative where values are large. */
const FLOAT32 = 1e-6;
const EXACT = 1e-12;

export function compareColouredDigits(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const [rows, side] = reference.tensor('images', [-1, -1, -1]).shape;
  const digits = halved({
    ...{ rows, side },
    pixels: Uint8Array.from(reference.values('images')),
    labels: Uint8Array.from(reference.values('digits', [rows])),
  });
  const draws = { label: reference.values('label_draws', [rows]), colour: reference.values('colour_draws', [rows]) };
  const options = { labelNoise: json.get('label_noise').number(), colourFlip: json.get('colour_flip').number() };
  const coloured = colouredDigits(digits, draws, options);
  comparison.tensor('labels', coloured.labels, [rows], 0);
  comparison.tensor('colours', coloured.colours, [rows], 0);
  comparison.tensor('inputs', coloured.inputs, [rows, 2, side / 2, side / 2], FLOAT32);

  const sizes = [0, 1].map((i) => reference.tensor(`logits${i}`, [-1, 1]).shape[0]);
  const joined = (name: string) => sizes.flatMap((size, i) => Array.from(reference.values(`${name}${i}`, [size, 1])));
  const column = (values: number[]) => tf.tensor2d(values, [values.length, 1], 'float32');
  const weights = Array.from(reference.values('weights'));
  tf.tidy(() => {
    const [logits, targets] = [column(joined('logits')), column(joined('targets'))];
    const membership = tf.tensor2d(sizes.map((_, i) => sizes.flatMap((size, j) => Array(size).fill(Number(i === j)))));
    const norm = tf.tensor1d(weights).square().sum();
    const lossOf = (method: Parameters<typeof objective>[0], lambda: number) => (z: tf.Tensor) =>
      objective(
        method,
        { logits: z as tf.Tensor2D, targets, membership: membership as tf.Tensor2D },
        norm,
        tf.tensor1d([lambda, json.get('l2').number()]),
      );
    for (const [name, entry] of json.get('objectives').entries()) {
      const [, short, lambda] = /^(\w+) lambda (\d+)$/.exec(name) ?? [];
      const method = INVARIANCES.find((one) => one.toLowerCase().startsWith(short));
      if (!method) throw new Error(`${reference.name}.json: the objective ${name} is not known.`);
      const { value, grad } = tf.valueAndGrad(lossOf(method, Number(lambda)))(logits);
      const theirs = entry.get('loss').number();
      const near = FLOAT32 * Math.max(1, theirs);
      comparison.number(`${name}: loss`, value.dataSync()[0], theirs, near);
      const slopes = [...grad.dataSync()];
      sizes.forEach((size, i) => {
        comparison.tensor(`${short}_${lambda}/grad${i}`, slopes.splice(0, size), [size, 1], FLOAT32);
      });
    }
    const dro = json.get('group_dro').get('loss').number();
    const decay = json.get('l2').number() * weights.reduce((sum, value) => sum + value ** 2, 0);
    comparison.number('group_dro', lossOf('worst', 0)(logits).dataSync()[0], dro + decay, FLOAT32 * Math.max(1, dro));
  });

  const [rounds, trained] = reference.tensor('correct', [-1, -1]).shape;
  const answers = reference.values('pseudo_labels', [rounds, trained]);
  const labels = reference.values('binary_targets', [trained]);
  const flags = Array.from(answers, (answer, i) => Number(answer === labels[i % trained]));
  comparison.tensor('correct', flags, [rounds, trained], 0);
  const right = Array.from({ length: rounds }, (_, i) => flags.slice(i * trained, (i + 1) * trained));
  comparison.number('agreement', agreementOf(right), json.get('synthesis').get('agreement').number(), EXACT);
  const half = Math.floor(trained / 2);
  const [same, other] = ['draws_same', 'draws_other'].map((name) => reference.values(name));
  const taken = synthesisRows(right, (_, place) => (place < half ? same[place] : other[place - half]));
  comparison.tensor('synthesis_rows', taken, [trained], 0);

  const [environments, tested] = reference.tensor('test_logits', [-1, -1]).shape;
  const [logits, targets] = ['test_logits', 'test_targets'].map((name) => Array.from(reference.values(name)));
  const accuracies = Array.from({ length: environments }, (_, i) => {
    const [own, labels] = [logits, targets].map((all) => all.slice(i * tested, (i + 1) * tested));
    return binaryAccuracy(own, labels);
  });
  comparison.numbers('worst_test', accuracies, json.get('worst_test').get('accuracies').numbers(), EXACT);
}
