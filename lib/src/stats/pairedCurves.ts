/** Two curves of ours against each other, run by run: the same n and the same seed; and means over depths. */
import type { CurveRun } from './dataEfficiency';
import { ascending, groupBy } from './groups';
import {
  bootstrapInterval,
  type Estimate,
  estimateDifference,
  type Interval,
  mean,
  meanOfEstimates,
} from './intervals';

/** The difference at one n. */
export interface PairedPoint extends Estimate {
  n: number;
  /** Pairs of runs. */
  runs: number;
}

/** The difference along the whole curve. */
export interface PairedCurves extends Interval {
  points: PairedPoint[];
  /** Pairs of runs, and the seeds that they come from. */
  pairs: number;
  seeds: number[];
  /** Mean over the n of the mean difference first - second, with a 95 % interval (see pairCurves). */
  difference: number;
  /** The n at which the difference's own interval lies above 0, and those at which it lies below. */
  firstAhead: number[];
  secondAhead: number[];
}

/** Draws for an interval over n or seeds. */
const RESAMPLES = 2_000;

/**
 * Compares two curves at every n at which both have runs of the same seed; undefined where there is none. The interval
 * over all n is the widest one, at each end, of three: drawing the n anew, which asks whether one curve is ahead along the
 * whole axis; drawing the seeds anew, where there are several, since a seed's base model and mask can move its whole curve;
 * and combining the intervals of the points, which counts where there are few n.
 */
export function pairCurves(first: readonly CurveRun[], second: readonly CurveRun[]): PairedCurves | undefined {
  const pairs = first.flatMap((run) => {
    const other = second.find(({ n, seed }) => n === run.n && seed === run.seed);
    return other ? [{ n: run.n, seed: run.seed, first: run.accuracy, second: other.accuracy }] : [];
  });
  const points = ascending(pairs.map(({ n }) => n)).map((n) => ({
    n,
    ...estimateDifference(pairs.filter((pair) => pair.n === n)),
  }));
  const seeds = ascending(pairs.map(({ seed }) => seed));
  // How far each seed's differences lie from the mean of all seeds, over the n that several have.
  const shared = new Map(points.filter(({ runs }) => runs > 1).map((point) => [point.n, point.mean]));
  const ofSeeds = groupBy(
    pairs.filter(({ n }) => shared.has(n)),
    ({ seed }) => seed,
  );
  const shifts = [...ofSeeds.values()].map((own) =>
    mean(own.map(({ n, first, second }) => first - second - shared.get(n)!)),
  );
  const shift = shifts.length > 0 ? bootstrapInterval(shifts, mean, RESAMPLES) : undefined;
  return alongTheCurve(points, seeds, shift);
}

/** The mean of comparisons, such as those of several depths, at every n that all of them have; undefined without any. */
export function meanOfPairedCurves(compared: readonly PairedCurves[]): PairedCurves | undefined {
  if (compared.length === 0) return undefined;
  const all = compared.flatMap(({ points }) => points);
  const points = [...groupBy(all, ({ n }) => n)]
    .filter(([, parts]) => parts.length === compared.length)
    .map(([n, parts]) => ({ n, ...meanOfEstimates(parts), runs: parts.reduce((sum, { runs }) => sum + runs, 0) }))
    .sort((a, b) => a.n - b.n);
  const seeds = ascending(compared.flatMap(({ seeds }) => seeds));
  // What the comparisons' own intervals allow.
  const around = compared.map(({ difference, low, high }) => ({
    mean: 0,
    low: low - difference,
    high: high - difference,
  }));
  return alongTheCurve(points, seeds, meanOfEstimates(around));
}

/** @param shift where the whole curve may lie, as an interval around 0 */
function alongTheCurve(points: PairedPoint[], seeds: number[], shift: Interval | undefined): PairedCurves | undefined {
  if (points.length === 0) return undefined;
  const differences = points.map((point) => point.mean);
  const difference = mean(differences);
  const intervals: Interval[] = [bootstrapInterval(differences, mean, RESAMPLES), meanOfEstimates(points)];
  if (shift) intervals.push({ low: difference + shift.low, high: difference + shift.high });
  const low = Math.min(...intervals.map((interval) => interval.low));
  const high = Math.max(...intervals.map((interval) => interval.high));
  return {
    points,
    pairs: points.reduce((sum, { runs }) => sum + runs, 0),
    seeds,
    difference,
    low,
    high,
    firstAhead: points.filter((point) => point.low > 0).map(({ n }) => n),
    secondAhead: points.filter((point) => point.high < 0).map(({ n }) => n),
  };
}

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
