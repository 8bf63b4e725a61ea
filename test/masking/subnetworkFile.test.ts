import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSubnetwork, saveSubnetwork } from '../../lib/dist/masking/subnetworkFile';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from '../../lib/dist/tensorflow/safetensors';

const folder = mkdtempSync(join(tmpdir(), 'subnetwork-'));
const path = join(folder, 'mask.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

describe('subnetwork files', () => {
  it('return what was saved', () => {
    const aMask = fc.uint8Array({ maxLength: 40, max: 1 }).map((keep) => ({ shape: [keep.length], keep }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z.]{1,9}$/), aMask, { maxKeys: 4, noNullPrototype: true }),
        (subnetwork) => {
          saveSubnetwork(path, subnetwork);
          const loaded = loadSubnetwork(path);
          expect(loaded).toEqual(subnetwork);
          expect(Object.keys(loaded)).toEqual(Object.keys(subnetwork));
        },
      ),
    );
  });

  it('hold a 12-layer mask in less than 300 KB, with its metadata', () => {
    const shapes = {
      'attn.c_attn': [128, 384],
      'attn.c_proj': [128, 128],
      'mlp.c_fc': [128, 512],
      'mlp.c_proj': [512, 128],
    };
    const layers = Array.from({ length: 12 }, (_, i) =>
      Object.entries(shapes).map(([map, shape]) => {
        const keep = Uint8Array.from({ length: shape[0] * shape[1] }, (_, j) => ((j * j + i) % 10 === 0 ? 1 : 0));
        return [`transformer.h.${i}.${map}.weight`, { shape, keep }] as const;
      }),
    );
    const subnetwork = Object.fromEntries(layers.flat());
    saveSubnetwork(path, subnetwork, { expression: 'ab' });
    expect(statSync(path).size).toBeLessThan(300 * 1024);
    const loaded = loadSubnetwork(path);
    expect(Object.keys(loaded)).toEqual(Object.keys(subnetwork));
    for (const [parameter, { shape, keep }] of Object.entries(loaded)) {
      expect(shape).toEqual(subnetwork[parameter].shape);
      expect(Buffer.compare(keep, subnetwork[parameter].keep)).toBe(0); // toEqual takes seconds for so many
    }
    expect(readSafetensorsHeader(path).metadata.expression).toBe('ab');
  });

  it('put the first weight into the lowest bit', () => {
    saveSubnetwork(path, { a: { shape: [3, 3], keep: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 1) } });
    expect(readSafetensors(path).tensors.a.data).toEqual(Uint8Array.of(0b10000001, 1));
  });

  it('are refused with a sentence when they are none, or contradict themselves', () => {
    const a = { dtype: 'U8' as const, shape: [1], data: Uint8Array.of(3) };
    const refused = (
      tensors: Parameters<typeof writeSafetensors>[1],
      metadata: Record<string, string>,
      because: string,
    ) => {
      writeSafetensors(path, tensors, metadata);
      expect(() => loadSubnetwork(path)).toThrow(path);
      expect(() => loadSubnetwork(path)).toThrow(because);
    };
    const format = 'packed-subnetwork';
    refused({ a }, {}, 'holds no subnetwork');
    refused({ a }, { format }, 'it does not say the shapes of its masks');
    refused({ a }, { format, shapes: '{}' }, 'it does not say the shape of a.');
    refused({ a }, { format, shapes: 'null' }, 'it does not say the shapes of its masks');
    refused({ a }, { format, shapes: '{"a":[-2]}' }, 'the shape of a is no list of whole numbers');
    refused({ a }, { format, shapes: '{"a":[9]}' }, 'it has no bits for the 9 weights of a');
    refused({ a }, { format, shapes: '{"a":[2],"b":[2]}' }, 'it has no bits for the 2 weights of b');
    refused({ a }, { format, shapes: '{"a":[1]}' }, 'a has bits beyond its end');
    writeSafetensors(path, { a }, { format, shapes: '{"a":[2]}' });
    expect(loadSubnetwork(path)).toEqual({ a: { shape: [2], keep: Uint8Array.of(1, 1) } });
  });
});
