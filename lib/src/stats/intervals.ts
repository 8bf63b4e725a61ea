/** Intervals (95 %): of shares, of means over runs, and of sums and differences of both. */
import { random } from '../tasks/random';

/** A 95 % interval. */
export interface Interval {
  low: number;
  high: number;
}

/** A value with its 95 % interval. */
export interface Estimate extends Interval {
  mean: number;
}

/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054;

/** The Wilson score interval (95 %) of a share of which `successes` of `trials` were seen; never outside 0..1. */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    throw new Error(`There is no share of ${successes} successes in ${trials} trials.`);
  }
  const share = successes / trials;
  const weight = 1 / (1 + Z ** 2 / trials);
  const centre = weight * (share + Z ** 2 / (2 * trials));
  const radius = weight * Z * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  // At the ends the interval reaches 0 or 1 exactly, which rounding would miss.
  return { low: successes === 0 ? 0 : centre - radius, high: successes === trials ? 1 : centre + radius };
}

/**
 * The percentile bootstrap interval (95 %) of a statistic of some units (the mean of values, a figure of whole curves):
 * the units are drawn anew with replacement `resamples` times. The result depends on the units and their order alone. A
 * statistic may be Infinity; NaN is an error.
 */
export function bootstrapInterval<T>(
  units: readonly T[],
  statistic: (sample: T[]) => number,
  resamples = 10_000,
): Interval {
  if (units.length === 0) throw new Error('There is no interval over nothing: give at least one value.');
  const found = drawsOf(units.length, resamples).map(({ places, times }) => {
    const sample: T[] = [];
    for (const place of places) sample.push(units[place]);
    const value = statistic(sample);
    if (Number.isNaN(value)) throw new Error('A bootstrap interval needs numbers, and got NaN.');
    return { value, times };
  });
  const statistics = new Float64Array(resamples);
  let filled = 0;
  for (const { value, times } of found.sort((one, other) => one.value - other.value || 0)) {
    statistics.fill(value, filled, filled + times);
    filled += times;
  }
  return { low: quantile(statistics, 0.025), high: quantile(statistics, 0.975) };
}

/** One way to draw units anew, by their places, and how many of the resamples draw them so. */
interface Draw {
  places: Int32Array;
  times: number;
}

/** Few units can be drawn in few ways, which a notebook asks for thousands of times. Of many, the last are kept. */
const FEW = 5;
const known = new Map<string, Draw[]>();
let last: { key: string; draws: Draw[] } | undefined;

/** The resamples of so many units, the same each time; of few units each way once. */
function drawsOf(units: number, resamples: number): Draw[] {
  const key = `${units} ${resamples}`;
  const kept = last?.key === key ? last.draws : known.get(key);
  if (kept) return kept;
  const source = random(0, 'bootstrap');
  const drawn = Array.from({ length: resamples }, () =>
    Int32Array.from({ length: units }, () => source.integer(units)),
  );
  if (units > FEW) {
    last = { key, draws: drawn.map((places) => ({ places, times: 1 })) };
    return last.draws;
  }
  const ways = new Map<string, Draw>();
  for (const places of drawn) {
    const way = ways.get(places.join()) ?? { places, times: 0 };
    way.times++;
    ways.set(places.join(), way);
  }
  known.set(key, [...ways.values()]);
  return [...ways.values()];
}

/**
 * The interval of a mean over runs of different seeds: the bootstrap, whatever their order; with `trials` a single value is a
 * share of so many test samples, and has the Wilson interval.
 */
export function meanInterval(values: readonly number[], trials?: number): Interval {
  if (trials && values.length === 1) return wilsonInterval(values[0] * trials, trials);
  return bootstrapInterval(
    [...values].sort((a, b) => a - b),
    mean,
  );
}

/**
 * The mean of independent estimates with its 95 % interval: the parts' distances from their ends, added as squares
 * (Zou and Donner, 2008). Ends need not be symmetric, so the parts may be Wilson or bootstrap intervals.
 */
export function meanOfEstimates(parts: readonly Estimate[]): Estimate {
  if (parts.length === 0) throw new Error('There is no mean of no estimates: give at least one.');
  const centre = mean(parts.map((part) => part.mean));
  const reach = (distance: (part: Estimate) => number) => Math.hypot(...parts.map(distance)) / parts.length;
  return {
    mean: centre,
    low: centre - reach((part) => part.mean - part.low),
    high: centre + reach((part) => part.high - part.mean),
  };
}

/**
 * The mean difference first - second of pairs of runs, one pair a seed, with its 95 % interval: bootstrapped over the
 * pairs; for a single pair, by the rule of meanOfEstimates, of the sampling of both test sets alone (Newcombe, 1998, method
 * 10), `trials` samples each.
 */
export function estimateDifference(
  pairs: readonly { first: number; second: number }[],
  trials = 1000,
): Estimate & { runs: number } {
  if (pairs.length === 0) throw new Error('There is no difference without pairs: give at least one.');
  const differences = pairs.map(({ first, second }) => first - second);
  if (pairs.length > 1) return { mean: mean(differences), ...meanInterval(differences), runs: pairs.length };
  const [{ first, second }] = pairs;
  const [own, other] = [first, second].map((share) => wilsonInterval(share * trials, trials));
  return {
    mean: differences[0],
    low: differences[0] - Math.hypot(first - own.low, other.high - second),
    high: differences[0] + Math.hypot(own.high - first, second - other.low),
    runs: 1,
  };
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which a share of the sorted values lies, interpolated between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below === above ? below : below + (at - Math.floor(at)) * (above - below);
}
