/** Slides from the cells with the tag "slide". */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { slides, slidesOf } from '../../scripts/commands/workshop/slides';
import { wordCount } from '../../scripts/commands/workshop/words';
import { notebookNames } from '../../scripts/lib/notebooks.mjs';
import { EXERCISES } from '../../workshop/dist/exercises';
import { WORKSHOP } from '../../workshop/dist/source';
import { findChromium } from '../browser/jupyterLab';
import { loadedFromOutside, openOffline } from '../browser/offline';
import { PROJECT } from '../support/temporary';

const folder = mkdtempSync(join(tmpdir(), 'slides-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The slides of an exercise notebook, and what each is: an exercise, a guess, a picture, what is seen. */
function partsOf(path: string) {
  const slides = slidesOf(path);
  const kinds = slides.map(({ shows }) => {
    if ('html' in shows) return 'picture';
    if (shows.markdown.startsWith('**Your guess?**')) return 'guess';
    return /^## (W.*)/.exec(shows.markdown)?.[1] ?? (shows.markdown.includes('should see') ? 'seen' : 'text');
  });
  return { slides, kinds };
}

/** A notebook of one cell. */
function notebook(name: string, cell: object): string {
  const path = join(folder, `${name}.ipynb`);
  writeFileSync(path, JSON.stringify({ cells: [{ metadata: { tags: ['slide'] }, ...cell }] }));
  return path;
}

describe('cells with the tag slide', () => {
  const notebooks = notebookNames().map((name) => join(PROJECT, 'notebooks', `${name}.ipynb`));

  it('are there in 00, 02, 07 and 09, each a chart, a picture or at most 40 words', () => {
    const found = notebooks.map((path) => ({ number: /(\d\d)-/.exec(path)?.[1], slides: slidesOf(path) }));
    const some = found.filter(({ slides }) => slides.length > 0);
    expect(some.map(({ number }) => number)).toEqual(['00', '02', '07', '09']);
    for (const { shows } of some.flatMap(({ slides }) => slides)) {
      if ('markdown' in shows) expect(wordCount(shows.markdown)).toBeLessThanOrEqual(40);
      else expect(shows.html.match(/class="(?:chart|picture)"/g)).toHaveLength(1);
    }
  });

  const exercises = readdirSync(join(WORKSHOP, 'exercises')).filter((name) => name.endsWith('.ipynb'));

  it.each(exercises)('show of %s what is asked before its pictures, and afterwards what is to be seen', (name) => {
    const { slides, kinds } = partsOf(join(WORKSHOP, 'exercises', name));
    for (const { shows } of slides) {
      if ('markdown' in shows) expect(wordCount(shows.markdown), shows.markdown).toBeLessThanOrEqual(40);
    }
    const asked = Object.keys(EXERCISES).filter((id) => id.startsWith(name.slice(0, 2)));
    expect(kinds.filter((kind) => kind.startsWith('W')).map((kind) => kind.slice(0, 4))).toEqual(asked);
    expect(kinds.filter((kind) => kind === 'seen').length).toBeGreaterThan(0);
    kinds.forEach((kind, i) => {
      if (kind === 'picture') expect(kinds[i - 1]).toMatch(/^(?:guess|picture|W)/);
    });
  });

  it('are refused in one sentence where they are too long, or show nothing', () => {
    const long = notebook('long', { cell_type: 'markdown', source: 'one [two](three/four.md) '.repeat(21) });
    expect(() => slidesOf(long)).toThrow(/^long\.ipynb: the slide that begins .* has 42 words, and a slide has 40/);
    const empty = notebook('empty', { cell_type: 'code', source: 'const x = 5;', outputs: [] });
    expect(() => slidesOf(empty)).toThrow('shows neither a chart nor a text: run the notebook, or take its tag away.');
    const without = notebook('without', { cell_type: 'markdown', source: 'Text', metadata: {} });
    expect(() => slides([without, '--output', join(folder, 'none')])).toThrow(/has no cell with the tag "slide"/);
  });
});

describe('the slides', () => {
  const page = join(folder, 'deck/index.html');
  beforeAll(() => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    slides(['--output', join(folder, 'deck')]);
    vi.restoreAllMocks();
  });

  it('load nothing from elsewhere, and keep the texts between them as notes', () => {
    const html = readFileSync(page, 'utf8');
    expect(loadedFromOutside(html)).toEqual([]);
    expect(html.match(/<section>/g)?.length).toBeGreaterThan(25);
    expect(html.match(/<aside class="notes">/g)?.length).toBeGreaterThan(10);
  });

  it.skipIf(!findChromium())('open without a network, with every chart drawn', async () => {
    const [seen] = await openOffline([page]);
    expect(seen).toMatchObject({ fromOutside: [], errors: [], drawn: seen.charts });
    expect(seen.charts).toBeGreaterThan(10);
  });
});
