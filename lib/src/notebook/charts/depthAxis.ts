/** The axis of model depths. */
import type { PositionFieldDef } from 'vega-lite/build/src/channeldef';
import { ascending } from '../../stats/ascending';

/**
 * The x channel for a field that holds depths, with room for marks beside the first and the last.
 *
 * @param depths every depth that occurs; each is labelled.
 */
export function depthAxis(depths: readonly number[], field = 'layers'): PositionFieldDef<string> {
  const values = ascending(depths);
  return {
    field,
    type: 'quantitative',
    title: 'layers',
    scale: { domain: [values[0] - 0.5, values[values.length - 1] + 0.5], nice: false, zero: false },
    axis: { values, format: 'd' },
  };
}
