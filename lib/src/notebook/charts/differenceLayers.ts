/** What charts of differences draw. */
import { palette } from '../../charts/theme';

/** A difference, with the interval around it where it is known. */
export interface DrawnDifference {
  difference: number;
  low?: number;
  high?: number;
}

export interface DifferenceLayersOptions {
  /** What the difference is. */
  axis: string;
  domain: [number, number];
  tooltip: readonly { field: string; title?: string; format?: string }[];
}

/** The least and the greatest of differences and of the ends of their intervals. */
export function differenceRange(rows: readonly DrawnDifference[]): [number, number] {
  const all = rows.flatMap(({ difference, low = difference, high = difference }) => [low, high]);
  return [Math.min(...all), Math.max(...all)];
}

/** An axis of differences: ticks with their signs, and 0 without. */
export function signedTicks(digits: number) {
  return { format: `+.${digits}f`, labelExpr: "datum.value === 0 ? '0' : datum.label" };
}

/** Layers for the fields `difference`, `low` and `high`: a line at zero, intervals, and points over them. */
export function differenceLayers({ axis, domain, tooltip }: DifferenceLayersOptions) {
  const y = {
    type: 'quantitative',
    title: axis,
    scale: { domain, nice: false },
    axis: { ...signedTicks(2), tickCount: 5 },
  } as { type: 'quantitative' };
  return [
    {
      // A row of its own: drawn for every row of the data, the line would grow thick and hide points.
      data: { values: [{ agreement: 0 }] },
      mark: { type: 'rule' as const, strokeWidth: 1 },
      encoding: {
        y: { ...y, field: 'agreement' },
        x: { value: 0 },
        x2: { value: 'width' as const },
        color: { value: palette.black },
      },
    },
    {
      transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
      mark: { type: 'rule' as const, strokeWidth: 1.5, opacity: 0.5 },
      encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
    {
      mark: { type: 'point' as const, filled: true, size: 34, opacity: 1 },
      encoding: {
        y: { ...y, field: 'difference' },
        tooltip: [...tooltip, { field: 'difference', format: '+.3f' }],
      },
    },
  ];
}
