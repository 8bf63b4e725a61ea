import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usableCores, usableMemory } from '../../lib/dist/tensorflow/usableCores';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cores-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** The usable ones of 16 cores, on a machine with these files. */
function usable(files: Record<string, string>, environment: NodeJS.ProcessEnv = {}): number {
  rmSync(root, { recursive: true });
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return usableCores({ root, environment, cores: 16 });
}

describe('usableCores', () => {
  it('is all cores that the process may run on, where nothing else limits it', () => {
    expect(usable({})).toBe(16);
    expect(usable({ 'proc/self/cgroup': '0::/user.slice\n', 'sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n' })).toBe(
      16,
    );
    const unlimited = {
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(usable({ 'proc/self/cgroup': '1:cpu:/\n0::/\n', ...unlimited })).toBe(16);
    expect(usableCores()).toBeLessThanOrEqual(availableParallelism());
  });

  it('keeps to the quota of control groups of version 2: its own and those above', () => {
    const group = { 'proc/self/cgroup': '0::/kubepods/pod7/container\n' };
    const [own, pod, all] = ['kubepods/pod7/container/', 'kubepods/pod7/', ''].map(
      (of) => `sys/fs/cgroup/${of}cpu.max`,
    );
    expect(usable({ ...group, [own]: '400000 100000\n' })).toBe(4);
    expect(usable({ ...group, [own]: 'max 100000\n', [pod]: '150000 50000\n' })).toBe(3);
    expect(usable({ ...group, [own]: '800000 100000\n', [pod]: '250000 100000\n' })).toBe(2); // 2.5
    expect(usable({ ...group, [all]: '500000 100000\n' })).toBe(5); // in a container that sees nothing else
    expect(usable({ ...group, [own]: '20000 100000\n' })).toBe(1);
    expect(usable({ ...group, [own]: '6400000 100000\n' })).toBe(16);
  });

  it('keeps to the quota of control groups of version 1', () => {
    const group = { 'proc/self/cgroup': '5:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n0::/\n' };
    const files = (folder: string, quota: number) => ({
      [`sys/fs/cgroup/${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
      [`sys/fs/cgroup/${folder}/cpu.cfs_period_us`]: '100000\n',
    });
    expect(usable({ ...group, ...files('cpu,cpuacct/docker/1f', 600_000) })).toBe(6);
    expect(usable({ ...group, ...files('cpu', 300_000) })).toBe(3);
    expect(usable({ ...group, ...files('memory/docker/1f', 100_000) })).toBe(16);
  });

  it('keeps to what Slurm has given, inside of a job', () => {
    expect(usable({}, { SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '4', SLURM_CPUS_ON_NODE: '8' })).toBe(4);
    expect(usable({}, { SLURM_JOB_ID: '7', SLURM_CPUS_ON_NODE: '8' })).toBe(8);
    expect(usable({}, { SLURM_CPUS_PER_TASK: '4' })).toBe(16);
    expect(usable({}, { SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '64' })).toBe(16);
  });
});

it('usableMemory is at most what the machine has', () => {
  expect(usableMemory()).toBeGreaterThan(0);
  expect(usableMemory()).toBeLessThanOrEqual(totalmem());
});
