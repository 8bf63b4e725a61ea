import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jupyterEnvironment, PYTHON, ROOT } from '../../scripts/lib/project.mjs';

const cells = [
  `import { charts, dataFrame, show, watch } from 'subtask-induction';
   const points = [{ run: 'seed 1', step: 1, value: 0.25 }, { run: 'seed 1', step: 2, value: 0.75 }];
   const draw = (points) => charts.lines(points, { title: 'Accuracy', x: 'step', y: 'value', color: 'run' });`,
  `await show(draw(points))`,
  `await show(points, { caption: 'Points' })`,
  `await show(dataFrame(points).describe())`,
  `const bar = watch.progress({ label: 'training', total: 2 });
   const chart = watch.liveChart(draw);
   for (const done of [1, 2]) {
     bar.update(done);
     chart.update(points.slice(0, done));
     await new Promise((resolve) => setTimeout(resolve, 300));
   }
   bar.finish();
   await chart.finish();`,
];

interface Output {
  output_type: string;
  /** A text that is several lines is saved as a list of them. */
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

const text = ({ data }: Output) => [data['text/plain']].flat().join('');

describe('in a TypeScript kernel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notebook-'));
  let outputs: Output[][];

  beforeAll(async () => {
    const notebook = join(folder, 'shown.ipynb');
    const source = {
      cells: cells.map((cell, i) => ({
        cell_type: 'code',
        id: `cell-${i}`,
        source: cell,
        metadata: {},
        outputs: [],
        execution_count: null,
      })),
      metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(notebook, JSON.stringify(source));
    const args = [join(ROOT, 'scripts/run_notebook.py'), notebook, join(ROOT, 'notebooks'), notebook];
    const { stdout } = await promisify(execFile)(PYTHON, args, { env: jupyterEnvironment() }).catch((error) => error);
    expect(stdout).toContain('{"passed": true}');
    outputs = JSON.parse(readFileSync(notebook, 'utf8')).cells.map((cell: { outputs: Output[] }) => cell.outputs);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('a chart is one output with the spec, the picture at its true size, and words; nothing else is printed', () => {
    expect(outputs[0]).toEqual([]);
    const [chart, ...more] = outputs[1];
    expect(more).toEqual([]);
    expect(Object.keys(chart.data).sort()).toEqual(['application/vnd.vegalite.v5+json', 'image/png', 'text/plain']);
    const { width } = chart.metadata['image/png'] as { width: number };
    expect(Buffer.from(String(chart.data['image/png']), 'base64').readUInt32BE(16)).toBe(2 * width);
  });

  it('a table is one output', () => {
    for (const cell of [outputs[2], outputs[3]]) {
      expect(cell.map(({ data }) => Object.keys(data).sort())).toEqual([['text/html', 'text/plain']]);
    }
    expect(text(outputs[3][0])).toMatch(/^mean/m);
  });

  it('a progress bar and a live chart are saved in their last state, each in its place', () => {
    const [bar, chart, ...more] = outputs[4];
    expect(more).toEqual([]);
    expect(text(bar)).toMatch(/100 % · finished 2 steps in/);
    expect(chart.data['image/png']).toBeTruthy();
    expect(JSON.stringify(chart.data['application/vnd.vegalite.v5+json'])).toContain('0.75');
  });
});
