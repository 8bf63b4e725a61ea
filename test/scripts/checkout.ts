import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../lib/src/files/processes.js';
import { ended } from '../support/run';
import { PROJECT } from '../support/temporary';

const STUB = join(PROJECT, 'test/scripts/stubs/stub.sh');

export type Program = 'npm' | 'python3' | 'g++';

/** What a command printed, stdout before stderr, and its exit status. */
export interface Ran {
  status: number | null;
  output: string;
}

/** A copy of the project's scripts in a new folder, with stand-ins for the programs that the set-up calls. */
export class Checkout {
  readonly folder: string;
  root: string;
  readonly log: string;

  constructor(programs: Program[] = ['npm', 'python3', 'g++']) {
    this.folder = mkdtempSync(join(tmpdir(), 'checkout-'));
    this.root = join(this.folder, 'project');
    this.log = join(this.folder, 'calls.txt');
    mkdirSync(join(this.root, 'lib'), { recursive: true });
    for (const name of ['scripts', 'lib/src/files/processes.js', 'package.json', 'package-lock.json']) {
      cpSync(join(PROJECT, name), join(this.root, name), { recursive: true, preserveTimestamps: true });
    }
    mkdirSync(join(this.folder, 'bin'));
    for (const program of programs) {
      const script = `#!/bin/sh\nexec /bin/sh '${STUB}' '${program}' "$@"\n`;
      writeFileSync(join(this.folder, 'bin', program), script, { mode: 0o755 });
    }
  }

  /** Starts one of the project's commands with nothing but the stand-ins on the PATH. */
  start(args: string[], { stub = {}, env = {} }: { stub?: Record<string, string>; env?: NodeJS.ProcessEnv } = {}) {
    return spawn(process.execPath, ['scripts/run.mjs', ...args], {
      cwd: this.root,
      env: {
        HOME: this.folder,
        PATH: join(this.folder, 'bin'),
        STUB: JSON.stringify(stub),
        STUB_LOG: this.log,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }

  async run(args: string[], options?: Parameters<Checkout['start']>[1]): Promise<Ran> {
    const { status, stdout, stderr } = await ended(this.start(args, options));
    return { status, output: stdout + stderr };
  }

  /** The calls of the stand-ins since the last time. */
  calls(): string[] {
    if (!existsSync(this.log)) return [];
    const text = readFileSync(this.log, 'utf8');
    rmSync(this.log);
    return text.trimEnd().split('\n');
  }

  async untilCalled(call: string) {
    while (!(existsSync(this.log) && readFileSync(this.log, 'utf8').includes(call))) {
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  /** Waits until the programs that a killed set-up ran have ended too, which takes a busy machine a moment longer. */
  async untilLockIsFree() {
    const lines = () => (this.has('.setup.lock') ? this.read('.setup.lock').split('\n') : []);
    while (lines().some((line) => isRunning(line.split(' ')))) await new Promise((wake) => setTimeout(wake, 20));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
