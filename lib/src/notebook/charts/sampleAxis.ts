/** The axis of disambiguation samples: like a logarithm for large n, and yet with a place for n = 0. */
import type { PositionFieldDef } from 'vega-lite/build/src/channeldef';

/** The published n grow by the factor 10^0.2; every third is enough for labels, every sixth in a small panel. */
const labelled = [0, 10, 40, 160, 640, 2500];
const fewLabelled = [0, 40, 640];

/** n at which the scale turns from linear to logarithmic: 0, 10 and 25 lie about as far apart as 1,000 and 2,500. */
const TURN = 10;
const position = (n: number): number => Math.log1p(n / TURN);

/**
 * The x channel for a field `n`.
 *
 * @param samples every n that occurs, for the end of the axis.
 */
export function sampleAxis(
  samples: readonly number[],
  { sparse = false }: { sparse?: boolean } = {},
): PositionFieldDef<string> {
  const last = samples.reduce((a, b) => Math.max(a, b), TURN);
  const room = position(last) * (sparse ? 0.25 : 0.12);
  const values = (sparse ? fewLabelled : labelled).filter((n) => position(last) - position(n) > room);
  return {
    field: 'n',
    type: 'quantitative',
    title: 'disambiguation samples',
    scale: { type: 'symlog', constant: TURN, domain: [0, last], nice: false },
    axis: { values: [...values, last], format: ',d' },
  };
}
