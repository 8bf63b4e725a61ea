import { tf } from './backend';
import { elementCount, floatsOf, type HostTensor, type HostTensors } from './hostTensor';
import type { Variables } from './optimizers';

/** New variables with these values. */
export function variablesOf(values: Record<string, tf.Tensor>, trainable = true): Variables {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.variable(value, trainable)]));
}

/** New float variables of these shapes, all zero. */
export function zeroVariables(shapes: Record<string, number[]>): Variables {
  return tf.tidy(() =>
    variablesOf(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tf.zeros(shape)]))),
  );
}

/** The values of float variables or tensors in JavaScript memory; one of another type is an error that names it. */
export function snapshot(variables: Record<string, tf.Tensor>): HostTensors {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]): [string, HostTensor] => {
      if (variable.dtype !== 'float32')
        throw new Error(`${name} is of type ${variable.dtype}: a snapshot takes floats.`);
      return [name, { dtype: 'F32', shape: variable.shape, data: Float32Array.from(variable.dataSync()) }];
    }),
  );
}

/** Float tensors of the values, which are F32 or F64; other types are an error that names the first of them. */
export function tensorsOf(values: HostTensors): Record<string, tf.Tensor> {
  const floats = Object.entries(values).map(([name, value]) => ({ name, ...value, data: floatsOf(name, value) }));
  return Object.fromEntries(floats.map(({ name, shape, data }) => [name, tf.tensor(data, shape, 'float32')]));
}

/**
 * Gives the variables these values (F32 or F64). Names and shapes must be the same on both sides: otherwise one sentence
 * names the first parameter that does not fit, and nothing is changed.
 */
export function assignValues(variables: Variables, values: HostTensors): void {
  for (const [name, variable] of Object.entries(variables)) {
    const value = values[name];
    if (!value) throw new Error(`The weights lack ${name}: they belong to another model.`);
    if (value.shape.join() !== variable.shape.join() || value.data.length !== elementCount(variable.shape)) {
      throw new Error(
        `${name} has shape [${value.shape}] but the model needs [${variable.shape}]: use weights of the same model.`,
      );
    }
  }
  const extra = Object.keys(values).find((name) => !(name in variables));
  if (extra) throw new Error(`The weights have ${extra}, which the model does not: they belong to another model.`);
  tf.tidy(() => {
    const tensors = tensorsOf(values);
    for (const [name, variable] of Object.entries(variables)) variable.assign(tensors[name]);
  });
}
