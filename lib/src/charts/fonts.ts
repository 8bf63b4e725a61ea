/** The fonts of pictures: DejaVu Sans from its npm package, and one of the machine for letters that it lacks. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files that every picture is drawn with. */
export function ownFontFiles(): string[] {
  const folder = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => join(folder, name));
}

let own: Font[] | undefined;
const [REGULAR, BOLD] = [0, 1];

/** How wide text is, in em (times the font size: pixels), so that a picture laid out without a browser has room for it. */
export function textWidth(text: string, { bold = false }: { bold?: boolean } = {}): number {
  own ??= ownFontFiles().map(readFont);
  const font = own[bold ? BOLD : REGULAR];
  let width = 0;
  for (const character of text) {
    const found = [font, own[REGULAR]].find(({ has }) => has(character));
    const other = found || isInvisible(character) ? undefined : machineFont(character);
    width += (found ?? other ?? font).width(character);
  }
  return width;
}

/**
 * What a text needs besides DejaVu Sans: files of fonts of this machine, and the letters that no font has. Nothing of the
 * machine is looked at where DejaVu Sans has all letters.
 */
export function moreFonts(text: string): { files: string[]; missing: string[] } {
  own ??= ownFontFiles().map(readFont);
  const files = new Set<string>();
  const missing: string[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is in the font.
  for (const character of new Set(text.match(/[^\x00-\x7f]/gu))) {
    if (own[REGULAR].has(character) || isInvisible(character)) continue;
    const font = machineFont(character);
    if (font) files.add(font.file);
    else missing.push(character);
  }
  return { files: [...files], missing };
}

/** Spaces, joiners and the like, for which nothing is drawn. */
const isInvisible = (character: string): boolean => /\s|\p{Default_Ignorable_Code_Point}/u.test(character);

let machineFiles: string[] | undefined;
const machineFonts = new Map<string, Font | undefined>();
const fontOf = new Map<string, Font | undefined>();

/** The first font of the machine that has a letter. */
function machineFont(character: string): Font | undefined {
  if (!fontOf.has(character)) fontOf.set(character, findFont(character));
  return fontOf.get(character);
}

function findFont(character: string): Font | undefined {
  machineFiles ??= listFonts();
  for (const file of machineFiles) {
    if (!machineFonts.has(file)) machineFonts.set(file, readable(file));
    const font = machineFonts.get(file);
    if (font?.has(character)) return font;
  }
  return undefined;
}

function readable(file: string): Font | undefined {
  try {
    return readFont(file);
  } catch {
    return undefined; // bitmaps, a font for printing, or a damaged file
  }
}

/** The font files where Linux has them: those without serifs first, upright and regular before others. */
function listFonts(): string[] {
  const { XDG_DATA_HOME, XDG_DATA_DIRS } = process.env;
  const data = [
    XDG_DATA_HOME || join(homedir(), '.local/share'),
    ...(XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
  ];
  const folders = [...data.map((folder) => join(folder, 'fonts')), join(homedir(), '.fonts')];
  const files = folders.flatMap((folder) => filesIn(folder).filter((file) => /\.(ttf|otf|ttc|otc)$/i.test(file)));
  const rank = (file: string): number =>
    (/sans/i.test(file) ? 0 : 4) + (/italic|oblique/i.test(file) ? 2 : 0) + (/regular/i.test(file) ? 0 : 1);
  return files.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
  } catch {
    return []; // it is not there
  }
}

export interface Font {
  readonly file: string;
  has(character: string): boolean;
  /** Advance width in em (times the font size: pixels); of a letter that the font lacks, that of the box drawn for it. */
  width(character: string): number;
}

/**
 * Reads a font, or the first font of a collection.
 *
 * @param file path of a .ttf, .otf or .ttc file with a Unicode character map of format 4 or 12 and outlines of its letters.
 * @throws Error when the file is no such font.
 */
export function readFont(file: string): Font {
  const tables = readTables(file, ['head', 'hhea', 'hmtx', 'cmap']);
  const unitsPerEm = tables.head.readUInt16BE(18);
  const advances = tables.hhea.readUInt16BE(34);
  const glyphOf = characterMap(file, tables.cmap);

  const glyphs = new Map<string, number>();
  const glyph = (character: string): number => {
    let known = glyphs.get(character);
    if (known === undefined) {
      known = glyphOf(character.codePointAt(0) ?? 0);
      glyphs.set(character, known);
    }
    return known;
  };
  return {
    file,
    has: (character) => glyph(character) !== 0,
    width: (character) => tables.hmtx.readUInt16BE(4 * Math.min(glyph(character), advances - 1)) / unitsPerEm,
  };
}

/** Reads single tables: a font of Chinese has tens of megabytes. */
function readTables<Name extends string>(file: string, names: readonly Name[]): Record<Name, Buffer> {
  const descriptor = openSync(file, 'r');
  try {
    const read = (at: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, at));
    };
    const start = read(0, 16);
    const at = start.toString('latin1', 0, 4) === 'ttcf' ? start.readUInt32BE(12) : 0;
    const count = read(at, 12).readUInt16BE(4);
    const directory = read(at + 12, 16 * count);
    const places = new Map<string, [offset: number, length: number]>();
    for (let i = 0; i < directory.length; i += 16) {
      const name = directory.toString('latin1', i, i + 4);
      places.set(name, [directory.readUInt32BE(i + 8), directory.readUInt32BE(i + 12)]);
    }
    // Others hold bitmaps, which are not drawn.
    if (!['glyf', 'CFF ', 'CFF2'].some((outlines) => places.has(outlines))) {
      throw new Error(`${file} has no table of outlines: give a TrueType or OpenType font.`);
    }
    const tables = names.map((name) => {
      const place = places.get(name);
      if (place === undefined) throw new Error(`${file} has no table "${name}": give a TrueType or OpenType font.`);
      return [name, read(...place)];
    });
    return Object.fromEntries(tables) as Record<Name, Buffer>;
  } finally {
    closeSync(descriptor);
  }
}

/** The function from a Unicode code point to its glyph, 0 where there is none. */
function characterMap(file: string, cmap: Buffer): (code: number) => number {
  const maps = new Map<number, number>();
  for (let i = 0, at = 4; i < cmap.readUInt16BE(2); i++, at += 8) {
    const map = cmap.readUInt32BE(at + 4);
    maps.set(cmap.readUInt16BE(map), map);
  }
  const all = maps.get(12);
  if (all !== undefined) return groups(cmap, all);
  const basic = maps.get(4);
  if (basic !== undefined) return segments(cmap, basic);
  throw new Error(`${file} has no Unicode character map of format 4 or 12: give another font.`);
}

/** Format 12: groups [start, end, first glyph] of code points. */
function groups(cmap: Buffer, map: number): (code: number) => number {
  const end = map + 16 + 12 * cmap.readUInt32BE(map + 12);
  return (code) => {
    for (let at = map + 16; at < end; at += 12) {
      if (code > cmap.readUInt32BE(at + 4)) continue;
      const start = cmap.readUInt32BE(at);
      return code < start ? 0 : cmap.readUInt32BE(at + 8) + code - start;
    }
    return 0;
  };
}

/** Format 4: segments [start, end] of code points, each with an offset to its glyphs. */
function segments(cmap: Buffer, map: number): (code: number) => number {
  const twiceSegments = cmap.readUInt16BE(map + 6);
  const [ends, starts] = [map + 14, map + 16 + twiceSegments];
  const [deltas, ranges] = [starts + twiceSegments, starts + 2 * twiceSegments];
  return (code) => {
    for (let i = 0; i < twiceSegments; i += 2) {
      if (code > cmap.readUInt16BE(ends + i)) continue;
      const start = cmap.readUInt16BE(starts + i);
      if (code < start) return 0;
      const range = cmap.readUInt16BE(ranges + i);
      const glyph = range === 0 ? code : cmap.readUInt16BE(ranges + i + range + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + cmap.readUInt16BE(deltas + i)) & 0xffff;
    }
    return 0;
  };
}
