import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { experiments } from '../../../lib/dist';
import { SweepFolder } from '../../../lib/dist/experiments/sweep/folder';
import { runSweepJob } from '../../../lib/dist/experiments/sweep/job';
import { type SweepOptions, sweepPlan } from '../../../lib/dist/experiments/sweep/plan';
import { RunStore } from '../../../lib/dist/runs/runStore';
import { small } from '../smallChain.cjs';

type Named = Parameters<typeof sweepPlan>[0];

/** Store, tables and sweep of a test, all in one folder. */
export interface SmallSweep {
  store: RunStore;
  tables: string;
  folder: SweepFolder;
  experiment?: Exclude<Named, string>;
}

/** Plans a sweep of the small chain in a folder: where it was planned before, what is left of it. */
export function smallSweep(folder: string, options: Partial<SweepOptions> = {}, of: Named = 'fig2'): SmallSweep {
  const tables = join(folder, 'tables');
  const sweeps = join(folder, 'sweeps');
  mkdirSync(tables, { recursive: true });
  mkdirSync(sweeps, { recursive: true });
  const store = new RunStore({ folder: join(folder, 'runs') });
  const plan = sweepPlan(of, { layers: [1], tables, store, change: small, ...options });
  const made = SweepFolder.create(join(sweeps, String(readdirSync(sweeps).length)), plan);
  return { store, tables, folder: made, experiment: typeof of === 'string' ? experiments.EXPERIMENTS[of] : of };
}

/** Carries out the jobs of a sweep in this process, each after those that it needs; what needs a failed one is not begun. */
export async function carryOut(sweep: SmallSweep, { skip = [] as string[] } = {}): Promise<void> {
  const { folder } = sweep;
  for (const { id, needs } of folder.plan.jobs) {
    if (skip.includes(id) || folder.isFinished(id) || !needs.every((need) => folder.isFinished(need))) continue;
    await runSweepJob(folder, id, sweep);
  }
}

/** The tables in a folder, by file name. */
export function tablesIn(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
