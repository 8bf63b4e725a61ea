import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from './tidy';

/** Charts below each other, under one title; what is clicked in one (`click`) another can draw by (`clicked`). */
export function stacked(
  charts: readonly TopLevelSpec[],
  { title, subtitle }: Pick<ChartOptions, 'title' | 'subtitle'>,
): TopLevelSpec {
  return {
    title: subtitle ? { text: title, subtitle } : title,
    vconcat: charts,
    resolve: { scale: { color: 'independent' } },
  } as TopLevelSpec;
}
