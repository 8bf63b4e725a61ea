/** The values that a tensor can have outside TensorFlow: in a file, in a snapshot, in a mask. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array;

/** Element types, by their safetensors names. F16 and BF16 are converted to F32 when read. */
export type DType = 'F32' | 'F64' | 'I8' | 'I16' | 'I32' | 'I64' | 'U8' | 'U16' | 'U32' | 'U64' | 'BOOL';

/** A tensor in JavaScript memory: row-major values with their shape. */
export interface HostTensor<T extends TypedArray = TypedArray> {
  dtype: DType;
  shape: number[];
  data: T;
}

/** Named tensors in JavaScript memory: a snapshot of a model's parameters, or the content of a safetensors file. */
export type HostTensors = Record<string, HostTensor>;

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * A parameter's values as 32-bit floats: F32 as they are, F64 rounded to the nearest.
 *
 * @throws a sentence that names the parameter and its type, where its values are no floats.
 */
export function floatsOf(name: string, { dtype, data }: HostTensor): Float32Array {
  if (dtype === 'F32') return data as Float32Array;
  if (dtype === 'F64') return Float32Array.from(data as Float64Array);
  throw new Error(`${name} has values of type ${dtype}, but a parameter needs floats (F32 or F64).`);
}
