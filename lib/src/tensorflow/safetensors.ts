import { atomicWrite } from '../files/atomicWrite';
import { type DType, elementCount, type HostTensor, type HostTensors, type TypedArray } from './hostTensor';
import {
  ELEMENT_BITS,
  LENGTH_BYTES,
  readBytes,
  readHeader,
  type StoredType,
  type TensorEntry,
  withFile,
} from './safetensorsHeader';

export { readSafetensorsHeader, type SafetensorsHeader, type StoredType, type TensorEntry } from './safetensorsHeader';

const ARRAYS = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const;

/**
 * Reads a safetensors file, or only the tensors of these `names`; F16 and BF16 become F32. Nothing in the file is believed
 * before it is checked against the file's size; a file that is cut off or contradicts itself is refused with a sentence that
 * says where. Of the types that JavaScript has no arrays for (F8_E4M3 and smaller ones, C64), only the header can be read.
 */
export function readSafetensors(
  path: string,
  { names }: { names?: readonly string[] } = {},
): { tensors: HostTensors; metadata: Record<string, string> } {
  return withFile(path, (file, size) => {
    const header = readHeader(path, file, size);
    const read = (name: string, entry: TensorEntry | undefined): [string, HostTensor] => {
      if (!entry) throw new Error(`${path} has no tensor "${name}".`);
      const { dtype, shape, begin, end } = entry;
      if (!isReadable(dtype)) {
        throw new Error(
          `${path} is a valid safetensors file, but its tensor "${name}" is of type ${dtype}, which cannot be read here: leave it out (names), or save it as F32.`,
        );
      }
      return [name, hostTensor(dtype, shape, readBytes(path, file, begin, end - begin))];
    };
    const entries = new Map(Object.entries(header.tensors));
    const tensors = (names ?? [...entries.keys()]).map((name) => read(name, entries.get(name)));
    return { tensors: Object.fromEntries(tensors), metadata: header.metadata };
  });
}

interface Stored {
  dtype: StoredType;
  shape: number[];
  data: TypedArray;
}

const WRITE_ORDER = Object.keys(ELEMENT_BITS);

/**
 * Writes tensors as a safetensors file, whole or not at all. The bytes depend on the content alone, not on the order of
 * the names, and equal those of Hugging Face's writer.
 *
 * @param options.floats `F16` rounds F32 tensors to half precision, which halves the file.
 */
export function writeSafetensors(
  path: string,
  tensors: HostTensors,
  metadata: Record<string, string> = {},
  { floats = 'F32' }: { floats?: 'F32' | 'F16' } = {},
): void {
  for (const [name, tensor] of Object.entries(tensors)) checkHostTensor(name, tensor);
  const stored = Object.entries(tensors).map(([name, { dtype, shape, data }]): [string, Stored] =>
    floats === 'F16' && dtype === 'F32'
      ? [name, { dtype: 'F16', shape, data: Uint16Array.from(data as Float32Array, f16OfFloat) }]
      : [name, { dtype, shape, data }],
  );
  const entries = stored.sort(
    ([nameA, a], [nameB, b]) =>
      WRITE_ORDER.indexOf(b.dtype) - WRITE_ORDER.indexOf(a.dtype) ||
      Buffer.compare(Buffer.from(nameA), Buffer.from(nameB)),
  );
  const described: [string, unknown][] = [];
  const metadataEntries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, value] of metadataEntries) {
    if (typeof value !== 'string') throw new Error(`Metadata "${key}" must be a text, not ${typeof value}.`);
  }
  if (metadataEntries.length > 0) described.push(['__metadata__', Object.fromEntries(metadataEntries)]);
  let end = 0;
  for (const [name, tensor] of entries) {
    const begin = end;
    end += tensor.data.byteLength;
    described.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  const json = Buffer.from(jsonObject(described));
  const padding = Buffer.alloc((LENGTH_BYTES - (json.length % LENGTH_BYTES)) % LENGTH_BYTES, ' ');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(json.length + padding.length));
  atomicWrite(path, (append) => {
    append(Buffer.concat([length, json, padding]));
    for (const [, { data }] of entries) append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

// Written pair by pair: JSON.stringify of an object would put names that look like numbers first.
function jsonObject(entries: [string, unknown][]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

function checkHostTensor(name: string, { dtype, shape, data }: HostTensor): void {
  if (name === '__metadata__') throw new Error('A tensor cannot be named "__metadata__" in a safetensors file.');
  if (!(data instanceof ARRAYS[dtype])) {
    throw new Error(`Tensor "${name}" is called ${dtype}, but its values are a ${data.constructor.name}.`);
  }
  if (elementCount(shape) !== data.length) {
    throw new Error(
      `Tensor "${name}" of shape [${shape}] needs ${elementCount(shape)} values, but has ${data.length}.`,
    );
  }
}

type ReadableType = DType | 'F16' | 'BF16';

function isReadable(dtype: StoredType): dtype is ReadableType {
  return dtype in ARRAYS || dtype === 'F16' || dtype === 'BF16';
}

function hostTensor(dtype: ReadableType, shape: number[], bytes: Buffer): HostTensor {
  if (dtype === 'F16' || dtype === 'BF16') {
    const toFloat = dtype === 'F16' ? floatOfF16 : floatOfBF16;
    return { dtype: 'F32', shape, data: Float32Array.from(new Uint16Array(bytes.buffer), toFloat) };
  }
  const data: TypedArray = new ARRAYS[dtype](bytes.buffer as ArrayBuffer);
  return { dtype, shape, data };
}

function floatOfF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const wordOfFloat = new Uint32Array(1);
const floatOfWord = new Float32Array(wordOfFloat.buffer);

/** The half-precision number next to a float: of two that are equally near, the even one. */
function f16OfFloat(value: number): number {
  floatOfWord[0] = value;
  const sign = (wordOfFloat[0] >>> 16) & 0x8000;
  const bits = wordOfFloat[0] & 0x7fffffff;
  if (bits > 0x7f800000) return sign | 0x7e00; // not a number
  if (bits >= 0x477ff000) return sign | 0x7c00; // 65,520 and more: infinity
  if (bits < 0x38800000) return sign | evenOf(Math.abs(value) * 2 ** 24); // below 2^-14: without a leading 1
  return sign | ((bits - 0x38000000 + 0xfff + ((bits >>> 13) & 1)) >>> 13);
}

/** The nearest whole number; of two, the even one. */
function evenOf(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** BF16 is the upper half of a float32. */
function floatOfBF16(bits: number): number {
  wordOfFloat[0] = bits << 16;
  return floatOfWord[0];
}
