/** How wide text is in a TrueType font, so that a chart laid out without a browser leaves the right room for it. */
import { readFileSync } from 'node:fs';

/**
 * Reads the advance widths of a TrueType font.
 *
 * @param file path of a .ttf file with a Unicode character map of format 4, as DejaVu's have.
 * @returns a function from text to its width in em (times the font size: pixels).
 * @throws Error when the file is no such font.
 */
export function fontWidths(file: string): (text: string) => number {
  const font = readFileSync(file);
  const tables = new Map<string, number>();
  for (let i = 0, at = 12; i < font.readUInt16BE(4); i++, at += 16) {
    tables.set(font.toString('latin1', at, at + 4), font.readUInt32BE(at + 8));
  }
  const table = (name: string): number => {
    const offset = tables.get(name);
    if (offset === undefined) throw new Error(`${file} has no table "${name}": give a TrueType font.`);
    return offset;
  };

  const unitsPerEm = font.readUInt16BE(table('head') + 18);
  const advances = font.readUInt16BE(table('hhea') + 34);
  const advance = (glyph: number): number => font.readUInt16BE(table('hmtx') + 4 * Math.min(glyph, advances - 1));

  // The character map: segments [start, end] of code points, each with an offset to its glyphs.
  const cmap = table('cmap');
  let map = -1;
  for (let i = 0, at = cmap + 4; i < font.readUInt16BE(cmap + 2); i++, at += 8) {
    const candidate = cmap + font.readUInt32BE(at + 4);
    if (font.readUInt16BE(candidate) === 4) map = candidate;
  }
  if (map < 0) throw new Error(`${file} has no Unicode character map of format 4: give another font.`);
  const twiceSegments = font.readUInt16BE(map + 6);
  const [ends, starts] = [map + 14, map + 16 + twiceSegments];
  const [deltas, ranges] = [starts + twiceSegments, starts + 2 * twiceSegments];

  const glyphOf = (code: number): number => {
    for (let i = 0; i < twiceSegments; i += 2) {
      if (code > font.readUInt16BE(ends + i)) continue;
      const start = font.readUInt16BE(starts + i);
      if (code < start) return 0;
      const range = font.readUInt16BE(ranges + i);
      const glyph = range === 0 ? code : font.readUInt16BE(ranges + i + range + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + font.readUInt16BE(deltas + i)) & 0xffff;
    }
    return 0;
  };

  const known = new Map<string, number>();
  return (text) => {
    let width = 0;
    for (const character of text) {
      let em = known.get(character);
      if (em === undefined) {
        em = advance(glyphOf(character.codePointAt(0) ?? 0)) / unitsPerEm;
        known.set(character, em);
      }
      width += em;
    }
    return width;
  };
}
