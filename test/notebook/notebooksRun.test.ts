/** Executes the notebooks with the quick preset, from nothing; notebooks.test.ts looks at the files. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { notebookNames } from '../../scripts/lib/notebooks.mjs';
import { chartCount, faults, readCells, texts } from '../support/executedNotebook';
import { ended, startCommand } from '../support/run';
import { projectFolder } from '../support/temporary';
import { notebookTextureVsShape } from '../support/textureVsShape';

const names = notebookNames();
/** Minutes on two free cores, and several times as many on a machine that does other things too. */
const TIMEOUT_MS = 45 * 60_000;

it(
  'runs all of them on the smaller task in a store of its own, and says so',
  async () => {
    const folder = projectFolder('notebooks');
    const runs = join(folder, 'runs');
    const child = startCommand(['reproduce', ...names, '--preset', 'quick', '--output-dir', folder], {
      ...process.env,
      SUBTASK_RUNS: runs,
      TEXTURE_VS_SHAPE: notebookTextureVsShape(folder),
    });
    const { status, stdout, stderr } = await ended(child);
    expect(stderr).toBe('');
    expect(stdout.match(/^.+: passed in \d+ s$/gm)?.map((line) => line.split(':')[0])).toEqual(names);
    expect(status).toBe(0);

    const notebooks = names.map((name) => readCells(join(folder, `${name}.ipynb`)));
    expect(notebooks.flatMap(faults)).toEqual([]);
    for (const cells of notebooks) {
      // What is drawn from fetched data alone cannot be drawn without them.
      const missing = texts(cells).some((text) => text.includes('npm run fetch-data'));
      expect(chartCount(cells)).toBeGreaterThan(missing ? -1 : 1);
      const withPresets = cells.some(({ source }) => source.includes('resetNote('));
      if (withPresets) expect(texts(cells).join('\n')).toContain("its numbers are not the paper's");
    }

    // 01 makes the bases, 02 takes one of them for its two masks, 03 takes base and mask for its 28 runs.
    const stages = readdirSync(runs).map((name) => name.split('-')[0]);
    const count = (stage: string) => stages.filter((name) => name === stage).length;
    expect(count('base')).toBeGreaterThanOrEqual(2);
    expect(count('mask')).toBeGreaterThanOrEqual(2);
    expect(count('transfer')).toBeGreaterThanOrEqual(28);
    expect(texts(notebooks[3]).some((text) => /^Data efficiency.* finished 28 runs in/.test(text))).toBe(true);
  },
  TIMEOUT_MS,
);
