import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { dataFrame } from '../../lib/dist/notebook/dataFrame';
import { tf } from '../../lib/dist/tensorflow/backend';

describe('dataFrame', () => {
  it("computes with the library's own TensorFlow", () => {
    dataFrame([{ a: 1 }]);
    const danfo = createRequire(import.meta.url)('danfojs-node');
    expect(danfo.tensorflow).toBe(tf);
    const tensor = dataFrame([{ a: 1, b: 2 }]).tensor;
    expect(tensor).toBeInstanceOf(tf.Tensor);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2]);
  });

  it('keeps every column of every row', () => {
    const frame = dataFrame([{ a: 1 }, { b: 'x', a: 2 }]);
    expect(frame.columns).toEqual(['a', 'b']);
    expect(frame.values).toEqual([
      [1, null],
      [2, 'x'],
    ]);
  });

  it('groups and joins', () => {
    const frame = dataFrame([
      { condition: 'subnet', accuracy: 0.5 },
      { condition: 'subnet', accuracy: 0.7 },
      { condition: 'random', accuracy: 0.3 },
    ]);
    const means = frame.groupby(['condition']).col(['accuracy']).mean();
    expect(means.values).toEqual([
      ['subnet', 0.6],
      ['random', 0.3],
    ]);
  });

  it('says what is wrong with no rows', () => {
    expect(() => dataFrame([])).toThrow(/at least one/);
  });
});
