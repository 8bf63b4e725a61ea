/** Drawings in SVG as PNG, with the same bytes on every machine. */
import { dirname, join } from 'node:path';

/** Pixels of the picture for one CSS pixel, so that text is sharp on today's screens. */
const SCALE = 2;

export interface ChartImage {
  png: Buffer;
  /** Size in CSS pixels; the picture has twice as many. */
  width: number;
  height: number;
}

type Resvg = typeof import('@resvg/resvg-js').Resvg;
let loaded: Resvg | undefined;

/** Draws an SVG. Text is set in DejaVu Sans from its npm package, never in a font of the machine. */
export function svgImage(svg: string): ChartImage {
  loaded ??= (require('@resvg/resvg-js') as { Resvg: Resvg }).Resvg;
  const picture = new loaded(svg, {
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

/** The path of a font of the package. */
export function fontFile(name: string): string {
  return join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf', name);
}
