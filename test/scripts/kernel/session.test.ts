import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jupyterEnvironment, PYTHON, ROOT } from '../../../scripts/lib/project.mjs';

interface Ran {
  status: string;
  outputs: { stream: string; text: string }[];
  /** Since it was sent, or interrupted. */
  seconds: number;
  states: string[];
}

/** Runs cells in a kernel as Jupyter starts it. */
function session(cells: { code: string; interrupt?: number }[], options: { together?: boolean } = {}): Promise<Ran[]> {
  return new Promise((resolve, reject) => {
    const program = join(ROOT, 'test/support/kernel_session.py');
    const child = execFile(PYTHON, [program], { env: jupyterEnvironment() }, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    );
    child.stdin?.end(JSON.stringify({ folder: join(ROOT, 'notebooks'), cells, ...options }));
  });
}

describe('the kernel', () => {
  it('ends a loop in which no interrupt is heard within three seconds, says so, and goes on', async () => {
    const [before, blocked, after, soft, still] = await session([
      { code: 'const word = 3;' },
      { code: 'await Promise.resolve();\nwhile (true) {}', interrupt: 0.5 },
      { code: '[1 + 1, typeof (globalThis as any).word]' },
      { code: 'await null;\nwhile (true) { await new Promise((resolve) => setTimeout(resolve, 5)); }', interrupt: 0.5 },
      // What comes within a moment after a cell that failed is not run.
      { code: 'await new Promise((resolve) => setTimeout(resolve, 5));' },
    ]);
    expect(before.status).toBe('ok');
    expect(blocked).toMatchObject({ status: 'error', outputs: [{ stream: 'stderr' }] });
    expect(blocked.outputs[0].text).toBe(
      'Interrupted: this cell could not be stopped, so the kernel was restarted. Finished runs are safe; run the cells above again.\n',
    );
    expect(blocked.seconds).toBeLessThan(3);
    expect(after.outputs).toEqual([{ stream: 'stdout', text: "[ 2, 'undefined' ]\n" }]);
    expect(soft).toMatchObject({ status: 'error', outputs: [{ stream: 'stderr', text: 'Interrupted\n' }] });
    expect(soft.seconds).toBeLessThan(1);
    expect(still).toMatchObject({
      status: 'aborted',
      outputs: [{ stream: 'stderr', text: 'Not run, because a cell before it failed.\n' }],
    });
  });

  it('is busy until the last of several cells has ended, and shows late errors below their own cell', async () => {
    const pause = 'await new Promise((resolve) => setTimeout(resolve, 150));';
    const [stray, ...others] = await session(
      [
        { code: "setTimeout(() => { throw new Error('later'); }, 50);\nPromise.reject(new Error('nobody waits'));" },
        ...[1, 2, 3].map((number) => ({ code: `${pause} ${number}` })),
      ],
      { together: true },
    );
    expect(stray.outputs).toEqual([
      { stream: 'stdout', text: 'A promise, not yet its value: write await before it.\n' },
      {
        stream: 'stderr',
        text: `A promise that was not awaited failed: nobody waits
  in line 2: Promise.reject(new Error('nobody waits'));
Later: later
  in line 1: setTimeout(() => { throw new Error('later'); }, 50);
`,
      },
    ]);
    expect(others.map(({ outputs }) => outputs)).toEqual([1, 2, 3].map((n) => [{ stream: 'stdout', text: `${n}\n` }]));
    // "idle" was followed by "busy" at once, as long as a cell waited.
    const { states } = others[2];
    expect(states.filter((state, i) => state === 'idle' && states[i + 1] !== 'busy' && i < states.length - 1)).toEqual(
      [],
    );
  });
});
