// @ts-check
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { notebookNames } from '../lib/notebooks.mjs';
import { ROOT } from '../lib/project.mjs';

/**
 * @typedef {object} Section
 * @property {string} title
 * @property {string[]} pages paths from the project's folder, in reading order
 */

/** The parts of the collection, each from this number on. */
const PARTS = /** @type {const} */ ([
  [0, 'Start'],
  [1, 'Arithmetic'],
  [9, 'Vision'],
  [13, 'All results'],
  [20, 'Relatives'],
]);

/** What comes first in docs/ and about the project; other pages of docs/ follow. */
const FIRST_DOCS = ['docs/glossary.md', 'docs/paper-and-code.md', 'docs/commands.md'];
const ABOUT = ['README.md', 'lib/README.md', 'data/README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/**
 * The site's pages: every notebook, the workshop where there is one, and the texts.
 *
 * @param {string} [root] the project's folder
 * @returns {Section[]} without empty ones
 */
export function sections(root = ROOT) {
  const notebooks = notebookNames(join(root, 'notebooks')).map((name) => `notebooks/${name}.ipynb`);
  /** @param {string} page */
  const numberOf = (page) => Number(/\d+/.exec(page)?.[0] ?? 0);
  const parts = PARTS.map(([from, title], i) => {
    const end = PARTS[i + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    return { title, pages: notebooks.filter((page) => numberOf(page) >= from && numberOf(page) < end) };
  });
  const docs = filesOf(root, 'docs', '.md');
  return [
    ...parts,
    {
      title: 'Workshop',
      pages: [
        ...['README.md', 'INSTRUCTORS.md'].map((name) => `notebooks/workshop/${name}`),
        ...filesOf(root, 'notebooks/workshop/exercises', '.ipynb'),
        ...filesOf(root, 'notebooks/workshop/solutions', '.ipynb'),
      ],
    },
    { title: 'Reference', pages: [...FIRST_DOCS, ...docs.filter((page) => !FIRST_DOCS.includes(page))] },
    { title: 'About', pages: ABOUT },
  ]
    .map(({ title, pages }) => ({ title, pages: pages.filter((page) => existsSync(join(root, page))) }))
    .filter(({ pages }) => pages.length > 0);
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} ending
 */
function filesOf(root, folder, ending) {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(ending) && !name.startsWith('.'));
  return names.sort().map((name) => `${folder}/${name}`);
}
