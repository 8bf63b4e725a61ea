/** What a data-efficiency curve says: the samples it needs. */
import { ascending, groupBy } from './groups';
import { bootstrapInterval, mean } from './intervals';

/** A point of a curve. */
export interface CurvePoint {
  n: number;
  accuracy: number;
}

/** One run's test accuracy with n disambiguation samples. */
export interface CurveRun extends CurvePoint {
  seed: number;
}

/** How many samples a curve needs; null where no measured n is enough. */
export interface SamplesNeeded {
  samples: number | null;
  /** 95 % bootstrap interval over seeds; `high` is null where a part of the resamples does not reach the accuracy. */
  low: number | null;
  high: number | null;
  /** The largest n of the resamples, and the number of seeds that they are drawn from. */
  upTo: number;
  seeds: number;
}

/**
 * The number of samples at which a curve first reaches `accuracy` (n50 for 0.5, n90 for 0.9): linear in log n between
 * measured points, and linear in n from n = 0 to the smallest n above it, where the logarithm does not exist. A curve
 * that begins at or above the accuracy gives its smallest n; one that never reaches it gives null, which means "more
 * than the largest n measured", not "never". With `linear` it is linear in n everywhere.
 */
export function samplesToReach(
  curve: readonly CurvePoint[],
  accuracy: number,
  { linear = false }: { linear?: boolean } = {},
): number | null {
  const points = [...curve].sort((a, b) => a.n - b.n);
  for (const { n } of points) if (!(n >= 0)) throw new Error(`A curve cannot have a point at n = ${n}.`);
  const reached = points.findIndex((point) => point.accuracy >= accuracy);
  if (reached < 0) return null;
  const [before, after] = [points[reached - 1], points[reached]];
  if (!before) return after.n;
  const share = (accuracy - before.accuracy) / (after.accuracy - before.accuracy);
  if (linear || before.n === 0) return before.n + share * (after.n - before.n);
  return before.n * (after.n / before.n) ** share;
}

/**
 * samplesToReach of the mean curve of runs, with an interval from drawing their seeds anew: a seed's whole curve is drawn or
 * not, since its points share a base model and a mask. Only seeds are drawn that have every n up to the one at which the
 * mean curve reaches the accuracy. One such seed gives an interval without width.
 */
export function samplesNeeded(runs: readonly CurveRun[], accuracy: number): SamplesNeeded {
  const curves = [...groupBy(runs, ({ seed }) => seed)].sort(([a], [b]) => a - b).map(([, own]) => own);
  const needed = (sample: CurvePoint[][]) => samplesToReach(meanCurve(sample.flat()), accuracy);
  const samples = needed(curves);
  const sizes = ascending(runs.map(({ n }) => n));
  const reached = sizes.find((n) => n >= (samples ?? Number.POSITIVE_INFINITY)) ?? sizes[sizes.length - 1];
  const has = (curve: CurvePoint[], n: number) => curve.some((point) => point.n === n);
  const whole = curves.filter((curve) => sizes.every((n) => n > reached || has(curve, n)));
  if (whole.length === 0) return { samples, low: samples, high: samples, upTo: reached, seeds: 0 };
  const shared = sizes.filter((n) => whole.every((curve) => has(curve, n)));
  const drawn = whole.map((curve) => curve.filter(({ n }) => shared.includes(n)));
  const { low, high } = bootstrapInterval(drawn, (sample) => needed(sample) ?? Number.POSITIVE_INFINITY, 2_000);
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { samples, low: finite(low), high: finite(high), upTo: shared[shared.length - 1], seeds: whole.length };
}

function meanCurve(points: readonly CurvePoint[]): CurvePoint[] {
  return [...groupBy(points, ({ n }) => n)].map(([n, atN]) => ({
    n,
    accuracy: mean(atN.map((point) => point.accuracy)),
  }));
}
