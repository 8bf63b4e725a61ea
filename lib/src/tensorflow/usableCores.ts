import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { readIfThere } from '../files/text';

/**
 * Processor cores that this process may keep busy, at least one: those that it may run on (affinity), no more than the
 * quota of its control groups (version 1 or 2; a part of a core does not count) and what Slurm has given it.
 *
 * @param options.root where /proc and /sys are found.
 * @param options.cores those that it may run on.
 */
export function usableCores({
  root = '/',
  environment = process.env,
  cores = availableParallelism(),
}: {
  root?: string;
  environment?: NodeJS.ProcessEnv;
  cores?: number;
} = {}): number {
  const { SLURM_JOB_ID, SLURM_CPUS_PER_TASK, SLURM_CPUS_ON_NODE } = environment;
  const given = SLURM_JOB_ID ? Number(SLURM_CPUS_PER_TASK ?? SLURM_CPUS_ON_NODE) : Number.NaN;
  const limits = [cores, quota(root), given].filter((limit) => limit > 0);
  return Math.max(1, Math.floor(Math.min(...limits)));
}

/** How many threads programs that know nothing of quotas must be told to use; undefined where they find out themselves. */
export function threadLimit(): number | undefined {
  const usable = usableCores();
  return usable < availableParallelism() ? usable : undefined;
}

/** Memory that this process may use, in bytes: the machine's, or what its control group is given. */
export function usableMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** Cores that the control groups of this process may keep busy together; infinite without a quota. */
function quota(root: string): number {
  // Lines such as 0::/user.slice (version 2) and 4:cpu,cpuacct:/docker/1f (version 1).
  const lines = (readIfThere(join(root, 'proc/self/cgroup')) ?? '').trim().split('\n');
  const quotas = lines.flatMap((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (group === undefined) return [];
    if (controllers === '') return ancestors(group).map((of) => quotaOfVersion2(join(root, 'sys/fs/cgroup', of)));
    if (!controllers.split(',').includes('cpu')) return [];
    return ['cpu', controllers].flatMap((mount) =>
      ancestors(group).map((of) => quotaOfVersion1(join(root, 'sys/fs/cgroup', mount, of))),
    );
  });
  return Math.min(...quotas);
}

function quotaOfVersion2(folder: string): number {
  const [most, period] = (readIfThere(join(folder, 'cpu.max')) ?? 'max').trim().split(' ');
  return most === 'max' ? Number.POSITIVE_INFINITY : Number(most) / Number(period);
}

function quotaOfVersion1(folder: string): number {
  const most = Number(readIfThere(join(folder, 'cpu.cfs_quota_us')) ?? -1);
  return most > 0 ? most / Number(readIfThere(join(folder, 'cpu.cfs_period_us'))) : Number.POSITIVE_INFINITY;
}

/** A group and those above it, each of which may have a quota. In a container, some of them are not to be seen. */
function ancestors(group: string): string[] {
  return group === '/' ? [group] : [group, ...ancestors(dirname(group))];
}
