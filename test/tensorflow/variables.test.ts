import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist/tensorflow/backend';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { assignValues, snapshot, tensorsOf, variablesOf, zeroVariables } from '../../lib/dist/tensorflow/variables';

const VALUES: HostTensors = {
  a: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  b: { dtype: 'F32', shape: [], data: Float32Array.of(0.1) },
};

describe('variables', () => {
  it('begin at zero in the shapes that are asked for', () => {
    const variables = zeroVariables({ a: [2, 3], b: [] });
    expect(Object.entries(variables).map(([name, { shape, dtype }]) => [name, shape, dtype])).toEqual([
      ['a', [2, 3], 'float32'],
      ['b', [], 'float32'],
    ]);
    expect([...variables.a.dataSync()]).toEqual(new Array(6).fill(0));
    tf.dispose(variables);
  });

  it('give back the values that they were given, and a snapshot does not follow them', () => {
    const variables = zeroVariables({ a: [2, 2], b: [] });
    assignValues(variables, VALUES);
    const taken = snapshot(variables);
    expect(taken).toEqual(VALUES);
    tf.tidy(() => variables.a.assign(tf.zeros([2, 2])));
    expect(taken).toEqual(VALUES);
    tf.dispose(variables);
  });

  it('can be made of tensors', () => {
    const tensors = tensorsOf(VALUES);
    const variables = variablesOf(tensors, false);
    expect(snapshot(variables)).toEqual(VALUES);
    expect(variables.a.trainable).toBe(false);
    tf.dispose([tensors, variables]);
  });

  it('take 64-bit floats as the nearest 32-bit ones, and never whole numbers as floats', () => {
    const value = 0.1 + 2 ** -40;
    const wide: HostTensors = { ...VALUES, b: { dtype: 'F64', shape: [], data: Float64Array.of(value) } };
    const variables = zeroVariables({ a: [2, 2], b: [] });
    assignValues(variables, wide);
    expect(snapshot(variables).b).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(value) });
    const before = tf.memory().numTensors;
    for (const [dtype, data] of [
      ['I64', BigInt64Array.of(1n)],
      ['BOOL', Uint8Array.of(1)],
    ] as const) {
      const sentence = `c has values of type ${dtype}, but a parameter needs floats (F32 or F64).`;
      expect(() => tensorsOf({ ...VALUES, c: { dtype, shape: [], data } })).toThrow(sentence);
    }
    expect(tf.memory().numTensors).toBe(before);
    const counts = tf.tensor1d([1, 2], 'int32');
    expect(() => snapshot({ counts })).toThrow('counts is of type int32: a snapshot takes floats.');
    tf.dispose([variables, counts]);
  });

  it.each<[string, HostTensors, string]>([
    ['a missing parameter', { a: VALUES.a }, 'The weights lack b: they belong to another model.'],
    ['another shape', { ...VALUES, a: { ...VALUES.a, shape: [4] } }, 'a has shape [4] but the model needs [2,2]'],
    ['too few values', { ...VALUES, a: { ...VALUES.a, data: Float32Array.of(1) } }, 'a has shape [2,2] but'],
    [
      'whole numbers',
      { ...VALUES, b: { dtype: 'I8', shape: [], data: Int8Array.of(7) } },
      'b has values of type I8, but a parameter needs floats (F32 or F64).',
    ],
    ['a parameter too many', { ...VALUES, c: VALUES.b }, 'The weights have c, which the model does not'],
  ])('stay as they are when the values do not fit: %s', (_what, values, sentence) => {
    const variables = zeroVariables({ a: [2, 2], b: [] });
    expect(() => assignValues(variables, values)).toThrow(sentence);
    expect([...variables.a.dataSync(), ...variables.b.dataSync()]).toEqual([0, 0, 0, 0, 0]);
    tf.dispose(variables);
  });

  it('keep no tensors but themselves', () => {
    const before = tf.memory().numTensors;
    const variables = zeroVariables({ a: [2, 2], b: [] });
    assignValues(variables, VALUES);
    snapshot(variables);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(variables);
  });
});
