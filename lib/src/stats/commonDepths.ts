/** Over which depths a mean can be taken, when not every depth has every point. */
import { ascending } from './ascending';

/** Depths, and the n at which every one of them has everything. */
export interface CommonDepths {
  depths: number[];
  sizes: number[];
}

/**
 * The depths and n with the most points (depths × n) in common, so that a mean over depths is one over the same depths at
 * every n: of all sets of depths the one that covers most; of equal ones that with more depths. Empty where there is
 * nothing.
 *
 * @param points the n at which a depth has everything that is wanted of it.
 */
export function commonDepths(points: readonly { layers: number; n: number }[]): CommonDepths {
  const sizesOf = new Map<number, Set<number>>();
  for (const { layers, n } of points) {
    if (!sizesOf.has(layers)) sizesOf.set(layers, new Set());
    sizesOf.get(layers)?.add(n);
  }
  const all = ascending(sizesOf.keys());
  let best: CommonDepths = { depths: [], sizes: [] };
  for (let subset = 1; subset < 2 ** all.length; subset++) {
    const depths = all.filter((_, i) => subset & (2 ** i));
    const sizes = [...(sizesOf.get(depths[0]) ?? [])].filter((n) =>
      depths.every((depth) => sizesOf.get(depth)?.has(n)),
    );
    const [covered, most] = [depths.length * sizes.length, best.depths.length * best.sizes.length];
    if (covered > most || (covered === most && depths.length > best.depths.length && sizes.length > 0)) {
      best = { depths, sizes: ascending(sizes) };
    }
  }
  return best;
}
