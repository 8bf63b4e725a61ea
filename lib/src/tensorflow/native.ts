/**
 * Calls of single TensorFlow operations, for what tfjs has no kernel for. Everything goes through the binding's
 * `executeOp`, the one door that compile() listens at.
 */
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { tf } from './backend';

/** Value of an operation's attribute: number = int, list of ints, {float}, {type}, boolean, string. */
export type Attribute = number | number[] | boolean | string | { float: number } | { type: tf.DataType };

/** The native backend; a clear error where another backend is active. */
export function nativeBackend(): NodeJSKernelBackend {
  const backend = tf.backend() as NodeJSKernelBackend;
  if (!backend.binding) {
    throw new Error(`The native TensorFlow backend is not active (active: ${tf.getBackend()}): run npm run setup.`);
  }
  return backend;
}

/** Runs one TensorFlow operation and returns its outputs as tensors. Not differentiable: wrap it in tf.customGrad. */
export function nativeOp(
  name: string,
  inputs: tf.Tensor[],
  attributes: Record<string, Attribute> = {},
  outputs = 1,
): tf.Tensor[] {
  const backend = nativeBackend();
  const { binding } = backend;
  const encoded = Object.entries(attributes).map(([attribute, value]) => {
    if (typeof value === 'number' || Array.isArray(value)) return { name: attribute, type: binding.TF_ATTR_INT, value };
    if (typeof value === 'boolean') return { name: attribute, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'string') return { name: attribute, type: binding.TF_ATTR_STRING, value };
    if ('float' in value) return { name: attribute, type: binding.TF_ATTR_FLOAT, value: value.float };
    return { name: attribute, type: binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(value.type) };
  });
  return backend.executeMultipleOutputs(name, encoded, inputs, outputs);
}
