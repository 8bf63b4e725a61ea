/**
 * Operations of image models, each with its gradient. Images are [n, y, x, channel], as TensorFlow's processor kernels want
 * them; weights of convolutions are PyTorch's, [out, in, ky, kx], and are turned on their way in and out: they are small beside
 * the images, and so files, masks and optimizers know one orientation.
 */
import { tf } from './backend';
import { type Attribute, nativeOp } from './native';

const FLOAT = { type: 'float32' } as const;

/** Step and zero padding of a sliding window, in pixels, the same in both directions. */
export interface Window {
  stride: number;
  padding: number;
}

/** Convolution without a bias: x [n, y, x, in], weight [out, in, ky, kx] → [n, y', x', out]. */
export function convolution(x: tf.Tensor4D, weight: tf.Tensor4D, window: Window): tf.Tensor4D {
  const attributes = convolutionAttributes(window);
  const op = tf.customGrad((...args) => {
    const [images, kernel, save] = args as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    const turned = kernel.transpose<tf.Tensor4D>([2, 3, 1, 0]); // [ky, kx, in, out]
    save([images, kernel, turned]);
    return {
      value: nativeOp('Conv2D', [images, turned], attributes)[0],
      gradFunc: (dy, [input, given, applied]) => [
        inputGradient(dy as tf.Tensor4D, { input, given, applied, window }),
        nativeOp(
          'Conv2DBackpropFilter',
          [input, tf.tensor1d(applied.shape, 'int32'), dy as tf.Tensor],
          attributes,
        )[0].transpose([3, 2, 0, 1]),
      ],
    };
  });
  return op(x, weight) as tf.Tensor4D;
}

/** Gradient of a convolution in its images. */
function inputGradient(
  dy: tf.Tensor4D,
  { input, given, applied, window }: { input: tf.Tensor; given: tf.Tensor; applied: tf.Tensor; window: Window },
): tf.Tensor {
  const [kernel] = applied.shape;
  if (window.stride === 1 && 2 * window.padding === kernel - 1) {
    // The same as a convolution of dy with the weight turned by 180 degrees, which has the faster kernel.
    const turned = given.transpose([2, 3, 0, 1]).reverse([0, 1]); // [ky, kx, out, in]
    return nativeOp('Conv2D', [dy, turned], convolutionAttributes(window))[0];
  }
  const shape = tf.tensor1d(input.shape, 'int32');
  return nativeOp('Conv2DBackpropInput', [shape, applied, dy], convolutionAttributes(window))[0];
}

function convolutionAttributes({ stride, padding }: Window): Record<string, Attribute> {
  return {
    T: FLOAT,
    strides: [1, stride, stride, 1],
    padding: 'EXPLICIT',
    explicit_paddings: [0, 0, padding, padding, padding, padding, 0, 0],
    data_format: 'NHWC',
    dilations: [1, 1, 1, 1],
    use_cudnn_on_gpu: true,
  };
}

/**
 * Largest value under each position of a window → [n, y', x', channel]. Padding counts as 0, so that negative values at the rim
 * may become 0: for use before or after a ReLU, where it makes no difference.
 */
export function maxPool(x: tf.Tensor4D, { size, stride, padding }: Window & { size: number }): tf.Tensor4D {
  const attributes: Record<string, Attribute> = {
    T: FLOAT,
    ksize: [1, size, size, 1],
    strides: [1, stride, stride, 1],
    padding: 'VALID',
    data_format: 'NHWC',
  };
  const padded = tf.pad4d(x, [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ]);
  const op = tf.customGrad((...args) => {
    const [images, save] = args as [tf.Tensor4D, tf.GradSaveFunc];
    const [value] = nativeOp('MaxPool', [images], attributes);
    save([images, value]);
    return {
      value,
      gradFunc: (dy, [input, output]) => nativeOp('MaxPoolGrad', [input, output, dy as tf.Tensor], attributes)[0],
    };
  });
  return op(padded) as tf.Tensor4D;
}

/** What batch normalisation found in a batch: per channel the mean, and the variance with n − 1 as its divisor. */
export interface BatchStatistics {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

/**
 * Batch normalisation in training: each channel of x [n, y, x, channel] is brought to mean 0 and variance 1 (divisor n) over
 * the batch, then scaled and shifted.
 */
export function batchNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  epsilon = 1e-5,
): { value: tf.Tensor4D; statistics: BatchStatistics } {
  const attributes: Record<string, Attribute> = {
    T: FLOAT,
    U: FLOAT,
    epsilon: { float: epsilon },
    data_format: 'NHWC',
    is_training: true,
  };
  const none = tf.tensor1d([], 'float32');
  // Outside of customGrad, which keeps one result only.
  const [normal, mean, variance, ...reserve] = nativeOp(
    'FusedBatchNormV3',
    [x, scale, shift, none, none],
    { ...attributes, exponential_avg_factor: { float: 1 } },
    6,
  );
  const op = tf.customGrad((...args) => {
    const [images, gamma, , save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([images, gamma, ...reserve]);
    return {
      value: normal.clone(),
      gradFunc: (dy, [input, weight, ...saved]) =>
        nativeOp('FusedBatchNormGradV3', [dy as tf.Tensor, input, weight, ...saved], attributes, 5).slice(0, 3),
    };
  });
  const value = op(x, scale, shift) as tf.Tensor4D;
  return { value, statistics: { mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D } };
}
