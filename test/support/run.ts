import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll } from 'vitest';
import { PROJECT } from './temporary';

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A test that fails half-way must not leave a server behind. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGTERM');
});

/** Starts one of the project's commands as npm does, in a process group of its own. */
export function startCommand(args: string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const child = spawn(process.execPath, ['scripts/run.mjs', ...args], {
    cwd: PROJECT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

/** Waits for a program's end and gives what it printed. */
export function ended(child: ChildProcess): Promise<Ran> {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      printed[name] += text;
    });
  }
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...printed })));
}

/** Runs one of the project's commands to its end. */
export function command(...args: string[]): Promise<Ran> {
  return ended(startCommand(args));
}
