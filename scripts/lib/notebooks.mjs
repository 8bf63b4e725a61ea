// @ts-check
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { Failure } from './failure.mjs';
import { readText } from './files.mjs';
import { ROOT } from './project.mjs';

/** The folder of the notebooks. */
export const NOTEBOOKS = join(ROOT, 'notebooks');

/**
 * The files in a folder of notebooks; hidden ones, such as the twins that Macs write ("._01.ipynb"), are none.
 *
 * @param {string} [folder]
 */
export function notebookFiles(folder = NOTEBOOKS) {
  return readdirSync(folder).filter((file) => !file.startsWith('.'));
}

/**
 * The names of all notebooks of a folder, without extension, in reading order.
 *
 * @param {string} [folder]
 */
export function notebookNames(folder) {
  return notebookFiles(folder)
    .filter((file) => file.endsWith('.ipynb'))
    .map((file) => file.slice(0, -'.ipynb'.length))
    .sort();
}

/**
 * The notebooks that were asked for: each by its number (01), its name, or the path of any notebook.
 *
 * @param {string[]} asked
 * @returns {string[]} paths, in the order asked for
 */
export function chooseNotebooks(asked) {
  const names = notebookNames();
  const known = names.length > 0 ? `the notebooks are ${names.join(', ')}` : 'there is no notebook yet';
  if (asked.length === 0) throw new Failure(`Say which notebooks to run, by number or name: ${known}.`);
  return asked.map((text) => {
    if (text.endsWith('.ipynb') && existsSync(text)) return resolve(text);
    const plain = basename(text, '.ipynb');
    const name = names.find((other) => other === plain || other.split('-')[0] === plain.padStart(2, '0'));
    if (!name) throw new Failure(`There is no notebook "${text}": ${known}.`);
    return join(NOTEBOOKS, `${name}.ipynb`);
  });
}

/**
 * Refuses notebooks, and .ts files beside them, that git left half merged, or that are no notebooks at all.
 *
 * @param {string[]} notebooks paths ending in .ipynb; what is not there is left to others
 */
export function requireMerged(notebooks) {
  for (const notebook of notebooks) {
    for (const path of [notebook, notebook.replace(/ipynb$/, 'ts')]) {
      const text = readText(path) ?? '';
      const shown = relative(process.cwd(), path);
      if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) {
        throw new Failure(
          `${shown} holds the marks of an unfinished merge (<<<<<<<): choose what stays (git checkout --ours ${shown}, or --theirs, takes one side) and run the command again.`,
        );
      }
      if (path === notebook && text !== '' && !isJson(text)) {
        throw new Failure(
          `${shown} is no notebook, since it is not JSON: bring it back with git checkout ${shown}, or delete it and make it from its .ts file with npm run sync.`,
        );
      }
    }
  }
}

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
