import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { readArguments } from '../../lib/arguments.mjs';
import { Failure } from '../../lib/failure.mjs';
import { writeWhole } from '../../lib/files.mjs';
import { chooseNotebooks, NOTEBOOKS, notebookNames } from '../../lib/notebooks.mjs';
import { jupyterEnvironment, PYTHON, ROOT } from '../../lib/project.mjs';
import { CHART_SCRIPTS, chartHtml, chartOf } from '../../site/charts.mjs';
import { guessSlide, textSlide } from './exerciseSlides.js';
import { MOST_WORDS, unlinked, wordCount } from './words.js';

export const SLIDES_USAGE = `npm run workshop -- slides [NOTEBOOK ...] [--output FOLDER]

Makes slides of the cells with the tag "slide", to be shown without a network: open index.html of the folder (.slides) in a
browser. A slide is a text of at most 40 words, or one chart or picture. The texts between them are its notes, which the
key S shows in a window of their own. Without names, all notebooks that have such cells are taken, the workshop's too: of an
exercise its question, the guess that is asked for, the picture of the solved notebook, and what is to be seen in it.`;

const EXERCISES = join(NOTEBOOKS, 'workshop/exercises');
const SOLUTIONS = join(NOTEBOOKS, 'workshop/solutions');

interface Output {
  data?: Record<string, string | string[] | object>;
}

interface Cell {
  id?: string;
  cell_type: string;
  source: string | string[];
  metadata: { tags?: string[] };
  outputs?: Output[];
}

/** What a slide shows, and the notes of who speaks: Markdown, or HTML as it is. */
export interface Slide {
  shows: { markdown: string } | { html: string };
  notes: string[];
}

/** Makes the slides. */
export function slides(args: string[]): void {
  const { values, positionals } = readArguments(
    { args, allowPositionals: true, options: { output: { type: 'string' }, help: { type: 'boolean' } } },
    SLIDES_USAGE,
  );
  if (values.help) {
    console.log(SLIDES_USAGE);
    return;
  }
  const output = values.output ?? join(ROOT, '.slides');
  const paths = positionals.length > 0 ? positionals.map(notebookOf) : withSlides();
  const decks = paths.map((path) => ({ path, slides: slidesOf(path) }));
  for (const { path, slides } of decks) {
    if (slides.length === 0)
      throw new Failure(`${basename(path)} has no cell with the tag "slide": give one that tag.`);
  }
  writeDeck(
    output,
    decks.flatMap(({ slides }) => slides),
  );
  const count = decks.reduce((sum, { slides }) => sum + slides.length, 0);
  console.log(`${relative(process.cwd(), join(output, 'index.html'))}: ${count} slides of ${paths.length} notebooks`);
}

/** A notebook by its path, number or name; those of the workshop are W3 and the like. */
function notebookOf(asked: string): string {
  const exercise = exercises().find((path) => basename(path).startsWith(`${asked}-`));
  return exercise ?? chooseNotebooks([asked])[0];
}

const exercises = (): string[] =>
  existsSync(EXERCISES) ? notebookNames(EXERCISES).map((name) => join(EXERCISES, `${name}.ipynb`)) : [];

/** All notebooks with slides, in reading order. */
function withSlides(): string[] {
  const all = [...notebookNames().map((name) => join(NOTEBOOKS, `${name}.ipynb`)), ...exercises()];
  return all.filter((path) => readCells(path).some(isSlide));
}

function readCells(path: string): Cell[] {
  return JSON.parse(readFileSync(path, 'utf8')).cells;
}

const isSlide = ({ metadata }: Cell): boolean => metadata.tags?.includes('slide') ?? false;
const isPicture = (output: Output): boolean => Boolean(chartOf(output) || output.data?.['image/png']);
const textOf = (text: string | string[]): string => [text].flat().join('');

/** The cells of an exercise notebook, each with what it shows in the solved one. */
function solvedCells(path: string): Cell[] {
  const solved = new Map(readCells(join(SOLUTIONS, basename(path))).map((cell) => [cell.id, cell.outputs]));
  return readCells(path).map((cell) => ({ ...cell, outputs: solved.get(cell.id) }));
}

/** A notebook's title, and its cells that are slides; texts in between become notes of the slide before them. */
export function slidesOf(path: string): Slide[] {
  const ofExercises = dirname(path) === EXERCISES;
  const cells = ofExercises ? solvedCells(path) : readCells(path);
  if (!cells.some(isSlide)) return [];
  const found: Slide[] = [];
  const [, title] = /^(# .+)/.exec(textOf(cells[0].source)) ?? [];
  if (title && !isSlide(cells[0])) found.push({ shows: { markdown: title }, notes: [] });
  for (const [i, cell] of cells.entries()) {
    if (isSlide(cell) && ofExercises) found.push(...partOfExercise(cells, i, path));
    else if (isSlide(cell)) found.push(slideOf(cell, path));
    else if (cell.cell_type === 'markdown') found.at(-1)?.notes.push(textOf(cell.source));
  }
  return found;
}

/** One cell of an exercise as a slide; none of a picture, where the solved notebook has not been run. */
function partOfExercise(cells: Cell[], place: number, path: string): Slide[] {
  const cell = cells[place];
  const source = textOf(cell.source);
  const isText = ({ cell_type }: Cell) => cell_type === 'markdown';
  const isGuess = ({ metadata }: Cell) => metadata.tags?.includes('predict') === true;
  if (isText(cell)) {
    const next = cells.slice(place + 1).find((other) => isText(other) || isGuess(other));
    return [textSlide(source, next !== undefined && isGuess(next)) ?? slideOf(cell, path)];
  }
  if (isGuess(cell)) return [guessSlide(source, textOf(cells.slice(0, place).findLast(isText)?.source ?? ''))];
  const outputs = cell.outputs ?? [];
  // Those before the guess are the bars and charts of a training.
  const answer = outputs.slice(outputs.findLastIndex(({ data }) => data?.['text/markdown']) + 1);
  return answer.flatMap((output) => {
    const html = isPicture(output) ? pictureHtml(output) : textOf((output.data?.['text/html'] as string) ?? '');
    return html.includes('<') ? [{ shows: { html }, notes: [] }] : [];
  });
}

/** One cell as a slide: its only chart or picture, or its text. */
function slideOf(cell: Cell, path: string): Slide {
  const source = textOf(cell.source);
  if (cell.cell_type === 'markdown') {
    const picture = /!\[([^\]]*)\]\(([^)]+)\)/.exec(source);
    if (picture) {
      const html = image(join(dirname(path), picture[2]), picture[1]);
      return { shows: { html }, notes: [source.replace(picture[0], '')] };
    }
    return { shows: { markdown: short(source, path) }, notes: [] };
  }
  const outputs = cell.outputs ?? [];
  const pictures = outputs.filter(isPicture);
  if (pictures.length > 1) {
    throw new Failure(`${where(source, path)} shows ${pictures.length} charts, and a slide has one: divide the cell.`);
  }
  if (pictures.length === 1) return { shows: { html: pictureHtml(pictures[0]) }, notes: [] };
  const said = outputs.map(({ data }) => textOf((data?.['text/markdown'] as string | string[]) ?? '')).join('\n\n');
  if (said.trim() === '') {
    throw new Failure(
      `${where(source, path)} shows neither a chart nor a text: run the notebook, or take its tag away.`,
    );
  }
  return { shows: { markdown: short(said, path) }, notes: [] };
}

function pictureHtml(output: Output): string {
  if (chartOf(output)) return chartHtml(output);
  const png = textOf(output.data?.['image/png'] as string).replace(/\s/g, '');
  return `<img class="picture" alt="" src="data:image/png;base64,${png}">`;
}

/** A picture's file, inside the page. */
function image(path: string, words: string): string {
  const type = extname(path) === '.svg' ? 'svg+xml' : extname(path).slice(1);
  const alt = words.replace(/\s+/g, ' ').replaceAll('"', '&quot;');
  return `<img class="picture" alt="${alt}" src="data:image/${type};base64,${readFileSync(path).toString('base64')}">`;
}

/** The text, unless it is too long for a slide. */
function short(text: string, path: string): string {
  const words = wordCount(text);
  if (words <= MOST_WORDS) return text;
  throw new Failure(
    `${where(text, path)} has ${words} words, and a slide has ${MOST_WORDS} at most, or one chart: shorten it, or take its tag away.`,
  );
}

const where = (text: string, path: string): string =>
  `${basename(path)}: the slide that begins "${text.trim().split('\n')[0].slice(0, 60)}"`;

function writeDeck(folder: string, slides: Slide[]): void {
  const reveal = join(ROOT, 'node_modules/reveal.js');
  const own = join(ROOT, 'scripts/slides');
  const styles = [join(reveal, 'dist/reset.css'), join(reveal, 'dist/reveal.css'), join(own, 'slides.css')];
  const scripts = [
    ...CHART_SCRIPTS,
    join(ROOT, 'scripts/site/chartsOnPage.js'),
    ...[join(reveal, 'dist/reveal.js'), join(reveal, 'plugin/notes/notes.js'), join(own, 'deck.js')],
  ];
  mkdirSync(join(folder, 'lib'), { recursive: true });
  for (const path of [...styles, ...scripts]) copyFileSync(path, join(folder, 'lib', basename(path)));
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Subtask induction</title>
${styles.map((path) => `<link rel="stylesheet" href="lib/${basename(path)}">`).join('\n')}
</head>
<body>
<div class="reveal"><div class="slides">
${sectionsOf(slides).join('\n')}
</div></div>
${scripts.map((path) => `<script src="lib/${basename(path)}"></script>`).join('\n')}
</body>
</html>
`;
  writeWhole(join(folder, 'index.html'), page);
}

function sectionsOf(slides: Slide[]): string[] {
  const texts = slides.flatMap(({ shows, notes }) => ['markdown' in shows ? shows.markdown : '', notes.join('\n\n')]);
  const html = toHtml(texts.map(unlinked));
  return slides.map(({ shows }, i) => {
    const notes = html[2 * i + 1];
    const shown = 'html' in shows ? shows.html : html[2 * i];
    return `<section>${shown}${notes ? `<aside class="notes">${notes}</aside>` : ''}</section>`;
  });
}

/** Markdown as HTML, by the converter that Jupyter has. */
function toHtml(texts: string[]): string[] {
  const printed = execFileSync(PYTHON, [join(ROOT, 'scripts/slides/markdown.py')], {
    input: JSON.stringify(texts),
    env: jupyterEnvironment(),
    encoding: 'utf8',
  });
  return JSON.parse(printed);
}
