import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a safetensors header says about a tensor. `begin` and `end` are byte offsets in the file. */
export interface TensorEntry {
  dtype: StoredType;
  shape: number[];
  begin: number;
  end: number;
}

/** The checked header of a safetensors file. */
export interface SafetensorsHeader {
  tensors: Record<string, TensorEntry>;
  metadata: Record<string, string>;
}

// A file is: header length (8 bytes, little endian), header (JSON, padded with spaces), the tensors' bytes without gaps.
export const LENGTH_BYTES = 8;
// The format's own limit, which keeps a lying length from being read as one huge text.
const LARGEST_HEADER = 100_000_000;

/**
 * Bits of an element of every type that the format has (Dtype in safetensors/src/tensor.rs), in the order in which Hugging
 * Face's writer sorts types (last first), so that equal content gives equal bytes.
 */
export const ELEMENT_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** Element types in files, by their safetensors names; those that readSafetensors can read are fewer. */
export type StoredType = keyof typeof ELEMENT_BITS;

const KNOWN_TYPES = Object.keys(ELEMENT_BITS);

/** Reads and checks only the header: names, types, shapes and metadata of a safetensors file. */
export function readSafetensorsHeader(path: string): SafetensorsHeader {
  return withFile(path, (file, size) => readHeader(path, file, size));
}

/** Opens a file for `use`, which gets its descriptor and its size in bytes. */
export function withFile<T>(path: string, use: (file: number, size: number) => T): T {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new Error(`Cannot open ${path}: ${(error as Error).message}.`);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw refusal(path, 'it is not a file');
    return use(file, stat.size);
  } finally {
    closeSync(file);
  }
}

/** Reads exactly these bytes, into memory of their own. */
export function readBytes(path: string, file: number, begin: number, length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length)); // memory of its own, so that any typed array can start at 0
  for (let at = 0; at < length; ) {
    const count = readSync(file, bytes, at, Math.min(length - at, 2 ** 30), begin + at);
    if (count === 0) throw refusal(path, 'it became shorter while it was read');
    at += count;
  }
  return bytes;
}

/** Reads the header and checks it against the file's size, before anything is believed or memory is taken. */
export function readHeader(path: string, file: number, size: number): SafetensorsHeader {
  if (size < LENGTH_BYTES) throw refusal(path, `it has ${size} bytes, fewer than the 8 of the header's length`);
  const claimed = readBytes(path, file, 0, LENGTH_BYTES).readBigUInt64LE();
  if (claimed > BigInt(size - LENGTH_BYTES)) {
    throw refusal(path, `its header claims ${claimed} bytes, but only ${size - LENGTH_BYTES} follow`);
  }
  const length = Number(claimed);
  if (length > LARGEST_HEADER) throw refusal(path, `its header claims ${length} bytes, more than the format allows`);
  const header = parseHeader(path, readBytes(path, file, LENGTH_BYTES, length));

  const metadata = header.__metadata__ ?? {};
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw refusal(path, 'its metadata is not an object of texts');
  }
  const dataBegin = LENGTH_BYTES + length;
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]): [string, TensorEntry] => [name, tensorEntry(path, name, value, dataBegin, size)]);

  let expected = dataBegin;
  for (const [name, { begin, end }] of [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== expected) {
      throw refusal(
        path,
        `tensor "${name}" ${begin < expected ? 'overlaps the one' : 'leaves a hole after the bytes'} before it`,
      );
    }
    expected = end;
  }
  if (expected !== size) throw refusal(path, `${size - expected} bytes at its end belong to no tensor`);
  return { tensors: Object.fromEntries(entries), metadata: metadata as Record<string, string> };
}

function parseHeader(path: string, bytes: Buffer): Record<string, unknown> {
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
    const repeated = repeatedKey(text);
    if (repeated !== undefined) throw new Error(`it has ${JSON.stringify(repeated)} twice`);
  } catch (error) {
    throw refusal(path, `its header cannot be read (${(error as Error).message})`);
  }
  if (!isObject(header)) throw refusal(path, 'its header is not a JSON object');
  return header;
}

function tensorEntry(path: string, name: string, value: unknown, dataBegin: number, size: number): TensorEntry {
  const wrong = (problem: string) => refusal(path, `tensor "${name}" ${problem}`);
  if (!isObject(value)) throw wrong('is not described by a JSON object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !KNOWN_TYPES.includes(dtype)) {
    throw wrong(`has the type ${JSON.stringify(dtype)}; known types are ${KNOWN_TYPES.join(', ')}`);
  }
  if (!isCounts(shape)) throw wrong('has a shape that is not a list of whole numbers >= 0');
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong('has data_offsets that are not two whole numbers >= 0');
  const [begin, end] = offsets;
  if (begin > end || end > size - dataBegin) {
    throw wrong(`claims the bytes ${begin}..${end} of ${size - dataBegin}`);
  }
  // Every partial product, so that a 0 at the end cannot hide lengths beyond exact arithmetic.
  let elements = 1;
  for (const dimension of shape) {
    elements *= dimension;
    if (elements > Number.MAX_SAFE_INTEGER) throw wrong(`has the impossible shape [${shape}]`);
  }
  const bytes = (elements * ELEMENT_BITS[dtype as StoredType]) / 8; // types below a byte must fill whole bytes
  if (bytes !== end - begin) {
    throw wrong(`of type ${dtype} and shape [${shape}] needs ${bytes} bytes, but has ${end - begin}`);
  }
  return { dtype: dtype as StoredType, shape, begin: dataBegin + begin, end: dataBegin + end };
}

function refusal(path: string, problem: string): Error {
  return new Error(`${path} is not a valid safetensors file: ${problem}. Fetch or make it again.`);
}

/** The first key that occurs twice in one object of a valid JSON text: JSON.parse would silently take the last one. */
function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, isKey] of json.matchAll(/[{}]|"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (isKey) {
      const key = JSON.parse(token.slice(0, token.length - isKey.length)) as string;
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
