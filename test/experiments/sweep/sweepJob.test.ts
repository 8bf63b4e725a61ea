import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChainSettings } from '../../../lib/dist/experiments/settings';
import { SweepFolder } from '../../../lib/dist/experiments/sweep/folder';
import { gatherTables, runSweepJob } from '../../../lib/dist/experiments/sweep/job';
import { sweepProgress } from '../../../lib/dist/experiments/sweep/progress';
import { ELSEWHERE, endedClaim, ownerFile } from '../../files/claims';
import { PROJECT } from '../../support/temporary';
import { small } from '../smallChain.cjs';
import { carryOut, type SmallSweep, smallSweep, tablesIn } from './smallSweep';

// As a job's own process has it: another number of threads gives other bytes.
vi.hoisted(() => Object.assign(process.env, { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' }));

const folders: string[] = [];
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'sweep-')));
  return folders[folders.length - 1];
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Starts a job in a process of its own. */
function startJob({ folder, store }: SmallSweep, job: string) {
  const child = spawn(process.execPath, [join(PROJECT, 'scripts/sweep/job.mjs'), folder.path, job], {
    env: { ...process.env, SUBTASK_RUNS: store.folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<{ status: number | null; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, stderr })),
  );
  return { child, ended };
}

const doneOf = ({ folder }: SmallSweep, job: string) =>
  folder.events(job).filter(({ event }) => event === 'done').length;

/** Lets a sweep have been made by another process. */
function ownedBy({ path }: SweepFolder, claim: string): void {
  writeFileSync(join(path, 'owner.json'), ownerFile(claim));
}

describe('the jobs of a sweep', () => {
  it('make the same tables whole and after kill -9 of a job or of the whole sweep', async () => {
    const undisturbed = smallSweep(newFolder());
    await carryOut(undisturbed);
    gatherTables(undisturbed.folder.allTables(), undisturbed.tables);
    const expected = tablesIn(undisturbed.tables);
    expect(Object.keys(expected).sort()).toEqual([
      'base-models.csv',
      'data-efficiency.csv',
      'subnetworks.csv',
      'transfer-details.csv',
    ]);
    expect(expected['data-efficiency.csv'].trimEnd().split('\n')).toHaveLength(1 + 7);

    const path = newFolder();
    const killed = smallSweep(path);
    const job = '1-layer-seed-1-mask-runs';
    await carryOut(killed, { skip: [job, '1-layer-seed-1-runs'] });
    const { child, ended } = startJob(killed, job);
    while (doneOf(killed, job) === 0 && child.exitCode === null) await new Promise((wake) => setTimeout(wake, 5));
    child.kill('SIGKILL');
    expect((await ended).status).toBeNull();
    expect(killed.folder.isFinished(job)).toBe(false);
    const before = doneOf(killed, job);
    expect(before).toBeLessThan(5);

    // The next sweep gathers what was made and goes on from there.
    gatherTables(killed.folder.allTables(), killed.tables);
    const next = smallSweep(path);
    expect(next.folder.plan.done).toBe(before + 1); // and the full model's
    await carryOut(next);
    gatherTables(next.folder.allTables(), next.tables);
    expect(tablesIn(next.tables)).toEqual(expected);
    expect(smallSweep(path).folder.plan.jobs).toEqual([]);
  });

  it('try a run that fails once more, then report it and go on with the others', async () => {
    const most = 49 ** 2; // there are no more pairs of numbers
    const sweep = smallSweep(newFolder(), { sizes: [most + 1, 5] });
    const job = '1-layer-seed-1-runs';
    const failed = await runSweepJob(sweep.folder, job, sweep);
    expect(failed?.map(({ name }) => name)).toEqual(['random init, n = 2402, seed 1 (1 layer)']);
    expect(failed?.[0].reason).toMatch(/disambiguation samples/);
    expect(sweep.folder.events(job).map(({ event, run }) => `${event} ${run.split(', seed')[0]}`)).toEqual([
      'begin random init, n = 2402',
      'failed random init, n = 2402',
      'begin random init, n = 5',
      'done random init, n = 5',
      'begin random init, n = 2402',
      'failed random init, n = 2402',
    ]);
    expect(sweep.folder.isFinished(job)).toBe(true);
    expect(sweepProgress(sweep.folder, { cores: 2, ended: true })).toMatchObject({ done: 1, failed });
  });

  it('do not begin what starts from a base model that failed', async () => {
    const hopeless = smallSweep(newFolder(), {
      change: (settings: ChainSettings) => {
        const chain: ChainSettings = small(settings);
        return { ...chain, base: { ...chain.base, rows: 50, epochs: 1, stuckAfter: 1, solvedAccuracy: 1 } };
      },
    });
    await carryOut(hopeless);
    const { done, of, failed, blocked } = sweepProgress(hopeless.folder, { cores: 2, ended: true });
    expect([done, of]).toEqual([1, 9]); // random init
    expect(failed.map(({ name }) => name)).toEqual(['base model, seed 1, attempt 1 (1 layer, seed 1)']);
    expect(failed[0].reason).toContain('All 8 attempts at a base model of seed 1 got stuck');
    expect(blocked).toHaveLength(7);
  });

  it('end when their sweep has ended', async () => {
    const sweep = smallSweep(newFolder());
    ownedBy(sweep.folder, endedClaim());
    const { status, stderr } = await startJob(sweep, '1-layer-seed-1-runs').ended;
    expect(stderr).toContain('The sweep has ended, and this job with it.');
    expect(status).toBe(1);
    expect(sweep.folder.events('1-layer-seed-1-runs')).toEqual([]);
  });
});

describe('a run whose process was killed', () => {
  it('is tried once more, after the others, and then reported', async () => {
    const sweep = smallSweep(newFolder(), { sizes: [5, 10] });
    const job = '1-layer-seed-1-runs';
    const [first, second] = sweep.folder.job(job).runs.map(({ name }) => name);
    mkdirSync(sweep.folder.tablesOf(job));
    sweep.folder.note(job, { event: 'begin', run: first });
    sweep.folder.note(job, { event: 'begin', run: first });
    const failed = await runSweepJob(sweep.folder, job, sweep);
    expect(failed).toEqual([
      { name: first, job, reason: 'its process was killed (by a signal, or for want of memory)' },
    ]);
    expect(doneOf(sweep, job)).toBe(1);
    expect(sweep.folder.events(job).at(-1)).toMatchObject({ event: 'done', run: second });
  });
});

describe('SweepFolder', () => {
  it('does not count half a line, nor lose the next one', () => {
    const { folder } = smallSweep(newFolder());
    mkdirSync(folder.tablesOf('a'));
    folder.note('a', { event: 'begin', run: 'one' });
    writeFileSync(join(folder.tablesOf('a'), 'events.jsonl'), '{"event":"don', { flag: 'a' });
    folder.note('a', { event: 'begin', run: 'two' });
    expect(folder.events('a').map(({ run }) => run)).toEqual(['one', 'two']);
  });

  it('knows the sweeps of a folder, and which of them still run', () => {
    const path = newFolder();
    const sweep = smallSweep(path);
    const [found] = SweepFolder.list(join(path, 'sweeps'));
    expect(found.plan).toEqual(sweep.folder.plan);
    expect(found.isOwned()).toBe(true);
    ownedBy(found, ELSEWHERE);
    expect(found.isOwned()).toBe(true);
    ownedBy(found, endedClaim());
    expect(found.isOwned()).toBe(false);
    found.remove();
    expect(found.isOwned()).toBe(false);
    expect(SweepFolder.list(join(path, 'sweeps'))).toEqual([]);
    expect(SweepFolder.list(join(path, 'nothing'))).toEqual([]);
  });

  it('leaves alone what is no whole sweep, and names folders that look like one', () => {
    const path = newFolder();
    const { folder } = smallSweep(path);
    const sweeps = join(path, 'sweeps');
    for (const name of ['.DS_Store', 'notes.txt', '.nfs0001']) writeFileSync(join(sweeps, name), '');
    mkdirSync(join(sweeps, '1', 'logs'), { recursive: true });
    for (const [name, plan] of [
      ['2', '{"jobs": ['],
      ['3', 'null'],
    ]) {
      mkdirSync(join(sweeps, name));
      writeFileSync(join(sweeps, name, 'plan.json'), plan);
    }
    const before = readdirSync(sweeps);
    const warnings: string[] = [];
    const found = SweepFolder.list(sweeps, { warn: (sentence) => warnings.push(sentence) });
    expect(found.map((sweep) => sweep.path)).toEqual([folder.path]);
    expect(readdirSync(sweeps)).toEqual(before);
    expect(warnings.map((sentence) => sentence.replaceAll(sweeps, '.').replace(/JSON: .*\)/, 'JSON)'))).toEqual([
      './1 is no whole sweep, and is left alone (it has no plan.json): delete it if nobody needs it.',
      './2 is no whole sweep, and is left alone (./2/plan.json is not valid JSON): delete it if nobody needs it.',
      './3 is no whole sweep, and is left alone (./3/plan.json is no plan of a sweep): delete it if nobody needs it.',
    ]);
  });

  it('takes no stray for a job, and has none where its folder is half removed', () => {
    const { folder } = smallSweep(newFolder());
    mkdirSync(folder.tablesOf('a'));
    for (const name of ['.nfs0001', 'note.txt']) writeFileSync(join(folder.path, 'jobs', name), '');
    writeFileSync(join(folder.path, 'done', '.nfs0001'), '');
    expect(folder.allTables()).toEqual([folder.tablesOf('a')]);
    expect(folder.isFinished('a')).toBe(false);
    writeFileSync(join(folder.path, 'owner.json'), '{"cla');
    expect(folder.isOwned()).toBe(true); // until its heartbeat is too old
    rmSync(join(folder.path, 'jobs'), { recursive: true });
    expect(folder.allTables()).toEqual([]);
  });

  it('keeps its heart beating where it was made', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { folder } = smallSweep(newFolder());
    const file = join(folder.path, 'owner.json');
    utimesSync(file, 1, 1);
    vi.advanceTimersByTime(5000);
    vi.useRealTimers();
    expect(statSync(file).mtimeMs).toBeGreaterThan(1e12);
  });
});
