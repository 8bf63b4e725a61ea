/** Intervals of sums and differences, from the intervals of independent parts. */
import { bootstrapMeanInterval, type Interval, mean, wilsonInterval } from './intervals';

/** A value with its 95 % interval. */
export interface Estimate extends Interval {
  mean: number;
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

/** The difference of two independent estimates with its 95 % interval, by the same rule. */
export function differenceOfEstimates(first: Estimate, second: Estimate): Estimate {
  const difference = first.mean - second.mean;
  return {
    mean: difference,
    low: difference - Math.hypot(first.mean - first.low, second.high - second.mean),
    high: difference + Math.hypot(first.high - first.mean, second.mean - second.low),
  };
}

/** The mean difference of paired runs, and where its interval comes from (see AccuracyEstimate). */
export interface PairedEstimate extends Estimate {
  runs: number;
  interval: 'bootstrap' | 'binomial';
}

/**
 * The mean difference first - second of pairs of runs, one pair a seed, with its 95 % interval: bootstrapped over the
 * pairs; for a single pair of the sampling of both test sets alone (Newcombe, 1998, method 10), `trials` samples each.
 */
export function estimateDifference(
  pairs: readonly { first: number; second: number }[],
  { trials = 1000, ...options }: { trials?: number; seed?: number; resamples?: number } = {},
): PairedEstimate {
  if (pairs.length === 0) throw new Error('There is no difference without pairs: give at least one.');
  if (pairs.length === 1) {
    const [first, second] = [pairs[0].first, pairs[0].second].map((accuracy) => ({
      mean: accuracy,
      ...wilsonInterval(accuracy * trials, trials),
    }));
    return { ...differenceOfEstimates(first, second), runs: 1, interval: 'binomial' };
  }
  const differences = pairs.map(({ first, second }) => first - second);
  return {
    mean: mean(differences),
    ...bootstrapMeanInterval(differences, options),
    runs: pairs.length,
    interval: 'bootstrap',
  };
}
