import { copyFileSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { readJson, readText } from '../lib/files.mjs';
import { ROOT } from '../lib/project.mjs';

/**
 * Copies whole pairs of a notebook and its .ts file before either is replaced: both may hold changes, and the last ones
 * win. The copies go into `folder`.
 */
export function copyPairs(
  notebooks: string[],
  folder = join(ROOT, '.jupyter/replaced', new Date().toISOString().replaceAll(':', '-')),
): [path: string, copy: string][] {
  const pairs = notebooks.map((path) => [path, path.replace(/ipynb$/, 'ts')]);
  const whole = pairs.filter((pair) => pair.every((path) => existsSync(path)));
  return whole.flatMap((pair, i) =>
    pair.map((path): [string, string] => {
      // Numbered, since notebooks of several folders may have one name.
      const copy = join(folder, String(i), basename(path));
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(path, copy);
      return [path, copy];
    }),
  );
}

/** Says where the earlier state of each file is whose cells were replaced, and removes the other copies. */
export function keepReplaced(copies: [path: string, copy: string][]): void {
  for (const [path, copy] of copies) {
    if (cellsOf(copy) !== cellsOf(path)) {
      console.log(`${relative(ROOT, path)} was replaced; what it was is in ${relative(ROOT, copy)}.`);
      continue;
    }
    rmSync(copy);
    for (const folder of [dirname(copy), dirname(dirname(copy))]) {
      if (readdirSync(folder).length === 0) rmdirSync(folder);
    }
  }
}

/** The cells of a notebook, whose outputs stay with equal cells, or the text of a .ts file. */
function cellsOf(path: string): string | undefined {
  if (!path.endsWith('.ipynb')) return readText(path);
  const { cells }: { cells: { cell_type: string; source: string | string[] }[] } = readJson(path);
  return JSON.stringify(cells.map(({ cell_type, source }) => [cell_type, [source].flat().join('')]));
}
