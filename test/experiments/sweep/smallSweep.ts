import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChainSettings,
  RunStore,
  runSweepJob,
  SweepFolder,
  type SweepOptions,
  sweepPlan,
} from '../../../lib/dist';
import { smallChain } from '../smallChain.cjs';

/** Store, tables and sweep of a test, all in one folder. */
export interface SmallSweep {
  store: RunStore;
  tables: string;
  folder: SweepFolder;
}

/** Plans a sweep of the small chain in a folder: where it was planned before, what is left of it. */
export function smallSweep(folder: string, options: Partial<SweepOptions> = {}): SmallSweep {
  const tables = join(folder, 'tables');
  const sweeps = join(folder, 'sweeps');
  mkdirSync(tables, { recursive: true });
  mkdirSync(sweeps, { recursive: true });
  const store = new RunStore({ folder: join(folder, 'runs') });
  const plan = sweepPlan({ sweep: 'fig2', layers: [1], tables, store, change: small, ...options });
  return { store, tables, folder: SweepFolder.create(join(sweeps, String(readdirSync(sweeps).length)), plan) };
}

/** The small chain's settings, with the depth and seed of others. */
export function small({ base: { layers, seed } }: ChainSettings): ChainSettings {
  const chain: ChainSettings = smallChain();
  return {
    ...chain,
    base: { ...chain.base, layers, seed },
    discovery: { ...chain.discovery, seed },
    transfer: { ...chain.transfer, layers, seed },
  };
}

/** Carries out the jobs of a sweep in this process, each after those that it needs; what needs a failed one is not begun. */
export async function carryOut({ folder, store }: SmallSweep, { skip = [] as string[] } = {}): Promise<void> {
  for (const { id, needs } of folder.plan.jobs) {
    if (skip.includes(id) || folder.isFinished(id) || !needs.every((need) => folder.isFinished(need))) continue;
    await runSweepJob(folder, id, { store });
  }
}

/** The tables in a folder, by file name. */
export function tablesIn(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
