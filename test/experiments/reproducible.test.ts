import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { bytesIn } from './cutOff';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chain-'));
  mkdirSync(join(folder, 'tables'));
  folders.push(folder);
  return folder;
}

/** Runs the small chain in a process of its own, killed after `killAfterMs` if that is given. */
function runChain(folder: string, killAfterMs?: number): Promise<number | null> {
  const child = spawn(process.execPath, [join(__dirname, 'smallChain.cjs'), folder], {
    // XLA, as for a user, would take three quarters of the time.
    env: { ...process.env, ...(process.env.SUBTASK_SLOW_TESTS === '1' && { TF_XLA_FLAGS: undefined }) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) =>
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve(status);
    }),
  );
}

it('the same settings and seed give the same bytes, also after being killed at any moment', async () => {
  const undisturbed = newFolder();
  const began = Date.now();
  expect(await runChain(undisturbed)).toBe(0);
  const duration = Date.now() - began;
  const files = bytesIn(undisturbed);
  const stages = Object.keys(files).filter((name) => name.endsWith('result.json'));
  expect(stages.map((name) => name.replace(/^runs\/([a-z]+)-.*/, '$1')).sort()).toEqual([
    'base',
    'mask',
    'transfer',
    'transfer',
  ]);
  expect(Object.keys(files)).toContain('tables/data-efficiency.csv');

  const killed = newFolder();
  for (const share of [0.4, 0.6, 0.8]) await runChain(killed, duration * share);
  expect(await runChain(killed)).toBe(0);
  expect(bytesIn(killed)).toEqual(files);
  expect(readdirSync(join(killed, 'runs')).filter((name) => name.startsWith('.partial-'))).toEqual([]);
});
