import { random } from '../tasks/random';

/** A 95 % interval. */
export interface Interval {
  low: number;
  high: number;
}

/** A mean accuracy with its 95 % interval, and where the interval comes from. */
export interface AccuracyEstimate extends Interval {
  mean: number;
  runs: number;
  /** bootstrap: over runs. binomial: one run, so only the test set's sampling is in it, not the run-to-run spread. */
  interval: 'bootstrap' | 'binomial';
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
 * the units are drawn anew with replacement `resamples` times. The result depends on the units, their order and the seed
 * alone. A statistic may be Infinity; NaN is an error.
 */
export function bootstrapInterval<T>(
  units: readonly T[],
  statistic: (sample: T[]) => number,
  { seed = 0, resamples = 10_000 }: { seed?: number; resamples?: number } = {},
): Interval {
  if (units.length === 0) throw new Error('There is no interval over nothing: give at least one value.');
  const source = random(seed, 'bootstrap');
  const statistics = Float64Array.from({ length: resamples }, () =>
    statistic(units.map(() => units[source.integer(units.length)])),
  ).sort();
  if (statistics.some(Number.isNaN)) throw new Error('A bootstrap interval needs numbers, and got NaN.');
  return { low: quantile(statistics, 0.025), high: quantile(statistics, 0.975) };
}

/** The bootstrap interval (95 %) of a mean, whatever the order of the values. */
export function bootstrapMeanInterval(
  values: readonly number[],
  options: { seed?: number; resamples?: number } = {},
): Interval {
  return bootstrapInterval([...values].sort(ascending), mean, options);
}

/**
 * The mean accuracy of runs of the same settings and different seeds, with its bootstrap interval; for a single run the
 * binomial (Wilson) interval of its `trials` test samples, 1,000 in the paper.
 */
export function estimateAccuracy(
  accuracies: readonly number[],
  { trials = 1000, ...options }: { trials?: number; seed?: number; resamples?: number } = {},
): AccuracyEstimate {
  if (accuracies.length === 1) {
    const interval = wilsonInterval(accuracies[0] * trials, trials);
    return { mean: accuracies[0], runs: 1, interval: 'binomial', ...interval };
  }
  const interval = bootstrapMeanInterval(accuracies, options);
  return { mean: mean([...accuracies].sort(ascending)), runs: accuracies.length, interval: 'bootstrap', ...interval };
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

function ascending(a: number, b: number): number {
  return a - b;
}
