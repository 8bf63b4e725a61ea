import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allTables, gatherTables } from '../../lib/dist/experiments/sweep/job';
import { standOfRuns } from '../../lib/dist/experiments/sweep/plan';
import { RunStore, runId } from '../../lib/dist/runs/runStore';
import { Runner } from '../../lib/dist/runs/stage';
import { bytesIn, watched } from '../experiments/cutOff';
import { carryOut, smallSweep } from '../experiments/sweep/smallSweep';
import { describeTables } from '../support/describeTables';
import { countStage, sums } from './sumExperiment.cjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'experiment-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const placeIn = (name: string) => ({
  store: new RunStore({ folder: join(folder, name, 'runs') }),
  tables: join(folder, name, 'tables'),
});

describe('an experiment of one table', () => {
  it('makes what is missing, each run once, and takes rows of its table for done', async () => {
    const place = placeIn('a');
    const { observer, epochs } = watched();
    const heard: [number, number][] = [];
    const onRows = (_: object[], done: number, of: number) => heard.push([done, of]);
    const rows = await sums.compute({ ...place, observer: { ...observer, onRows } });
    const runOf = (plus: number) => runId('sum', { plus, count: { seed: 3, attempt: 1, stuck: false } });
    expect(rows).toEqual([1, 2].map((plus) => ({ seed: 3, plus, sum: 3 + plus, run: runOf(plus) })));
    expect([...epochs]).toEqual(['count 1', 'count 2', 'count 3']);
    expect(heard).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(sums.rowsOf(place)).toEqual(rows);
    const empty = placeIn('b').store;
    expect(await sums.compute({ ...place, store: empty })).toEqual(rows);
    expect(existsSync(empty.folder)).toBe(false);
    expect(standOfRuns(sums, place)).toEqual({ there: 2, missing: 0 });
    expect(sums.wanted({ ...place, seeds: [3, 4] }).map(({ rows }: { rows: object[] }) => rows.length)).toEqual([
      1, 1, 0, 0,
    ]);
    expect(() => sums.wanted({ ...place, preset: 'tiny' })).toThrow('Unknown preset "tiny": use one of paper, quick.');
  });

  it('starts runs from the attempt that is not stuck', async () => {
    const place = placeIn('a');
    const stuck: string[] = [];
    const observer = {
      onStuck: ({ title, reason }: { title: string; reason: string }) => stuck.push(`${title}: ${reason}`),
    };
    const [row] = await sums.compute({ ...place, plus: [1], stuck: true, observer });
    expect(row.run).toBe(runId('sum', { plus: 1, count: { seed: 3, attempt: 2, stuck: true } }));
    expect(stuck).toEqual(['count to 3, attempt 1: an odd attempt']);
    const [{ settings }] = sums.wanted({ ...place, plus: [1], stuck: true });
    expect(new Runner(place).known(sums.stage, settings)?.id).toBe(row.run);
    expect(new Runner(placeIn('b')).known(sums.stage, settings)).toBeUndefined();
  });

  it('stores and gathers nothing of a run that the person stops', async () => {
    const place = placeIn('a');
    const observer = { stop: true };
    expect(await sums.compute({ ...place, observer: observer as object })).toEqual([]);
    expect(place.store.list('count')).toEqual([]);
    expect(existsSync(place.tables)).toBe(false);
    const stopped = await new Runner({ ...place, observer: observer as object }).make(countStage, {
      seed: 3,
      attempt: 1,
    });
    expect(stopped).toMatchObject({ number: 3, result: { counted: 3 } });
    expect(stopped?.id).toBeUndefined();
  });

  it('goes on after it was killed, to the same bytes', async () => {
    const run = (name: string, killAfterMs?: number) => {
      const child = spawn(process.execPath, [join(__dirname, 'sumExperiment.cjs'), join(folder, name)]);
      const timer = killAfterMs && setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      return new Promise((resolve) => child.on('close', (status) => resolve([clearTimeout(timer), status][1])));
    };
    const began = Date.now();
    expect(await run('undisturbed')).toBe(0);
    const duration = Date.now() - began;
    for (const share of [0.6, 0.85]) await run('killed', duration * share);
    expect(await run('killed')).toBe(0);
    expect(bytesIn(join(folder, 'killed'))).toEqual(bytesIn(join(folder, 'undisturbed')));
    expect(readdirSync(join(folder, 'killed/runs')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is planned and carried out as a sweep', async () => {
    const sweep = smallSweep(folder, { seeds: [2, 3], change: undefined }, sums);
    const jobs = sweep.folder.plan.jobs.map(({ id, needs, runs }) => [id, needs, runs.map(({ name }) => name)]);
    expect(jobs).toEqual([
      ['to-2-count', [], ['count to 2, attempt 1 (to 2)']],
      ['to-3-count', [], ['count to 3, attempt 1 (to 3)']],
      ['to-2-count-runs', ['to-2-count'], ['2 plus 1 (to 2)', '2 plus 2 (to 2)']],
      ['to-3-count-runs', ['to-3-count'], ['3 plus 1 (to 3)', '3 plus 2 (to 3)']],
    ]);
    await carryOut(sweep);
    const gathered = gatherTables(sweep.folder.allTables(), sweep.tables, [sums]);
    expect(gathered).toEqual([{ table: 'sums.csv', added: 4, differing: 0 }]);
    expect(sums.rowsOf(sweep).map(({ sum }: { sum: number }) => sum)).toEqual([3, 4, 4, 5]);
  });

  it('says what its rows are', () => {
    expect([...allTables([sums]).keys()]).toEqual(['sums.csv']);
    expect(describeTables([sums.table]).split('\n').at(-1)).toBe(
      '| `sums.csv` | a sum | `seed` (what is counted to), `plus`, `sum` (of both), `run` |',
    );
  });
});
