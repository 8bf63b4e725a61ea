/** The fonts of pictures: DejaVu Sans from its npm package, and one of the machine for letters that it lacks. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Font, readFont } from './font';

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
