/** What the exits of an OccamNet learn from (Shrestha, Kafle and Kanan, arXiv 2204.02426; values as in erobic/occam-nets-v1). */
import type { Exit, OccamNetwork } from '../models/occam';
import { tf } from '../tensorflow/backend';
import { elementCount, type HostTensors } from '../tensorflow/hostTensor';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import { detached } from '../tensorflow/tidy';
import { type Examples, inputTensor } from './examples';
import type { Trainable } from './trainer';

const EPSILON = 1e-5;
/** Added to a row's weight in the cross entropy. */
const OFFSET = 0.1;
/** Of the suppression in the loss. */
export const SUPPRESSION = 0.1;
/** The accuracy of each exit above which answers that were noted before teach its gate. */
export const THRESHOLDS = [0.5, 0.6, 0.7, 0.8];

/** What an exit remembers of an epoch: the largest weight, and of each class how many rows were right and how many it saw. */
export type ExitMemory = Record<'maximum' | 'right' | 'seen', tf.Tensor>;

/** What an exit is judged by beside its own answers. */
export interface JudgedBy {
  labels: tf.Tensor1D;
  /** Gates of the exit before; the first exit has none: [rows] */
  previous?: tf.Tensor1D;
  /** Whether this exit was right about the rows when that was last noted, 1 or 0: [rows] */
  noted: tf.Tensor1D;
  /** 1 in the first epoch, in which every answer is noted; else 0. */
  first: tf.Tensor;
  threshold: number;
}

/**
 * The losses of an exit, means over the rows. `crossEntropy`, row by row: rows weigh more that are easy (at the first exit), or that
 * the exit before keeps. `suppression`: where the map of the true class is at most its mean, no class is to be told from another.
 * `gate`: binary cross entropy against whether the exit was right, right and wrong rows balanced; `answers` are those flags.
 */
export function exitLosses({ cams, logits, gates }: Exit, by: JudgedBy, memory: ExitMemory) {
  const { labels, previous, noted, first, threshold } = by;
  const classes = logits.shape[1];
  const judged = detached(() => {
    const own = tf.oneHot(labels, classes).toFloat(); // [rows, classes]
    const easy = previous ? tf.sub(1, previous) : logits.softmax().mul(own).sum(1).pow(3); // [rows]
    const maximum = easy.max().maximum(memory.maximum);
    const isRight = logits.argMax(1).equal(labels).toFloat();
    const [right, seen] = [memory.right.add(own.mul(isRight.expandDims(1)).sum(0)), memory.seen.add(own.sum(0))];
    const accuracy = right.div(seen.maximum(1)).sum().div(seen.minimum(1).sum());
    const fresh = accuracy.lessEqual(threshold).toFloat().maximum(first);
    const answers = isRight.mul(fresh).add(noted.mul(tf.sub(1, fresh)));
    const share = answers.mean();
    const most = share.maximum(tf.sub(1, share));
    const kind = answers.mul(share).add(tf.sub(1, answers).mul(tf.sub(1, share))); // the share of rows like it
    const map = cams.mul(own.reshape([-1, 1, 1, classes])).sum(3); // [rows, y, x]
    return {
      ...{ answers, memory: { maximum, right, seen } },
      weights: easy.div(maximum.add(EPSILON)).add(OFFSET),
      balance: kind.div(most).add(EPSILON).rsqrt(),
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

/** Rows with what was noted of them, exit by exit: [exits, rows] */
export interface OccamBatch extends Examples {
  noted: Float32Array;
  first: boolean;
}

/**
 * An OccamNet with the losses of all exits, `suppression` as its weight, for batches of one size. What exits remember are values of
 * the model that a step assigns: zeros at the beginning of an epoch (`forgotten`), and `memory <exit>.answers` are those to note.
 */
export function occamLearner(
  net: OccamNetwork,
  { classes, batchSize, suppression = SUPPRESSION }: { classes: number; batchSize: number; suppression?: number },
): Trainable<OccamBatch> & { forgotten: HostTensors } {
  const memory = { maximum: [], right: [classes], seen: [classes], answers: [batchSize] };
  const forgotten = Object.fromEntries(
    THRESHOLDS.flatMap((_, exit) =>
      Object.entries(memory).map(([name, shape]) => {
        const data = new Float32Array(elementCount(shape));
        return [`memory ${exit}.${name}`, { dtype: 'F32' as const, shape, data }];
      }),
    ),
  );
  return {
    ...net,
    forgotten,
    shapes: {
      ...net.shapes,
      ...Object.fromEntries(Object.entries(forgotten).map(([name, { shape }]) => [name, shape])),
    },
    statistics: [...net.statistics, ...Object.keys(forgotten)],
    inputs: (batch) => [
      inputTensor(net, batch),
      tf.tensor1d(batch.labels, 'int32'),
      tf.tensor2d(batch.noted, [THRESHOLDS.length, batch.rows]),
      tf.scalar(Number(batch.first)),
    ],
    loss(parameters, [x, labels, noted, first], pass) {
      const exits = net.exits(parameters, x, pass);
      const notes = noted.unstack() as tf.Tensor1D[];
      const losses = exits.map((exit, i) => {
        const of = (name: string) => parameters[`memory ${i}.${name}`] as tf.Variable;
        const by = { labels: labels as tf.Tensor1D, previous: exits[i - 1]?.gates, noted: notes[i], first };
        const own = exitLosses(
          exit,
          { ...by, threshold: THRESHOLDS[i] },
          { maximum: of('maximum'), right: of('right'), seen: of('seen') },
        );
        for (const [name, value] of Object.entries({ ...own.memory, answers: own.answers })) of(name).assign(value);
        return own.crossEntropy.mean().add(own.suppression.mul(suppression)).add(own.gate);
      });
      return tf.addN(losses) as tf.Scalar;
    },
  };
}
