import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EXPERIMENTS, shortcutBias } from '../../lib/dist/experiments';
import { chainSettings } from '../../lib/dist/experiments/settings';
import { listOf, namesOf, seedsOf, wholeNumber } from '../../scripts/sweep/arguments.mjs';
import { small } from '../experiments/smallChain.cjs';
import { tablesIn } from '../experiments/sweep/smallSweep';
import { ELSEWHERE, endedClaim, ownerFile } from '../files/claims';
import { ended, type Ran, startCommand } from '../support/run';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const BASE_MODELS = `n_layers,seed,attempt,run,stuck,best_epoch,steps,solved_at_step,eval_loss,eval_accuracy
2,1,1,base-0123456789ab,false,1,10,5,0.1,1
`;

/** In the command line of a job, and of nothing else. */
const JOB = 'scripts/sweep/job.mjs . ';

/** A folder for one sweep, its runs and tables. */
class Workplace {
  readonly path = mkdtempSync(join(tmpdir(), 'sweep-'));
  readonly tables = join(this.path, 'tables');

  constructor() {
    folders.push(this.path);
    const { base, discovery, transfer } = small(chainSettings());
    // Seeds and depths are the sweep's.
    for (const settings of [base, discovery, transfer] as object[]) Object.assign(settings, { seed: undefined });
    for (const settings of [base, transfer] as object[]) Object.assign(settings, { layers: undefined });
    writeFileSync(join(this.path, 'settings.json'), JSON.stringify({ base, discovery, transfer, sizes: [5, 10] }));
  }

  start(...args: string[]) {
    const settings = ['--settings', join(this.path, 'settings.json'), '--tables', this.tables, '--layers', '1'];
    return startCommand(['sweep', 'fig2', ...settings, ...args], {
      ...process.env,
      SUBTASK_RUNS: join(this.path, 'runs'),
      TF_XLA_FLAGS: undefined, // as for a user (vitest.config.ts)
    });
  }

  run(...args: string[]): Promise<Ran> {
    return ended(this.start(...args));
  }

  /** Waits until a sweep has made so many runs, by what its jobs note. */
  async until(runs: number, sweep: ChildProcess) {
    while (this.notes().filter((line) => line.includes('"done"')).length < runs) {
      if (sweep.exitCode !== null) throw new Error(`The sweep ended before it had made ${runs} runs.`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  /** Waits for the first of such processes. */
  async process(text: string, sweep: ChildProcess): Promise<number> {
    for (;;) {
      const [pid] = this.processes(text);
      if (pid !== undefined) return pid;
      if (sweep.exitCode !== null) throw new Error(`The sweep ended without a process ${text}.`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  notes(): string[] {
    try {
      return execFileSync('sh', ['-c', `cat '${this.path}'/runs/sweeps/*/jobs/*/events.jsonl 2>/dev/null || true`])
        .toString()
        .split('\n');
    } catch {
      return [];
    }
  }

  /** Processes whose command line contains a text, and it or their working directory this folder. */
  processes(text: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        const line = commandLine(pid);
        return line.includes(this.path) && line.includes(text) && !line.includes('bash');
      })
      .map(Number);
  }
}

function commandLine(pid: string): string {
  try {
    // A job is told its folder as ".".
    return `${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')} in ${execFileSync('readlink', [`/proc/${pid}/cwd`])}`;
  } catch {
    return '';
  }
}

describe('the options of npm run sweep', () => {
  it('understands lists, and seeds as a number, a list or a range', () => {
    expect(listOf('layers', '2,12,2', 1)).toEqual([2, 12]);
    expect(listOf('n', undefined, 0)).toBeUndefined();
    expect(seedsOf('3')).toEqual([1, 2, 3]);
    expect(seedsOf('1,3')).toEqual([1, 3]);
    expect(seedsOf('3-5')).toEqual([3, 4, 5]);
    expect(seedsOf('2-2')).toEqual([2]);
    expect(namesOf(undefined)).toBeUndefined();
    expect(namesOf('random, subnet_sampled:released')).toEqual(['random', 'subnet_sampled:released']);
  });

  it('refuses what is no number in a sentence', () => {
    expect(() => wholeNumber('cores', 'two', 1)).toThrow('--cores takes whole numbers from 1 on, and this is "two".');
    expect(() => listOf('layers', '2,,4', 1)).toThrow('--layers takes whole numbers from 1 on, and this is "".');
    expect(() => listOf('n', '-1', 0)).toThrow('--n takes whole numbers from 0 on, and this is "-1".');
    expect(() => seedsOf('0')).toThrow('--seeds takes whole numbers from 1 on, and this is "0".');
    expect(() => seedsOf('3-1')).toThrow('--seeds 3-1 ends before it begins.');
  });
});

describe('npm run sweep', () => {
  it('says which experiments there are, how many of their runs, and how long those that are missing take', async () => {
    const place = new Workplace();
    const { status, stdout } = await ended(startCommand(['sweep', '--tables', place.tables]));
    for (const name of Object.keys(EXPERIMENTS)) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +0 there, [1-9]\\d* missing, about \\d+ (s|min|h)\\b.*: .`, 'm'));
    }
    expect(status).toBe(0);
  });

  it('takes the seeds of an experiment where none are asked for', async () => {
    const place = new Workplace();
    const dry = ['sweep', 'shortcut-bias', '--tables', place.tables, '--dry-run'];
    const runs = async (...args: string[]) =>
      Number(/^shortcut-bias: (\d+) runs/m.exec((await ended(startCommand([...dry, ...args]))).stdout)?.[1]);
    const all = shortcutBias.wanted({ tables: place.tables });
    expect(await runs()).toBe(all.length);
    expect(await runs('--seeds', '2')).toBe(all.filter(({ key }) => [1, 2].includes(key.seed as number)).length);
  });

  it('refuses what it does not know', async () => {
    for (const [args, says] of [
      [['fig3'], /^There is no experiment "fig3": use one of fig2, /],
      [['fig2', '--preset', 'huge'], /^Unknown preset "huge": use one of paper, quick, tiny, smoke\.$/],
      [['fig2', '--conditions', 'subset'], /^There is no "subset" here: use some of subnet, original, .*\.$/],
      [['shape-bias', '--n', '5'], /^The experiment shape-bias does not take --n\.$/],
      [['fig2', '--folders', 'nowhere.json'], /^--folders: there is no JSON in nowhere\.json\.$/],
      [['--export', 'todo'], /^--export takes the name of an experiment, and no --dry-run/],
      [['fig2', '--executor', 'cloud'], /^The executor is slurm, .* and this is "cloud"\.$/],
    ] as [string[], RegExp][]) {
      const { status, stderr } = await ended(startCommand(['sweep', ...args]));
      expect(stderr.trimEnd().replace(/^(WARNING|I0000).*\n/gm, '')).toMatch(says);
      expect(status).toBe(1);
    }
  });

  it('prints with --dry-run what would run, and makes nothing', async () => {
    const place = new Workplace();
    const { status, stdout } = await place.run('--dry-run', '--n', '5', '--cores', '2');
    expect(stdout).toMatch(/^fig2: 9 runs in 5 processes, 2 at a time; 0 rows are there already\.\nAbout \d.* s, /m);
    expect(stdout).toContain('1-layer-seed-1-mask: ');
    expect(stdout).toMatch(/^ {2}transfer-[0-9a-f]{12} random init, n = 5, seed 1 \(1 layer\), 4 steps$/m);
    expect(stdout).toMatch(/^ {2}\? +subnetwork, n = 5/m);
    expect(status).toBe(0);
    expect(readdirSync(place.path)).toEqual(['settings.json']);
  });

  it('with --dry-run leaves earlier sweeps as they are, and names those that wait to be gathered', async () => {
    const place = new Workplace();
    const sweeps = join(place.path, 'runs/sweeps');
    const earlier = (name: string, claim: string) => {
      const job = join(sweeps, name, 'jobs/a');
      mkdirSync(job, { recursive: true });
      writeFileSync(join(sweeps, name, 'owner.json'), ownerFile(claim));
      writeFileSync(join(sweeps, name, 'plan.json'), JSON.stringify({ tables: place.tables, jobs: [] }));
      writeFileSync(join(job, 'base-models.csv'), BASE_MODELS);
    };
    earlier('ended', endedClaim());
    earlier('elsewhere', ELSEWHERE);
    mkdirSync(join(sweeps, 'no-sweep'));
    writeFileSync(join(sweeps, '.DS_Store'), '');
    mkdirSync(join(place.path, 'runs', `.partial-base-0123456789ab@${endedClaim()}`));
    // With the times of the folders, which tell of files that came and went.
    const all = () => execFileSync('find', [place.path, '-printf', '%p %T@\n']).toString().split('\n').sort();
    const before = all();
    const { status, stdout, stderr } = await place.run('--dry-run', '--n', '5');
    expect(stdout.match(/^.* waits to be gathered: .*$/gm)).toEqual([
      `${join(sweeps, 'ended')} waits to be gathered: without --dry-run its rows are taken first, and fewer runs are left.`,
    ]);
    expect(stderr).toContain(`${join(sweeps, 'no-sweep')} is no whole sweep, and is left alone (it has no plan.json)`);
    expect(status).toBe(0);
    expect(all()).toEqual(before);
  });
});

// Puts Snakemake into .venv, where it is not there: SUBTASK_SLOW_TESTS=1 npm test -- test/scripts/sweep
describe.runIf(process.env.SUBTASK_SLOW_TESTS === '1')('a whole sweep', () => {
  const MINUTES = 60_000;

  it(
    'makes the same tables undisturbed, and after Ctrl-C and kill -9 of a job, of Snakemake and of itself',
    async () => {
      const undisturbed = new Workplace();
      const whole = await undisturbed.run('--cores', '2');
      expect(whole.stdout).toContain('fig2: 16 of 16 runs made');
      expect(whole.status).toBe(0);
      expect(readdirSync(join(undisturbed.path, 'runs/sweeps'))).toEqual([]);
      const expected = tablesIn(undisturbed.tables);
      expect(expected['data-efficiency.csv'].trimEnd().split('\n')).toHaveLength(1 + 14);
      const again = await undisturbed.run();
      expect(again.stdout).toMatch(/^fig2: all 14 rows are in /m);
      expect(again.status).toBe(0);

      const place = new Workplace();
      // A job that is killed is begun again, and its sweep goes on; here that is ended by Ctrl-C, as a terminal sends it.
      const first = place.start('--cores', '2');
      const firstEnd = ended(first);
      await place.until(1, first);
      process.kill(await place.process(JOB, first), 'SIGKILL');
      await place.until(3, first);
      const stopped = Date.now();
      process.kill(-(first.pid as number), 'SIGINT');
      const { status, stderr, stdout } = await firstEnd;
      expect(Date.now() - stopped).toBeLessThan(15_000);
      expect(stdout).toContain('Stopping; what is finished is gathered.');
      expect(stderr).toMatch(/\d+ runs are left: run the same command again and it goes on\./);
      expect(status).toBe(130);
      expect(place.processes('sweep')).toEqual([]);

      // Without its Snakemake, a sweep ends with what is finished.
      const second = place.start('--cores', '2');
      const secondEnd = ended(second);
      const snakemake = await place.process('-m snakemake', second);
      await place.until(1, second);
      process.kill(snakemake, 'SIGKILL');
      const lost = await secondEnd;
      expect(lost.stderr).toMatch(/runs are left/);
      expect(lost.status).toBe(1);
      expect(place.processes(JOB)).toEqual([]);

      // Without itself, its processes end; the next one gathers what they made.
      const third = place.start('--cores', '1');
      const thirdEnd = ended(third);
      await place.process('-m snakemake', third);
      await place.until(1, third);
      third.kill('SIGKILL');
      await thirdEnd;
      while (place.processes(JOB).length > 0) await new Promise((wake) => setTimeout(wake, 100));

      const last = await place.run('--cores', '2');
      expect(last.stdout).toMatch(/fig2: (\d+) of \1 runs made/);
      expect(last.status).toBe(0);
      expect(tablesIn(place.tables)).toEqual(expected);
    },
    20 * MINUTES,
  );

  it(
    'reports runs that fail, makes the others, and ends with status 1',
    async () => {
      const place = new Workplace();
      const { status, stdout, stderr } = await place.run('--n', '5,2402', '--cores', '2');
      expect(stdout).toContain('fig2: 9 of 16 runs made');
      // With the place of the log at the end alone: a slow sweep names them on the way too.
      expect(stderr.match(/^failed twice: .*, n = 2402, .*: .*disambiguation samples.*\.txt\)$/gm)).toHaveLength(7);
      expect(status).toBe(1);
      expect(Object.keys(tablesIn(place.tables))).toContain('data-efficiency.csv');
    },
    10 * MINUTES,
  );

  it.runIf(process.getuid?.() === 0)(
    'loses no more than the runs in flight where the disk is full',
    async () => {
      const place = new Workplace();
      const disk = join(place.path, 'runs');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', disk]);
      try {
        const child = place.start('--cores', '1');
        const end = ended(child);
        await place.until(2, child);
        const filler = join(disk, 'filler');
        execFileSync('sh', ['-c', `cat /dev/zero > '${filler}' 2>/dev/null || true`]);
        const full = await end;
        expect(full.status).toBe(1);
        rmSync(filler);
        const { status } = await place.run('--cores', '1');
        expect(status).toBe(0);
        const undisturbed = new Workplace();
        await undisturbed.run('--cores', '2');
        expect(tablesIn(place.tables)).toEqual(tablesIn(undisturbed.tables));
      } finally {
        execFileSync('umount', ['--lazy', disk]);
      }
    },
    20 * MINUTES,
  );
});
