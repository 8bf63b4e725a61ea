/** Slides from the cells with the tag "slide". */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { slides, slidesOf, wordCount } from '../../scripts/commands/workshop/slides';
import { notebookNames } from '../../scripts/lib/notebooks.mjs';
import { findChromium } from '../browser/jupyterLab';
import { loadedFromOutside, openOffline } from '../browser/offline';
import { PROJECT } from '../support/temporary';

const folder = mkdtempSync(join(tmpdir(), 'slides-'));
afterAll(() => rmSync(folder, { recursive: true }));

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
