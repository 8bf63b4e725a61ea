import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { NOTEBOOKS, notebookNames } from '../../scripts/lib/notebooks.mjs';
import { jupyterEnvironment, PYTHON } from '../../scripts/lib/project.mjs';
import { projectFolder } from '../support/temporary';

interface Cell {
  cell_type: string;
  source: string | string[];
  execution_count: number | null;
  outputs: { output_type: string; name?: string; data?: Record<string, unknown> }[];
}

const CHART = 'application/vnd.vegalite.v5+json';

function codeCells(name: string): Cell[] {
  const cells: Cell[] = JSON.parse(readFileSync(join(NOTEBOOKS, `${name}.ipynb`), 'utf8')).cells;
  return cells.filter((cell) => cell.cell_type === 'code' && cell.source.length > 0);
}

describe.each(notebookNames())('notebook %s', (name) => {
  it('is committed with the outputs of one run from top to bottom, without errors', () => {
    const cells = codeCells(name);
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
    const outputs = cells.flatMap((cell) => cell.outputs);
    expect(outputs.filter((output) => output.output_type === 'error' || output.name === 'stderr')).toEqual([]);
  });

  it('shows every chart as a picture too, where no JupyterLab draws it', async () => {
    const charts = codeCells(name).flatMap((cell) => cell.outputs.filter(({ data }) => data?.[CHART]));
    expect(charts.length).toBeGreaterThan(0);
    for (const { data } of charts) expect(data).toHaveProperty(['image/png']);

    const folder = projectFolder('html');
    const args = ['-m', 'nbconvert', '--to', 'html', '--output-dir', folder, join(NOTEBOOKS, `${name}.ipynb`)];
    await promisify(execFile)(PYTHON, args, { env: jupyterEnvironment() });
    const html = readFileSync(join(folder, `${name}.html`), 'utf8');
    expect(html.match(/<img[^>]* src="data:image\/png;base64,/g)?.length).toBeGreaterThanOrEqual(charts.length);
  });
});
