/** The site: what is on it, and one notebook of it as it is built. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notebookNames } from '../../scripts/lib/notebooks.mjs';
import { chartHtml } from '../../scripts/site/charts.mjs';
import { SITE } from '../../scripts/site/environment.mjs';
import { sections } from '../../scripts/site/pages.mjs';
import { prepareSource } from '../../scripts/site/prepare.mjs';
import { findChromium } from '../browser/jupyterLab';
import { loadedFromOutside, openOffline } from '../browser/offline';
import { command } from '../support/run';
import { PROJECT } from '../support/temporary';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pagesOf = (title: string, root?: string) => sections(root).find((section) => section.title === title)?.pages;

describe('the pages', () => {
  it('are every notebook once, in reading order, and every text of docs', () => {
    const pages = sections().flatMap((section) => section.pages);
    const notebooks = notebookNames().map((name) => `notebooks/${name}.ipynb`);
    expect(pages.filter((page) => /^notebooks\/[^/]*$/.test(page))).toEqual(notebooks);
    const docs = readdirSync(join(PROJECT, 'docs')).filter((name) => name.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(docs.map((name) => `docs/${name}`)));
    expect(new Set(pages).size).toBe(pages.length);
    expect(pagesOf('Vision')?.map((page) => page.slice(10, 12))).toEqual(['09', '10', '11', '12']);
  });

  it('are the workshop too, where there is one', () => {
    const root = join(folder, 'project');
    const files = ['notebooks/01-one.ipynb', 'notebooks/workshop/README.md', 'notebooks/workshop/exercises/W3-x.ipynb'];
    for (const path of files) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), '');
    }
    expect(sections(root)).toEqual([
      { title: 'Arithmetic', pages: files.slice(0, 1) },
      { title: 'Workshop', pages: files.slice(1) },
    ]);
  });
});

describe('a page', () => {
  const source = join(folder, 'source');
  beforeAll(() =>
    prepareSource(source, [{ title: 'One', pages: ['notebooks/01-base-model.ipynb', 'docs/glossary.md'] }]),
  );
  const read = (path: string) => readFileSync(join(source, path), 'utf8');

  it('is in the list of the front page', () => {
    expect(read('index.md')).toContain(':caption: One\n:hidden:\n\nnotebooks/01-base-model\ndocs/glossary\n');
  });

  it('has folded code, charts with their pictures, and links that lead somewhere', () => {
    const { cells } = JSON.parse(read('notebooks/01-base-model.ipynb'));
    const code = cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code');
    expect(code.map((cell: { metadata: object }) => cell.metadata)).toEqual(code.map(() => ({ tags: ['hide-input'] })));
    const text = JSON.stringify(cells);
    const pictures = [...text.matchAll(/<noscript><img src=\\"\.\.\/(_static[^"\\]*)/g)].map(([, path]) => path);
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.filter((path) => !existsSync(join(source, path)))).toEqual([]);
    expect(text).toContain('](../docs/glossary.md#');
    // A page that is not built this time.
    expect(text).not.toContain('.ipynb)');
    expect(read('docs/glossary.md')).toContain('- [**Seed.**]{#seed}');
  });

  it('cannot be ended by what a chart says', () => {
    const spec = { title: 'a < b "c"', data: { values: [{ x: '</script>' }] } };
    const html = chartHtml({ data: { 'application/vnd.vegalite.v5+json': spec } });
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).toContain('aria-label="a &lt; b &quot;c&quot;"');
    expect(JSON.parse(/json">(.*)<\/script>/.exec(html)?.[1] ?? '')).toEqual(spec);
  });
});

// Made by the first npm run site.
const canBuild = existsSync(join(SITE, '.venv/site.json'));
const SLOW = process.env.SUBTASK_SLOW_TESTS === '1';

describe.runIf(canBuild || SLOW)('the built site', () => {
  const html = join(folder, 'html');
  beforeAll(async () => {
    const { status, stderr } = await command('site', ...(SLOW ? [] : ['01']), '--output', html);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 600_000);
  const pages = () =>
    readdirSync(html, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.html') && !path.startsWith('_'))
      .map((path) => join(html, path));

  it('loads nothing from other servers', () => {
    const found = pages().flatMap((path) => loadedFromOutside(readFileSync(path, 'utf8')));
    expect(found).toEqual([]);
    expect(pages().length).toBeGreaterThanOrEqual(4);
  });

  it.skipIf(!findChromium())('draws its charts without a network', async () => {
    const paths = pages().filter((path) => /notebooks\/\d/.test(path));
    const seen = await openOffline(paths);
    for (const page of seen) expect(page).toMatchObject({ fromOutside: [], errors: [], drawn: page.charts });
    expect(seen.some(({ charts }) => charts > 0)).toBe(true);
  });
});
