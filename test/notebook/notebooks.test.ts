/** The notebooks as files; notebooksRun.test.ts executes them. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jupyterEnvironment, PYTHON } from '../../scripts/lib/project.mjs';
import { chartCount, chartWidths, faults, readCells } from '../support/executedNotebook';
import { PROJECT } from '../support/temporary';

const folder = join(PROJECT, 'notebooks');
const names = [...new Set(readdirSync(folder).map((file) => /^(.+)\.(?:ipynb|ts)$/.exec(file)?.[1]))].filter(
  (name): name is string => name !== undefined,
);
/** Without its imports. */
const LONGEST_CELL = 25;
const LONGEST_PARAGRAPH = 60;
const WIDEST_CHART = 670;

describe('the notebooks', () => {
  it('begin with 00 and have numbers of their own', () => {
    const numbers = names.map((name) => /^\d\d(?=-)/.exec(name)?.[0]);
    expect(numbers[0]).toBe('00');
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(names.length);
  });
});

describe.each(names)('%s', (name) => {
  const path = join(folder, `${name}.ipynb`);

  it('is a pair of files', () => {
    expect([path, path.replace(/ipynb$/, 'ts')].filter((file) => !existsSync(file))).toEqual([]);
  });

  it('begins with a title and tells its story between the cells', () => {
    const cells = readCells(path);
    expect(cells[0].cell_type).toBe('markdown');
    expect(cells[0].source).toMatch(/^# \S/);
    expect(cells.slice(1).filter(({ source }) => /^# /m.test(source) && !/```/.test(source))).toEqual([]);
    const prose = cells.filter(({ cell_type }) => cell_type === 'markdown');
    expect(prose.length).toBeGreaterThan(cells.length / 4);
  });

  it(`has no cell of more than ${LONGEST_CELL} lines without its imports, and no empty one`, () => {
    const lengths = readCells(path)
      .filter(({ cell_type }) => cell_type === 'code')
      .map(
        ({ source }) =>
          source
            .replace(/^import [^;]*;\n*/gm, '')
            .trimEnd()
            .split('\n').length,
      );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(LONGEST_CELL);
    expect(readCells(path).filter(({ source }) => source.trim() === '')).toEqual([]);
  });

  it(`has no paragraph of more than ${LONGEST_PARAGRAPH} words`, () => {
    const paragraphs = readCells(path)
      .filter(({ cell_type }) => cell_type === 'markdown')
      .flatMap(({ source }) => source.split(/\n\s*\n/))
      .filter((paragraph) => !/^[|#]/.test(paragraph));
    expect(paragraphs.filter((paragraph) => paragraph.split(/\s+/).length > LONGEST_PARAGRAPH)).toEqual([]);
  });

  it('was executed from top to bottom, shows no error, and a picture of every chart', () => {
    const code = readCells(path).filter(({ cell_type }) => cell_type === 'code');
    expect(faults(code)).toEqual([]);
    expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
  });

  it('has no chart that is wider than the page beside the file browser, in a window of 900 pixels', () => {
    expect(chartWidths(readCells(path)).filter((width) => width > WIDEST_CHART)).toEqual([]);
  });

  it('says in numbers only what its cells compute', () => {
    // Prose may count (2 layers), name (01, a^2, 7) and list; a measured number has a point or a percent sign.
    const measured = readCells(path)
      .filter(({ cell_type }) => cell_type === 'markdown')
      .flatMap(
        ({ source }) =>
          source.replace(/\(https?:[^)]*\)|\[arXiv [^\]]*\]/g, '').match(/\d+\.\d{2,}|\d+(?:\.\d+)? ?%/g) ?? [],
      )
      .filter((text) => text !== '95 %');
    expect(measured).toEqual([]);
  });
});

describe('an HTML export', () => {
  const charts = (name: string) => chartCount(readCells(join(folder, `${name}.ipynb`)));
  // A second or two a notebook: the first, and the one with most charts.
  const exported = [names[0], names.reduce((most, name) => (charts(name) > charts(most) ? name : most))];
  const html = mkdtempSync(join(tmpdir(), 'html-'));
  beforeAll(async () => {
    const paths = exported.map((name) => join(folder, `${name}.ipynb`));
    const args = ['-m', 'nbconvert', '--to', 'html', '--output-dir', html, ...paths];
    await promisify(execFile)(PYTHON, args, { env: jupyterEnvironment() });
  });
  afterAll(() => rmSync(html, { recursive: true }));

  it.each(exported)('of %s keeps its charts', (name) => {
    const pictures = readFileSync(join(html, `${name}.html`), 'utf8').match(/<img[^>]* src="data:image\/png;base64,/g);
    expect(pictures?.length).toBeGreaterThanOrEqual(charts(name));
  });
});
