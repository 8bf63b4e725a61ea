import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subnetwork } from '../../lib/dist/masking/subnetwork';
import { onlySubnetwork, transferSubnetwork } from '../../lib/dist/masking/transfer';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';

const model = (offset: number): HostTensors => ({
  weight: { dtype: 'F32', shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6], (value) => value + offset) },
  bias: { dtype: 'F32', shape: [3], data: Float32Array.of(offset, offset, offset) },
});
const mask = (keep: number[], shape = [2, 3]): Subnetwork => ({ weight: { shape, keep: Uint8Array.from(keep) } });

describe('transferSubnetwork', () => {
  it('takes kept weights from the base, the others of masked layers from the fresh model, everything else from the base', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 6, maxLength: 6 }), (keep) => {
        const [base, fresh] = [model(0), model(100)];
        const result = transferSubnetwork({ base, subnetwork: mask(keep), fresh });
        keep.forEach((bit, i) => expect(result.weight.data[i]).toBe((bit ? base : fresh).weight.data[i]));
        expect(result.weight.shape).toEqual([2, 3]);
        expect(result.bias).toEqual(base.bias);
        expect(Object.keys(result)).toEqual(Object.keys(base));
        expect(base).toEqual(model(0));
        expect(fresh).toEqual(model(100));
      }),
    );
  });

  it.each<[string, Subnetwork, HostTensors, string]>([
    [
      'a mask of another shape',
      mask([1, 1, 1, 1, 1, 1], [3, 2]),
      model(1),
      'weight has the shape [2, 3], but its mask [3, 2]',
    ],
    ['a mask with too few entries', mask([1, 1]), model(1), 'weight has 6 weights, but its mask 2 entries'],
    ['a mask of another model', { ...mask([1, 1, 1, 1, 1, 1]), other: mask([1]).weight }, model(1), 'other'],
    ['no fresh weights', mask([1, 1, 1, 1, 1, 1]), {}, 'The fresh weights for weight must have the shape [2,3]'],
  ])('refuses %s in a sentence', (_what, subnetwork, fresh, sentence) => {
    expect(() => transferSubnetwork({ base: model(0), subnetwork, fresh })).toThrow(sentence);
  });
});

describe('onlySubnetwork', () => {
  it('leaves the subnetwork alone in its layers, and the rest of the model', () => {
    const result = onlySubnetwork(model(0), mask([1, 0, 0, 0, 1, 0]));
    expect([...(result.weight.data as Float32Array)]).toEqual([1, 0, 0, 0, 5, 0]);
    expect(result.bias).toEqual(model(0).bias);
  });
});
