/** A chart as a PNG: for viewers that cannot draw Vega-Lite (GitHub, HTML exports) and for reviewers of a notebook. */
import { dirname, join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { fontWidths } from './fontWidths';
import { withTheme } from './theme';

/** Pixels of the picture for one CSS pixel, so that text is sharp on today's screens. */
const SCALE = 2;

export interface ChartImage {
  png: Buffer;
  /** Size in CSS pixels; the picture has twice as many. */
  width: number;
  height: number;
}

/**
 * Draws a Vega-Lite 5 spec in the common look. Text is set in DejaVu Sans from its npm package, never in a font of the
 * machine, so the same spec gives the same bytes everywhere.
 *
 * @throws Error with Vega-Lite's own message when the spec is not valid.
 */
export async function chartImage(spec: TopLevelSpec): Promise<ChartImage> {
  const { vega, vegaLite, Resvg } = renderer();
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

  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile('DejaVuSans.ttf'), fontFile('DejaVuSans-Bold.ttf')],
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  }).render();
  return { png: picture.asPng(), width: Math.round(picture.width / SCALE), height: Math.round(picture.height / SCALE) };
}

interface Renderer {
  vega: typeof import('vega');
  vegaLite: typeof import('vega-lite');
  Resvg: typeof import('@resvg/resvg-js').Resvg;
}

let loaded: Renderer | undefined;

/** Loads the packages at the first chart: together they take half a second, and not every notebook draws. */
function renderer(): Renderer {
  if (loaded) return loaded;
  const vega: Renderer['vega'] = require('vega');
  const vegaLite: Renderer['vegaLite'] = require('vega-lite');
  const { Resvg } = require('@resvg/resvg-js') as Pick<Renderer, 'Resvg'>;

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
  loaded = { vega, vegaLite, Resvg };
  return loaded;
}

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
  limit?: number;
}

function fontFile(name: string): string {
  return join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf', name);
}
