/** How many of our points agree with the published ones as well as the published runs agree with each other. */

/** The standard deviation of the published runs at one point. */
export interface SpreadPoint {
  condition: string;
  n: number;
  deviation: number;
}

/** Counts of points that lie within `times` standard deviations. */
export interface WithinSpread {
  /** Points for which a standard deviation is known. */
  points: number;
  within: number;
  /** within / points; null where there is no such point. */
  share: number | null;
}

/**
 * Counts the differences whose size is at most `times` the published run-to-run standard deviation of their condition and
 * n. Differences without a known deviation are left out.
 */
export function withinSpread(
  differences: readonly { condition: string; n: number; difference: number }[],
  spread: readonly SpreadPoint[],
  { times = 2 }: { times?: number } = {},
): WithinSpread {
  const judged = differences.flatMap(({ condition, n, difference }) => {
    const known = spread.find((point) => point.condition === condition && point.n === n);
    // Published accuracies are multiples of 0.001: a difference of exactly the bound must not fail by rounding.
    return known ? [Math.abs(difference) <= times * known.deviation + 1e-9] : [];
  });
  const within = judged.filter(Boolean).length;
  return { points: judged.length, within, share: judged.length > 0 ? within / judged.length : null };
}
