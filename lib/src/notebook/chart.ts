/** Vega-Lite charts in a notebook: live and interactive in JupyterLab, a picture everywhere else. */
import type { TopLevelSpec } from 'vega-lite';
import { chartImage, plainNumbers } from '../charts/chartImage';
import { withTheme } from '../charts/theme';
import { liveOutput, type MimeBundle, show } from './display';

/** JupyterLab draws this mime type itself, with its own Vega-Lite 5.6: newer features of the language stay away. */
const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/**
 * Shows a chart below the cell.
 *
 * The picture in the notebook shows times in UTC, JupyterLab's live view in the browser's time zone (in UTC with
 * `scale: { type: 'utc' }`).
 *
 * @param spec a Vega-Lite 5 spec with its data in it; the common look is added below its own `config`.
 * @throws Error in one sentence when the spec or its data cannot be drawn.
 */
export async function showChart(spec: TopLevelSpec): Promise<void> {
  show(await bundleWithImage(spec));
}

export interface LiveChart<Data> {
  /** Redraws the chart, unless the last time was under a quarter of a second ago. */
  update(data: Data): void;
  /** Draws the last data that was given and adds the picture, which is what the saved notebook keeps. */
  finish(data?: Data): Promise<void>;
}

const INTERVAL_MS = 250;

/**
 * Opens a chart that follows a computation.
 *
 * @param draw makes the spec from the data so far.
 */
export function liveChart<Data>(draw: (data: Data) => TopLevelSpec): LiveChart<Data> {
  const output = liveOutput();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let latest: { data: Data } | undefined;
  return {
    update(data) {
      latest = { data };
      if (performance.now() - drawnAt < INTERVAL_MS) return;
      output.update(bundleWithoutImage(draw(data)));
      drawnAt = performance.now();
    },
    async finish(data) {
      if (data !== undefined) latest = { data };
      if (latest) output.finish(await bundleWithImage(draw(latest.data)));
    },
  };
}

function bundleWithoutImage(spec: TopLevelSpec): MimeBundle {
  return { data: { [VEGA_LITE]: withTheme(plainNumbers(spec)), 'text/plain': `[Chart: ${titleOf(spec)}]` } };
}

async function bundleWithImage(spec: TopLevelSpec): Promise<MimeBundle> {
  const { png, width, height } = await chartImage(spec);
  const { data } = bundleWithoutImage(spec);
  return {
    data: { ...data, 'image/png': png.toString('base64') },
    metadata: { 'image/png': { width, height } },
  };
}

function titleOf({ title }: TopLevelSpec): string {
  const text = typeof title === 'object' && 'text' in title ? title.text : title;
  if (typeof text === 'string') return text;
  return Array.isArray(text) ? text.join(' ') : 'untitled';
}
