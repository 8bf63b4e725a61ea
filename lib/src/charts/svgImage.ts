/** Drawings in SVG as PNG, with the same bytes on every machine. */
import { moreFonts, ownFontFiles } from './fonts';

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

/**
 * Draws an SVG. Text is set in DejaVu Sans from its npm package. Letters that it lacks (Chinese, most emoji) are set in a
 * font of this machine, so that only such pictures depend on the machine; a warning says which letters no font has.
 */
export function svgImage(svg: string): ChartImage {
  loaded ??= (require('@resvg/resvg-js') as { Resvg: Resvg }).Resvg;
  const { files, missing } = moreFonts(svg);
  if (missing.length > 0) console.warn(warningOf(missing));
  const picture = new loaded(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: [...ownFontFiles(), ...files],
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  }).render();
  return { png: picture.asPng(), width: Math.round(picture.width / SCALE), height: Math.round(picture.height / SCALE) };
}

const LISTED = 20;

function warningOf(missing: string[]): string {
  const letters = missing.slice(0, LISTED).join(' ') + (missing.length > LISTED ? ' …' : '');
  const packages = [...new Set(missing.map(packageFor))].join(' ');
  return `Chart: no font here has ${letters}, drawn as boxes: install one (Debian, Ubuntu: apt-get install ${packages}), restart the kernel and draw again.`;
}

/** Debian's package with a letter. */
function packageFor(character: string): string {
  if (
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff00-\uffef]/u.test(
      character,
    )
  )
    return 'fonts-noto-cjk';
  return /\p{Extended_Pictographic}|\p{Emoji}/u.test(character) ? 'fonts-symbola' : 'fonts-noto-core';
}

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
