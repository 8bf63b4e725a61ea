/** Solved notebooks of the workshop, as somebody runs them from the first to the last cell. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WORKSHOP } from '../../workshop/dist/source';
import { faults, readCells } from '../support/executedNotebook';
import { joinNotebooks } from '../support/notebook';
import { ended, startCommand } from '../support/run';
import { projectFolder } from '../support/temporary';

/** Those that train in a check; the answers of the others are checked without a kernel. */
const NOTEBOOKS = ['W0', 'W3', 'W4'];
const TIMEOUT_MS = 10 * 60_000;

/** Runs notebooks in one kernel; gives the cells of each, and what was kept of the exercises. */
async function run(notebooks: string[]) {
  const solutions = join(WORKSHOP, 'solutions');
  const files = readdirSync(solutions).filter((file) => notebooks.includes(file.slice(0, 2)));
  const output = projectFolder('workshop');
  const path = join(output, 'all.ipynb');
  const divided = joinNotebooks(
    files.map((file) => join(solutions, file)),
    path,
  );
  const child = startCommand(['reproduce', path], {
    ...process.env,
    SUBTASK_RUNS: join(output, 'runs'),
    SUBTASK_WORKSHOP: join(output, 'progress'),
    TF_NUM_INTRAOP_THREADS: '1',
  });
  const { status, stdout, stderr } = await ended(child);
  expect(stderr).toBe('');
  expect(status, stdout).toBe(0);
  const kept = (name: string) => JSON.parse(readFileSync(join(output, `progress/${name}.json`), 'utf8'));
  return divided(readCells(path)).map((cells, i) => ({
    cells,
    kept: kept(notebooks[i]) as Record<string, object>,
  }));
}

/** What the cards below the checks say. */
const states = (cells: ReturnType<typeof readCells>) =>
  cells
    .filter(({ source }) => /^await check\(/m.test(source))
    .map(({ outputs }) =>
      outputs.map(({ data }) => /class="check ([\w-]+)"/.exec(String([data?.['text/html']].flat().join('')))?.[1]),
    )
    .map((classes) => classes.find((state) => state !== undefined));

it(
  `solves ${NOTEBOOKS.join(', ')} in the kernel`,
  async () => {
    for (const { cells, kept } of await run(NOTEBOOKS)) {
      expect(faults(cells)).toEqual([]);
      expect(new Set(states(cells))).toEqual(new Set(['passed']));
      const passed = Object.entries(kept).filter(([, record]) => 'passed' in record);
      expect(passed.length).toBe(states(cells).length);
    }
  },
  TIMEOUT_MS,
);
