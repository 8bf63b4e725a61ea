import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What systems put beside people's files: it describes the folder, or is another file's twin, and holds no data. */
const NO_DATA = /^(\..*|Thumbs\.db|ehthumbs\.db|desktop\.ini|__MACOSX)$/i;

/** The names of the files and folders in a folder that people put there, sorted. */
export function dataFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !NO_DATA.test(name))
    .sort();
}

/** The names of the images in a folder, sorted; one that is there twice, as a copy or in two formats, is an error. */
export function imageNames(folder: string): string[] {
  const names = dataFiles(folder).filter((name) => /\.(jpe?g|png|webp|gif|tiff?|avif)$/i.test(name));
  refuseCopies(folder, names);
  return names;
}

/** Throws a sentence where two of the names are the same but for their ending and a copy's addition, as "a (1).png" and "a.png". */
export function refuseCopies(folder: string, names: readonly string[]): void {
  const firsts = new Map<string, string>();
  for (const name of names) {
    const original = name.replace(/\.\w+$/, '').replace(/( \(\d+\)| - Copy( \(\d+\))?| copy( \d+)?)$/, '');
    const first = firsts.get(original);
    if (first !== undefined) {
      throw new Error(`${join(folder, first)} and ${name} are the same file twice by their names: delete one.`);
    }
    firsts.set(original, name);
  }
}
