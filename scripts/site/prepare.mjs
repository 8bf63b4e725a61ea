// @ts-check
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { writeWhole } from '../lib/files.mjs';
import { ROOT } from '../lib/project.mjs';
import { CHART_SCRIPTS, chartHtml, chartOf } from './charts.mjs';

const HERE = join(ROOT, 'scripts/site');

/** The site's own scripts and styles, beside what draws the charts. */
const STATIC = ['chartsOnPage.js', 'site.css'].map((name) => join(HERE, name));

/**
 * Writes what Sphinx reads: the pages at their places in the project, so that links between them hold, a front page with
 * the list of all, and the static files.
 *
 * @param {string} folder is made anew
 * @param {import('./pages.mjs').Section[]} sections
 */
export function prepareSource(folder, sections) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, '_static'), { recursive: true });
  for (const path of [...CHART_SCRIPTS, ...STATIC]) cpSync(path, join(folder, '_static', basename(path)));
  cpSync(join(HERE, 'conf.py'), join(folder, 'conf.py'));
  const pages = sections.flatMap((section) => section.pages);
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const prepared = page.endsWith('.ipynb')
      ? notebook(text, { page, pages, folder })
      : markdown(text, { page, pages, folder });
    writeWhole(join(folder, page), prepared);
  }
  const front = readFileSync(join(HERE, 'index.md'), 'utf8').replace(/<!--.*-->/, introduction());
  const trees = sections.map(
    ({ title, pages }) => `\`\`\`{toctree}\n:caption: ${title}\n:hidden:\n\n${pages.map(entry).join('\n')}\n\`\`\`\n`,
  );
  writeWhole(join(folder, 'index.md'), `${markdown(front, { page: 'index.md', pages, folder })}\n${trees.join('\n')}`);
}

/** What README.md says between its title and how the project is made. */
function introduction() {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return text.slice(text.indexOf('\n') + 1, text.indexOf('\nEverything is TypeScript')).trim();
}

/**
 * A line of a list of pages, with a title where the page's own would not tell it from another.
 *
 * @param {string} page
 */
function entry(page) {
  const path = page.replace(/\.\w+$/, '');
  const title = page.includes('/solutions/') ? `${titleOf(page)}: solution` : TITLES[path];
  return title ? `${title} <${path}>` : path;
}

/**
 * The title of a notebook: its first heading, or else its name.
 *
 * @param {string} page
 */
function titleOf(page) {
  const { cells } = JSON.parse(readFileSync(join(ROOT, page), 'utf8'));
  return titleIn(cells) ?? basename(page, '.ipynb').replaceAll('-', ' ');
}

/** @param {any[]} cells */
function titleIn(cells) {
  const [first] = cells.filter(({ cell_type }) => cell_type === 'markdown');
  return /^# (.+)/.exec([first?.source ?? ''].flat().join(''))?.[1];
}

/** @type {Record<string, string>} */
const TITLES = {
  'notebooks/00-start-here': '00 Start here',
  README: 'What holds, and how to run it',
  'lib/README': 'The library',
  'data/README': 'The data',
};

/**
 * @typedef {object} Place
 * @property {string} page the page's path in the project
 * @property {string[]} pages all pages
 * @property {string} folder where the pages are prepared
 */

/**
 * A notebook with its code folded (but not where writing it is the exercise), and its charts as parts of the page.
 *
 * @param {string} text
 * @param {Place} place
 */
function notebook(text, place) {
  const content = JSON.parse(text);
  const folded = !place.page.includes('/exercises/');
  for (const cell of content.cells) {
    cell.metadata = { tags: cell.cell_type === 'code' && folded ? ['hide-input'] : [] };
    if (cell.cell_type === 'markdown') cell.source = markdown([cell.source].flat().join(''), place);
    for (const output of cell.outputs ?? []) {
      if (!chartOf(output)) continue;
      output.data = {
        'text/html': chartHtml(output, pictureFile(output, place)),
        'text/plain': output.data['text/plain'],
      };
    }
  }
  for (const [i, cell] of content.cells.entries()) cell.id ??= `cell-${i}`;
  if (!titleIn(content.cells)) {
    content.cells.unshift({ cell_type: 'markdown', id: 'title', metadata: {}, source: `# ${titleOf(place.page)}` });
  }
  // What a kernel adds when it first runs.
  content.metadata.language_info = {
    name: 'typescript',
    pygments_lexer: 'typescript',
    ...content.metadata.language_info,
  };
  return JSON.stringify(content);
}

/**
 * Keeps a chart's picture as a file.
 *
 * @param {any} output
 * @param {Place} place
 * @returns {string | undefined} its address, seen from the page
 */
function pictureFile(output, { page, folder }) {
  const png = output.data['image/png'];
  if (!png) return undefined;
  const bytes = Buffer.from([png].flat().join(''), 'base64');
  const name = `_static/charts/${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.png`;
  if (!existsSync(join(folder, name))) writeWhole(join(folder, name), bytes);
  return `${'../'.repeat(page.split('/').length - 1)}${name}`;
}

/**
 * A text with anchors that Sphinx knows, and with links that lead somewhere on the site: to a page, or to a file that is
 * brought along. What is neither (a folder, a page that is not built this time) stays as plain words.
 *
 * @param {string} text
 * @param {Place} place
 */
function markdown(text, { page, pages, folder }) {
  return text
    .replace(/<a id="([^"]+)"><\/a>(\*\*.*?\*\*)/gs, '[$2]{#$1}')
    .replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)/g, (link, image, words, path) => {
      const target = normalize(join(dirname(page), path)).replace(/\/$/, '');
      if (pages.includes(target)) return link;
      const origin = join(ROOT, target);
      // A mistake in the text, which Sphinx reports.
      if (!existsSync(origin)) return link;
      if (statSync(origin).isDirectory() || (!image && ['.md', '.ipynb'].includes(extname(target)))) return words;
      cpSync(origin, join(folder, target));
      return link;
    });
}
