import type { HostTensors } from '../tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../tensorflow/safetensors';
import { type BinaryMask, checkFits, type Subnetwork } from './subnetwork';

const FORMAT = 'packed-subnetwork';

/**
 * Saves a subnetwork as a safetensors file of one bit a weight: for each parameter a U8 tensor whose byte i holds the
 * weights 8i..8i+7 of the row-major mask, the first in the lowest bit (numpy.unpackbits with bitorder "little"). The
 * shapes are in the metadata as JSON. Further `metadata` (what the mask was trained on, ...) is kept beside.
 */
export function saveSubnetwork(path: string, subnetwork: Subnetwork, metadata: Record<string, string> = {}): void {
  const shapes = Object.fromEntries(Object.entries(subnetwork).map(([parameter, { shape }]) => [parameter, shape]));
  checkFits(subnetwork, shapes);
  const tensors: HostTensors = {};
  for (const [parameter, { keep }] of Object.entries(subnetwork)) {
    const data = packBits(keep);
    tensors[parameter] = { dtype: 'U8', shape: [data.length], data };
  }
  writeSafetensors(path, tensors, { ...metadata, format: FORMAT, shapes: JSON.stringify(shapes) });
}

/** Loads what saveSubnetwork saved, the parameters in the order in which they were saved. */
export function loadSubnetwork(path: string): Subnetwork {
  const { tensors, metadata } = readSafetensors(path);
  if (metadata.format !== FORMAT) throw new Error(`${path} is a safetensors file, but holds no subnetwork.`);
  const wrong = (problem: string) =>
    new Error(`${path} is not a valid subnetwork: ${problem}. Fetch or make it again.`);
  let shapes: [string, number[]][];
  try {
    shapes = Object.entries(JSON.parse(metadata.shapes));
  } catch {
    throw wrong('it does not say the shapes of its masks');
  }
  const extra = Object.keys(tensors).find((parameter) => !shapes.some(([name]) => name === parameter));
  if (extra) throw wrong(`it does not say the shape of ${extra}`);
  const masks = shapes.map(([parameter, shape]): [string, BinaryMask] => {
    if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
      throw wrong(`the shape of ${parameter} is no list of whole numbers`);
    }
    const packed = tensors[parameter];
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    if (packed?.dtype !== 'U8' || packed.data.length !== Math.ceil(length / 8)) {
      throw wrong(`it has no bits for the ${length} weights of ${parameter}`);
    }
    const keep = unpackBits(packed.data as Uint8Array, length);
    if (!packBits(keep).every((byte, i) => byte === packed.data[i]))
      throw wrong(`${parameter} has bits beyond its end`);
    return [parameter, { shape, keep }];
  });
  return Object.fromEntries(masks);
}

function packBits(keep: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(keep.length / 8));
  for (let i = 0; i < keep.length; i++) packed[i >> 3] |= keep[i] << (i & 7);
  return packed;
}

function unpackBits(packed: Uint8Array, length: number): Uint8Array {
  const keep = new Uint8Array(length);
  for (let i = 0; i < length; i++) keep[i] = (packed[i >> 3] >> (i & 7)) & 1;
  return keep;
}
