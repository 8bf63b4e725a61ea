/**
 * Operations that tfjs lacks or composes of many small kernels, each with its gradient: so that a traced step has
 * few nodes, and reads no value while it is traced.
 */
import { tf } from './backend';
import { nativeOp } from './native';

const FLOAT = { type: 'float32' } as const;
const INT = { type: 'int32' } as const;

/** Rows of `table` [rows, width] at `indices` [n] (int32, not checked: they must lie within the table) → [n, width]. */
export function embedding(table: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor2D {
  const lookUp = tf.customGrad((...args) => {
    const [rows, save] = args as [tf.Tensor, tf.GradSaveFunc];
    save([indices]);
    const value = nativeOp('GatherV2', [rows, indices, tf.scalar(0, 'int32')], {
      batch_dims: 0,
      Tparams: FLOAT,
      Tindices: INT,
      Taxis: INT,
    })[0];
    return { value, gradFunc: (dy, [at]) => tf.unsortedSegmentSum(dy, at as tf.Tensor1D, rows.shape[0]) };
  });
  return lookUp(table) as tf.Tensor2D;
}

/** x [n, in] times weight [in, out] plus bias [out] → [n, out] (the Conv1D layout of GPT-2). */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return addBias(tf.matMul(x, weight), bias);
}

/** x [n, in] times weight [out, in] plus bias [out] → [n, out] (torch's layout of linear maps). */
export function linearOutIn(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return addBias(tf.matMul(x, weight, false, true), bias);
}

/** x [n, width] plus bias [width], with the bias gradient as one operation. */
export function addBias(x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [values, offsets] = args as tf.Tensor[];
    return {
      value: nativeOp('BiasAdd', [values, offsets], { T: FLOAT })[0],
      gradFunc: (dy) => [dy, nativeOp('BiasAddGrad', [dy as tf.Tensor], { T: FLOAT })[0]],
    };
  });
  return op(x, bias) as tf.Tensor2D;
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** GELU in its tanh form (`gelu_new` of GPT-2). */
export function gelu<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const tanh = tf.tanh(input.square().mul(GELU_CUBE).add(1).mul(input).mul(GELU_SCALE));
    save([input, tanh]);
    return {
      value: tanh.add(1).mul(input).mul(0.5),
      gradFunc: (dy, [u, t]) => {
        const inner = u
          .square()
          .mul(3 * GELU_CUBE)
          .add(1)
          .mul(GELU_SCALE);
        const slope = t.add(1).mul(0.5).add(tf.sub(1, t.square()).mul(u).mul(inner).mul(0.5));
        return dy.mul(slope);
      },
    };
  });
  return op(x) as T;
}

/** GELU in its exact form, x times the normal distribution function of x (`gelu` of ViT). */
export function geluExact<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const below = input.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
    save([input, below]);
    return {
      value: input.mul(below),
      gradFunc: (dy, [u, share]) => {
        const density = u
          .square()
          .mul(-0.5)
          .exp()
          .mul(1 / Math.sqrt(2 * Math.PI));
        return dy.mul(share.add(u.mul(density)));
      },
    };
  });
  return op(x) as T;
}

/** Layer normalisation over the last axis of x [n, width] with scale and shift [width]. */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor1D, shift: tf.Tensor1D, epsilon = 1e-5): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [input, gamma, beta, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const centred = input.sub(input.mean(-1, true)); // [n, width]
    const inverse = centred.square().mean(-1, true).add(epsilon).rsqrt(); // [n, 1]
    const normal = centred.mul(inverse);
    save([normal, inverse, gamma]);
    return {
      value: normal.mul(gamma).add(beta),
      gradFunc: (dy, [unit, rstd, weight]) => {
        const g = dy.mul(weight);
        const along = g.mul(unit).mean(-1, true);
        const dx = g.sub(g.mean(-1, true)).sub(unit.mul(along)).mul(rstd);
        return [dx, dy.mul(unit).sum(0), dy.sum(0)];
      },
    };
  });
  return op(x, scale, shift) as tf.Tensor2D;
}

/** Cross entropy of each row: logits [n, classes], labels [n] (int32) → [n], with the gradient of the same operation. */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const op = tf.customGrad((...args) => {
    const [scores, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const [loss, slope] = nativeOp(
      'SparseSoftmaxCrossEntropyWithLogits',
      [scores, labels],
      { T: FLOAT, Tlabels: INT },
      2,
    ); // [n], [n, classes]
    save([slope]);
    return { value: loss, gradFunc: (dy, [d]) => d.mul(dy.reshape([-1, 1])) };
  });
  return op(logits) as tf.Tensor1D;
}

/**
 * Squared distance of outputs [n, classes] to their label [n] (int32), both with their mean over the classes subtracted → [n].
 * (Tian, arXiv 2509.21519: the loss of the grokking experiments.)
 */
export function centredSquaredError(outputs: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const classes = outputs.shape[1];
  const target = tf.oneHot(labels, classes).sub(1 / classes);
  return outputs.sub(outputs.mean(1, true)).sub(target).square().sum(1);
}
