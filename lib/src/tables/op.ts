/**
 * The project's statistics as aggregates of arquero, beside arquero's own: `rollup({ low: op.low('accuracy', 1000) })`.
 * Those that read several columns take them as an object: `rollup({ lead: (d) => op.paired(d.pair).mean })`, where `pair`
 * was derived as `{ n, seed, first, second }`. All intervals are 95 %.
 */
import * as aq from 'arquero';
import { codeLength } from '../stats/codeLength';
import { type CurvePoint, type CurveRun, samplesNeeded, samplesToReach } from '../stats/dataEfficiency';
import type { Decision } from '../stats/decisions';
import { ascending, groupBy } from '../stats/groups';
import {
  bootstrapInterval,
  type Estimate,
  estimateDifference,
  type Interval,
  meanInterval,
  meanOfEstimates,
  wilsonInterval,
} from '../stats/intervals';
import { meanOfPairedCurves, type PairedPoint, pairCurves } from '../stats/pairedCurves';
import { pooledBias, shapeBias, shapeBiasInterval } from '../stats/shapeBias';
import { DISAMBIGUATION_SIZES } from '../tasks/modularArithmetic';

/** Two runs with one seed and n; with `layers`, the comparison is the mean over depths. */
export interface PairedRun {
  n: number;
  seed: number;
  first: number;
  second: number;
  layers?: number;
}

/** A comparison along a curve: see pairCurves and meanOfPairedCurves for the interval. */
export interface Paired extends Estimate {
  /** How many n, pairs of runs and seeds there are. */
  n: number;
  pairs: number;
  seeds: number;
  /** The n at which the difference's own interval lies above 0, and below. */
  above: number[];
  below: number[];
  /** ahead, behind or level: where the interval lies. */
  verdict: 'ahead' | 'behind' | 'level';
  /** The difference at each n, with its own interval. */
  points: PairedPoint[];
}

export interface Needed {
  /** null where the curve does not reach the accuracy. */
  samples: number | null;
  /** '> 640' where the largest n measured is not enough, '≤ 160' where the smallest, which is not 0, is. */
  text: string;
  /** Over seeds, or where the ends of the means' intervals reach the accuracy; empty where there is one seed. */
  interval: string;
  /** Seeds that the interval is drawn from: those with runs up to the samples needed. */
  seeds: number;
  /** Whether the two points that it is read from have none of the paper's n between them, so that no run is missing. */
  whole: boolean;
}

/** What is added to arquero's `op`. */
export interface Statistics {
  /**
   * Ends of the interval of a mean: the bootstrap over the group's rows. With `trials` the values are shares of so many test
   * samples each, and a single row has Wilson's interval; rows may be `{ share, trials }` where samples differ.
   */
  low(column: unknown, trials?: number): number;
  high(column: unknown, trials?: number): number;
  /** The mean difference first − second of pairs `{ first, second, trials? }`, one a seed, of shares of `trials` samples. */
  difference(pair: unknown, trials?: number): Estimate & { runs: number };
  /** first − second along a curve, over runs `{ n, seed, first, second }`; with `layers`, as a mean over depths. */
  paired(run: unknown): Paired;
  /** The mean of independent estimates `{ mean, low, high }`, with its interval. */
  combined(estimate: unknown): Estimate;
  /** Samples needed for an accuracy, of runs `{ n, accuracy, seed }` or of means `{ n, accuracy, low, high }`. */
  needed(run: unknown, accuracy: number): Needed;
  /**
   * Bits that the labels must still say, of one curve's points `{ n, accuracy }` over all of its n; another number of `classes`
   * than 7 may be given.
   */
  codeLength(point: unknown, classes?: number): number;
  /** Shape bias of counts `{ shape, texture }`, one row a run: of all decisions; the interval is over runs, or Wilson's. */
  bias(counts: unknown): Interval & { bias: number };
  /** Shape bias of single decisions: over the images where several subjects decided, else Wilson's interval. */
  decided(
    decision: unknown,
  ): Interval & { bias: number; decisions: number; shape: number; texture: number; other: number };
  /** The different values in ascending order, as text: "1, 2, 3". */
  listed(column: unknown): string;
}

export const op = aq.op as typeof aq.op & Statistics;

interface State {
  count: number;
  valid: number;
  list: { values(): unknown[] };
  made?: unknown;
}

/** Registers an aggregate of all values of a group; equal calls for one group are computed once. */
function aggregate<T>(name: keyof Statistics, of: (values: T[], parameter: never) => unknown, parameters = 0): void {
  const definition = {
    create: (...given: unknown[]) => ({
      init: (state: { values?: boolean }) => {
        state.values = true;
      },
      add: () => undefined,
      rem: () => undefined,
      value: (state: State) => {
        // arquero leaves rows without a value out of a statistic; ours must not do that in silence.
        if (state.valid < state.count) {
          const missing = `${state.count - state.valid} of ${state.count} rows have no value`;
          throw new Error(`op.${name}: ${missing}; leave them out with filter() first.`);
        }
        // Without groups arquero asks all the same.
        return state.count === 0 ? undefined : of(state.list.values() as T[], given[0] as never);
      },
    }),
    param: [1, parameters],
  };
  (aq.addAggregateFunction as (name: string, definition: object, options: object) => void)(name, definition, {
    override: true,
  });
}

/** The last results, so that op.low and op.high of one column draw once. */
function remembered<V, R>(compute: (values: V[], parameter: number | undefined) => R) {
  let last: { key: string; result: R } | undefined;
  return (values: V[], parameter: number | undefined): R => {
    const key = JSON.stringify([values, parameter]);
    if (last?.key !== key) last = { key, result: compute(values, parameter) };
    return last.result;
  };
}

const interval = remembered<number | { share: number; trials: number }, Interval>((values, given) => {
  const shares = values.map((value) => (typeof value === 'number' ? value : value.share));
  return meanInterval(shares, given ?? fewestTrials(values as object[]));
});
aggregate<number>('low', (values, trials) => interval(values, trials).low, 1);
aggregate<number>('high', (values, trials) => interval(values, trials).high, 1);

aggregate<{ first: number; second: number; trials?: number }>(
  'difference',
  remembered((pairs, trials) => estimateDifference(pairs, trials ?? fewestTrials(pairs))),
  1,
);

/** The least `trials` of values that say it themselves. */
function fewestTrials(values: { trials?: number }[]): number | undefined {
  const own = values.flatMap(({ trials }) => trials ?? []);
  return own.length > 0 ? ascending(own)[0] : undefined;
}

aggregate<Estimate>(
  'combined',
  remembered((parts) => meanOfEstimates(parts)),
);
aggregate<PairedRun>('paired', remembered(paired));
aggregate<CurveRun | (CurvePoint & Interval)>(
  'needed',
  remembered((runs, accuracy) => needed(runs, accuracy as number)),
  1,
);
aggregate<CurvePoint>(
  'codeLength',
  (points, classes?: number) => codeLength(points, classes === undefined ? {} : { classes }),
  1,
);
aggregate<{ shape: number; texture: number }>('bias', remembered(biasOfCounts));
aggregate<Decision>('decided', (decisions) => {
  const { interval, ...counts } = shapeBias(decisions);
  const several = new Set(decisions.map(({ subject }) => subject)).size > 1;
  return { ...counts, ...(several && Number.isFinite(counts.bias) ? shapeBiasInterval(decisions) : interval) };
});
aggregate<number | string>('listed', (values) => {
  const different = [...new Set(values)];
  const numbers = different.every((value) => typeof value === 'number');
  return (numbers ? ascending(different as number[]) : different).join(', ');
});

function paired(runs: PairedRun[]): Paired {
  const depths = [...groupBy(runs, ({ layers }) => layers).values()].map((own) => {
    const curve = (which: 'first' | 'second') =>
      own.map(({ n, seed, [which]: accuracy }): CurveRun => ({ n, seed, accuracy }));
    return pairCurves(curve('first'), curve('second'))!; // a group has at least one row
  });
  const mean = depths.length > 1 ? meanOfPairedCurves(depths) : depths[0];
  if (!mean) throw new Error('op.paired: the depths have no n in common.');
  const { difference, low, high, points, pairs, seeds, firstAhead, secondAhead } = mean;
  return {
    mean: difference,
    low,
    high,
    n: points.length,
    pairs,
    seeds: seeds.length,
    above: firstAhead,
    below: secondAhead,
    verdict: low > 0 ? 'ahead' : high < 0 ? 'behind' : 'level',
    points,
  };
}

function needed(runs: (CurveRun | (CurvePoint & Interval))[], accuracy: number): Needed {
  const sizes = ascending(runs.map(({ n }) => n));
  const text = (samples: number | null, first = sizes[0], last = sizes[sizes.length - 1]): string => {
    if (samples === null) return `> ${last}`;
    return samples > 0 && samples === first ? `≤ ${samples}` : `${Math.round(samples)}`;
  };
  const ends = (low: string, high: string) => (low === high ? low : `${low} to ${high}`);
  if (runs.every((run): run is CurvePoint & Interval => 'low' in run)) {
    const reach = (end: 'accuracy' | 'low' | 'high') =>
      samplesToReach(
        runs.map((run) => ({ n: run.n, accuracy: run[end] })),
        accuracy,
      );
    const samples = reach('accuracy');
    const interval = ends(text(reach('high')), text(reach('low')));
    return { samples, text: text(samples), interval, seeds: 0, whole: isWhole(samples, sizes) };
  }
  const { samples, low, high, upTo, seeds } = samplesNeeded(runs as CurveRun[], accuracy);
  const interval = seeds > 1 ? ends(text(low, 0, upTo), text(high, 0, upTo)) : '';
  return { samples, text: text(samples), interval, seeds, whole: isWhole(samples, sizes) };
}

function isWhole(samples: number | null, sizes: readonly number[]): boolean {
  if (samples === null) return false;
  const below = sizes.filter((n) => n < samples).at(-1) ?? Number.NEGATIVE_INFINITY;
  const above = sizes.find((n) => n >= samples) ?? Number.POSITIVE_INFINITY;
  return !DISAMBIGUATION_SIZES.some((n) => n > below && n < above);
}

function biasOfCounts(runs: { shape: number; texture: number }[]): Interval & { bias: number } {
  const decided = runs.filter(({ shape, texture }) => shape + texture > 0);
  if (decided.length === 0) return { bias: Number.NaN, low: 0, high: 1 };
  const [{ shape, texture }] = decided;
  const { low, high } =
    decided.length === 1 ? wilsonInterval(shape, shape + texture) : bootstrapInterval(decided, pooledBias);
  return { bias: pooledBias(decided), low, high };
}
