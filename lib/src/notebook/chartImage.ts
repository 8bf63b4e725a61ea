/** A chart as a PNG: for viewers that cannot draw Vega-Lite (GitHub, HTML exports) and for reviewers of a notebook. */
import { dirname } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { fontWidths } from './fontWidths';
import { type ChartImage, fontFile, svgImage } from './svgImage';
import { withTheme } from './theme';

/**
 * Draws a Vega-Lite 5 spec in the common look. The same spec gives the same bytes everywhere.
 *
 * @throws Error with Vega-Lite's own message when the spec is not valid.
 */
export async function chartImage(spec: TopLevelSpec): Promise<ChartImage> {
  const { vega, vegaLite } = renderer();
  const warnings = new Set<string>();
  const logger = vega.logger(vega.Warn);
  logger.warn = (...message) => {
    warnings.add(message.join(' '));
    return logger;
  };
  const compiled = vegaLite.compile(withTheme(spec), { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger });
  const svg = await view.toSVG();
  view.finalize();
  for (const warning of warnings) console.warn(`Chart: ${warning}`);

  return svgImage(svg);
}

interface Renderer {
  vega: typeof import('vega');
  vegaLite: typeof import('vega-lite');
}

let loaded: Renderer | undefined;

/** Loads the packages at the first chart: together they take half a second, and not every notebook draws. */
function renderer(): Renderer {
  if (loaded) return loaded;
  const vega: Renderer['vega'] = require('vega');
  const vegaLite: Renderer['vegaLite'] = require('vega-lite');

  // Without a browser's canvas vega takes every letter for 0.8 em wide, which leaves gaps and wide margins. Its own
  // place for a better measure is this function; the module must be the very one that vega uses.
  const scenegraph = require(require.resolve('vega-scenegraph', { paths: [dirname(require.resolve('vega'))] }));
  const regular = fontWidths(fontFile('DejaVuSans.ttf'));
  const bold = fontWidths(fontFile('DejaVuSans-Bold.ttf'));
  scenegraph.textMetrics.width = (item: TextItem, text: unknown): number => {
    const isBold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
    const width = (isBold ? bold : regular)(String(text ?? '')) * (item.fontSize ?? 11);
    return item.limit && item.limit > 0 ? Math.min(width, item.limit) : width;
  };
  loaded = { vega, vegaLite };
  return loaded;
}

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
  limit?: number;
}
