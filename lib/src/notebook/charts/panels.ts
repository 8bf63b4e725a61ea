/** What charts of several panels share: how panels are laid out, and how colour and dashes tell sources apart. */
import { lineLegend } from '../../charts/theme';
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
export const sourceColour = (sources: Sources) => sourceChannel(sources, ({ colour }) => colour);

/** The dash channel of sources. */
export const sourceDash = (sources: Sources) => sourceChannel(sources, ({ dash }) => dash);

type Sources = ReadonlyMap<string, SourceStyle>;

function sourceChannel<Look>(sources: Sources, look: (style: SourceStyle) => Look) {
  return {
    field: 'source',
    type: 'nominal',
    scale: { domain: [...sources.keys()], range: [...sources.values()].map(look) },
    legend: lineLegend,
  } as const;
}
