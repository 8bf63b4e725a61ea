import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withInterruption } from '../../lib/dist/training/interruption';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Starts the training process, lets `act` send it signals once it trains, and returns how it ended. */
async function trainingProcess(args: string[], act: (kill: () => void) => Promise<void> | void) {
  const child = spawn(process.execPath, [path('interruptedProcess.cjs'), ...args]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(child, 'exit');
  while (!output.includes('training\n')) await once(child.stdout, 'data');
  const startedAt = performance.now();
  await act(() => child.kill('SIGINT'));
  const [code, signal] = await ended;
  return { code, signal, output, milliseconds: performance.now() - startedAt };
}

describe('withInterruption', () => {
  it('stops a running loop within a second, keeps what it has and lets go of the signal', async () => {
    const { code, output, milliseconds } = await trainingProcess(['20000'], (interrupt) => interrupt());
    expect(output).toBe('training\ninner done true\nkept 0\n');
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(1000);
  });

  it('ends the process at the second signal, but not at a doubled one', async () => {
    const doubled = await trainingProcess(['1500', 'deaf'], async (interrupt) => {
      interrupt();
      await sleep(100);
      interrupt();
    });
    expect(doubled).toMatchObject({ code: 0, signal: null });
    const again = await trainingProcess(['20000', 'deaf'], async (interrupt) => {
      interrupt();
      await sleep(900);
      interrupt();
    });
    expect(again).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(again.milliseconds).toBeLessThan(3000);
  });

  it('takes the place of the listeners that are there and puts them back, whatever happens', async () => {
    const heard: string[] = [];
    const listener = () => heard.push('earlier');
    process.on('SIGINT', listener);
    try {
      const work = withInterruption(async (interruption) => {
        expect(process.listeners('SIGINT')).not.toContain(listener);
        process.kill(process.pid, 'SIGINT');
        while (!(await interruption.check())) await sleep(10);
        throw new Error('the work failed');
      });
      await expect(work).rejects.toThrow('the work failed');
      expect(heard).toEqual([]);
      expect(process.listeners('SIGINT')).toContain(listener);
      // A request belongs to one use: the next starts afresh.
      expect(await withInterruption(({ requested }) => requested)).toBe(false);
    } finally {
      process.off('SIGINT', listener);
    }
  });

  it('stops uses side by side with one signal', async () => {
    process.on('SIGINT', fail);
    try {
      const loop = () =>
        withInterruption(async (interruption) => {
          while (!(await interruption.check())) await sleep(1);
          return 'stopped';
        });
      const all = Promise.all([loop(), loop(), loop()]);
      await sleep(20);
      process.kill(process.pid, 'SIGINT');
      expect(await all).toEqual(['stopped', 'stopped', 'stopped']);
      expect(process.listeners('SIGINT')).toContain(fail);
    } finally {
      process.off('SIGINT', fail);
    }
    function fail() {
      throw new Error('the former listener heard the signal');
    }
  });
});
