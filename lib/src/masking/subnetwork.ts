import { elementCount } from '../tensorflow/hostTensor';

/** The binary mask over one weight: 1 where the weight belongs to the subnetwork. Row-major, in the weight's own layout. */
export interface BinaryMask {
  shape: number[];
  keep: Uint8Array;
}

/** A subnetwork: one binary mask a masked weight, by parameter name ("transformer.h.0.attn.c_attn.weight", ...). */
export type Subnetwork = Record<string, BinaryMask>;

/** How much of one weight belongs to a subnetwork; `share` = kept / total. */
export interface LayerCount {
  parameter: string;
  kept: number;
  total: number;
  share: number;
}

/** How two subnetworks lie to each other in one weight. */
export interface LayerOverlap {
  parameter: string;
  /** Weights in both. */
  shared: number;
  /** Weights that two random masks of these sizes would share on average. */
  sharedByChance: number;
  /** shared / weights in the first, or in the second; 0 where that one is empty. */
  shareOfFirst: number;
  shareOfSecond: number;
  /** shared / weights in either; 1 where both are empty. */
  jaccard: number;
}

/** Number of weights in the subnetwork. */
export function subnetworkSize(subnetwork: Subnetwork): number {
  return sum(Object.values(subnetwork).map(({ keep }) => countKept(keep)));
}

/** Number of weights that the masks cover, kept or not. */
export function maskedWeightCount(subnetwork: Subnetwork): number {
  return sum(Object.values(subnetwork).map(({ keep }) => keep.length));
}

/** Kept and total weights of each masked weight, in the subnetwork's order. */
export function countsPerLayer(subnetwork: Subnetwork): LayerCount[] {
  return Object.entries(subnetwork).map(([parameter, { keep }]) => {
    const kept = countKept(keep);
    return { parameter, kept, total: keep.length, share: kept / keep.length };
  });
}

/** Every masked weight that is not in the subnetwork. */
export function complement(subnetwork: Subnetwork): Subnetwork {
  return mapLayers(subnetwork, (_parameter, { keep }) => keep.map((bit) => 1 - bit));
}

/** The weights in both subnetworks. */
export function intersection(first: Subnetwork, second: Subnetwork): Subnetwork {
  checkFits(second, Object.fromEntries(Object.entries(first).map(([parameter, { shape }]) => [parameter, shape])));
  return mapLayers(first, (parameter, { keep }) => keep.map((bit, i) => bit & second[parameter].keep[i]));
}

/** How far two subnetworks of the same model coincide: the Jaccard index over all weights, and weight by weight. */
export function overlap(first: Subnetwork, second: Subnetwork): { jaccard: number; layers: LayerOverlap[] } {
  const shared = countsPerLayer(intersection(first, second));
  const kept = [countsPerLayer(first), countsPerLayer(mapLayers(first, (parameter) => second[parameter].keep))];
  const layers = shared.map(({ parameter, kept: both, total }, i) => {
    const [inFirst, inSecond] = kept.map((counts) => counts[i].kept);
    return {
      parameter,
      shared: both,
      sharedByChance: (inFirst * inSecond) / total,
      shareOfFirst: inFirst === 0 ? 0 : both / inFirst,
      shareOfSecond: inSecond === 0 ? 0 : both / inSecond,
      jaccard: jaccard(both, inFirst + inSecond - both),
    };
  });
  const inBoth = sum(shared.map((count) => count.kept));
  const inEither = subnetworkSize(first) + subnetworkSize(second) - inBoth;
  return { jaccard: jaccard(inBoth, inEither), layers };
}

/** Throws a sentence that names the first parameter in which the masks are not exactly over weights of these shapes. */
export function checkFits(subnetwork: Subnetwork, shapes: Record<string, readonly number[]>): void {
  const doesNotFit = (problem: string) => new Error(`The mask does not fit the model: ${problem}.`);
  for (const [parameter, { shape, keep }] of Object.entries(subnetwork)) {
    const expected = Object.entries(shapes).find(([name]) => name === parameter)?.[1];
    if (!expected) throw doesNotFit(`it covers ${parameter}, which is no masked weight of the model`);
    if (shape.join() !== expected.join()) {
      throw doesNotFit(`${parameter} has the shape [${expected.join(', ')}], but its mask [${shape.join(', ')}]`);
    }
    if (keep.length !== elementCount(shape)) {
      throw doesNotFit(`${parameter} has ${elementCount(shape)} weights, but its mask ${keep.length} entries`);
    }
  }
  const covered = new Set(Object.keys(subnetwork));
  const missing = Object.keys(shapes).find((parameter) => !covered.has(parameter));
  if (missing) throw doesNotFit(`it has nothing for ${missing}`);
}

/** A subnetwork over the same weights, each mask made by `keepOf`. */
export function mapLayers(
  subnetwork: Subnetwork,
  keepOf: (parameter: string, mask: BinaryMask) => Uint8Array,
): Subnetwork {
  return Object.fromEntries(
    Object.entries(subnetwork).map(([parameter, mask]) => [
      parameter,
      { shape: [...mask.shape], keep: keepOf(parameter, mask) },
    ]),
  );
}

/** Number of ones in a mask. */
export function countKept(keep: Uint8Array): number {
  let kept = 0;
  for (const bit of keep) kept += bit;
  return kept;
}

function jaccard(inBoth: number, inEither: number): number {
  return inEither === 0 ? 1 : inBoth / inEither;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
