/** Executes the notebooks from nothing; notebooks.test.ts looks at the files. */
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOTEBOOKS, notebookNames } from '../../scripts/lib/notebooks.mjs';
import { type Cell, chartCount, faults, readCells, texts } from '../support/executedNotebook';
import { joinNotebooks } from '../support/notebook';
import { ended, startCommand } from '../support/run';
import { projectFolder } from '../support/temporary';
import { notebookTextureVsShape } from '../support/textureVsShape';

const names = notebookNames();
const SLOW = process.env.SUBTASK_SLOW_TESTS === '1';
/** A quarter of a minute a notebook, or minutes with the quick preset; several times as many on a busy machine. */
const TIMEOUT_MS = 45 * 60_000;

/** Runs notebooks in a store of their own; gives the cells of each, and the stages of all runs that were made. */
async function run(notebooks: string[], preset: string, folder = projectFolder('notebooks')) {
  const runs = join(folder, 'runs');
  mkdirSync(runs);
  const output = join(folder, 'executed');
  const child = startCommand(['reproduce', ...notebooks, '--preset', preset, '--output-dir', output], {
    ...process.env,
    SUBTASK_RUNS: runs,
    TEXTURE_VS_SHAPE: notebookTextureVsShape(folder),
    // As for a user (vitest.config.ts); smoke tests do without XLA by themselves.
    TF_XLA_FLAGS: undefined,
  });
  const { status, stdout, stderr } = await ended(child);
  expect(stderr).toBe('');
  const executed = notebooks.map((notebook) => basename(notebook, '.ipynb'));
  expect(stdout.match(/^.+: passed in \d+ s$/gm)?.map((line) => line.split(':')[0])).toEqual(executed);
  expect(status).toBe(0);
  const cells = executed.map((name) => readCells(join(output, `${name}.ipynb`)));
  return { cells, stages: readdirSync(runs).map((name) => name.replace(/-\w+$/, '')) };
}

/** What must hold for an executed notebook, whatever its preset. */
function expectWhole(cells: Cell[], preset: string) {
  expect(faults(cells)).toEqual([]);
  // What is drawn from fetched data alone cannot be drawn without them.
  const missing = texts(cells).some((text) => text.includes('npm run fetch-data'));
  expect(chartCount(cells)).toBeGreaterThan(missing ? -1 : 0);
  const withPresets = cells.some(({ source }) =>
    /\b(presetNote|presets\.note|imagePresetNote|presets\.imageNote)\(/.test(source),
  );
  if (!withPresets) return;
  const said = texts(cells).join('\n');
  expect(said).toContain(`Preset \`${preset}\``);
  expect(said).toContain("its numbers are not the paper's");
}

describe('the notebooks run from nothing, and say that their numbers are not the paper’s', () => {
  const trained = names.filter((name) => !name.startsWith('00-'));
  it(
    'all but the first as a smoke test, later ones with the runs of earlier ones',
    async () => {
      const folder = projectFolder('notebooks');
      const path = join(folder, 'all.ipynb');
      const divided = joinNotebooks(
        trained.map((name) => join(NOTEBOOKS, `${name}.ipynb`)),
        path,
      );
      const { cells, stages } = await run([path], 'smoke', folder);
      const each = divided(cells[0]);
      for (const one of each) expectWhole(one, 'smoke');
      // 01 makes the bases of two seeds, 02 takes one of them for its two masks, 03 takes base and mask for its 14 runs.
      const count = (stage: string) => stages.filter((name) => name === stage).length;
      expect(count('base')).toBeGreaterThanOrEqual(2);
      expect(count('mask')).toBeGreaterThanOrEqual(2);
      expect(count('transfer')).toBeGreaterThanOrEqual(14);
      expect(count('image-transfer')).toBeGreaterThanOrEqual(4);
      expect(texts(each[2]).some((text) => /finished 14 runs in/.test(text))).toBe(true);
    },
    TIMEOUT_MS,
  );

  // A second of training would not show whether texts and charts fit what is learned: the first notebook, which has settings of
  // its own, learns.
  it(
    'the first as a reader runs it: its mask computes "ab", and the model that starts with it is best',
    async () => {
      const { cells } = await run(['00-start-here'], 'quick');
      expectWhole(cells[0], 'quick');
      const said = texts(cells[0]).join('\n');
      expect(said).toMatch(/alone, they compute "ab" with accuracy (1\.0|0\.9)/);
      expect(said).toContain('the model that starts from **subnetwork** is best');
    },
    TIMEOUT_MS,
  );

  it.runIf(SLOW)(
    'all with the quick preset',
    async () => {
      const { cells, stages } = await run(names, 'quick');
      for (const one of cells) expectWhole(one, 'quick');
      expect(stages).toEqual(expect.arrayContaining(['base', 'mask', 'transfer']));
    },
    TIMEOUT_MS,
  );
});
