import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { elementCount, type HostTensor, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from '../../lib/dist/tensorflow/safetensors';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
const path = join(folder, 'file.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with this header text and this many bytes of data behind it. */
function writeRaw(header: string | Uint8Array, dataBytes: number, claimedLength?: bigint): void {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimedLength ?? BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(dataBytes, 1)]));
}

function refused(header: unknown, dataBytes: number, because: string): void {
  writeRaw(typeof header === 'string' ? header : JSON.stringify(header), dataBytes);
  for (const read of [readSafetensors, readSafetensorsHeader]) {
    expect(() => read(path)).toThrow(`${path} is not a valid safetensors file: `);
    expect(() => read(path)).toThrow(because);
  }
}

const arrays = {
  F32: Float32Array,
  F64: Float64Array,
  I8: Int8Array,
  I16: Int16Array,
  I32: Int32Array,
  U8: Uint8Array,
  U16: Uint16Array,
  U32: Uint32Array,
};
const wide = { I64: BigInt64Array, U64: BigUint64Array };
const aTensor: fc.Arbitrary<HostTensor> = fc
  .record({
    dtype: fc.constantFrom('F32', 'F64', 'I8', 'I16', 'I32', 'I64', 'U8', 'U16', 'U32', 'U64', 'BOOL'),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    fill: fc.array(fc.double(), { minLength: 1, maxLength: 20 }),
  })
  .map(({ dtype, shape, fill }) => {
    const values = Array.from({ length: elementCount(shape) }, (_, i) => fill[i % fill.length]);
    if (dtype === 'I64' || dtype === 'U64') {
      const data = wide[dtype].from(values.map((v) => BigInt(Number.isFinite(v) ? Math.trunc(v) : 0)));
      return { dtype, shape, data };
    }
    if (dtype === 'BOOL') return { dtype, shape, data: Uint8Array.from(values, (v) => (v > 0 ? 1 : 0)) };
    return { dtype, shape, data: arrays[dtype].from(values) };
  });
const someTensors: fc.Arbitrary<HostTensors> = fc
  .array(fc.tuple(fc.string({ unit: 'binary' }), aTensor), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries));
/** Bits of the types that have no array in JavaScript. */
const headerOnly = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  C64: 64,
};
const someMetadata = fc
  .array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

/** Entries by name, without the prototype that a name like "__proto__" would confuse. */
const sorted = (record: Record<string, unknown>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

describe('safetensors', () => {
  it('reads the reference files and writes the same values, and the bytes of those that the library of Python wrote', () => {
    const written = ['adamw-steps', 'gpt2-forward', 'gpt2-weights', 'mask-training', 'resnet', 'transfer', 'vit'];
    const names = readdirSync('test/reference').filter((name) => name.endsWith('.safetensors'));
    expect(names).toEqual(expect.arrayContaining(written.map((name) => `${name}.safetensors`)));
    for (const name of names) {
      const { tensors, metadata } = readSafetensors(`test/reference/${name}`);
      writeSafetensors(path, tensors, metadata);
      // Others put tensors of one type into another order.
      if (!written.includes(name.replace('.safetensors', '')))
        expect(readSafetensors(path)).toEqual({ tensors, metadata });
      else expect(readFileSync(path).equals(readFileSync(`test/reference/${name}`)), name).toBe(true);
    }
  });

  it('reads names, types and shapes without the values', () => {
    const { tensors } = readSafetensorsHeader('test/reference/gpt2-weights.safetensors');
    const wte = tensors['transformer.wte.weight'];
    expect(wte).toMatchObject({ dtype: 'F32', shape: [1001, 128] });
    expect(wte.end - wte.begin).toBe(1001 * 128 * 4);
  });

  it('returns what was written, in bytes that depend on the content alone', () => {
    fc.assert(
      fc.property(someTensors, someMetadata, (tensors, metadata) => {
        writeSafetensors(path, tensors, metadata);
        const bytes = readFileSync(path);
        expect(Number(bytes.readBigUInt64LE()) % 8).toBe(0);
        const read = readSafetensors(path);
        expect(sorted(read.tensors)).toEqual(sorted(tensors));
        expect(sorted(read.metadata)).toEqual(sorted(metadata));
        writeSafetensors(path, Object.fromEntries(Object.entries(tensors).reverse()), metadata);
        expect(readFileSync(path).equals(bytes)).toBe(true);
      }),
    );
    expect(readdirSync(folder)).toEqual(['file.safetensors']);
  });

  it('widens F16 and BF16 to F32', () => {
    const header = {
      half: { dtype: 'F16', shape: [7], data_offsets: [0, 14] },
      brain: { dtype: 'BF16', shape: [4], data_offsets: [14, 22] },
    };
    const half = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0x7e00];
    const brain = [0x3f80, 0xc049, 0xff80, 0x0001];
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(path, Buffer.concat([length, text, new Uint8Array(Uint16Array.from([...half, ...brain]).buffer)]));
    const { tensors } = readSafetensors(path);
    expect(tensors.half).toEqual({
      dtype: 'F32',
      shape: [7],
      data: Float32Array.of(1, -2, 65504, 2 ** -24, -0, Number.POSITIVE_INFINITY, Number.NaN),
    });
    expect(tensors.brain.data).toEqual(Float32Array.of(1, -3.140625, Number.NEGATIVE_INFINITY, 2 ** -133));
  });

  it('writes F32 as F16 where that is asked for: to the nearest number, of two the even one', () => {
    const cases: [number, number][] = [
      [1, 1],
      [-0, -0],
      [1 + 2 ** -11, 1], // in the middle: the even one is below
      [1 + 3 * 2 ** -11, 1 + 2 ** -9], // above
      [2 ** -24, 2 ** -24],
      [2 ** -25, 0],
      [3 * 2 ** -25, 2 ** -23],
      [2 ** -14 - 2 ** -26, 2 ** -14],
      [65519, 65504],
      [65520, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [Number.NaN, Number.NaN],
    ];
    const weights: HostTensor = {
      dtype: 'F32',
      shape: [cases.length],
      data: Float32Array.from(cases, ([value]) => value),
    };
    const steps: HostTensor = { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) };
    writeSafetensors(path, { weights, steps }, {}, { floats: 'F16' });
    expect(readSafetensorsHeader(path).tensors.weights.dtype).toBe('F16');
    const read = readSafetensors(path).tensors;
    expect(read.weights.data).toEqual(Float32Array.from(cases, ([, rounded]) => rounded));
    expect(read.steps).toEqual(steps);

    fc.assert(
      fc.property(fc.float({ min: -60000, max: 60000, noNaN: true }), (value) => {
        writeSafetensors(
          path,
          { v: { dtype: 'F32', shape: [1], data: Float32Array.of(value) } },
          {},
          { floats: 'F16' },
        );
        const [rounded] = readSafetensors(path).tensors.v.data as Float32Array;
        // Half a unit in the last of eleven bits, or half of the smallest number.
        expect(Math.abs(rounded - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
      }),
    );
  });

  it('reads the header of every type of the format, and all tensors but those of types that it cannot read', () => {
    const unreadable = fc.record({
      dtype: fc.constantFrom(...(Object.keys(headerOnly) as (keyof typeof headerOnly)[])),
      shape: fc.array(fc.nat(5), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(unreadable, { maxLength: 4 }),
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        (others, last) => {
          const bits = ({ dtype, shape }: (typeof others)[number]) => elementCount(shape) * headerOnly[dtype];
          const [whole, broken] = [0, 1].map((part) => others.filter((other) => Number(bits(other) % 8 > 0) === part));
          const header: Record<string, unknown> = {};
          let at = 0;
          whole.forEach((other, i) => {
            header[`t${i}`] = { ...other, data_offsets: [at, at + bits(other) / 8] };
            at += bits(other) / 8;
          });
          header.last = { dtype: 'U8', shape: [last.length], data_offsets: [at, at + last.length] };
          writeRaw(JSON.stringify(header), at + last.length);

          const { tensors } = readSafetensorsHeader(path);
          expect(Object.keys(tensors)).toHaveLength(whole.length + 1);
          whole.forEach((other, i) => {
            expect(tensors[`t${i}`]).toMatchObject(other);
            expect(tensors[`t${i}`].end - tensors[`t${i}`].begin).toBe(bits(other) / 8);
          });
          expect(readSafetensors(path, { names: ['last'] }).tensors).toEqual({
            last: { dtype: 'U8', shape: [last.length], data: new Uint8Array(last.length).fill(1) },
          });
          if (whole.length > 0) {
            expect(() => readSafetensors(path)).toThrow(
              `${path} is a valid safetensors file, but its tensor "t0" is of type ${whole[0].dtype}, which cannot be read here`,
            );
          }
          for (const other of broken) {
            refused(
              { t: { ...other, data_offsets: [0, Math.ceil(bits(other) / 8)] } },
              Math.ceil(bits(other) / 8),
              'needs',
            );
          }
        },
      ),
    );
  });

  it('reads only the tensors that are asked for', () => {
    const one = { dtype: 'U16' as const, shape: [2], data: Uint16Array.of(1, 65535) };
    const two = { dtype: 'U64' as const, shape: [], data: BigUint64Array.of(2n ** 64n - 1n) };
    writeSafetensors(path, { one, two });
    expect(readSafetensors(path, { names: ['two'] }).tensors).toEqual({ two });
    expect(readSafetensors(path, { names: [] }).tensors).toEqual({});
    expect(() => readSafetensors(path, { names: ['three'] })).toThrow(`${path} has no tensor "three".`);
  });

  it('refuses a header that lies about its length before making room for it', () => {
    for (const claimed of [2n ** 64n - 1n, 2n ** 62n, 100n]) {
      writeRaw('{}', 20, claimed);
      expect(() => readSafetensors(path)).toThrow(`its header claims ${claimed} bytes, but only 22 follow`);
    }
    writeFileSync(path, '');
    expect(() => readSafetensors(path)).toThrow('it has 0 bytes, fewer than the 8');
  });

  it('refuses tensors that do not fill the data exactly', () => {
    const byte = (begin: number, end: number, shape = [end - begin]) => ({
      dtype: 'U8',
      shape,
      data_offsets: [begin, end],
    });
    refused({ a: byte(0, 4), b: byte(3, 8) }, 8, 'tensor "b" overlaps the one before it');
    refused({ a: byte(0, 3), b: byte(4, 8) }, 8, 'tensor "b" leaves a hole after the bytes before it');
    refused({ a: byte(1, 8) }, 8, 'tensor "a" leaves a hole');
    refused({ a: byte(0, 7) }, 8, '1 bytes at its end belong to no tensor');
    refused({ a: byte(0, 9) }, 8, 'tensor "a" claims the bytes 0..9 of 8');
    refused({ a: byte(8, 0, [8]) }, 8, 'claims the bytes 8..0 of 8');
    refused({ a: byte(-8, 0) }, 8, 'data_offsets that are not two whole numbers');
    refused({ a: byte(0, 8, [7]) }, 8, 'tensor "a" of type U8 and shape [7] needs 7 bytes, but has 8');
    refused({ a: { dtype: 'F32', shape: [8], data_offsets: [0, 8] } }, 8, 'needs 32 bytes, but has 8');
    refused({ a: { dtype: 'U8', shape: [], data_offsets: [0, 8] } }, 8, 'needs 1 bytes, but has 8');
    refused({ a: { dtype: 'U8', shape: [2 ** 40, 2 ** 40, 0], data_offsets: [0, 0] } }, 0, 'impossible shape');
    refused({ a: { dtype: 'U8', shape: [2 ** 32, 2 ** 32], data_offsets: [0, 0] } }, 0, 'impossible shape');
  });

  it('refuses headers that are no description of tensors', () => {
    const good = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    refused('{"a":', 0, 'its header cannot be read');
    refused('[]', 0, 'its header is not a JSON object');
    refused('null', 0, 'its header is not a JSON object');
    refused(`{"a":${good},"a":${good}}`, 1, 'its header cannot be read (it has "a" twice)');
    refused(`{"a":${good},"\\u0061":${good}}`, 1, 'it has "a" twice');
    refused('{"a":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,1]}}', 1, 'it has "shape" twice');
    refused({ a: 5 }, 0, 'tensor "a" is not described by a JSON object');
    refused({ a: { dtype: 'F7', shape: [1], data_offsets: [0, 1] } }, 1, 'tensor "a" has the type "F7"; known types');
    refused({ a: { shape: [1], data_offsets: [0, 1] } }, 1, 'has the type undefined');
    refused({ a: { dtype: 'U8', shape: [0.5], data_offsets: [0, 1] } }, 1, 'a shape that is not a list');
    refused({ a: { dtype: 'U8', shape: 1, data_offsets: [0, 1] } }, 1, 'a shape that is not a list');
    refused({ a: { dtype: 'U8', shape: [1], data_offsets: [0] } }, 1, 'data_offsets');
    refused({ __metadata__: { a: 1 } }, 0, 'its metadata is not an object of texts');
    writeRaw(Uint8Array.of(0x7b, 0xff, 0x7d), 0);
    expect(() => readSafetensors(path)).toThrow('its header cannot be read');
  });

  it('keeps a key inside a text apart from a key', () => {
    const one = { dtype: 'U8', shape: [1], data_offsets: [0, 1] };
    writeRaw(JSON.stringify({ __metadata__: { a: '"a": {', b: '\\"a":' }, a: one }), 1);
    expect(readSafetensors(path).metadata).toEqual({ a: '"a": {', b: '\\"a":' });
  });

  it('refuses or reads, but never breaks on, a file that was changed or cut anywhere', () => {
    const tensors: HostTensors = {
      a: { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) },
      b: { dtype: 'I64', shape: [2], data: BigInt64Array.of(1n, -1n) },
      c: { dtype: 'BOOL', shape: [], data: Uint8Array.of(1) },
    };
    writeSafetensors(path, tensors, { made: 'here' });
    const whole = readFileSync(path);
    const attempt = (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      try {
        return readSafetensors(path);
      } catch (error) {
        expect((error as Error).message).toMatch(
          / is not a valid safetensors file: .*\. Fetch or make it again\.$|, but its tensor ".*" is of type (F4|F6_|F8_|C64)/s,
        );
        return undefined;
      }
    };
    for (let length = 0; length < whole.length; length++) expect(attempt(whole.subarray(0, length))).toBeUndefined();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.uint8Array({ maxLength: 3 }),
        (changes, tail) => {
          const bytes = Buffer.concat([whole, tail]);
          for (const [at, value] of changes) bytes[at] = value;
          attempt(bytes);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('says what cannot be read or written', () => {
    const missing = join(folder, 'missing.safetensors');
    expect(() => readSafetensors(missing)).toThrow(`Cannot open ${missing}: ENOENT`);
    expect(() => readSafetensors(folder)).toThrow('it is not a file');
    const write = (tensor: unknown, metadata?: unknown, name = 'a') => {
      writeSafetensors(path, { [name]: tensor as HostTensor }, metadata as Record<string, string>);
    };
    writeFileSync(path, 'before');
    const good = { dtype: 'F32', shape: [2], data: new Float32Array(2) };
    expect(() => write({ ...good, dtype: 'F64' })).toThrow(
      'Tensor "a" is called F64, but its values are a Float32Array.',
    );
    expect(() => write({ ...good, shape: [3] })).toThrow('Tensor "a" of shape [3] needs 3 values, but has 2.');
    expect(() => write(good, { epoch: 3 })).toThrow('Metadata "epoch" must be a text, not number.');
    expect(() => write(good, {}, '__metadata__')).toThrow('cannot be named "__metadata__"');
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(() => writeSafetensors(join(folder, 'none', 'x'), {})).toThrow('its folder does not exist; make it first.');
  });
});
