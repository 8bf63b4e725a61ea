/** What the exits of an OccamNet learn from (Shrestha, Kafle and Kanan, arXiv 2204.02426; values of erobic/occam-nets-v1). */
import type { Network } from '../models/network';
import { type Exit, exitsOf } from '../models/occam';
import { tf } from '../tensorflow/backend';
import { elementCount, type HostTensors } from '../tensorflow/hostTensor';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { detached } from '../tensorflow/tidy';
import { type Examples, inputTensor } from './examples';
import type { Trainable } from './trainer';

const [EPSILON, OFFSET] = [1e-5, 0.1];
/** Of the suppression in the loss; and of each exit, the accuracy above which its gate learns what was noted before. */
export const SUPPRESSION = 0.1;
const THRESHOLDS = [0.5, 0.6, 0.7, 0.8];

/** What an exit remembers of an epoch: the largest weight, and of each class how many rows were right and how many it saw. */
export type ExitMemory = Record<'maximum' | 'right' | 'seen', tf.Tensor>;

/** Labels; the gates of the exit before, if there is one; and whether this exit was right when that was noted last, 1, 0, or −1: never. */
export type JudgedBy = { labels: tf.Tensor1D; previous?: tf.Tensor1D; noted: tf.Tensor1D; threshold: number };

/**
 * The losses of an exit, means over the rows. `crossEntropy`, row by row: rows weigh more that are easy (at the first exit), or that
 * the exit before keeps. `suppression`: where the map of the true class is at most its mean, no class is to be told from another.
 * `gate`: binary cross entropy against whether the exit was right, right and wrong rows balanced; `answers` are those flags.
 */
export function exitLosses({ cams, logits, gates }: Exit, by: JudgedBy, memory: ExitMemory) {
  const { labels, previous, noted, threshold } = by;
  const classes = logits.shape[1];
  const judged = detached(() => {
    const own = tf.oneHot(labels, classes).toFloat(); // [rows, classes]
    const easy = previous ? tf.sub(1, previous) : logits.softmax().mul(own).sum(1).pow(3); // [rows]
    const maximum = easy.max().maximum(memory.maximum);
    const isRight = logits.argMax(1).equal(labels).toFloat();
    const [right, seen] = [memory.right.add(own.mul(isRight.expandDims(1)).sum(0)), memory.seen.add(own.sum(0))];
    const accuracy = right.div(seen.maximum(1)).sum().div(seen.minimum(1).sum()); // mean over the classes
    const fresh = accuracy.lessEqual(threshold).toFloat().maximum(noted.less(0).toFloat());
    const answers = isRight.mul(fresh).add(noted.mul(tf.sub(1, fresh)));
    const share = answers.mean();
    const alike = answers.mul(share).add(tf.sub(1, answers).mul(tf.sub(1, share))); // the share of rows of the same answer
    const map = cams.mul(own.reshape([-1, 1, 1, classes])).sum(3); // [rows, y, x]
    return {
      ...{ answers, memory: { maximum, right, seen } },
      weights: easy.div(maximum.add(EPSILON)).add(OFFSET),
      balance: alike
        .div(share.maximum(tf.sub(1, share)))
        .add(EPSILON)
        .rsqrt(),
      low: map.lessEqual(map.mean([1, 2], true)).toFloat(),
    };
  });
  const { answers, weights, balance, low } = judged;
  const fromUniform = cams.logSoftmax().mean(3).add(Math.log(classes)).neg(); // KL(uniform ‖ softmax): [rows, y, x]
  const [stay, leave] = [tf.sub(1, gates), gates].map((own) => own.clipByValue(1e-7, 1).log());
  return {
    ...{ answers, memory: judged.memory },
    crossEntropy: softmaxCrossEntropy(logits, labels).mul(weights) as tf.Tensor1D,
    suppression: fromUniform.mul(low).mean() as tf.Scalar,
    gate: tf.where(answers.cast('bool'), leave, stay).mul(balance).mean().neg() as tf.Scalar,
  };
}

/**
 * An OccamNet with the losses of all exits, for batches of one size with what was noted of their rows, [exits, rows], and the weight of
 * the suppression. What exits remember are values of the model that a step assigns: `fresh` in a new epoch; `memory <exit>.answers`
 * are those to note.
 */
export function occamLearner(
  net: Network,
  { classes, batchSize }: { classes: number; batchSize: number },
): Trainable<Examples & { noted: Float32Array; suppression: number }> & { fresh: HostTensors } {
  const parts = Object.entries({ maximum: [], right: [classes], seen: [classes], answers: [batchSize] });
  const memory = THRESHOLDS.flatMap((_, exit) =>
    parts.map(([part, shape]) => [`memory ${exit}.${part}`, shape] as const),
  );
  const zeros = (shape: number[]) => ({ dtype: 'F32' as const, shape, data: new Float32Array(elementCount(shape)) });
  return {
    ...net,
    fresh: Object.fromEntries(memory.map(([name, shape]) => [name, zeros(shape)])),
    shapes: { ...net.shapes, ...Object.fromEntries(memory) },
    statistics: [...net.statistics, ...memory.map(([name]) => name)],
    inputs: (batch) => [
      inputTensor(net, batch),
      tf.tensor1d(batch.labels, 'int32'),
      tf.tensor2d(batch.noted, [THRESHOLDS.length, batch.rows]),
      tf.scalar(batch.suppression),
    ],
    loss(parameters, [x, labels, notes, factor], pass) {
      const exits = exitsOf(net.forward(parameters, x, pass).taps);
      const noted = notes.unstack() as tf.Tensor1D[];
      const losses = exits.map((exit, i) => {
        const of = (part: string) => parameters[`memory ${i}.${part}`] as tf.Variable;
        const by = { labels: labels as tf.Tensor1D, previous: exits[i - 1]?.gates, threshold: THRESHOLDS[i] };
        const before = { maximum: of('maximum'), right: of('right'), seen: of('seen') };
        const own = exitLosses(exit, { ...by, noted: noted[i] }, before);
        for (const [part, value] of Object.entries({ ...own.memory, answers: own.answers })) of(part).assign(value);
        return own.crossEntropy.mean().add(own.suppression.mul(factor)).add(own.gate);
      });
      return tf.addN(losses) as tf.Scalar;
    },
  };
}
