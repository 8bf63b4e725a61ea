/** Which of two curves lies nearer to a published one. */
import type { CurvePoint } from './dataEfficiency';
import { bootstrapInterval, mean } from './intervals';

/** Two curves held against a published one, over the n that all three have. */
export interface NearerCurve {
  /** The n compared, and those of them at which the second is the nearer one. */
  sizes: number[];
  secondAt: number[];
  /** Root mean square difference of each from the published curve. */
  first: number;
  second: number;
  /** Mean square difference of the first minus that of the second, with its 95 % bootstrap interval over the n. */
  excess: number;
  low: number;
  high: number;
  /** The nearer one, where the interval does not hold 0. */
  nearer: 'first' | 'second' | undefined;
}

/**
 * Compares two curves with a published one, n by n. The interval draws the n anew, so it tells whether one curve is nearer
 * along the whole axis or only somewhere; it knows nothing of the run-to-run spread at each n.
 *
 * @throws Error when the three have no n in common.
 */
export function nearerCurve(
  curves: { first: readonly CurvePoint[]; second: readonly CurvePoint[]; published: readonly CurvePoint[] },
  { seed = 0, resamples = 2_000 }: { seed?: number; resamples?: number } = {},
): NearerCurve {
  const at = (curve: readonly CurvePoint[], n: number) => curve.find((point) => point.n === n)?.accuracy;
  const squares = curves.published.flatMap(({ n, accuracy }) => {
    const [first, second] = [at(curves.first, n), at(curves.second, n)];
    if (first === undefined || second === undefined) return [];
    return [{ n, first: (first - accuracy) ** 2, second: (second - accuracy) ** 2 }];
  });
  if (squares.length === 0) throw new Error('The curves have no number of samples in common with the published one.');
  const excessOf = (sample: typeof squares) => mean(sample.map(({ first, second }) => first - second));
  const { low, high } = bootstrapInterval(squares, excessOf, { seed, resamples });
  return {
    sizes: squares.map(({ n }) => n),
    secondAt: squares.filter(({ first, second }) => second < first).map(({ n }) => n),
    first: Math.sqrt(mean(squares.map(({ first }) => first))),
    second: Math.sqrt(mean(squares.map(({ second }) => second))),
    excess: excessOf(squares),
    low,
    high,
    nearer: low > 0 ? 'second' : high < 0 ? 'first' : undefined,
  };
}
