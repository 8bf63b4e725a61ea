/** What charts of several panels share: how panels are laid out, and how colour and dashes tell sources apart. */
import { lineLegend } from '../theme';
import type { SourceStyle } from './conditions';

/** A panel for each value of a field, in the given order, `columns` beside each other; each draws its own x axis. */
export function panelsBy(field: string, sort: string[], columns = 3) {
  return {
    facet: { field, type: 'nominal', title: null, sort, header: { labelAnchor: 'start' } },
    columns,
    resolve: { axis: { x: 'independent' } },
  } as const;
}

/** The colour channel of sources. */
export function sourceColour(sources: ReadonlyMap<string, SourceStyle>) {
  const range = [...sources.values()].map(({ colour }) => colour);
  return {
    field: 'source',
    type: 'nominal',
    scale: { domain: [...sources.keys()], range },
    legend: lineLegend,
  } as const;
}

/** The dash channel of sources. */
export function sourceDash(sources: ReadonlyMap<string, SourceStyle>) {
  const range = [...sources.values()].map(({ dash }) => dash);
  return {
    field: 'source',
    type: 'nominal',
    scale: { domain: [...sources.keys()], range },
    legend: lineLegend,
  } as const;
}
