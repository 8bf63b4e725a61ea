/** The losses of the exits of an OccamNet, batch after batch of an epoch, and the exits taken (kind occam; notebook 26). */
import { exitTaken } from '../../lib/dist/models/occam';
import { tf } from '../../lib/dist/tensorflow/backend';
import { type ExitMemory, exitLosses, type JudgedBy } from '../../lib/dist/training/occam';
import type { Comparison } from './comparison';

/** What the file says under "tolerance" of float32. */
const FLOAT32 = 2e-6;

export function compareOccam(comparison: Comparison): void {
  const { reference } = comparison;
  const { json } = reference;
  const settings = json.get('settings');
  const classes = json.get('classes').size();
  const weights = ['suppression_weight', 'gate_weight'].map((name) => settings.get(name).number());
  tf.tidy(() => {
    const fresh = (): ExitMemory => ({ maximum: tf.scalar(0), right: tf.zeros([classes]), seen: tf.zeros([classes]) });
    const memories = [fresh(), fresh()];
    const notes = new Map<number, number>();
    json
      .get('steps')
      .items()
      .forEach((entry, step) => {
        const at = comparison.at(`step ${step}`);
        const tensor = (name: string) => reference.tensor(`step${step}/${name}`);
        const shape = tensor('cams').shape as [number, number, number, number];
        const floats = (name: string) => Array.from(reference.values(`step${step}/${name}`));
        const cams = tf.tensor4d(floats('cams'), shape).transpose<tf.Tensor4D>([0, 2, 3, 1]);
        const gates = tf.tensor1d(floats('gates'));
        const items = entry.get('items').numbers();
        const frozen = entry.get('labels_frozen').truth();
        const by: JudgedBy = {
          labels: tf.tensor1d(floats('targets'), 'int32'),
          noted: tf.tensor1d(items.map((item) => notes.get(item) ?? -1)),
          threshold: settings.get('accuracy_threshold').number(),
        };
        const previous = tf.tensor1d(floats('previous_gates'));
        const losses = (maps: tf.Tensor, own: tf.Tensor, exit: number) =>
          exitLosses(
            { cams: maps as tf.Tensor4D, logits: maps.mean([1, 2]), gates: own as tf.Tensor1D },
            { ...by, previous: exit === 1 ? previous : undefined },
            memories[exit],
          );
        const [first, second] = [0, 1].map((exit) => losses(cams, gates, exit));
        [first, second].forEach(({ crossEntropy, memory }, exit) => {
          at.numbers(
            `exit${exit}_weighted`,
            crossEntropy.dataSync(),
            entry.get(`exit${exit}_weighted`).numbers(),
            FLOAT32,
          );
          const theirs = entry.get(`max_weight_exit${exit}`).number();
          at.number(`max_weight_exit${exit}`, memory.maximum.dataSync()[0], theirs, FLOAT32);
        });
        at.number('suppression', first.suppression.dataSync()[0], entry.get('suppression').number(), FLOAT32);
        at.number('gate_loss', first.gate.dataSync()[0], entry.get('gate_loss').number(), FLOAT32);
        const [right, seen] = [first.memory.right, first.memory.seen].map((of) => Array.from(of.dataSync()));
        const shares = right.flatMap((count, i) => (seen[i] > 0 ? [count / seen[i]] : []));
        const accuracy = shares.reduce((sum, one) => sum + one, 0) / shares.length;
        at.number('mean_class_accuracy', accuracy, entry.get('mean_class_accuracy').number(), FLOAT32);
        const answers = first.answers.dataSync();
        at.number('labels_frozen', Number(accuracy > by.threshold), Number(frozen), 0);
        items.forEach((item, row) => notes.set(item, answers[row]));
        const [slope, slopeOfGates] = tf.grads((maps, own) => {
          const [a, b] = [0, 1].map((exit) => losses(maps, own, exit));
          const weighted = [a.suppression.mul(weights[0]), a.gate.mul(weights[1])];
          return tf.addN([a.crossEntropy.mean(), b.crossEntropy.mean(), ...weighted]) as tf.Scalar;
        })([cams, gates]);
        const turned = slope.transpose([0, 3, 1, 2]);
        at.tensor(`step${step}/grad_cams`, turned.dataSync(), shape, FLOAT32);
        at.tensor(`step${step}/grad_gates`, slopeOfGates.dataSync(), [items.length], FLOAT32);
        [first, second].forEach(({ memory }, exit) => {
          memories[exit] = memory;
        });
      });
  });
  const early = json.get('early_exit');
  const gates = early
    .get('gates')
    .items()
    .map((one) => one.numbers());
  const taken = gates[0].map((_, row) =>
    exitTaken(
      gates.map((own) => own[row]),
      0,
    ),
  );
  comparison.numbers('early_exit', taken, early.get('exit').numbers(), 0);
}
