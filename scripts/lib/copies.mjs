// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readJson, writeWhole } from './files.mjs';
import { NOTEBOOKS, notebookNames } from './notebooks.mjs';

/** The folder of a person's own copies: not in git, and without paired .ts files. */
export const MINE = join(NOTEBOOKS, 'mine');

/** Notebooks here are a person's own: jupytext pairs none of them. */
const UNPAIRED = 'formats = "ipynb"\n';

/**
 * Makes a copy of each notebook in notebooks/mine, with its links to other folders as they are from there. A copy that nobody
 * has changed is brought up to date; one that somebody has changed stays as it is.
 *
 * @param {{from?: string, to?: string}} [folders]
 * @returns {string[]} the names of the copies that stay behind a newer original
 */
export function copyNotebooks({ from = NOTEBOOKS, to = MINE } = {}) {
  mkdirSync(to, { recursive: true });
  if (!existsSync(join(to, 'jupytext.toml'))) writeWhole(join(to, 'jupytext.toml'), UNPAIRED);
  const record = join(to, '.copied.json');
  /** @type {Record<string, string>} what was copied last, by name */
  const copied = readJson(record) ?? {};
  const behind = [];
  for (const name of notebookNames(from)) {
    const [original, copy] = [from, to].map((folder) => join(folder, `${name}.ipynb`));
    const linked = (/** @type {string} */ _, /** @type {string} */ link) => `](${relative(to, join(from, link))}`;
    const text = readFileSync(original, 'utf8').replace(/\]\((\.\.\/[^)#\s]*)/g, linked);
    const digest = digestOf(text);
    if (existsSync(copy) && digestOf(readFileSync(copy)) !== copied[name]) {
      if (copied[name] !== digest) behind.push(name);
      continue;
    }
    if (copied[name] !== digest || !existsSync(copy)) writeWhole(copy, text);
    copied[name] = digest;
  }
  writeWhole(record, JSON.stringify(copied));
  return behind;
}

/** Makes a copy of each exercise of the workshop in notebooks/mine/workshop. */
export const copyWorkshop = () =>
  copyNotebooks({ from: join(NOTEBOOKS, 'workshop/exercises'), to: join(MINE, 'workshop') });

/** @param {string | Buffer} content */
const digestOf = (content) => createHash('sha256').update(content).digest('hex');
